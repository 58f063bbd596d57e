"""Whether a figure follows from others that the same sentence states: a difference, a sum, a rounding, times a year."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from assistant.grounding.facts import find_facts
from assistant.grounding.types import ProblemKind
from assistant.grounding.values import alike

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.facts import Fact
    from assistant.quantities import Value

_CHANGE = re.compile(r"[增减升降多少高低快慢差缩]")
_SUM = re.compile(r"[共总]|合计|两项|相加")
_MORE = re.compile(r"(?:超过?|逾|突破|高于|多于)$")
_ALMOST = re.compile(r"(?:近|接近|将近|不到|不足)$")
_ABOUT = re.compile(r"(?:约|大约|大概|左右)$")
_CLOSE = Decimal("0.1")
"""How far a rounded figure may lie from the exact one, as a share of it."""
_TIMES_A_YEAR = {"每月": 12, "每季度": 4}
_REACH = 8
_BREAK = re.compile(r"[,、;:。(]")


def derived(fact: Fact, body: str, evidence: Evidence) -> bool:
    """Whether a figure of a canonical sentence follows from figures beside it that the evidence holds.

    >>> from assistant.grounding import Source
    >>> from assistant.grounding.evidence import gather
    >>> body = "由5万吨提升到8万吨,增加了3万吨"
    >>> derived(find_facts(body)[-1], body, gather((Source(1, "由5万吨提升到8万吨。"),)))
    True
    """
    value = fact.value
    if value is None:
        return False
    known = [
        other.value
        for other in find_facts(body)
        if other is not fact and other.kind is ProblemKind.FIGURE and other.value is not None and evidence.holds(other)
    ]
    before = _BREAK.split(body[max(0, fact.start - _REACH) : fact.start])[-1]
    return _rounded(value, known, before) or _computed(value, known, before) or _times(value, body, evidence)


def _rounded(value: Value, known: Sequence[Value], before: str) -> bool:
    for exact in known:
        if not _same_unit(value, exact) or abs(exact.number - value.number) > _CLOSE * exact.number:
            continue
        above = exact.number > value.number
        if (_MORE.search(before) and above) or (_ALMOST.search(before) and not above) or _ABOUT.search(before):
            return True
    return False


def _computed(value: Value, known: Sequence[Value], before: str) -> bool:
    """Whether two known figures of one unit differ by the value, by that share of one of them, or add up to it."""
    changed, added = bool(_CHANGE.search(before)), bool(_SUM.search(before))
    for one, other in itertools.combinations(known, 2):
        if one.unit != other.unit:
            continue
        apart = abs(one.number - other.number)
        if changed and one.unit != "ratio" and _same_unit(value, one) and value.number == apart:
            return True
        if changed and one.unit == "ratio" and value.unit == "百分点" and value.number == apart * 100:
            return True
        if changed and value.unit == "ratio" and value.number in {apart / n for n in (one.number, other.number) if n}:
            return True
        if added and _same_unit(value, one) and value.number == one.number + other.number:
            return True
    return False


def _times(value: Value, body: str, evidence: Evidence) -> bool:
    """Whether the value is how many times a year something happens that is done each month or quarter, or that year."""
    for rhythm, times in _TIMES_A_YEAR.items():
        if rhythm in body and rhythm in evidence.text and "年" in body:
            return (value.unit == "次" and value.number == times) or (value.unit == "年" and value.number == 1)
    return False


def _same_unit(one: Value, other: Value) -> bool:
    return one.unit == other.unit or alike(one.unit, other.unit)
