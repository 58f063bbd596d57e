"""Files of questions and of answers: .txt, .csv and .jsonl."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant.errors import BatchError
from index.errors import ReadError
from index.readers.text import read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_QUESTION_COLUMNS = ("question", "问题")
_ID_COLUMNS = ("id", "编号")
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
)
"""Keys of an answer record; a column of the same name is carried through under another."""


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


def read_questions(path: Path) -> Questions:
    """Return the questions at `path`, in order. Rows that cannot be asked are kept with their problem.

    Raises BatchError if the file cannot be read, is of an unknown kind or holds no question at all.
    """
    parse = _PARSERS.get(path.suffix.lower())
    if parse is None:
        raise BatchError(f"问题文件 {path} 的类型不支持，可用：{'、'.join(sorted(_PARSERS))}")
    try:
        data = path.read_bytes()
        rows = tuple(parse(read_text(data, path=path.name).text))
    except FileNotFoundError as error:
        raise BatchError(f"找不到问题文件 {path}") from error
    except OSError as error:
        raise BatchError(f"问题文件 {path} 无法读取：{error.strerror or error}") from error
    except (ReadError, BatchError) as error:
        raise BatchError(f"问题文件 {path}：{error}") from error
    if not rows:
        raise BatchError(f"问题文件 {path} 中没有问题")
    return Questions(rows, hashlib.sha256(data).hexdigest())


def _parse_txt(text: str) -> Iterator[Row]:
    """Yield a row for each line of `text` that is not blank."""
    lines = (line.strip() for line in text.split("\n"))
    for number, line in enumerate(filter(None, lines), start=1):
        yield Row(_numbered(number), line)


def _parse_jsonl(text: str) -> Iterator[Row]:
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
    if not isinstance(question, str):
        return Row(row_id, "", (), extra, f"第 {place} 行没有 question，或不是文字")
    if not isinstance(history, list) or not all(isinstance(one, str) for one in history):
        return Row(row_id, question, (), extra, f"第 {place} 行的 history 应为文字的列表")
    return Row(row_id, question, tuple(history), extra)


def _parse_csv(text: str) -> Iterator[Row]:
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        question_column = _column(header, _QUESTION_COLUMNS)
        if question_column is None:
            raise BatchError("表头中没有 question 或 问题 列")
        number = 0
        for values in reader:
            if any(value.strip() for value in values):
                number += 1
                yield _table_row(header, values, number, question_column)
    except csv.Error as error:
        raise BatchError(f"第 {reader.line_num} 行不是有效的 CSV：{error}") from error


def _table_row(header: list[str], values: list[str], number: int, question_column: int) -> Row:
    """Return a row of a table; cells that are missing at its end are empty."""
    padded = values + [""] * (len(header) - len(values))
    id_column = _column(header, _ID_COLUMNS)
    row_id = (padded[id_column].strip() if id_column is not None else "") or _numbered(number)
    used = {question_column, id_column}
    extra = {name or f"column_{n + 1}": padded[n] for n, name in enumerate(header) if n not in used}
    question = padded[question_column].strip()
    if len(values) > len(header):
        problem = f"第 {number} 个问题有 {len(values)} 列，表头只有 {len(header)} 列"
    else:
        problem = "" if question else f"第 {number} 个问题是空的"
    return Row(row_id, question, (), _renamed(extra), problem)


def _column(header: list[str], names: Iterable[str]) -> int | None:
    lowered = [name.lower() for name in header]
    return next((lowered.index(name) for name in names if name in lowered), None)


def _numbered(number: int) -> str:
    return f"q{number}"


def _renamed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `values` with `input_` before each name that a record has, or that would come twice."""
    renamed: dict[str, Any] = {}
    for name, value in values.items():
        free = name
        while free in RECORD_KEYS or free in renamed or (free != name and free in values):
            free = f"input_{free}"
        renamed[free] = value
    return renamed


_PARSERS: Mapping[str, Callable[[str], Iterator[Row]]] = {
    ".txt": _parse_txt,
    ".csv": _parse_csv,
    ".jsonl": _parse_jsonl,
}


def check_output(path: Path) -> None:
    """Return if answers can be written as a file called `path`; raises BatchError for an unknown kind."""
    if path.suffix.lower() not in (".jsonl", *_WRITERS):
        raise BatchError(f"输出文件 {path} 的类型不支持，可用：{'、'.join(sorted(['.jsonl', *_WRITERS]))}")
    if path.is_dir():
        raise BatchError(f"输出 {path} 是文件夹，应为文件")
    if not path.parent.is_dir():
        raise BatchError(f"输出文件夹 {path.parent} 不存在")


def convert(records: Iterable[dict[str, Any]], path: Path) -> None:
    """Write `records` to `path` in the form that its suffix names, all of it or nothing."""
    partial = path.with_name(f".{path.name}.part")
    _WRITERS[path.suffix.lower()](records, partial)
    partial.replace(path)


def _write_csv(records: Iterable[dict[str, Any]], path: Path) -> None:
    """Write a table that spreadsheets open: byte order mark, one row a question, lists one part a line."""
    rows = [{name: _cell(name, value) for name, value in record.items()} for record in records]
    columns = dict.fromkeys((*RECORD_KEYS, *(name for row in rows for name in row)))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(columns), restval="")
        writer.writeheader()
        writer.writerows(rows)


def _cell(name: str, value: object) -> str:
    """Return what stands in a cell; text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if name == "citations" and isinstance(value, list):
        text = "\n".join(_cited(one) for one in value)
    elif name == "retrieved" and isinstance(value, list):
        text = "\n".join(f"{one['file']} {one['start']}–{one['end']} {one['score']}" for one in value)
    elif name == "items" and isinstance(value, list):
        text = "\n".join(value)
    elif isinstance(value, str):
        text = value
    else:
        return "" if value is None else json.dumps(value, ensure_ascii=False)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) and not _is_number(text) else text


def _cited(citation: Mapping[str, Any]) -> str:
    heading = " › ".join((citation["title"], *citation["section"]))
    place = f"{citation['file']} {citation['start']}–{citation['end']}"
    return f"[{citation['n']}] {heading}：“{citation['quote']}”（{place}）"


def _is_number(text: str) -> bool:
    return text[1:].replace(".", "", 1).rstrip("%").isdecimal()


def _write_txt(records: Iterable[dict[str, Any]], path: Path) -> None:
    """Write each question with its answer and its sources, for reading."""
    with path.open("w", encoding="utf-8") as file:
        for record in records:
            reply = record["answer"] or f"（出错：{record['reason']}）"
            sources = [_cited(one) for one in record["citations"]]
            file.write("\n".join([f"{record['id']}. {record['question']}", reply, *sources]) + "\n\n")


_WRITERS: Mapping[str, Callable[[Iterable[dict[str, Any]], Path], None]] = {".csv": _write_csv, ".txt": _write_txt}
