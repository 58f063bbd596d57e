"""Files of answers: .jsonl records, .csv, .tsv and .xlsx tables, .txt for reading."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assistant.batch_files import RECORD_KEYS, RESERVED
from assistant.errors import BatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    Record = dict[str, Any]
    Records = Callable[[], Iterator[Record]]
    """Gives the records from the first on, each time it is called: they are never all in memory."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What a cell begins with that a spreadsheet runs."""
_CHINESE = {
    "id": "编号",
    "question": "问题",
    "status": "状态",
    "short_answer": "简短答案",
    "answer": "答案",
    "items": "要点",
    "citations": "来源",
    "confidence": "可信度",
    "reason": "说明",
    "mode": "作答方式",
    "retrieved": "检索到的段落",
    "elapsed_ms": "用时（毫秒）",
    "standalone_question": "补全后的问题",
    "notes": "备注",
    "generation": "语言模型",
}
_STATES = {"answered": "已答", "no_answer": "没有答案", "error": "出错"}
_REASONS = {
    "unknown_unit": "没有收录所问单位的通报",
    "not_found": "通报里没有找到",
    "low_confidence": "把握不够，未作答",
}
_SHEET = ("id", "question", "status", "short_answer", "answer", "items", "citations", "confidence", "reason")
_WIDTHS = {"id": 9, "question": 34, "status": 10, "short_answer": 22, "answer": 56, "items": 40, "citations": 46}
_WIDTH, _OWN_WIDTH = 11, 18
_SOURCE_COLUMNS = (
    ("id", "编号", 9),
    ("question", "问题", 30),
    ("n", "序号", 6),
    ("unit", "单位", 14),
    ("title", "通报", 36),
    ("section", "章节", 40),
    ("quote", "原文", 70),
    ("file", "文件", 26),
    ("place", "位置（第几字）", 15),
)


@dataclass(frozen=True, slots=True)
class Wording:
    """How the columns of a table of answers are headed and its words said."""

    chinese: bool

    @classmethod
    def for_questions(cls, heading: str, columns: Iterable[str]) -> Wording:
        """Return the wording in the language of the questions' own table: the column `heading` held them.

        Questions that came in no table (`heading` is empty) are answered in Chinese, unless they brought
        columns along and all of those have English names.
        """
        if heading:
            return cls(heading.lower() != "question")
        own = [name for name in columns if name not in RESERVED]
        return cls(not own or not all(map(str.isascii, own)))

    def head(self, name: str) -> str:
        """Return the head of a column."""
        return _CHINESE.get(name, name) if self.chinese else name

    def cell(self, name: str, value: Any) -> Any:
        """Return a value of a record with the words for status and reason, if they are to be in Chinese."""
        if self.chinese and name == "status":
            return _STATES.get(value, value)
        if self.chinese and name == "reason":
            return _REASONS.get(value, value)
        return value


def check_output(path: Path) -> None:
    """Return if answers can be written as a file called `path`; raises BatchError for an unknown kind."""
    if path.suffix.lower() not in (".jsonl", *_WRITERS):
        raise BatchError(f"输出文件 {path} 的类型不支持，可用：{'、'.join(sorted(['.jsonl', *_WRITERS]))}")
    if path.is_dir():
        raise BatchError(f"输出 {path} 是文件夹，应为文件")
    if not path.parent.is_dir():
        raise BatchError(f"输出文件夹 {path.parent} 不存在")


def convert(records: Records, path: Path, *, heading: str = "") -> None:
    """Write `records` to `path` in the form that its suffix names, all of it or nothing.

    `heading` names the column that the questions came from: a table answers in the language it was asked in.
    """
    partial = path.with_name(f".{path.name}.part")
    try:
        _WRITERS[path.suffix.lower()](records, partial, heading)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _columns(records: Records) -> list[str]:
    """Return the names of all columns that a record has: those of every record, then those carried through."""
    return list(dict.fromkeys((*RECORD_KEYS, *(name for record in records() for name in record))))


def _write_csv(records: Records, path: Path, heading: str, *, separator: str = ",") -> None:
    """Write a table that spreadsheets open: byte order mark, one row a question, lists one part a line."""
    columns = _columns(records)
    words = Wording.for_questions(heading, columns) if heading else Wording(chinese=False)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=separator)
        writer.writerow([_escaped(name) for name in _heads(columns, words)])
        for record in records():
            writer.writerow([_cell(name, words.cell(name, record.get(name, ""))) for name in columns])


