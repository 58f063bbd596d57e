"""Files of questions: .txt, .jsonl and the tables .csv, .tsv and .xlsx."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.batch_tables import SEPARATORS, TableProblem, delimited_rows, rows_of_table
from assistant.errors import BatchError
from index.errors import ReadError
from index.readers.text import read_text
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from assistant.batch_tables import TableRow

RECORD_KEYS = (
    "id",
    "question",
    "status",
    "answer",
    "short_answer",
    "items",
    "confidence",
    "mode",
    "citations",
    "retrieved",
    "reason",
    "elapsed_ms",
    "standalone_question",
    "notes",
)
"""Keys that every answer record has."""
RESERVED = frozenset({*RECORD_KEYS, "generation"})
"""Keys that a record may have; a column of the same name is carried through under another."""
_MOST_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Row:
    """One question of a file, or what is wrong with it."""

    id: str
    question: str
    history: tuple[str, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Other columns, carried through to the answer."""
    problem: str = ""
    """Why the row cannot be asked; empty if it can."""


@dataclass(frozen=True, slots=True)
class Questions:
    """The rows of a questions file."""

    rows: tuple[Row, ...]
    sha256: str
    """SHA-256 of the file's bytes, hex."""
    heading: str = ""
    """Name of the column of a table that holds the questions, as it is written there; empty if it is no table."""


def read_questions(path: Path) -> Questions:
    """Return the questions at `path`, in order. Rows that cannot be asked are kept with their problem.

    Raises BatchError if the file cannot be read, is of an unknown kind or holds no question at all.
    """
    parse = _PARSERS.get(path.suffix.lower())
    if parse is None:
        hint = "；请在表格软件中另存为 .xlsx" if path.suffix.lower() in (".xls", ".et", ".ods") else ""
        raise BatchError(f"问题文件 {path} 的类型不支持，可用：{'、'.join(sorted(_PARSERS))}{hint}")
    try:
        if path.exists() and not path.is_file():
            raise BatchError("是文件夹、管道或设备，不是普通文件")
        if path.stat().st_size > _MOST_BYTES:
            raise BatchError(f"超过 {_MOST_BYTES // 2**20} MB，请分成几个文件")
        data = path.read_bytes()
        heading, rows = parse(data, path)
        kept = tuple(rows)
    except FileNotFoundError as error:
        raise BatchError(f"找不到问题文件 {path}") from error
    except OSError as error:
        raise BatchError(f"问题文件 {path} 无法读取：{reason_of(error)}") from error
    except (ReadError, BatchError) as error:
        raise BatchError(f"问题文件 {path}：{error}") from error
    if not kept:
        raise BatchError(f"问题文件 {path} 中没有问题")
    return Questions(kept, hashlib.sha256(data).hexdigest(), heading)


def _parse_txt(data: bytes, path: Path) -> tuple[str, Iterator[Row]]:
    """Return a row for each line that is not blank."""
    lines = (line.strip() for line in read_text(data, path=path.name).text.split("\n"))
    return "", (Row(_numbered(number), line) for number, line in enumerate(filter(None, lines), start=1))


def _parse_jsonl(data: bytes, path: Path) -> tuple[str, Iterator[Row]]:
    return "", _json_rows(read_text(data, path=path.name).text)


def _json_rows(text: str) -> Iterator[Row]:
    lines = [(place, line) for place, line in enumerate(text.split("\n"), start=1) if line.strip()]
    for number, (place, line) in enumerate(lines, start=1):
        try:
            values = json.loads(line, parse_constant=_refuse)
        except (ValueError, RecursionError):
            yield Row(_numbered(number), "", problem=f"第 {place} 行不是有效的 JSON")
            continue
        yield _json_row(values, number, place)


def _refuse(name: str) -> None:
    """Raise ValueError for NaN and Infinity, which JSON does not know and Python reads."""
    raise ValueError(name)


def _json_row(values: object, number: int, place: int) -> Row:
    """Return the row of one JSON value; a wrong type of a field is a problem of the row."""
    if not isinstance(values, dict):
        return Row(_numbered(number), "", problem=f"第 {place} 行应为对象（{{…}}）")
    name = values.pop("id", None)
    row_id = _numbered(number) if name is None or name == "" else str(name).encode(errors="replace").decode()
    question, history = values.pop("question", None), values.pop("history", None) or []
    extra = _renamed(values)
    if not isinstance(question, str) or not question.strip():
        return Row(row_id, "", (), extra, f"第 {place} 行没有 question，或不是文字")
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        return Row(row_id, question, (), extra, f"第 {place} 行的 history 应为文字的列表")
    return Row(row_id, question, tuple(history), extra)


def _parse_delimited(data: bytes, path: Path) -> tuple[str, Iterator[Row]]:
    text = read_text(data, path=path.name).text
    return _table(delimited_rows(text, preferred=SEPARATORS[path.suffix.lower()]))


def _parse_workbook(data: bytes, path: Path) -> tuple[str, Iterator[Row]]:
    from assistant.batch_workbook import workbook_sheets

    sheets = workbook_sheets(data, name=path.name)
    problem = BatchError("工作簿里没有工作表")
    for rows in sheets:
        try:
            return _table(rows)
        except BatchError as error:
            problem = error
    raise problem


def _table(rows: Iterator[list[Any] | TableProblem]) -> tuple[str, Iterator[Row]]:
    """Return the name of the question column and the rows of a table, read as they are asked for."""
    heading, found = rows_of_table(rows)
    return heading, (_table_row(row, number) for number, row in enumerate(found, start=1))


def _table_row(row: TableRow, number: int) -> Row:
    row_id = row.id or _numbered(number)
    problem = row.problem or ("" if row.question else f"第 {number} 个问题是空的")
    return Row(row_id, row.question, (), _renamed(row.others), problem)


def _numbered(number: int) -> str:
    return f"q{number}"


def _renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with `input_` before each name that a record has, or that would come twice."""
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        free = name
        while free in RESERVED or free in renamed or (free != name and free in values):
            free = f"input_{free}"
        renamed[free] = value
    return renamed


_PARSERS: Mapping[str, Callable[[bytes, Path], tuple[str, Iterator[Row]]]] = {
    ".txt": _parse_txt,
    ".csv": _parse_delimited,
    ".tsv": _parse_delimited,
    ".jsonl": _parse_jsonl,
    ".xlsx": _parse_workbook,
}


def question_suffixes() -> tuple[str, ...]:
    """Return the kinds of questions files that can be read, sorted."""
    return tuple(sorted(_PARSERS))
