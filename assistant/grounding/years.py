"""The year that a figure belongs to, told once for the clauses that follow."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.facts import find_facts
from assistant.grounding.parts import part_of
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.values import equal_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.facts import Fact

_BESIDE = re.compile(r"[比与和较同]$|(?<!截)[到至]$|[自从]$")
"""Before or behind a year that is only compared with, or that a span begins or ends with."""
_BREAK = re.compile(r"[,;。]")
_RELATIVE = re.compile(r"[上去前今明]一?年|当年|同期|上半年|下半年")


def other_year(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the figures of a canonical sentence that it gives to a year, and the evidence to another only."""
    if _RELATIVE.search(body):
        return
    theirs = [
        (fact, _governing(fact, text))
        for text in evidence.bodies
        for fact in find_facts(text)
        if fact.value is not None
    ]
    for fact in find_facts(body):
        own = _governing(fact, body) if fact.value is not None else 0
        if fact.value is None or not own:
            continue
        given = {year for other, year in theirs if other.value is not None and equal_values(fact.value, other.value)}
        gone = -own in given
        given = {year for year in given if year >= 0} or ({-own} if gone else set())
        if own > 0 and given and own not in given and 0 not in given:
            yield Problem(ProblemKind.DATE, f"{own}年")


def _governing(fact: Fact, text: str) -> int:
    """Return the last year told before a figure; 0 if there is none, or one that is only compared with.

    The year of the old value is told with a minus for the new one (由2022年亏损1.7亿元转为盈利2.3亿元): its year it is not.
    """
    year, start = 0, 0
    for other in find_facts(text):
        if other.start >= fact.start:
            break
        if other.day is None or not other.day.year:
            continue
        before, behind = text[max(0, other.start - 2) : other.start], text[other.end : other.end + 6]
        if not _BESIDE.search(before) and not re.match(r"(?:\d*月?(?:\d*日)?)?(?:相比|以来|至|到|-|~|底?前)", behind):
            year, start = other.day.year, other.end
        elif not _BREAK.search(text, other.end, fact.start):
            year = 0
    if part_of(fact, text).state != "new" or _BREAK.search(text, start, fact.start):
        return year
    return -year if any(one.value and start <= one.start < fact.start for one in find_facts(text)) else year
