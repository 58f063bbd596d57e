"""When a figure in an answer is the figure of a passage: units converted, counters of one kind alike."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.quantities import Value

_BASE: dict[str, tuple[str, Decimal]] = {
    "亩": ("平方米", Decimal(2000) / 3),
    "小时": ("分钟", Decimal(60)),
    "日": ("分钟", Decimal(1440)),
    "年": ("月", Decimal(12)),
    "千瓦": ("千瓦", Decimal(1)),
    "兆瓦": ("千瓦", Decimal(1000)),
}
_CLOSE_ENOUGH = Decimal("0.005")
"""How far apart converted areas may lie: 15 mu are a hectare, but people round."""
_ALIKE = (
    frozenset("个项条件种份处类款点宗起") | {""},
    frozenset("人名位") | {"人次", "个", ""},
    frozenset("家户个所座处间") | {""},
    frozenset("次场轮批期个起") | {"场次", "人次", ""},
    frozenset("辆台套部架只个") | {"台套", ""},
    frozenset("岁") | {"周岁", "年", ""},
)
"""Counters that stand for one another. Households and people, cases and persons do not."""


def equal_values(one: Value, other: Value) -> bool:
    """Whether two figures say the same: equal numbers of alike units, after conversion."""
    if one.vague is not other.vague:
        return False
    if one.unit == other.unit or alike(one.unit, other.unit):
        return one.number == other.number
    base, factor = _BASE.get(one.unit, (one.unit, Decimal(1)))
    other_base, other_factor = _BASE.get(other.unit, (other.unit, Decimal(1)))
    if base != other_base:
        return False
    ours, theirs = one.number * factor, other.number * other_factor
    return abs(ours - theirs) <= _CLOSE_ENOUGH * max(ours, theirs) if "亩" in (one.unit, other.unit) else ours == theirs


def alike(unit: str, other: str) -> bool:
    """Whether two units of measure may count the same thing; an unknown unit is alike with counters only."""
    return any(unit in group and other in group for group in _ALIKE)


def same_dimension(one: Value, other: Value) -> bool:
    """Whether two figures could stand for each other: money for money, people for people."""
    base = _BASE.get(one.unit, (one.unit, Decimal(1)))[0]
    return base == _BASE.get(other.unit, (other.unit, Decimal(1)))[0] or alike(one.unit, other.unit)
