"""Cited quotes and nearest passages, ready to be shown: with their surroundings, date and marked spans."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.types import Answer, Citation, Retrieved
    from index.types import Notice, Section
    from ui.library import Opened

_CONTEXT = 60
_NEAREST = 3
_SENTENCE_END = re.compile(r"[。；\n]")
_VALUE_OF_UNIT = re.compile(r"\A[^：:]{1,40}[：:]\s*")


@dataclass(frozen=True, slots=True)
class Source:
    """A stretch of a notice with what stands around it."""

    n: int
    """Number of the citation; 0 for a passage that is only near."""
    notice: str
    title: str
    unit: str
    date: str
    path: tuple[str, ...]
    start: int
    end: int
    before: str
    quote: str
    after: str
    marks: tuple[tuple[int, int], ...] = ()
    """Spans of `quote` that hold the answer, in order, without overlap."""
    place: str = ""
    """Page, row of a table and file of an archive, in words; empty where there are none."""


def cited(answer: Answer, opened: Opened) -> tuple[Source, ...]:
    """Return the citations of an answer as sources; none for a refusal."""
    wanted = (
        answer.short_answer,
        *answer.short_answer.split("；"),
        *answer.items,
        *(_VALUE_OF_UNIT.sub("", item) for item in answer.items),
    )
    return tuple(_cited(citation, wanted, opened) for citation in answer.citations)


def nearest(answer: Answer, opened: Opened) -> tuple[Source, ...]:
    """Return the first passages that search returned, as sources that answer nothing."""
    found = (_near(place, opened) for place in answer.retrieved[:_NEAREST])
    return tuple(source for source in found if source is not None)


def date_of(notice: Notice) -> str:
    """Return the day of publication, else of the feedback, ISO; empty if neither is known."""
    return notice.published or notice.feedback_date


def spans_of(quote: str, wanted: Iterable[str]) -> tuple[tuple[int, int], ...]:
    """Return where the wanted strings stand in `quote`, in order, without overlap; width and case do not count.

    >>> spans_of("增长９.8%，达386亿元", ["9.8%", "386亿元", ""])
    ((2, 6), (8, 13))
    """
    folded = _fold(quote)
    found: list[tuple[int, int]] = []
    for text in sorted({_fold(text.strip()) for text in wanted}, key=lambda text: (-len(text), text)):
        start = folded.find(text) if text else -1
        span = (start, start + len(text))
        if start >= 0 and all(span[1] <= left or right <= span[0] for left, right in found):
            found.append(span)
    return tuple(sorted(found))


def _cited(citation: Citation, wanted: Sequence[str], opened: Opened) -> Source:
    notice = opened.notice(citation.notice)
    before, after = "", ""
    if notice is not None:
        text = opened.assistant.index.text(citation.file)
        low, high = _room(opened, notice, citation.start, citation.end)
        before, after = _before(text[low : citation.start]), _after(text[citation.end : high])
    return Source(
        n=citation.n,
        notice=citation.notice,
        title=citation.title,
        unit=citation.unit,
        date=date_of(notice) if notice else "",
        path=citation.section,
        start=citation.start,
        end=citation.end,
        before=before,
        quote=citation.quote,
        after=after,
        marks=spans_of(citation.quote, wanted),
        place=str(citation.place),
    )


def _near(place: Retrieved, opened: Opened) -> Source | None:
    notice = opened.notice_at(place.file, place.start)
    if notice is None:
        return None
    section = _section_at(opened.assistant.index.sections(notice.id), place.start)
    quote = opened.assistant.index.text(place.file)[place.start : place.end].rstrip()
    return Source(
        n=0,
        notice=notice.id,
        title=notice.title,
        unit=notice.unit,
        date=date_of(notice),
        path=section.path if section else (),
        start=place.start,
        end=place.start + len(quote),
        before="",
        quote=quote,
        after="",
    )


def _room(opened: Opened, notice: Notice, start: int, end: int) -> tuple[int, int]:
    """Return the bounds of the section's body around a quote: its surroundings come from nowhere else."""
    section = _section_at(opened.assistant.index.sections(notice.id), start)
    if section is None:
        return start, end
    return min(section.body_start, start), max(section.end, end)


def _section_at(sections: Sequence[Section], start: int) -> Section | None:
    return next((section for section in sections if section.start <= start < section.end), None)


def _before(text: str) -> str:
    text = text.split("\n")[-1]
    if len(text) <= _CONTEXT:
        return text
    cut = _SENTENCE_END.search(text, len(text) - _CONTEXT)
    return text[cut.end() :] if cut and cut.end() < len(text) else "…" + text[-_CONTEXT:]


def _after(text: str) -> str:
    line = text.split("\n")[0]
    return line if len(line) <= _CONTEXT else line[:_CONTEXT] + "…"


def _fold(text: str) -> str:
    return "".join(_fold_one(char) for char in text)


def _fold_one(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char).lower()
    return folded if len(folded) == 1 else char
