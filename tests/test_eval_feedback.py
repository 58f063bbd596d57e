"""What the page wrote, read back as gold candidates."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fakes_ui import COMPARE, FOLLOW_UP, LIST, QUESTION, ScriptedAssistant, Shelf, shelf
from typer.testing import CliRunner

from eval.cli import app
from eval.errors import FeedbackError
from eval.feedback import gold_candidates, read_feedback
from eval.gold import load_gold, parse_gold
from index.store import open_index
from ui.feedback import FeedbackFile
from ui.handlers import Desk, Turns
from ui.library import Library

if TYPE_CHECKING:
    from pathlib import Path

RECORD = {"id": "a", "time": "", "generation": "", "rating": "up", "comment": "", "question": "问", "history": []}


def said_in_the_page(path: Path, ratings: dict[str, str], *, held: Shelf | None = None) -> None:
    """Ask and rate in the page, one conversation, writing to `path`."""
    desk = Desk(Library(lambda: ScriptedAssistant(held or shelf())), command="", pause=lambda _seconds: None)
    file = FeedbackFile(path)
    turns: Turns = ()
    for i, (question, rating) in enumerate(ratings.items()):
        *_, view = desk.ask(question, turns, "", "zh")
        turns = file.rate({"deed": "rate", "value": rating, "turn": str(i)}, view.turns)


def candidates(path: Path, held: Shelf) -> dict[str, dict[str, Any]]:
    return {record["question"]: record for record in gold_candidates(read_feedback(path), held)}


def test_useful_answers_load_as_gold(tmp_path: Path) -> None:
    path, held = tmp_path / "said.jsonl", shelf()
    said_in_the_page(path, dict.fromkeys((QUESTION, FOLLOW_UP, LIST, COMPARE, "没有的事"), "up"))
    made = candidates(path, held)
    assert {question: record["type"] for question, record in made.items()} == {
        QUESTION: "fact_number",
        FOLLOW_UP: "followup",
        LIST: "list",
        COMPARE: "compare",
        "没有的事": "no_answer",
    }
    assert made[QUESTION]["answers"] == ["46个"]
    assert made[COMPARE]["answer_items"] == ["1260万元", "88万元"]
    assert made[FOLLOW_UP]["history"] == [QUESTION]
    lines = [json.dumps(record) for record in made.values()]
    assert len(parse_gold(enumerate(lines, start=1), held)) == 5


def test_an_answer_that_was_not_useful_is_left_to_a_person(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    said_in_the_page(path, {QUESTION: "down"})
    record = candidates(path, shelf())[QUESTION]
    assert (record["answers"], record["evidence"], record["near_misses"]) == ([], [], ["46个"])
    assert record["feedback"]["rating"] == "down"
    assert record["draft"] is True


def test_the_last_word_counts(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    lines = [{**RECORD, "rating": rating, "comment": rating, "answer": {}} for rating in ("down", "up")]
    path.write_text("\n".join(map(json.dumps, lines)) + "\n\n", "utf-8")
    (said,) = read_feedback(path)
    assert (said.up, said.comment) == (True, "up")
    (tmp_path / "empty").write_text("", "utf-8")
    assert read_feedback(tmp_path / "empty") == ()


def test_quotes_that_moved_are_found_again_and_those_that_went_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "said.jsonl"
    said_in_the_page(path, {QUESTION: "up"})
    held = shelf()
    moved = Shelf({**held.texts, "qinghe.txt": "加在前面。" + held.texts["qinghe.txt"]}, held.parsed)
    (piece,) = candidates(path, moved)[QUESTION]["evidence"]
    assert moved.text("qinghe.txt")[piece["start"] : piece["end"]] == piece["quote"]
    gone = candidates(path, Shelf({"qinghe.txt": "另一份"}, {}))[QUESTION]
    assert (gone["evidence"], gone["answers"]) == ([], [])


@pytest.mark.parametrize(
    "line", ["x", "[]", "{}", json.dumps({**RECORD, "answer": 1}), json.dumps({**RECORD, "rating": 3})]
)
def test_what_is_no_feedback_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    path = tmp_path / "said.jsonl"
    path.write_text(f"\n{line}\n", "utf-8")
    with pytest.raises(FeedbackError, match="第 2 行"):
        read_feedback(path)
    with pytest.raises(FeedbackError, match="无法读取"):
        read_feedback(tmp_path / "none")


def test_the_command_prints_candidates(index: Path, tmp_path: Path) -> None:
    from assistant import load_assistant

    question = "云川市请了多少人来照看修好的良田？"
    answer = load_assistant(index).ask(question)
    path = tmp_path / "said.jsonl"
    path.write_text(json.dumps({**RECORD, "question": question, "answer": answer.to_record()}), "utf-8")
    result = CliRunner().invoke(app, ["draft", "--index", str(index), "--feedback", str(path)])
    assert result.exit_code == 0, result.output
    (tmp_path / "gold.jsonl").write_text(result.stdout, "utf-8")
    (loaded,) = load_gold(tmp_path / "gold.jsonl", open_index(index))
    assert loaded.answers == ("415人",)
    assert (
        CliRunner().invoke(app, ["draft", "--index", str(index), "--feedback", str(tmp_path / "none")]).exit_code == 1
    )
