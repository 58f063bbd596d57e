"""A decoded text under way: lines are added, with what they were in the file, and offsets are counted."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.marks import Mark, MarkKind
from index.readers.limits import NOTES, TABLE_CELLS, TEXT_CHARS
from index.types import SourceFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

CELL = " | "
"""Stands between the cells of a row."""
_SPACES = re.compile(r"[ \t\f\v\xa0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufff9-\uffff]"
)
"""Control characters, direction marks, half surrogates and what has no width: nothing that is read."""
_BREAKS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def clean(text: str) -> str:
    r"""Return `text` without what steers a terminal or is not seen, with each run of blanks as one; newlines stay.

    >>> clean("整\u202e改　 完成\x00")
    '整改 完成'
    """
    return _SPACES.sub(" ", _STEERING.sub("", _BREAKS.sub("\n", text)))


class Draft:
    """Collects the lines of a file; `source` gives the whole. Raises ReadError beyond a limit."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._marks: list[Mark] = []
        self._notes: list[str] = []
        self._length = 0
        self._cells = 0
        self._table = 0
        self._row = 0

    @property
    def length(self) -> int:
        """Characters so far."""
        return self._length

    def add(self, text: str, *, level: int = 0) -> None:
        """Add `text` as a line, or as several; with a `level` from 1 its first line is a heading. Blank text adds none."""
        for line in clean(text).split("\n"):
            content = line.strip()
            if content:
                start = self._append(content)
                if level:
                    self._marks.append(Mark(MarkKind.HEADING, start, self._length, level))
                    level = 0

    def begin_table(self, *, cells: int = 0) -> None:
        """Let the rows that follow belong to a new table. Raises ReadError if it holds more `cells` than there is room for."""
        self._table += 1
        self._row = 0
        self._check_room(cells)

    def add_row(self, cells: Sequence[str]) -> None:
        """Add a row of the table begun last as one line; empty cells at its end are left out.

        A row without content is counted, but adds no line. One whose only cell spans the table is a line like others.
        """
        self._row += 1
        self._check_room(len(cells))
        self._cells += len(cells)
        contents = [" ".join(clean(cell).split()) for cell in cells]
        while contents and not contents[-1]:
            contents.pop()
        if not any(contents):
            return
        start = self._append(CELL.join(contents).strip())
        if len(contents) > 1:
            self._marks.append(Mark(MarkKind.ROW, start, self._length, self._row, self._table))

    def _check_room(self, cells: int) -> None:
        if self._cells + cells > TABLE_CELLS:
            raise ReadError(f"表格超过 {TABLE_CELLS} 个单元格的上限")

    def mark(self, kind: MarkKind, start: int, end: int, *, number: int = 0, name: str = "") -> None:
        """Mark `start:end` of the text; an empty stretch is not marked."""
        if start < end:
            self._marks.append(Mark(kind, start, end, number, 0, name))

    def join(self, text: str) -> None:
        """Add `text` to the last line, or as a line if there is none."""
        content = clean(text).strip().replace("\n", " ")
        if not self._lines or not content:
            self.add(content)
            return
        self._lines[-1] = self._lines[-1][:-1]
        self._length -= 1
        self._append(content)

    def note(self, text: str) -> None:
        """Remember what could not be read."""
        self._notes.append(text)

    def take(self, other: SourceFile, *, name: str) -> None:
        """Add the text of a file inside this one, with its marks and notes."""
        start = self._length
        self._grow(len(other.text))
        self._lines.append(other.text if other.text.endswith("\n") else other.text + "\n")
        self._length = start + len(self._lines[-1])
        self.mark(MarkKind.MEMBER, start, self._length, name=name)
        self._marks.extend(mark.moved(start) for mark in other.marks if mark.kind is not MarkKind.MEMBER)
        self._marks.extend(
            Mark(MarkKind.MEMBER, mark.start + start, mark.end + start, name=f"{name}/{mark.name}")
            for mark in other.marks
            if mark.kind is MarkKind.MEMBER
        )
        self._notes.extend(f"{name}：{note}" for note in other.notes)

    def source(self, *, path: str, sha256: str, encoding: str) -> SourceFile:
        """Return the file with all that was added. Raises ReadError if there is no text."""
        if not self._lines:
            raise ReadError("；".join(self._few_notes()) or "文件中没有文字")
        marks = tuple(sorted(self._marks, key=lambda mark: (mark.start, -mark.end)))
        return SourceFile(path, "".join(self._lines), sha256, encoding, marks, tuple(self._few_notes()))

    def _few_notes(self) -> Iterable[str]:
        more = len(self._notes) - NOTES
        return [*self._notes[:NOTES], *([f"另有 {more} 处"] if more > 0 else [])]

    def _grow(self, by: int) -> None:
        if self._length + by > TEXT_CHARS:
            raise ReadError(f"文字超过 {TEXT_CHARS} 字的上限")

    def _append(self, line: str) -> int:
        """Add a line and return where it starts."""
        start = self._length
        self._grow(len(line) + 1)
        self._lines.append(line + "\n")
        self._length += len(line) + 1
        return start
