"""A batch over a scripted assistant: what the tests of files, journal and lanes share."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import openpyxl

from assistant.batch import BatchOptions, run_batch
from assistant.errors import QuestionError
from assistant.types import Answer, Citation, Mode, Reason, Retrieved, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.store import Index

QUOTE = "=甲市关停45家，\n投入1260万元"


@dataclass
class Scripted:
    """Answers all but what it has no words for; can be told to be interrupted at a question."""

    index: Index
    stops_at: str = ""
    asked: list[tuple[str, tuple[str, ...], int]] = field(default_factory=list)
    units: list[str | None] = field(default_factory=list)

    def ask(self, question: str, *, history: Sequence[str], unit: str | None = None, top_k: int, mode: Mode) -> Answer:
        self.asked.append((question, tuple(history), top_k))
        self.units.append(unit)
        if self.stops_at and self.stops_at in question:
            raise KeyboardInterrupt
        if "坏" in question:
            raise QuestionError("问不了")
        if "崩" in question:
            raise ZeroDivisionError("除以零")
        retrieved = (Retrieved("甲.txt", 0, 9, 0.5),)
        if "未知" in question:
            return Answer(question, Status.NO_ANSWER, "没有", retrieved=retrieved, reason=Reason.NOT_FOUND)
        cited = Citation(1, "甲.txt", "n", "题", "甲市", ("一、", "（一）"), 0, len(QUOTE), QUOTE)
        answer = Answer(question, Status.ANSWERED, "=45家[1]。", "-3.5%", ("甲", "乙"), 0.9, mode=mode)
        return replace(answer, citations=(cited,), retrieved=retrieved, standalone=question, elapsed_ms=1.0)


def questions_in(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def records(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def run(fake: Scripted, questions: Path, output: Path, **options: Any) -> int:
    return run_batch(fake, questions, output, options=BatchOptions(**options))


def workbook(rows: Sequence[Sequence[Any]], *, before: Sequence[Sequence[Any]] = ()) -> bytes:
    """Return a workbook whose first sheet holds `before`, if anything, and whose next one holds `rows`."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in before:
        sheet.append(list(row))
    if before:
        sheet = book.create_sheet("问题")
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
