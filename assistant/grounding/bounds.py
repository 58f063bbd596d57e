"""At least or at most, from and to: what the words beside a figure make of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.clauses import cut_clauses
from assistant.grounding.facts import find_facts
from assistant.grounding.polarity import DOWN, UP
from assistant.grounding.slots import agreement, slots_of
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.values import equal_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.clauses import Clause
    from assistant.grounding.evidence import Evidence
    from assistant.quantities import Value

_LEAST = re.compile(
    r"不[得能]?低于|不[得能]?少于|至少|以上|起码|最低|(?<![不得能没有未])超过|(?<![不得能])高于|(?<![不得能])多于"
)
_MOST = re.compile(
    r"不[得能]?超过|(?:没有?|未)超过|不[得能]?高于|不[得能]?多于|最多|至多|最高|上限|以下|以内|(?<![不得能])低于|(?<![不得能])少于|不到|不足|未满|不满"
)
_FROM = re.compile(r"[由从自]")
_BREAK = re.compile(r"[,、;:。]")
_COUNTERS = frozenset("字页册本幅枚粒匹桌席句段集款行列格筒捆包罐听打双套床顶把口眼")
"""Words that count and that figures are not read with otherwise."""
_BODIES = re.compile(r"(?:[\u4e00-\u9fff]{0,2})(?:单位|企业|部门|机构|公司|乡镇|街道|项目|问题|村|案件|家庭)")
_PEOPLE = frozenset({"人", "人次"})
_RATE = re.compile(
    r"每个?(?P<per>平方米|立方米|公里|课时|小时|分钟|学期|季度|亩|米|吨|天|日|周|月|年|次)[\u4e00-\u9fff]{0,4}?(?P<number>\d+(?:\.\d+)?)"
)
_REACH = 6


def wrong_bound(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the figures that a canonical sentence makes a least and the evidence a most, or the reverse."""
    theirs = [(text, slot) for text in evidence.bodies for slot in slots_of(text)]
    for mine in slots_of(body):
        fact, value = mine.fact, mine.fact.value
        ours = _bound(body, fact.start, fact.end)
        if value is None or not ours:
            continue
        weights = dict(mine.near_words) | dict(mine.piece_words)
        same = [
            (agreement(weights, slot), _bound(text, slot.fact.start, slot.fact.end))
            for text, slot in theirs
            if slot.fact.value is not None and equal_values(value, slot.fact.value)
        ]
        best = max((fit for fit, _ in same), default=0.0)
        if {bound for fit, bound in same if fit == best} == {-ours}:
            yield Problem(ProblemKind.DIRECTION, fact.text)


def _bound(text: str, start: int, end: int) -> int:
    """Return 1 if the figure is given as a least, -1 as a most, 0 as neither."""
    around = _BREAK.split(text[max(0, start - _REACH) : start])[-1] + "#" + _BREAK.split(text[end : end + 2])[0]
    return int(bool(_LEAST.search(around))) - int(bool(_MOST.search(around)))


def wrong_rate(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the figures that a canonical sentence gives by the day and the evidence by the hour (每…)."""
    theirs = [(match["per"], match["number"]) for text in evidence.bodies for match in _RATE.finditer(text)]
    for match in _RATE.finditer(body):
        pers = {per for per, number in theirs if number == match["number"]}
        if pers and match["per"] not in pers:
            yield Problem(ProblemKind.FIGURE, match.group())


def wrong_counter(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the bare numbers of a canonical sentence that count sheets where those of the evidence count characters."""
    theirs = [
        (fact.value.number, text[fact.end : fact.end + 1])
        for text in evidence.bodies
        for fact in find_facts(text)
        if fact.value is not None and not fact.value.unit
    ]
    for fact in find_facts(body):
        counter = body[fact.end : fact.end + 1]
        if fact.value is None or fact.value.unit or counter not in _COUNTERS or not counter:
            continue
        others = {other for number, other in theirs if number == fact.value.number}
        if others and others <= _COUNTERS and counter not in others:
            yield Problem(ProblemKind.FIGURE, fact.text + counter)


def wrong_kind(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the figures of a canonical sentence that count bodies (268个单位) where the evidence counts people."""
    theirs = [fact.value for text in evidence.bodies for fact in find_facts(text) if fact.value is not None]
    for fact in find_facts(body):
        if fact.value is None or fact.value.unit != "个" or not _BODIES.match(body, fact.end):
            continue
        units = {other.unit for other in theirs if other.number == fact.value.number}
        if units and units <= _PEOPLE:
            yield Problem(ProblemKind.FIGURE, fact.text)


def wrong_way(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the clauses of a canonical sentence that rise from more to less, fall from less to more, or run backwards."""
    theirs = [values for text in evidence.bodies for _, values in _changes(text)]
    for clause, values in _changes(body):
        if any(equal_values(values[0], last) and equal_values(values[1], first) for first, last in theirs):
            yield Problem(ProblemKind.DIRECTION, clause.text)
            continue
        if any(equal_values(values[0], first) and equal_values(values[1], last) for first, last in theirs):
            continue
        up, down = bool(UP.search(clause.text)), bool(DOWN.search(clause.text))
        if up is not down and values[0].number != values[1].number and (values[1].number > values[0].number) is down:
            yield Problem(ProblemKind.DIRECTION, clause.text)


def _changes(text: str) -> Iterator[tuple[Clause, tuple[Value, Value]]]:
    """Yield the clauses that lead from one figure to another of the same unit, with the two."""
    for clause in cut_clauses(text):
        values = [one.value for one in find_facts(text) if one.value and clause.start <= one.start < clause.end]
        if len(values) == 2 and values[0].unit == values[1].unit and _FROM.search(clause.text):
            yield clause, (values[0], values[1])
