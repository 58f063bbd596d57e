"""FAISS and Milvus find the same for every question of the gold sets; and the command that prints what each costs."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from fake_terminal import SAMPLES
from rich.console import Console
from typer import Typer
from typer.testing import CliRunner

from eval.evaluate import EvalOptions, chosen_questions
from eval.gold import load_gold
from eval.stores import agreement, costs_table, main, measure
from eval.texts import FolderTexts
from index.config import IndexConfig
from index.store import open_index
from index.update import update_index

ROOT = Path(__file__).parents[1]
REAL = ROOT.parent / "shared" / "notices"
GOLD = {"samples": (SAMPLES, "all"), "real": (REAL, "dev")}


@pytest.mark.parametrize("name", GOLD)
def test_the_same_hits_for_every_gold_question(name: str, milvus: str, tmp_path: Path) -> None:
    notices, split = GOLD[name]
    if not notices.is_dir():
        pytest.skip("the real notices are not here")
    gold = load_gold(ROOT / "eval" / "gold" / f"{name}.jsonl", FolderTexts(notices))
    questions = [one.question for one in chosen_questions(gold, EvalOptions(split=split))]
    update_index([notices], directory=tmp_path / "plain")
    update_index([notices], directory=tmp_path / "remote", config=IndexConfig(store=milvus))
    plain, remote = open_index(tmp_path / "plain"), open_index(tmp_path / "remote")
    found = agreement(plain, remote, questions)
    assert len(questions) > 80
    assert found.same == found.questions
    assert found.most_apart < 1e-5


def test_stores_that_differ_are_told_apart(tmp_path: Path) -> None:
    update_index([SAMPLES], directory=tmp_path / "one")
    update_index([SAMPLES / "云川市.txt"], directory=tmp_path / "other")
    one, other = open_index(tmp_path / "one"), open_index(tmp_path / "other")
    assert agreement(one, one, ["云川市"]).same == 1
    found = agreement(one, other, ["临渚区改造了几个老旧小区？"])
    assert (found.questions, found.same) == (1, 0)
    assert agreement(one, other, []).questions == 0


def test_what_a_store_costs_is_measured_and_shown(tmp_path: Path) -> None:
    cost, index = measure(SAMPLES, "", tmp_path / "index", ["临渚区"], runs=1, log=tmp_path / "log")
    assert (cost.store, cost.passages) == ("faiss", len(index.passages))
    assert cost.build.seconds > 0
    assert len(cost.asks) == len(cost.question_ms) == 1
    console = Console(file=(shown := io.StringIO()), width=120)
    console.print(costs_table([cost, replace(cost, store="milvus:///tmp/x.db")]))
    assert [line.split()[:2] for line in shown.getvalue().splitlines()[1:]] == [["faiss", "79"], ["milvus", "79"]]


def test_a_store_that_cannot_be_used_ends_with_one_line() -> None:
    app = Typer()
    app.command()(main)
    refused = CliRunner().invoke(app, ["--notices", str(SAMPLES), "--store", "milvus://a:b@c", "--runs", "1"])
    assert (refused.exit_code, refused.stdout) == (1, "")
