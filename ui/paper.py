"""A conversation, or one answer with its evidence, as a paper: what is written down, whatever the form of the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.types import Status
from ui.render import lead, notes_of, sureness
from ui.tables import Table, table_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from assistant.types import Answer
    from ui.evidence import Source
    from ui.turns import Turn


@dataclass(frozen=True, slots=True)
class Evidence:
    """A quote with its place."""

    n: int
    """Number of the citation; 0 for a passage that is only near."""
    title: str
    about: str
    """Unit, date and place in the file."""
    path: tuple[str, ...]
    quote: str
    marks: tuple[tuple[int, int], ...]
    """Spans of the quote that hold the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question with what became of it."""

    question: str
    notes: tuple[tuple[str, str], ...]
    """Label and text of what belongs to it: how it was understood, where was searched, how sure the answer is."""
    heading: str = ""
    """Set before the text of what is no answer."""
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None
    evidence_title: str = ""
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Paper:
    """What is exported."""

    title: str
    note: str
    """When it was made and what it is."""
    entries: tuple[Entry, ...]


def paper_of(turns: Sequence[Turn], words: Mapping[str, str], *, now: datetime) -> Paper:
    """Return the paper of these turns; one that is still being answered is left out, no turns give no entries."""
    entries = tuple(_entry(turn, words) for turn in turns if turn.answer is not None or turn.error)
    return Paper(words["export_title"], words["export_note"].format(time=f"{now:%Y-%m-%d %H:%M}"), entries)


def _entry(turn: Turn, words: Mapping[str, str]) -> Entry:
    scope = [(words["scope"], turn.unit)] if turn.unit else []
    if turn.answer is None:
        return Entry(question=turn.question, notes=tuple(scope), heading=words["error"], paragraphs=(turn.error,))
    answer = turn.answer
    understood = answer.standalone if answer.standalone not in {"", answer.question} else ""
    notes = [*scope, *([(words["standalone"], understood)] if understood else [])]
    evidence = tuple(_evidence(source, words) for source in turn.sources)
    if answer.status is not Status.ANSWERED:
        key = "searched_unit" if turn.unit else "searched_all"
        notes.append((words["searched"], words[key].format(count=turn.searched, unit=turn.unit)))
        notes.append((words["units_held"], "、".join(turn.units)))
        return Entry(
            question=turn.question,
            notes=tuple(notes),
            heading=words["refused"],
            paragraphs=_lines(answer.answer),
            evidence_title=words["nearest"] + words["export_no_answer"],
            evidence=evidence,
        )
    notes.append((words["export_sure"], _sure(answer, words)))
    notes += [(words["export_note_label"], note) for note in notes_of(answer, words)]
    return Entry(
        question=turn.question,
        notes=tuple(notes),
        paragraphs=_lines(lead(answer)),
        table=table_of(turn, answer, words),
        evidence_title=words["sources"],
        evidence=evidence,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _sure(answer: Answer, words: Mapping[str, str]) -> str:
    level, percent = sureness(answer.confidence)
    return f"{words[f'confidence_{level}']} {percent}"


def _evidence(source: Source, words: Mapping[str, str]) -> Evidence:
    place = words["export_place"].format(start=source.start, end=source.end)
    about = " · ".join(filter(None, (source.unit, source.date or words["undated"], place)))
    return Evidence(source.n, source.title or words["untitled"], about, source.path, source.quote, source.marks)
