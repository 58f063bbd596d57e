"""Candidate gold questions from the figures, dates and titles of indexed notices, for a person to edit."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eval.texts import Texts
    from index.types import Notice

_SENTENCE = re.compile(r"[^。；;！？\n]+[。；;！？]?")
_CLAUSE = re.compile(r"[^，,。；;：:！？\n]+")
_LEAD = re.compile(r"^\s*(?:[一二三四五六七八九十]+(?:是|、)|[（(][\d一二三四五六七八九十]+[）)]|\d+[.．、])\s*")
_COUNTED = "|".join(
    (
        "个百分点",
        "平方公里",
        "平方米",
        "公里",
        "公顷",
        "人次",
        "个月",
        "千瓦",
        *"元吨亩米家个户人名项件条处套辆座所份起天",
    )
)
_DATE = r"\d{4}年\d{1,2}月(?:\d{1,2}日)?"
_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("fact_title", re.compile(r"《[^《》]{4,40}》")),
    ("fact_date", re.compile(_DATE)),
    ("fact_number", re.compile(rf"\d[\d,]*(?:\.\d+)?(?:%|(?:余|多)?[万亿]?(?:{_COUNTED}))")),
)
_AFTER_DATE = re.compile(r"^(?:底前|底|前)?[，,：:]?")
"""What behind a date does not go with 什么时候."""
_RANGE = ("至", "—", "-")
_FEWEST_CHARACTERS = 5
"""Words that say less than this beside a value make no question."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A proposed question; its wording is that of the notice and must be changed by a person."""

    kind: str
    question: str
    answer: str
    file: str
    start: int
    end: int
    quote: str
    unit: str
    near_misses: tuple[str, ...]

    def to_record(self) -> dict[str, Any]:
        """Return a line of a gold file, marked as a draft."""
        identity = hashlib.blake2b(f"{self.file}\n{self.start}\n{self.answer}".encode(), digest_size=4).hexdigest()
        return {
            "id": f"d{identity}",
            "question": self.question,
            "type": self.kind,
            "answers": [self.answer],
            "evidence": [
                {
                    "file": self.file,
                    "start": self.start,
                    "end": self.end,
                    "quote": self.quote,
                    "sha256": hashlib.sha256(self.quote.encode("utf-8")).hexdigest(),
                }
            ],
            "near_misses": list(self.near_misses),
            "unit": self.unit,
            "draft": True,
        }


def draft_questions(notices: Sequence[Notice], texts: Texts, *, per_notice: int = 20) -> tuple[Draft, ...]:
    """Return at most `per_notice` drafts for each notice, spread over its length; none for no notices.

    No two drafts ask the same, and a sentence gives at most one draft of each kind.
    """
    drafts: list[Draft] = []
    asked: set[str] = set()
    for notice in notices:
        found = []
        for draft in _drafts_of(notice, texts.text(notice.file)):
            if draft.question not in asked:
                asked.add(draft.question)
                found.append(draft)
        drafts.extend(_spread(found, per_notice))
    return tuple(drafts)


def kind_of_value(value: str) -> str:
    """Return the kind of question that a value answers: that of a figure, date or title, else `fact_entity`.

    >>> kind_of_value("46个"), kind_of_value("2024年3月"), kind_of_value("住建局")
    ('fact_number', 'fact_date', 'fact_entity')
    """
    return next((kind for kind, pattern in _PATTERNS if pattern.fullmatch(value)), "fact_entity")


def _drafts_of(notice: Notice, text: str) -> Iterator[Draft]:
    for sentence in _SENTENCE.finditer(text, notice.start, notice.end):
        for kind, pattern in _PATTERNS:
            found = list(pattern.finditer(sentence[0]))
            if not found:
                continue
            value = found[0]
            question = _question(kind, sentence[0], value, notice.unit)
            others = tuple(dict.fromkeys(one[0] for one in found[1:] if one[0] != value[0]))
            if question:
                start, end = _trimmed(sentence)
                yield Draft(kind, question, value[0], notice.file, start, end, text[start:end], notice.unit, others)


def _question(kind: str, sentence: str, value: re.Match[str], unit: str) -> str:
    before, after = _around(sentence, value)
    if kind == "fact_date":
        after = _AFTER_DATE.sub("", after)
    ranged = before.endswith(_RANGE) or after.startswith(_RANGE)
    if ranged or len(before) + len(after) < _FEWEST_CHARACTERS or value[0] in after:
        return ""
    said = before + _asked(kind, value[0]) + after
    return f"{'' if unit and unit in said else unit}{said}？"


def _around(sentence: str, value: re.Match[str]) -> tuple[str, str]:
    """Return what stands before and after a value in its clause, and in the next clause too if that says little."""
    clauses = [one for one in _CLAUSE.finditer(sentence) if one.end() > value.start()]
    before = _LEAD.sub("", sentence[clauses[0].start() : value.start()]).strip()
    after = ""
    for clause in clauses[:2]:
        after = sentence[value.end() : max(clause.end(), value.end())].strip()
        if len(before) + len(after) >= _FEWEST_CHARACTERS:
            break
    return before, after


def _asked(kind: str, value: str) -> str:
    if kind == "fact_title":
        return "什么文件"
    if kind == "fact_date":
        return "什么时候"
    if value.endswith("%"):
        return "百分之几"
    counted = re.search(rf"(?:{_COUNTED})$", value)
    return "多少" + (counted[0] if counted else "")


def _trimmed(match: re.Match[str]) -> tuple[int, int]:
    text = match[0]
    return match.start() + len(text) - len(text.lstrip()), match.end() - len(text) + len(text.rstrip())


def _spread(drafts: Sequence[Draft], most: int) -> list[Draft]:
    if len(drafts) <= most:
        return list(drafts)
    return [drafts[at * len(drafts) // most] for at in range(most)]
