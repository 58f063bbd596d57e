"""What people said about answers in the page, read from its file and made into gold candidates for a person to edit.

The format is told in docs/feedback.md; it is all that this module and the page share.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.drafts import kind_of_value
from eval.errors import FeedbackError
from eval.gold_checks import VERDICTS, place_evidence
from eval.texts import text_or_none
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from eval.texts import Texts

_PER_UNIT = re.compile(r"\A[^：:]{1,40}[：:]\s*(.+)\Z", re.DOTALL)
_CONTACT = re.compile(r"[\w.+-]+@[\w.-]+|[\d()（）-]{7,}")


@dataclass(frozen=True, slots=True)
class Said:
    """The last that was said about one answer."""

    id: str
    time: str
    generation: str
    up: bool
    comment: str
    question: str
    history: tuple[str, ...]
    answer: Mapping[str, Any]
    """The answer record."""


def read_feedback(path: Path) -> tuple[Said, ...]:
    """Return what was said about each answer, in the order in which it was first rated; an empty file gives nothing.

    Raises FeedbackError if the file cannot be read or a line is not of the format.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise FeedbackError(f"无法读取反馈文件 {path}：{reason_of(error)}") from error
    except UnicodeDecodeError as error:
        raise FeedbackError(f"无法读取反馈文件 {path}：不是 UTF-8 文本") from error
    last: dict[str, Said] = {}
    for number, line in enumerate(lines, start=1):
        if line.strip():
            said = _said(line, f"{path} 第 {number} 行")
            last[said.id] = said
    return tuple(last.values())


def gold_candidates(said: Iterable[Said], texts: Texts) -> Iterator[dict[str, Any]]:
    """Yield a line of a gold file for each question, once; the last that was said about it counts.

    An answer that was found useful brings its answer and evidence along, so far as the quotes still stand in the
    texts; one that was not brings its value as a trap, and leaves answer and evidence to the person who edits.
    """
    questions = {(one.question, one.history): one for one in said}
    for one in questions.values():
        yield _candidate(one, texts)


def _candidate(one: Said, texts: Texts) -> dict[str, Any]:
    answered = one.answer.get("status") == "answered"
    short = str(one.answer.get("short_answer") or "")
    items = [_bare(str(item)) for item in one.answer.get("items") or ()]
    identity = hashlib.blake2b(f"{one.question}\n{one.history}".encode(), digest_size=4).hexdigest()
    record: dict[str, Any] = {
        "id": f"f{identity}",
        "question": one.question,
        "history": list(one.history),
        "type": _kind(one, short, items),
        "answers": [],
        "evidence": [],
        "draft": True,
        "feedback": {"rating": "up" if one.up else "down", "comment": one.comment, "time": one.time},
    }
    if not answered:
        return record
    if not one.up:
        return {**record, "near_misses": [short] if short and not items else []}
    evidence = list(_evidence(one, texts))
    known = [text_or_none(texts, piece["file"]) or "" for piece in evidence]

    def stands(value: str) -> bool:
        spoken = record["type"] == "yes_no" and value in VERDICTS
        return bool(value) and (spoken or any(value in text for text in known))

    record["evidence"] = evidence
    if items:
        record["answer_items"] = [item for item in items if stands(item)]
    elif stands(short):
        record["answers"] = [short]
    return record


def _kind(one: Said, short: str, items: list[str]) -> str:
    units = {citation.get("unit") for citation in one.answer.get("citations") or ()}
    if one.history and one.answer.get("standalone_question", one.question) != one.question:
        return "followup"
    if one.answer.get("status") != "answered":
        return "no_answer"
    if items:
        return "compare" if len(units) > 1 else "list"
    if short in VERDICTS:
        return "yes_no"
    if _CONTACT.fullmatch(short):
        return "contact"
    return kind_of_value(short)


def _evidence(one: Said, texts: Texts) -> Iterator[dict[str, Any]]:
    """Yield the citations whose quote stands in the texts still, at its place or elsewhere in its file."""
    for citation in one.answer.get("citations") or ():
        file, quote = str(citation.get("file")), str(citation.get("quote") or "")
        text = text_or_none(texts, file)
        if text is None or not quote:
            continue
        places, _ = place_evidence({"file": file, "quote": quote}, text)
        if places:
            span = (citation.get("start"), citation.get("end"))
            start, end = span if span in places else places[0]
            yield {"file": file, "start": start, "end": end, "quote": quote}


def _bare(item: str) -> str:
    found = _PER_UNIT.match(item)
    return (found[1] if found else item).strip().rstrip("；;。")


def _said(line: str, where: str) -> Said:
    try:
        record = json.loads(line)
        answer = record["answer"]
        if record["rating"] not in ("up", "down") or not isinstance(answer, dict):
            raise ValueError(record["rating"])
        return Said(
            id=str(record["id"]),
            time=str(record["time"]),
            generation=str(record["generation"]),
            up=record["rating"] == "up",
            comment=str(record["comment"]),
            question=str(record["question"]),
            history=tuple(map(str, record["history"])),
            answer=answer,
        )
    except (ValueError, KeyError, TypeError) as error:
        raise FeedbackError(f"{where}不是反馈（格式见 docs/feedback.md）") from error
