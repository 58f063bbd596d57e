from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import over, record
from fake_terminal import QUESTION, invoke

from assistant.explain import explanation_of
from assistant.explain_terminal import explanation_paragraphs
from assistant.observe import observing, stage

if TYPE_CHECKING:
    from pathlib import Path

STRANGE = "青岩市2023年新建了几所学校？"
COMPARED = "云川市和临渚区各改造了多少个老旧小区？"
ABOUT = "云川市的整改联系电话是什么？"


def explained(index: Path, question: str, **options: Any) -> dict[str, Any]:
    assistant = over(index)
    with observing() as seen:
        answer = assistant.ask(question, **options)
    told = explanation_of(seen, answer, assistant)
    assert json.loads(json.dumps(told, ensure_ascii=False, allow_nan=False)) == told
    assert record(answer) == record(assistant.ask(question, **options)), "watching changes an answer"
    return told


def test_how_a_question_is_understood_and_answered(index: Path) -> None:
    told = explained(index, QUESTION)
    understood, (reading,) = told["understood"], told["readings"]
    assert (understood["wanted"], understood["units"]) == ("number", ["云川市"])
    assert all(word["weight"] > 0 for word in understood["indicator_words"])
    assert list(told["stages_ms"]) == ["understand", "places", "look_up", "read", "compose", "judge", "cite"]
    assert [one["rank"] for one in reading["candidates"]] == list(range(1, len(reading["candidates"]) + 1))
    first = reading["candidates"][0]
    assert first["score"] >= reading["candidates"][-1]["score"]
    assert first["bm25"] > 0 < first["cosine"]
    best = reading["evidence"][0]
    assert best["file"] == "云川市.txt"
    assert best["value"] in best["sentence"]
    assert len(best["strongest"]) == 4
    assert told["decision"]["confidence"] >= told["decision"]["threshold"]
    assert "所以作答" in told["decision"]["why"]


def test_why_a_question_is_refused(index: Path) -> None:
    told = explained(index, STRANGE)
    assert told["understood"]["other_places"] == ["青岩市"]
    assert told["readings"][0]["reason"] == "unknown_unit"
    assert "青岩市" in told["decision"]["why"]


def test_a_comparison_is_a_reading_for_each_unit(index: Path) -> None:
    told = explained(index, COMPARED)
    assert [one["units"] for one in told["readings"]] == [["云川市"], ["临渚区"]]
    assert told["understood"]["comparison"]


def test_what_a_notice_says_of_itself_is_read_by_rule(index: Path) -> None:
    told = explained(index, ABOUT)
    assert told["readings"][0]["by_rule"]
    assert "规则" in told["decision"]["why"]


@pytest.mark.parametrize("question", [QUESTION, STRANGE, COMPARED, ABOUT, "云川市2021年建了几座机场？"])
def test_every_explanation_can_be_read(index: Path, question: str) -> None:
    text = "\n".join(one.text for one in explanation_paragraphs(explained(index, question)))
    assert "问题理解为" in text
    assert "结论" in text
    assert "用时" in text


def test_nothing_is_watched_or_timed_unasked(index: Path) -> None:
    assert stage("read") is stage("cite")
    with observing() as seen:
        pass
    over(index).ask(QUESTION)
    assert (seen.stages, seen.readings, seen.asked) == ({}, [], None)


def test_the_command_explains(index: Path) -> None:
    shown = invoke("ask", QUESTION, "--explain", index=index)
    assert shown.exit_code == 0
    assert "作答过程" in shown.output
    told = json.loads(invoke("ask", QUESTION, "--explain", "--json", index=index).stdout)
    assert told["explain"]["decision"]["status"] == told["status"] == "answered"
    assert "explain" not in json.loads(invoke("ask", QUESTION, "--json", index=index).stdout)
