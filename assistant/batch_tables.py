"""Tables of questions: where the header is, which column holds what, which character separates the cells."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.errors import BatchError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

SEPARATORS = {".csv": ",", ".tsv": "\t"}
"""The separator that the kind of a file is named for."""
_QUESTION_COLUMNS = ("question", "问题")
_ID_COLUMNS = ("id", "编号")
_CANDIDATES = ",;\t|，；"
_HEAD = 10
"""Rows among which the header is looked for: lists often begin with a title line."""
_MOST_CHARACTERS = 1_000_000
"""Characters of the largest cell that is read."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row below the header that is not blank."""

    id: str
    question: str
    others: Mapping[str, Any] = field(default_factory=dict)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TableProblem:
    """Stands for a row that could not be read."""

    problem: str


def rows_of_table(rows: Iterator[list[Any] | TableProblem]) -> tuple[str, Iterator[TableRow]]:
    """Return the name of the question column and the rows below the header, read as they are asked for.

    Raises BatchError if none of the first rows names a column question or 问题, or one names several alike.
    """
    for _ in range(_HEAD):
        values = next(rows, None)
        if values is None:
            break
        if isinstance(values, TableProblem):
            raise BatchError(values.problem)
        header = [_as_text(value) for value in values]
        asked = _column(header, _QUESTION_COLUMNS)
        if asked is not None:
            if (count := header.count(header[asked])) > 1:
                raise BatchError(f"表头中有 {count} 列都叫“{header[asked]}”，不知道该回答哪一列；请只留一列用这个名字")
            return header[asked], _below(_trimmed(header), rows, asked)
    raise BatchError("表头中没有 question 或 问题 列；请把问题所在的列命名为“问题”")


def _trimmed(header: list[str]) -> list[str]:
    """Return `header` without the nameless columns at its end."""
    while header and not header[-1]:
        header = header[:-1]
    return header


def _below(header: Sequence[str], rows: Iterable[list[Any] | TableProblem], asked: int) -> Iterator[TableRow]:
    number = 0
    for values in rows:
        if isinstance(values, TableProblem):
            number += 1
            yield TableRow("", "", problem=values.problem)
        elif any(_as_text(value) for value in values):
            number += 1
            yield _table_row(header, values, number, asked)


def _table_row(header: Sequence[str], values: list[Any], number: int, asked: int) -> TableRow:
    """Return a row of a table; cells that are missing at its end are empty."""
    while len(values) > len(header) and not _as_text(values[-1]):
        values = values[:-1]
    padded = values + [""] * (len(header) - len(values))
    id_column = _column(header, _ID_COLUMNS)
    row_id = _as_text(padded[id_column]) if id_column is not None else ""
    used = {asked, id_column}
    others: dict[str, Any] = {}
    for place, name in enumerate(header):
        if place not in used:
            others[_free(name or f"column_{place + 1}", others)] = padded[place]
    problem = ""
    if len(values) > len(header):
        problem = f"第 {number} 个问题有 {len(values)} 列，表头只有 {len(header)} 列"
    return TableRow(row_id, _as_text(padded[asked]), others, problem)


def _free(name: str, taken: Mapping[str, Any]) -> str:
    """Return `name`, with a number behind it if another column is called the same."""
    found, number = name, 2
    while found in taken:
        found, number = f"{name}_{number}", number + 1
    return found


def _column(header: Sequence[str], names: Iterable[str]) -> int | None:
    lowered = [name.lower() for name in header]
    return next((lowered.index(name) for name in names if name in lowered), None)


def _as_text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def delimited_rows(text: str, *, preferred: str) -> Iterator[list[Any] | TableProblem]:
    """Yield the cells of each row of `text`; the separator is found by the row that names the question column.

    Of several that fit, `preferred` comes first. Raises BatchError for a quote that is never closed.
    """
    declared, _, rest = text.partition("\n")
    if declared[:4].lower() == "sep=" and len(declared) == 5:
        return _split(rest, declared[4])
    return _split(text, _separator(text, preferred))


def _separator(text: str, preferred: str) -> str:
    """Return the character that separates the cells of the header, the one that gives the most of them."""
    head = "\n".join(text.split("\n", 4 * _HEAD)[: 4 * _HEAD])[:_MOST_CHARACTERS]
    found: dict[str, int] = {}
    for separator in dict.fromkeys(preferred + _CANDIDATES):
        for row in _head_rows(head, separator):
            if _column([cell.strip() for cell in row], _QUESTION_COLUMNS) is not None:
                found[separator] = len(row)
                break
    return max(found, key=lambda separator: found[separator], default=preferred)


def _head_rows(head: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(head), delimiter=separator)
    for _ in range(_HEAD):
        try:
            row = next(reader, None)
        except csv.Error:
            return
        if row is None:
            return
        yield row


def _split(text: str, separator: str) -> Iterator[list[Any] | TableProblem]:
    """Yield the rows; one that is malformed is told and left behind, one that never ends is the file's fault."""
    lines = iter(io.StringIO(text))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    while True:
        began = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise BatchError(f"第 {began} 行起有引号没有闭合，不是有效的 CSV") from error
            yield TableProblem(f"第 {reader.line_num} 行不是有效的 CSV：{error}")
        else:
            yield list(row)
