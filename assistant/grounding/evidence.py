"""A passage, or several cited together, prepared for holding sentences against it."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.grounding.facts import Day, canonical, find_facts
from assistant.grounding.names import holds_name
from assistant.grounding.types import ProblemKind
from assistant.grounding.values import equal_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.grounding.facts import Fact
    from assistant.grounding.types import Source


@dataclass(frozen=True, slots=True)
class Evidence:
    """The canonical text of cited passages and what stands around them."""

    bodies: tuple[str, ...]
    """One canonical text per passage."""
    around: str
    """Units, titles, dates and headings, canonical."""

    @property
    def text(self) -> str:
        """All of it; pieces are kept apart by line feeds."""
        return "\n".join((*self.bodies, self.around))

    def facts(self, kind: ProblemKind) -> tuple[Fact, ...]:
        """Return the facts of one kind in passages and surroundings."""
        return tuple(fact for fact in find_facts(self.text) if fact.kind is kind)

    def holds(self, fact: Fact) -> bool:
        """Whether a fact of a sentence stands in the evidence."""
        if fact.kind is ProblemKind.FIGURE:
            return self._holds_figure(fact)
        if fact.kind is ProblemKind.DATE and fact.day is not None:
            return self._holds_day(fact.day)
        if fact.kind is ProblemKind.NAME:
            return holds_name(fact.text, self.text)
        if fact.kind is ProblemKind.QUOTED:
            return _mostly_in(fact.text, self.text)
        return fact.text.strip("《》") in self.text

    def _holds_figure(self, fact: Fact) -> bool:
        value = fact.value
        return value is not None and any(
            other.value is not None and equal_values(value, other.value) for other in self.facts(ProblemKind.FIGURE)
        )

    def _holds_day(self, day: Day) -> bool:
        days = [fact.day for fact in self.facts(ProblemKind.DATE) if fact.day is not None]
        years = {other.year for other in days}
        for other in days:
            same_month = day.month in (0, other.month) and day.day in (0, other.day)
            if same_month and (day.year in (0, other.year) or (other.year == 0 and day.year in years)):
                return True
        return False


@functools.lru_cache(maxsize=256)
def gather(sources: Sequence[Source]) -> Evidence:
    """Return the evidence of passages cited together, a tuple; none gives an empty one."""
    around = [part for one in sources for part in (one.unit, one.title, one.date, *one.headings) if part]
    return Evidence(tuple(canonical(one.text) for one in sources), "\n".join(map(canonical, dict.fromkeys(around))))


def _mostly_in(quoted: str, text: str) -> bool:
    if quoted in text:
        return True
    pairs = [quoted[at : at + 2] for at in range(len(quoted) - 1)]
    return bool(pairs) and sum(pair in text for pair in pairs) >= 0.75 * len(pairs)
