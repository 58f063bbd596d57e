"""Who has the most or least: the conclusion of a comparison, computed from figures or days of one kind."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from assistant.compose.amounts import amount

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from assistant.compose.comparison import Entry
    from assistant.superlative import Extreme

    Ranked = tuple[tuple[Decimal | str, tuple[Entry, ...]], ...]

_DURATIONS = frozenset({"年", "月", "日", "小时", "分钟"})
_UPWARDS = {"least": True, "earliest": True, "most": False, "latest": False}
_PAIR = 2


def tell_extreme(entries: Sequence[Entry], extreme: Extreme, doubt: str, year: str = "") -> tuple[str, str]:
    """Return the sentence that says which units have the most or least and their names; why not, and no names, else.

    `doubt` is why their figures are not of one kind; with a `year` those of that year are compared if there are two.
    No entries, or one that says something, give no extreme.
    """
    saying = [entry for entry in entries if entry.draft]
    of_year = [entry for entry in saying if entry.stated and entry.stated.year == year] if year else []
    if len(saying) < _PAIR:
        return f"只有{saying[0].unit.name}查到这一项，无法比较。" if saying else "", ""
    if doubt:
        return f"{doubt}，无法直接比较。", ""
    saying = of_year if len(of_year) >= _PAIR else saying
    upwards = _upwards(saying, extreme)
    if upwards is None or not all(_measure(entry, dated=extreme.dated) is not None for entry in saying):
        what = "有的日期没有写明年份" if extreme.dated else "这些内容不能换算成同一种数字"
        return f"{what}，无法直接比较。", ""
    groups = _in_order(saying, extreme, descending=not upwards)
    told, names = _told(groups, extreme, saying, len(entries))
    if len(of_year) < _PAIR or not names:
        return told, names
    others = "其他单位写明的不是这一年。" if len(of_year) < sum(1 for entry in entries if entry.draft) else ""
    return f"{told.replace('查到数字的', f'写明{year}年数字的')}{others}", f"{names}（{year}年）"


def _upwards(saying: Sequence[Entry], extreme: Extreme) -> bool | None:
    """Return whether the smallest figure comes first, None where figures do not tell it."""
    if extreme.kind in _UPWARDS:
        return _UPWARDS[extreme.kind]
    units = {entry.stated.value.unit for entry in saying if entry.stated}
    if extreme.kind not in ("fastest", "slowest") or not (units <= _DURATIONS or units == {"ratio"}):
        return None
    return (extreme.kind == "fastest") is not (units == {"ratio"})


def _measure(entry: Entry, *, dated: bool) -> Decimal | str | None:
    if dated:
        return entry.day or None
    return entry.stated.value.number if entry.stated else None


def _in_order(saying: Sequence[Entry], extreme: Extreme, *, descending: bool) -> Ranked:
    """Return the units by their figures, those with equal ones together."""
    measured = [(value, entry) for entry in saying if (value := _measure(entry, dated=extreme.dated)) is not None]
    measured.sort(key=lambda pair: pair[0], reverse=descending)
    return tuple(
        (value, tuple(entry for _, entry in group)) for value, group in groupby(measured, lambda pair: pair[0])
    )


def _told(groups: Ranked, extreme: Extreme, saying: Sequence[Entry], asked: int) -> tuple[str, str]:
    if len(groups) == 1:
        return "查到数字的各单位相同。" if len(saying) < asked else "各单位相同。", ""
    scope = f"查到数字的 {len(saying)} 个单位中，" if len(saying) < asked else ""
    if extreme.first == 1:
        first = groups[0][1]
        tail = "，并列" if len(first) > 1 else ""
        gap = _gap(groups, extreme) if len(saying) == asked == _PAIR else ""
        degree = "更" if asked == _PAIR else "最"
        return f"{scope}{degree}{extreme.word}的是{_names(first)}（{_shown(first[0])}{tail}）{gap}。", _names(first)
    several = [
        group for number, group in enumerate(groups) if _placed_before(groups, number) < (extreme.first or asked)
    ]
    order = "、".join(f"{_names(group)}（{_shown(group[0])}）" for _, group in several)
    lead = "依次是" if extreme.first == 0 else f"最{extreme.word}的前 {sum(len(group) for _, group in several)} 个是"
    return f"{scope}{lead}{order}。", "、".join(_names(group) for _, group in several)


def _placed_before(groups: Ranked, number: int) -> int:
    return sum(len(group) for _, group in groups[:number])


def _gap(groups: Ranked, extreme: Extreme) -> str:
    """Return by how much one of two figures is more or less than the other; nothing for days."""
    one, other = groups[0][1][0].stated, groups[1][1][0].stated
    if extreme.dated or one is None or other is None:
        return ""
    return f"，相差{amount(abs(one.value.number - other.value.number), one.value.unit)}"


def _names(entries: Sequence[Entry]) -> str:
    return "、".join(entry.unit.name for entry in entries)


def _shown(entry: Entry) -> str:
    return entry.draft.short if entry.draft else ""
