"""Marks: what a stretch of decoded text was in its file: a page, a row of a table, a heading, a file of an archive."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class MarkKind(StrEnum):
    """What a marked stretch was in its file."""

    PAGE = "page"
    """`number` is the page, counted from 1."""
    ROW = "row"
    """`number` is the row in its table, `group` the table in its file, both counted from 1."""
    HEADING = "heading"
    """`number` is the level, from 1; the stretch is one line."""
    MEMBER = "member"
    """`name` is the path of a file inside an archive."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What `text[start:end]` was in its file."""

    kind: MarkKind
    start: int
    end: int
    number: int = 0
    group: int = 0
    name: str = ""

    def to_row(self) -> list[Any]:
        """Return the mark as a row of JSON values; `from_row` is the inverse."""
        return [str(self.kind), self.start, self.end, self.number, self.group, self.name]

    @classmethod
    def from_row(cls, row: Sequence[Any]) -> Mark:
        """Return the mark held in `row`. Raises ValueError or TypeError for anything else."""
        kind, start, end, number, group, name = row
        return cls(MarkKind(kind), int(start), int(end), int(number), int(group), str(name))

    def moved(self, by: int) -> Mark:
        """Return the mark of the same stretch in a text that has `by` characters more before it."""
        return Mark(self.kind, self.start + by, self.end + by, self.number, self.group, self.name)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a place of the text stood in its file; what does not apply is 0 or empty."""

    page: int = 0
    table: int = 0
    row: int = 0
    member: str = ""
    """Path of the file inside an archive."""

    def to_record(self) -> dict[str, Any]:
        """Return the fields that apply as plain JSON values; none gives an empty record."""
        values = {"member": self.member, "page": self.page, "table": self.table, "row": self.row}
        return {name: value for name, value in values.items() if value}

    def __str__(self) -> str:
        """Return the place in words, or an empty string.

        >>> str(Place(page=3, table=1, row=5)), str(Place())
        ('第 3 页 表 1 第 5 行', '')
        """
        parts = (
            self.member,
            f"第 {self.page} 页" if self.page else "",
            f"表 {self.table} 第 {self.row} 行" if self.row else "",
        )
        return " ".join(part for part in parts if part)


def place_at(marks: Iterable[Mark], offset: int) -> Place:
    """Return where `offset` of the text stood in its file; no marks give a place without fields."""
    page = table = row = 0
    member = ""
    for mark in marks:
        if not mark.start <= offset < mark.end:
            continue
        if mark.kind is MarkKind.PAGE:
            page = mark.number
        elif mark.kind is MarkKind.ROW:
            table, row = mark.group, mark.number
        elif mark.kind is MarkKind.MEMBER:
            member = mark.name
    return Place(page, table, row, member)
