from __future__ import annotations

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from fakes_faults import room_for
from fakes_ui import FOLLOW_UP, QUESTION, ScriptedAssistant, shelf

from assistant.scope import Scope
from ui.errors import FeedbackError
from ui.feedback import MAX_COMMENT, FeedbackFile, default_file
from ui.handlers import Desk, Turns
from ui.library import Library
from ui.scopes import write_scope
from ui.thumbs import thumbs
from ui.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

WORDS = words_of("zh")
UP = {"deed": "rate", "value": "up", "turn": "0"}


def _turns(*questions: str, scope: Scope | None = None) -> Turns:
    desk = Desk(Library(lambda: ScriptedAssistant(shelf())), command="", pause=lambda _seconds: None)
    turns: Turns = ()
    for question in questions:
        *_, view = desk.ask(question, turns, write_scope(scope or Scope()), "zh")
        turns = view.turns
    return turns


def _file(home: Path) -> FeedbackFile:
    return FeedbackFile(home / "said.jsonl", now=lambda: datetime(2026, 1, 2, tzinfo=UTC))


def _lines(home: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (home / "said.jsonl").read_text("utf-8").splitlines()]


def test_a_thumb_is_written_with_question_answer_generation_and_time(tmp_path: Path) -> None:
    turns = _turns(QUESTION, FOLLOW_UP, scope=Scope(units=("青禾市",)))
    after = _file(tmp_path).rate({**UP, "turn": "1", "value": "down"}, turns)
    assert after[0] is turns[0]
    assert after[1].rating
    (record,) = _lines(tmp_path)
    assert (record["rating"], record["generation"], record["time"]) == ("down", "000001", "2026-01-02T00:00:00+00:00")
    assert (record["question"], record["history"]) == (FOLLOW_UP, [QUESTION])
    assert record["scope"]["units"] == ["青禾市"]
    assert turns[1].answer
    assert record["answer"] == json.loads(json.dumps(turns[1].answer.to_record()))


def test_a_comment_follows_under_the_same_id_and_is_bounded(tmp_path: Path) -> None:
    file = _file(tmp_path)
    turns = file.rate(UP, _turns(QUESTION))
    turns = file.rate({"deed": "remark", "turn": "0", "comment": " 好\x00\n" + "长" * 5000}, turns)
    first, second = _lines(tmp_path)
    assert first["id"] == second["id"]
    assert len(second["comment"]) == MAX_COMMENT
    assert second["comment"].startswith("好\n长")
    (changed,) = file.rate({**UP, "value": "down"}, turns)
    assert changed.rating
    assert turns[0].rating
    assert changed.rating == replace(turns[0].rating, value="down")


@pytest.mark.parametrize(
    "action",
    [
        {},
        {"deed": "rate", "value": "sideways", "turn": "0"},
        {"deed": "rate", "value": "up", "turn": "7"},
        {"deed": "rate", "value": "up", "turn": "-1"},
        {"deed": "rate", "value": "up", "turn": None},
        {"deed": "rate", "value": ["up"], "turn": "0"},
        {"deed": "remark", "turn": "0", "comment": "x"},
        {"deed": "export", "turn": "0", "value": "up"},
    ],
)
def test_a_click_that_says_nothing_writes_nothing(tmp_path: Path, action: dict[str, object]) -> None:
    turns = _turns(QUESTION)
    assert _file(tmp_path).rate(action, turns) is turns
    assert not (tmp_path / "said.jsonl").exists()


def test_pressing_the_same_thumb_again_writes_nothing(tmp_path: Path) -> None:
    file = _file(tmp_path)
    turns = file.rate(UP, _turns(QUESTION))
    assert file.rate(UP, turns) is turns
    assert len(_lines(tmp_path)) == 1


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "said.jsonl").mkdir()
    with pytest.raises(FeedbackError, match=r"said\.jsonl"):
        _file(tmp_path).rate(UP, _turns(QUESTION))


def test_half_a_line_is_not_left_where_there_is_no_room(tmp_path: Path) -> None:
    """One spoilt the file for `tongbao eval draft --feedback`, with all that was said before."""
    _file(tmp_path).rate(UP, _turns(QUESTION))
    with room_for((tmp_path / "said.jsonl").stat().st_size + 100), pytest.raises(FeedbackError, match="无法写入"):
        _file(tmp_path).rate(UP, _turns(QUESTION))
    assert len(_lines(tmp_path)) == 1
    _file(tmp_path).rate(UP, _turns(QUESTION))
    assert len(_lines(tmp_path)) == 2


def test_many_writers_share_the_file(tmp_path: Path) -> None:
    turns = _turns(QUESTION)
    threads = [threading.Thread(target=_file(tmp_path).rate, args=(UP, turns)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({record["id"] for record in _lines(tmp_path)}) == 12


def test_the_file_stands_beside_the_index(tmp_path: Path) -> None:
    assert default_file(tmp_path / ".tongbao") == tmp_path / ".tongbao-feedback.jsonl"


def test_the_thumbs_show_what_was_said_and_escape_it(tmp_path: Path) -> None:
    (turn,) = _turns(QUESTION)
    assert thumbs(0, replace(turn, answer=None), WORDS) == ""
    assert 'aria-pressed="true"' not in thumbs(0, turn, WORDS)
    (rated,) = _file(tmp_path).rate(UP, (turn,))
    assert 'class="up" data-deed="rate" data-turn="0" data-value="up" aria-pressed="true"' in thumbs(0, rated, WORDS)
    assert "<textarea" in thumbs(0, rated, WORDS)
    (said,) = _file(tmp_path).rate({"deed": "remark", "turn": "0", "comment": "</textarea><script>x"}, (rated,))
    assert "说明也已记下" in thumbs(0, said, WORDS)
    assert "<script>" not in thumbs(0, said, WORDS)
