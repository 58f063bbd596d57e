"""How long it is from one date or hour of a passage to another."""

from __future__ import annotations

import datetime
import itertools
import re
from typing import TYPE_CHECKING

from assistant.grounding.facts import find_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.quantities import Value

_CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
_SPAN = re.compile(r"((?:19|20)\d{2})年?(?:度)?[至到~-]((?:19|20)\d{2})年")
_SOME_YEAR = 2023
"""For dates that name none; it has no 29 February."""
_LASTING = re.compile(
    r"共|历时|持续|为期|长达|用[时了]|推迟|提前|延[长迟后]|缩短|[晚早]了|前后|时长|时间|期|跨度|账|近|约|多|年[(（]"
)
_DAY, _HOUR = 24, 60
_NEAR = 8
"""Characters between a date and its hour."""


def lasts(value: Value, sentence: str, clause: str) -> bool:
    """Whether a value in months, days or hours is the time between two dates or hours that stand one after the other.

    >>> from assistant.quantities import parse_values
    >>> lasts(parse_values("9个月")[0], "由2022年9月推迟到2023年6月", "推迟了9个月")
    True
    """
    if value.unit not in ("月", "日", "小时", "年") or not _LASTING.search(clause):
        return False
    if value.unit == "年" and value.number in _years(sentence):
        return True
    return any(
        value.number in _lengths(one, other, value.unit) for one, other in itertools.pairwise(_moments(sentence))
    )


def _years(sentence: str) -> set[int]:
    """Return how many years the spans of a sentence take in: three from 2020 to 2022."""
    spans = ((int(match[1]), int(match[2])) for match in _SPAN.finditer(sentence))
    return {last - first + 1 for first, last in spans if first < last}


def _lengths(
    one: tuple[datetime.datetime, bool], other: tuple[datetime.datetime, bool], unit: str
) -> tuple[float, ...]:
    (start, exact), (end, _) = one, other
    if unit == "小时":
        return ((end - start).total_seconds() / 3600,)
    if unit == "日":
        days = (end.date() - start.date()).days
        return (days,) if start.hour or end.hour or not exact else (days, days + 1)
    months = (end.year - start.year) * 12 + end.month - start.month
    months += start.day == 1 and (end + datetime.timedelta(days=1)).day == 1
    return (months,) if unit == "月" else (months / 12,)


def _moments(sentence: str) -> Iterator[tuple[datetime.datetime, bool]]:
    """Yield the dates of a sentence with their hours, and whether the day is told; a date without a year has that before it."""
    year, last = _SOME_YEAR, None
    for fact in find_facts(sentence):
        if fact.day is None or not fact.day.month:
            year = fact.day.year if fact.day else year
            clock = _CLOCK.fullmatch(fact.text)
            if (
                clock
                and last
                and int(clock[1]) < _DAY
                and int(clock[2]) < _HOUR
                and sentence[fact.start - 1] in "至到-~"
            ):
                yield last.replace(hour=int(clock[1]), minute=int(clock[2])), True
            continue
        year = fact.day.year or year
        clock = _CLOCK.search(sentence, fact.end, fact.end + _NEAR)
        hour, minute = (int(clock[1]) % 24, int(clock[2])) if clock else (0, 0)
        try:
            last = datetime.datetime(year, fact.day.month, fact.day.day or 1, hour, minute % 60)
        except ValueError:
            continue
        yield last, bool(fact.day.day)
