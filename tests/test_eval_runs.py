"""Runs, summaries, saved runs, comparisons and floors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest

from assistant.types import Answer, Retrieved, Status
from eval.circumstances import circumstances, commit_of, peak_memory_mb
from eval.compare import compare_runs, sign_test
from eval.errors import ReportError, UsageError
from eval.floors import broken_floors, parse_floors
from eval.gold import Evidence, GoldQuestion, Kind
from eval.labels import MEASURES, SECTIONS, label_of, shown
from eval.metrics import measure_names
from eval.runs import Run, run_questions
from eval.saved import load_run, save_run
from eval.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TEXT = "甲市关停作坊45家，投入1260万元。"
QUESTIONS = (
    GoldQuestion("a", "关了几家？", Kind.FACT_NUMBER, ("45家",), evidence=(Evidence("甲.txt", ((0, 9),), TEXT[:9]),)),
    GoldQuestion("b", "花了多少？", Kind.FOLLOWUP, ("1260万元",), history=("关了几家？",), units=("甲市",)),
    GoldQuestion("c", "谁出的钱？", Kind.NO_ANSWER),
    GoldQuestion("d", "会出错吗？", Kind.YES_NO, ("是",), verdict="yes"),
)


class Shelf:
    """Texts held in memory."""

    def text(self, file: str) -> str:
        return {"甲.txt": TEXT}[file]


@dataclass(frozen=True)
class Fake:
    """Answers what it was given; stumbles over one question."""

    money: str = "1260万元"

    def ask(self, question: str, *, history: Sequence[str], top_k: int) -> Answer:
        if question == "会出错吗？":
            raise RuntimeError("broken")
        if question == "谁出的钱？":
            return Answer(question, Status.NO_ANSWER, "没有找到。")
        said = self.money if history else "45家"
        places = (Retrieved("甲.txt", 0, 9, 0.9),) * min(1, top_k)
        return Answer(question, Status.ANSWERED, said, short_answer=said, confidence=0.8, retrieved=places)


def run_of(fake: Fake) -> Run:
    return run_questions(fake, QUESTIONS, texts=Shelf())


def test_a_run_asks_each_question_once_with_its_history() -> None:
    heard: list[int] = []
    run = run_questions(Fake(), QUESTIONS, texts=Shelf(), progress=heard.append)
    assert heard == [1, 2, 3, 4]
    assert [result.outcome.right for result in run.results] == [True, True, True, False]
    assert all(result.elapsed_ms > 0 for result in run.results)
    assert run.results[0].scores["hit@1"] == 1.0
    assert "hit@1" not in run.results[1].scores


def test_a_failing_question_is_kept_and_scores_the_default() -> None:
    failed = run_of(Fake()).results[3]
    assert failed.answer.status is Status.ERROR
    assert failed.answer.reason == "RuntimeError: broken"
    assert failed.scores["right"] == 0.0


def test_summary() -> None:
    summary = summarise(run_of(Fake()), texts=Shelf())
    assert summary.count == 4
    assert summary.value("right") == 0.75
    assert summary.value("RIGHT") == 0.75
    assert summary.value("errors") == 1.0
    assert summary.value("nonsense") is None
    names = [(group.grouping, group.name) for group in summary.groups]
    assert ("type", "fact_number") in names
    assert ("unit", "甲市") in names
    assert summary.to_record()["estimates"]["right"]["n"] == 4


def test_a_run_without_questions() -> None:
    run = run_questions(Fake(), [], texts=Shelf())
    summary = summarise(run, texts=Shelf())
    assert run.results == ()
    assert summary.estimates == {}
    assert summary.groups == ()


def test_every_measure_has_a_label_and_a_place() -> None:
    placed = {name for _, names in SECTIONS for name in names}
    assert set(measure_names(Shelf())) <= placed
    assert placed == set(MEASURES)
    assert set(summarise(run_of(Fake()), texts=Shelf()).whole) <= placed
    assert label_of("unheard of") == "unheard of"
    assert (shown("errors", 2.0), shown("p95_ms", 1.25), shown("right", 0.5)) == ("2", "1.2", "0.500")


def test_floors() -> None:
    summary = summarise(run_of(Fake()), texts=Shelf())
    assert broken_floors(parse_floors(["right=0.75", "ece=0.9"]), summary) == ()
    assert broken_floors(parse_floors(["Right=0.8", "ece=0.1"]), summary) == (
        "right = 0.7500 < 0.8",
        "ece = 0.2000 > 0.1",
    )
    with pytest.raises(UsageError, match="nonsense"):
        broken_floors(parse_floors(["nonsense=1"]), summary)
    for text in ("right", "right=", "=1", "right=much"):
        with pytest.raises(UsageError):
            parse_floors([text])


def saved(folder: Path, fake: Fake) -> Path:
    run = run_of(fake)
    save_run(folder / "run.json", run, summarise(run, texts=Shelf()))
    return folder


def test_saved_runs_compare(tmp_path: Path) -> None:
    before = load_run(saved(tmp_path / "a", Fake("9万元")))
    after = load_run(saved(tmp_path / "b", Fake()) / "run.json")
    comparison = compare_runs(before, after)
    assert (comparison.common, comparison.left_out) == (4, 0)
    right = next(one for one in comparison.measures if one.name == "right")
    assert (right.before, right.after, right.better, right.worse) == (0.5, 0.75, 1, 0)
    assert right.difference.mean == 0.25
    assert right.difference.low <= 0.25 <= right.difference.high
    (changed,) = comparison.changed
    assert (changed.id, changed.improved, changed.before, changed.after) == ("b", True, "9万元", "1260万元")
    assert changed.question == "关了几家？ / 花了多少？"


def test_questions_whose_gold_changed_are_left_out(tmp_path: Path) -> None:
    run = load_run(saved(tmp_path, Fake()))
    altered = {
        name: {**result, "gold": {**result["gold"], "answers": ["别的"]}} if name == "a" else result
        for name, result in run.results.items()
    }
    comparison = compare_runs(run, replace(run, results=altered))
    assert (comparison.common, comparison.left_out) == (3, 1)
    with pytest.raises(ReportError, match="没有相同的问题"):
        compare_runs(run, replace(run, results={}))


@pytest.mark.parametrize("content", ["{", "[]", '{"format": 99, "results": []}', '{"format": 1}'])
def test_what_is_no_saved_run(tmp_path: Path, content: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(content)
    with pytest.raises(ReportError):
        load_run(path)
    with pytest.raises(ReportError, match="读不出"):
        load_run(tmp_path / "none.json")


@pytest.mark.parametrize(("better", "worse", "p"), [(0, 0, 1.0), (5, 0, 0.0625), (3, 3, 1.0), (1, 0, 1.0)])
def test_sign_test_by_hand(better: int, worse: int, p: float) -> None:
    assert sign_test(better, worse) == pytest.approx(p)


def test_circumstances(tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text("x")
    facts = circumstances(gold, index={"generation": "000001"}, split="dev", top_k=3)
    assert facts["gold"]["path"] == "gold.jsonl"
    assert (facts["split"], facts["top_k"], facts["index"]["generation"]) == ("dev", 3, "000001")
    assert facts["machine"]["peak_mb"] == pytest.approx(peak_memory_mb(), rel=0.5)
    assert commit_of(tmp_path / "nowhere") == ""
