"""What is known of a candidate in its sentence before any question: its clause, its shape, what stands around it."""

from __future__ import annotations

import functools
import math
import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.candidates import AGENT, BOUNDARY, find_candidates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.candidates import Candidate
    from assistant.types import Wanted

_MARK = re.compile(r"[,:;。]")
NAMED_KINDS = ("name", "quoted", "person", "office", "title")
_OPENED = re.compile(rf"(?:{BOUNDARY.pattern})$")


@dataclass(frozen=True, slots=True)
class Standing:
    """A candidate with what its sentence alone tells of it; the features that no question changes."""

    candidate: Candidate
    value: str
    clause: tuple[int, int]
    """Start and end of the clause around it."""
    typed: float
    length: float
    """Of the sentence, as a logarithm."""
    quoted: float
    order: float
    """Where it stands in its sentence, in [0, 1]."""
    candidate_length: float
    figure_in_phrase: float
    """1.0 for a figure with a word right behind it."""
    agent: float
    """1.0 for a name behind a word that hands it a part in the matter (由, 委托, 与)."""
    clean_name: float
    """1.0 for a name between two boundaries with none inside, less for each that is inside or missing."""


@functools.lru_cache(maxsize=8192)
def standings(text: str, wanted: Wanted) -> tuple[Standing, ...]:
    """Return the candidates of a folded sentence in order of position, each with what the sentence tells of it.

    They are remembered: the sentences of a notice are read for one question after another.
    """
    length = math.log(1 + len(text)) / 5
    marks = [mark.start() for mark in _MARK.finditer(text)]
    return tuple(_standing(text, candidate, length, marks) for candidate in find_candidates(text, 0, len(text), wanted))


def _standing(text: str, candidate: Candidate, length: float, marks: Sequence[int]) -> Standing:
    start, end, kind = candidate.start, candidate.end, candidate.kind
    before, behind = bisect_left(marks, start), bisect_left(marks, end)
    clause = (marks[before - 1] + 1 if before else 0, marks[behind] if behind < len(marks) else len(text))
    return Standing(
        candidate,
        text[start:end],
        clause,
        typed=float(kind != "clause"),
        length=length,
        quoted=float(kind == "quoted"),
        order=start / max(1, len(text)),
        candidate_length=min(1.0, (end - start) / 40),
        figure_in_phrase=float(kind == "figure" and "\u4e00" <= text[end : end + 1] <= "\u9fff"),
        agent=float(kind in NAMED_KINDS and AGENT.search(text[max(0, start - 5) : start]) is not None),
        clean_name=_clean(text, candidate, clause[0]),
    )


def _clean(text: str, candidate: Candidate, clause_start: int) -> float:
    if candidate.kind != "name":
        return 0.0
    inside = len(BOUNDARY.findall(text, candidate.start, candidate.end))
    before = text[max(clause_start, candidate.start - 5) : candidate.start]
    opened = not before or bool(_OPENED.search(before))
    after = text[candidate.end : candidate.end + 4]
    closed = not after or not "\u4e00" <= after[0] <= "\u9fff" or bool(BOUNDARY.match(after))
    return (1.0 if opened else 0.3) * (1.0 if closed else 0.6) - 0.5 * inside
