"""FAISS and Milvus find the same for every question of the gold sets; and the command that prints what each costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from fake_terminal import SAMPLES
from fakes_milvus import require_milvus_lite
from typer import Typer
from typer.testing import CliRunner

from eval.evaluate import EvalOptions, chosen_questions
from eval.gold import load_gold
from eval.stores import agreement, main
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


def test_the_command_prints_both_stores(tmp_path: Path) -> None:
    require_milvus_lite()
    gold = tmp_path / "gold.jsonl"
    gold.write_bytes((ROOT / "eval" / "gold" / "samples.jsonl").read_bytes().split(b"\n")[0])
    app = Typer()
    app.command()(main)
    told = CliRunner().invoke(app, ["--notices", str(SAMPLES), "--gold", str(gold), "--split", "all", "--runs", "1"])
    assert told.exit_code == 0, told.output
    assert {"faiss", "milvus"} <= set(told.stdout.split())
    assert "1 题的前 10 段：1 题完全相同" in told.stdout
    refused = CliRunner().invoke(app, ["--gold", str(gold), "--store", "milvus://a:b@c", "--runs", "1"])
    assert refused.exit_code == 1
