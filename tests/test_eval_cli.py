"""The evaluation command."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from assistant.types import Answer, Citation, Retrieved, Status
from eval.cli import app
from eval.errors import GoldError, ReportError, UsageError
from eval.evaluate import EvalOptions, evaluate
from eval.subject import Subject, open_subject
from eval.texts import FolderTexts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEXT = "甲市关停作坊45家，投入1260万元。"
ROWS = [
    {
        "id": "a",
        "question": "甲市关了几家作坊？",
        "type": "fact_number",
        "answers": ["45家"],
        "unit": "甲市",
        "evidence": [{"file": "甲.txt", "quote": "甲市关停作坊45家"}],
    },
    {"id": "b", "question": "[red]谁[/red]出的钱？", "type": "no_answer", "answers": [], "evidence": []},
]


class Fake:
    """Says the same to every question."""

    def ask(self, question: str, *, history: Sequence[str], top_k: int) -> Answer:
        cited = (Citation(1, "甲.txt", "n", "题", "甲市", (), 0, 9, TEXT[:9]),)
        places = (Retrieved("甲.txt", 0, 9, 0.9),)[:top_k]
        answer = Answer(question, Status.ANSWERED, "45家[1]。", "45家", (), 0.7, citations=cited, retrieved=places)
        return replace(answer, extra={"history": list(history)})


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), encoding="utf-8")
    return path


@pytest.fixture
def subject(tmp_path: Path) -> Subject:
    (tmp_path / "甲.txt").write_text(TEXT, encoding="utf-8")
    return Subject(FolderTexts(tmp_path), Fake, facts={"generation": "000007"})


def test_a_report_that_cannot_be_written_is_told_before_anything_is_asked(
    gold: Path, subject: Subject, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(ReportError, match="是文件，不是文件夹"):
        evaluate(gold, subject, options=EvalOptions(report=gold))
    with pytest.raises(ReportError, match="路径中有一段不是文件夹"):
        evaluate(gold, subject, options=EvalOptions(report=gold / "报告"))
    assert capsys.readouterr() == ("", "")


def test_a_run_prints_its_table_to_stdout(
    gold: Path, subject: Subject, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert evaluate(gold, subject, options=EvalOptions(report=tmp_path / "out")) == 0
    out, err = capsys.readouterr()
    assert "right" in out
    assert "0.500" in out
    assert max(map(len, out.splitlines())) <= 100
    assert "report.html" in err
    assert json.loads((tmp_path / "out/run.json").read_text("utf-8"))["facts"]["index"]["generation"] == "000007"


def test_floors_decide_the_exit_code(gold: Path, subject: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    assert evaluate(gold, subject, options=EvalOptions(fail_under=("right=0.5",))) == 0
    assert evaluate(gold, subject, options=EvalOptions(fail_under=("right=0.6",))) == 1
    assert "right = 0.5000 < 0.6" in capsys.readouterr().err


def test_floors_come_from_a_file_under_the_name_of_the_gold_set(
    gold: Path, subject: Subject, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "floors.toml"
    path.write_text("[gold]\nright = 0.7\n[other]\nright = 0.9\n", encoding="utf-8")
    assert evaluate(gold, subject, options=EvalOptions(floors=path)) == 1
    assert "right = 0.5000 < 0.7" in capsys.readouterr().err
    path.write_text("[other]\nright = 0.9\n", encoding="utf-8")
    assert evaluate(gold, subject, options=EvalOptions(floors=path)) == 0
    assert evaluate(gold, subject, options=EvalOptions(floors=path, fail_under=("right=0.6",))) == 1


def test_one_question_is_shown_with_evidence_and_answer(
    gold: Path, subject: Subject, capsys: pytest.CaptureFixture[str]
) -> None:
    assert evaluate(gold, subject, options=EvalOptions(show="a")) == 0
    out = capsys.readouterr().out
    assert "甲.txt [0, 9)" in out
    assert "45家[1]。" in out
    assert evaluate(gold, subject, options=EvalOptions(show="b")) == 0
    assert "[red]谁[/red]出的钱？" in capsys.readouterr().out


def test_checking_asks_nothing(gold: Path, subject: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse() -> Fake:
        raise AssertionError

    assert evaluate(gold, replace(subject, open_asker=refuse), options=EvalOptions(check=True)) == 0
    assert "fact_number" in capsys.readouterr().out


def test_bad_options(gold: Path, subject: Subject) -> None:
    for options in (EvalOptions(show="zzz"), EvalOptions(split="train"), EvalOptions(fail_under=("right",))):
        with pytest.raises(UsageError):
            evaluate(gold, subject, options=options)


def test_splits_and_limits(gold: Path, subject: Subject, capsys: pytest.CaptureFixture[str]) -> None:
    counts = []
    for options in (EvalOptions(split="dev"), EvalOptions(split="test"), EvalOptions(limit=1)):
        evaluate(gold, subject, options=options)
        counts.append(int(capsys.readouterr().out.split()[0]))
    assert counts[0] + counts[1] == 2
    assert counts[2] == 1


def test_a_bad_gold_file_stops_before_anything_runs(tmp_path: Path, subject: Subject) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text("{\n{}\n")
    with pytest.raises(GoldError) as caught:
        evaluate(path, subject, options=EvalOptions())
    assert len(caught.value.problems) > 3


def test_the_first_word_may_be_a_gold_file(gold: Path, subject: Subject) -> None:
    assert subject.texts.text("甲.txt") == TEXT
    runner = CliRunner()
    for words in ([str(gold)], ["run", str(gold)]):
        result = runner.invoke(app, [*words, "--check", "--texts", str(gold.parent)])
        assert result.exit_code == 0
        assert "2 个问题" in result.output
    result = runner.invoke(app, ["--check", "--texts", str(gold.parent), str(gold)])
    assert result.exit_code == 0


def test_exit_codes_of_the_command(tmp_path: Path) -> None:
    runner = CliRunner()
    bad = tmp_path / "bad.jsonl"
    bad.write_text("{\n[]\n")
    result = runner.invoke(app, [str(bad), "--check", "--texts", str(tmp_path)])
    assert result.exit_code == 2
    assert "第 1 行" in result.output
    assert "第 2 行" in result.output
    assert runner.invoke(app, [str(bad), "--index", str(tmp_path / "none")]).exit_code == 1
    assert runner.invoke(app, ["compare", str(bad)]).exit_code == 2
    assert runner.invoke(app, ["compare", str(bad), str(bad)]).exit_code == 1
    assert runner.invoke(app, ["--help"]).exit_code == 0


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["compare", "--help"]])
def test_the_command_goes_by_its_own_name(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        app(words)
    assert f"Usage: tongbao eval {words[0] if len(words) > 1 else '[OPTIONS]'}" in capsys.readouterr().out


def test_runs_are_compared(gold: Path, subject: Subject, tmp_path: Path) -> None:
    evaluate(gold, subject, options=EvalOptions(report=tmp_path / "one"))
    result = CliRunner().invoke(app, ["compare", str(tmp_path / "one"), str(tmp_path / "one")])
    assert result.exit_code == 0
    assert "共同的问题 2 个" in result.output
    assert "对错有变的问题 0 个" in result.output


def test_a_folder_of_texts_needs_no_index(tmp_path: Path) -> None:
    (tmp_path / "甲.txt").write_text(TEXT, encoding="utf-8")
    subject = open_subject(tmp_path / "none", texts_dir=tmp_path)
    assert subject.texts.text("甲.txt") == TEXT
    assert subject.facts == {}
