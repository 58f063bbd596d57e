"""Which way a figure goes, and from what to what: each figure with the words before it in its own clause."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.clauses import cut_clauses
from assistant.grounding.facts import find_facts
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.values import equal_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.facts import Fact

_SIGNS = re.compile(
    r"(?P<up>(?<!新)增(?!加值|值|强|设|补|收|效)[长加多产至到]?|(?<![新改扩晋])[上提]?升(?!级|学)|提高|扩大|上浮|上调|上涨|涨(?!价)|高于|高出|超出?(?!标|期|限|载|时|市|额|级|声)|多(?=[于出了\d])|快于|优于|超过)"
    r"|(?P<down>(?<!消)减(?!灾|排|免|负|税|刑|速|产量)[少至到]?|(?<!投)[下]?降(?!雨|水)[低至到]?|缩短|缩减|压缩|压减|下浮|下调|回落|低于|低(?=了)|少(?=[于了\d])|慢于|下滑|跌)"
)
_DENIED = re.compile(r"[不未没]$|不[得能可宜]$|没有$")
_FROM_TO = re.compile(
    r"[由从自](?P<one>[^,;。由从自]{1,14}?)(?:[上提][升高]?[至到为]|[增升提降减缩扩转改变迁推调][^,;。至到为往]{0,3}[至到为成往]|驶[往向]|[至到往])(?P<other>[^,;。]{1,12})"
)
_FIRST = re.compile(r"先(?P<one>[\u4e00-\u9fff]{2,6}?)[、,]?[后再](?P<other>[\u4e00-\u9fff]{2,6})")
_HOUR = re.compile(r"(?P<day>\d{1,2}[日号])(?:[上下中]午|凌晨|晚上?|早上)?(?P<hour>\d{1,2}:\d{2})")
_BECAME = re.compile(
    r"(?:(?:调整|改|变|降|升|提高|缩短|延长)[为成]|(?:提高|降低|增加|减少|缩短|延长|上升|下降|扩大)[到至]|[增减升降]至)(?P<now>[^,;。]{2,12})"
)
_ENOUGH = 4
_SAME = 2
"""Characters that two ends of a course must share to be the same."""


def wrong_sign(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the figures of a canonical sentence that grow where the evidence has them shrink, or lie above for below."""
    theirs = [(fact, sign_of(fact, text)) for text in evidence.bodies for fact in find_facts(text) if fact.value]
    for fact in find_facts(body):
        sign = sign_of(fact, body) if fact.value is not None else 0
        if fact.value is None or not sign:
            continue
        known = {
            other_sign
            for other, other_sign in theirs
            if other.value is not None and equal_values(fact.value, other.value)
        }
        if known == {-sign}:
            yield Problem(ProblemKind.DIRECTION, fact.text)


def sign_of(fact: Fact, text: str) -> int:
    """Return 1 if the words before a figure in its clause let it grow or lie above, -1 for the reverse, else 0."""
    clause = next((one for one in cut_clauses(text) if one.start <= fact.start < one.end), None)
    if clause is None:
        return 0
    ends = [one.end for one in find_facts(text) if one.value and clause.start <= one.start < fact.start]
    start = max(ends, default=clause.start)
    found = list(_SIGNS.finditer(text, start, fact.start))
    if not found or _DENIED.search(text[start : found[-1].start()]):
        return 0
    return 1 if found[-1]["up"] else -1


def wrong_course(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the courses of a canonical sentence that the evidence has the other way round: from A to B for from B to A."""
    theirs = [(match["one"], match["other"]) for text in evidence.bodies for match in _FROM_TO.finditer(text)]
    for match in _FROM_TO.finditer(body):
        one, other = match["one"], match["other"]
        if not _alike(one, other) and any(
            _alike(one, last) and _alike(other, first) and not _alike(one, first) for first, last in theirs
        ):
            yield Problem(ProblemKind.DIRECTION, match.group())


def old_for_new(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield what a canonical sentence gives as the new state and the evidence as the old one only."""
    theirs = [(match["one"], match["other"]) for text in evidence.bodies for match in _FROM_TO.finditer(text)]
    for match in _BECAME.finditer(body):
        now = match["now"]
        if _FROM_TO.search(body) or any(now.startswith(other[:_ENOUGH]) for _, other in theirs):
            continue
        if any(len(one) >= _ENOUGH and now.startswith(one[:_ENOUGH]) for one, _ in theirs):
            yield Problem(ProblemKind.DIRECTION, match.group())


def wrong_order(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield what a canonical sentence lets come first and the evidence lets come behind (先备案、后应急)."""
    theirs = [(match["one"], match["other"]) for text in evidence.bodies for match in _FIRST.finditer(text)]
    for match in _FIRST.finditer(body):
        if any(_alike(match["one"], other) and _alike(match["other"], one) for one, other in theirs):
            yield Problem(ProblemKind.DIRECTION, match.group())


def wrong_hour(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the days of a canonical sentence with an hour that the evidence gives to another day only."""
    theirs = [(match["day"], match["hour"]) for text in evidence.bodies for match in _HOUR.finditer(text)]
    for match in _HOUR.finditer(body):
        hours = {hour for day, hour in theirs if day == match["day"]}
        if hours and match["hour"] not in hours:
            yield Problem(ProblemKind.SWAPPED, match.group())


def _alike(one: str, other: str) -> bool:
    """Whether two ends begin or end alike."""
    return one[:_SAME] == other[:_SAME] or one in other or other in one