def _heads(columns: Sequence[str], words: Wording) -> list[str]:
    """Return the heads of the columns, those carried through renamed where they would come twice."""
    taken = {words.head(name) for name in columns if name in RECORD_KEYS}
    heads: list[str] = []
    for name in columns:
        head = words.head(name)
        while name not in RECORD_KEYS and head in taken:
            head = f"原{head}"
        taken.add(head)
        heads.append(head)
    return heads


def _write_tsv(records: Records, path: Path, heading: str) -> None:
    _write_csv(records, path, heading, separator="\t")


def _cell(name: str, value: Any) -> str:
    """Return what stands in a cell of a text table: nothing in it that a spreadsheet would run as a formula."""
    return _escaped(str(_shown(name, value)))


def _escaped(text: str) -> str:
    """Return `text`, with an apostrophe before it if a spreadsheet would run it as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) and not _is_number(text) else text


def _is_number(text: str) -> bool:
    return text.isascii() and text[1:].replace(".", "", 1).rstrip("%").isdecimal()


def _shown(name: str, value: Any) -> str | int | float:
    """Return a value for a person: lists one part a line, sources as quotes with their place."""
    if name == "citations" and isinstance(value, list):
        return "\n".join(_cited(one) for one in value)
    if name == "retrieved" and isinstance(value, list):
        return "\n".join(f"{one['file']} {one['start']}–{one['end']} {one['score']}" for one in value)
    if name in ("items", "notes") and isinstance(value, list):
        return "\n".join(value)
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return json.dumps(value, ensure_ascii=False)


def _cited(citation: Mapping[str, Any]) -> str:
    heading = " › ".join((citation["title"], *citation["section"]))
    return f"[{citation['n']}] {heading}：“{citation['quote']}”（{citation['file']} {_place(citation)}）"


def _place(citation: Mapping[str, Any]) -> str:
    page = f"第{citation['page']}页 " if citation.get("page") else ""
    return f"{page}{citation['start']}–{citation['end']}"


def _write_txt(records: Records, path: Path, _: str) -> None:
    """Write each question with its answer and its sources, for reading."""
    with path.open("w", encoding="utf-8") as file:
        for record in records():
            reply = record["answer"] or f"（出错：{record['reason']}）"
            sources = [_cited(one) for one in record["citations"]]
            file.write("\n".join([f"{record['id']}. {record['question']}", reply, *sources]) + "\n\n")


def _write_xlsx(records: Records, path: Path, heading: str) -> None:
    """Write a workbook for reading: a sheet of answers, and one of sources with a row for each quote."""
    from assistant.batch_workbook import Sheet, write_workbook

    columns = _columns(records)
    words = Wording.for_questions(heading, columns)
    own = [name for name in columns if name not in RESERVED]
    names = [*_SHEET, *own]
    widths = [_WIDTHS.get(name, _WIDTH) for name in _SHEET] + [_OWN_WIDTH] * len(own)
    reason = names.index("reason")
    widths[reason] = 22
    answers = Sheet(
        "答案" if words.chinese else "answers",
        tuple(zip(_heads(names, words), widths, strict=True)),
        ([_in_sheet(name, words, record) for name in names] for record in records()),
        percent=frozenset({names.index("confidence")}),
        frozen=2,
    )
    sources = Sheet(
        "来源" if words.chinese else "sources",
        tuple((said if words.chinese else name, width) for name, said, width in _SOURCE_COLUMNS),
        (row for record in records() for row in _source_rows(record)),
        frozen=3,
    )
    write_workbook(path, [answers, sources])


def _in_sheet(name: str, words: Wording, record: Record) -> Any:
    value = record.get(name, "")
    if name == "citations":
        return "\n".join(f"[{one['n']}] {' › '.join((one['file'], *one['section']))}" for one in value)
    if name == "confidence":
        return value if record["status"] == "answered" else ""
    if name == "reason" and not value:
        return "\n".join(record.get("notes", []))
    return _shown(name, words.cell(name, value))


def _source_rows(record: Record) -> Iterable[list[Any]]:
    for one in record["citations"]:
        found = {**one, "section": " › ".join(one["section"]), "place": _place(one)}
        yield [record["id"], record["question"], *(found[name] for name, _, _ in _SOURCE_COLUMNS[2:])]


_WRITERS: Mapping[str, Callable[[Records, Path, str], None]] = {
    ".csv": _write_csv,
    ".tsv": _write_tsv,
    ".txt": _write_txt,
    ".xlsx": _write_xlsx,
}


def answer_suffixes() -> tuple[str, ...]:
    """Return the kinds of files that answers can be written as, sorted."""
    return tuple(sorted({".jsonl", *_WRITERS}))
