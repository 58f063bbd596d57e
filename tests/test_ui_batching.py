from __future__ import annotations

import csv
import io
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from fakes_ui import HOSTILE_QUESTION, QUESTION, ScriptedAssistant, shelf

from assistant.batch_answers import answer_suffixes
from assistant.batch_files import question_suffixes
from ui.arrivals import Limits
from ui.batch_view import batch_drawer
from ui.batching import Batches, Run, answers_of
from ui.library import Library
from ui.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

WORDS = words_of("zh")
LIMITS = Limits(files=1, megabytes=1)


def _batches(room: Path, *, most_rows: int = 50) -> Batches:
    ticks = itertools.count()
    library = Library(lambda: ScriptedAssistant(shelf()))
    return Batches(library, room=room, limits=LIMITS, most_rows=most_rows, clock=lambda: float(next(ticks)))


def _sent(room: Path, text: str | bytes, name: str = "问题.txt") -> dict[str, Any]:
    path = room / "sent"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return {"files": [{"name": name, "path": str(path)}]}


def _last(room: Path, text: str | bytes, name: str = "问题.txt", *, most_rows: int = 50) -> Run:
    *_, last = _batches(room, most_rows=most_rows).run(_sent(room, text, name), "zh")
    return last


def _shown(run: Run | None) -> str:
    return str(batch_drawer(run, WORDS, limits=LIMITS, most_rows=50))


def test_a_file_is_answered_row_by_row(tmp_path: Path) -> None:
    batches = _batches(tmp_path)
    rows = [json.dumps({"question": QUESTION}), json.dumps({"question": "没有的事"}), "not JSON"]
    runs = list(batches.run(_sent(tmp_path, "\n".join(rows), "问题.jsonl"), "zh"))
    assert [len(run.records) for run in runs] == [0, 1, 2, 3, 3]
    assert [run.finished for run in runs] == [False] * 4 + [True]
    last = runs[-1]
    assert (last.name, last.total, last.cancelled) == ("问题.jsonl", 3, False)
    assert last.records[0]["short_answer"] == "46个"
    assert [record["status"] for record in last.records] == ["answered", "no_answer", "error"]
    assert list(tmp_path.iterdir()) == []
    assert "已答 1 / 3 题" in _shown(runs[1])
    assert 'value="33"' in _shown(runs[1])
    assert f'data-token="{last.token}"' in _shown(runs[1])
    assert "答完 3 题" in _shown(last)


def test_a_run_is_cancelled_after_the_question_it_is_at(tmp_path: Path) -> None:
    batches = _batches(tmp_path)
    runs = []
    for run in batches.run(_sent(tmp_path, f"{QUESTION}\n" * 9), "zh"):
        runs.append(run)
        batches.cancel("another")
        if len(run.records) == 3:
            batches.cancel(run.token)
    assert runs[-1].cancelled
    assert len(runs[-1].records) == 3
    assert "已取消，答了 3 / 9 题" in _shown(runs[-1])
    assert answers_of(runs[-1], ".txt", "zh") is not None
    batches.cancel(runs[-1].token)


@pytest.mark.parametrize(
    ("text", "name", "told"),
    [
        ("", "问题.txt", "“问题.txt”：文件是空的"),
        ("a,b\n1,2\n", "表.csv", "“表.csv”：表头中没有"),
        (b"\x00\x01" * 99, "二进制.txt", "“二进制.txt”"),
        (QUESTION, "问题.exe", "不支持的文件类型"),
        (f"{QUESTION}\n" * 51, "多.txt", "文件有 51 题，超过网页一次 50 题的上限"),
        ("字" * 400_000, "大.txt", "1 MB"),
    ],
)
def test_a_file_that_cannot_be_asked_is_told_by_its_name(
    tmp_path: Path, text: str | bytes, name: str, told: str
) -> None:
    run = _last(tmp_path, text, name)
    assert run.finished
    assert told in run.error
    assert str(tmp_path) not in run.error
    assert "data-zone" in _shown(run)
    assert "问题文件没有作答" in _shown(run)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("action", [{}, {"files": []}, {"files": [{"name": "x.txt", "path": "/etc/passwd"}]}])
def test_what_was_not_sent_is_not_read(tmp_path: Path, action: dict[str, Any]) -> None:
    (run,) = _batches(tmp_path).run(action, "zh")
    assert run.error


def test_the_answers_are_saved_in_every_form(tmp_path: Path) -> None:
    run = _last(tmp_path, f"{QUESTION}\n没有的事\n")
    for suffix in answer_suffixes():
        parcel = answers_of(run, suffix, "zh")
        assert parcel is not None
        assert parcel.name == f"问题-回答{suffix}"
        assert parcel.content
        assert f'data-form="{suffix}"' in _shown(run)
    lines = answers_of(run, ".jsonl", "zh")
    assert lines is not None
    assert [json.loads(line)["question"] for line in lines.content.decode().splitlines()] == [QUESTION, "没有的事"]
    table = answers_of(run, ".csv", "zh")
    assert table is not None
    assert len(list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))) == 2
    assert answers_of(run, ".exe", "zh") is None
    assert answers_of(None, ".csv", "zh") is None
    assert answers_of(Run(), ".csv", "zh") is None


def test_the_drawer_names_the_kinds_that_can_be_read() -> None:
    shown = _shown(None)
    assert all(suffix in shown for suffix in question_suffixes())


def test_hostile_questions_are_escaped_in_the_preview(tmp_path: Path) -> None:
    shown = _shown(_last(tmp_path, f"{HOSTILE_QUESTION}\n", "<b>.txt"))
    assert "<img" not in shown
    assert "&lt;img" in shown
    assert "<b>.txt" not in shown
