"""What makes a line of a gold file unusable, one check a function."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.texts import text_or_none

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eval.texts import Texts

_STRINGS = ("answers", "answer_items", "history", "near_misses")
_REFUSED = frozenset({"no_answer"})
YES_WORDS = frozenset({"是", "有", "对", "能", "会", "已", "已经", "yes", "true"})
NO_WORDS = frozenset({"否", "不是", "没有", "无", "不对", "不能", "不会", "未", "尚未", "no", "false"})
VERDICTS = YES_WORDS | NO_WORDS


@dataclass(frozen=True, slots=True)
class Row:
    """A JSON object of a gold file and the line it stands on."""

    line: int
    record: dict[str, Any]


def check_row(row: Row, texts: Texts, *, kinds: Sequence[str]) -> Iterator[str]:
    """Yield the problems of one line; nothing if it is good."""
    shape = list(_check_shape(row.record, kinds=kinds))
    yield from shape
    if not shape:
        yield from _check_need(row.record)
        yield from _check_evidence(row.record, texts)
        yield from _check_values(row.record, texts)


def check_file(rows: Sequence[Row]) -> Iterator[tuple[int, str]]:
    """Yield (line, problem) for ids and questions that stand twice; nothing for no rows."""
    ids: dict[str, int] = {}
    asked: dict[tuple[str, ...], int] = {}
    for row in rows:
        name = row.record.get("id")
        if isinstance(name, str):
            if name in ids:
                yield row.line, f"编号 {name} 重复（首见于第 {ids[name]} 行）"
            ids.setdefault(name, row.line)
        question, history = row.record.get("question"), row.record.get("history") or ()
        if isinstance(question, str) and isinstance(history, (list, tuple)):
            key = ("".join(question.split()), *(str(one) for one in history))
            if key in asked:
                yield row.line, f"问题重复（首见于第 {asked[key]} 行）：{question}"
            asked.setdefault(key, row.line)


def place_evidence(record: Mapping[str, Any], text: str) -> tuple[tuple[tuple[int, int], ...], str]:
    """Return the places of a piece of evidence in `text` and what is wrong with it, an empty string if nothing."""
    quote = record.get("quote")
    if "start" not in record and "end" not in record:
        if not isinstance(quote, str) or not quote.strip():
            return (), "证据既无 quote 也无 start、end"
        places = tuple(_occurrences(text, quote))
        return places, "" if places else f"文件 {record['file']} 中找不到引文“{_brief(quote)}”"
    start, end = record.get("start"), record.get("end")
    if type(start) is not int or type(end) is not int:
        return (), "证据的 start、end 应为整数"
    if not 0 <= start < end <= len(text):
        return (), f"证据位置 [{start}, {end}) 不在文件 {record['file']} 的 {len(text)} 个字之内"
    found = text[start:end]
    if quote is not None and quote != found:
        return (), f"证据 [{start}, {end}) 处是“{_brief(found)}”，不是所给引文"
    checksum = record.get("sha256")
    if checksum is not None and checksum != hashlib.sha256(found.encode("utf-8")).hexdigest():
        return (), f"证据 [{start}, {end}) 的 sha256 与文件 {record['file']} 不符"
    return ((start, end),), ""


def _check_shape(record: Mapping[str, Any], *, kinds: Sequence[str]) -> Iterator[str]:
    for name in ("id", "question", "type"):
        value = record.get(name)
        if name not in record:
            yield f"缺少字段 {name}"
        elif not isinstance(value, str) or not value.strip():
            yield f"字段 {name} 应为非空字符串"
    kind = record.get("type")
    if isinstance(kind, str) and kind.strip() and kind not in kinds:
        yield f"未知的问题类型 {kind}（可用：{'、'.join(kinds)}）"
    for name in _STRINGS:
        value = record.get(name)
        if value is not None and not _is_strings(value):
            yield f"字段 {name} 应为非空字符串的列表"
    verdict = record.get("verdict")
    if verdict not in (None, "") and str(verdict).lower() not in VERDICTS:
        yield f"字段 verdict 应为 是 或 否，不是 {verdict}"
    unit = record.get("unit")
    if unit is not None and not isinstance(unit, str) and not _is_strings(unit):
        yield "字段 unit 应为字符串或字符串的列表"
    evidence = record.get("evidence")
    if evidence is not None and not (isinstance(evidence, list) and all(isinstance(one, dict) for one in evidence)):
        yield "字段 evidence 应为对象的列表"
    elif any(not isinstance(one.get("file"), str) for one in evidence or ()):
        yield "证据缺少 file"


def _check_need(record: Mapping[str, Any]) -> Iterator[str]:
    kind, answers, items = record["type"], record.get("answers"), record.get("answer_items")
    if kind in _REFUSED:
        if answers or items:
            yield f"类型 {kind} 不应有答案"
        return
    if kind == "followup":
        if not record.get("history"):
            yield "类型 followup 缺少 history"
        if not answers and not items:
            return
    if not answers and not items:
        yield "缺少字段 answers"
    if not record.get("evidence"):
        yield "缺少字段 evidence"


def _check_evidence(record: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    for one in record.get("evidence") or ():
        text = text_or_none(texts, one["file"])
        if text is None:
            yield f"没有文件 {one['file']}"
            continue
        _, problem = place_evidence(one, text)
        if problem:
            yield problem


def _check_values(record: Mapping[str, Any], texts: Texts) -> Iterator[str]:
    files = dict.fromkeys(one["file"] for one in record.get("evidence") or ())
    known = [text for file in files if (text := text_or_none(texts, file)) is not None]
    answers = list(record.get("answers") or ())
    if not known:
        return
    for value in [*answers, *(record.get("answer_items") or ())]:
        if record["type"] == "yes_no" and value in VERDICTS:
            continue
        if not any(value in text for text in known):
            yield f"答案“{_brief(value)}”不在证据所在的文件中"
    for value in record.get("near_misses") or ():
        if value in answers:
            yield f"干扰值“{_brief(value)}”同时是答案"


def _occurrences(text: str, quote: str) -> Iterator[tuple[int, int]]:
    at = text.find(quote)
    while at >= 0:
        yield at, at + len(quote)
        at = text.find(quote, at + 1)


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) and one.strip() for one in value)


def _brief(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
