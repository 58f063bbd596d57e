"""Comparisons: one cited entry per unit, and the conclusion computed from the figures."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from assistant.compose.draft import Draft, Quote
from assistant.quantities import parse_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.quantities import Value
    from assistant.units import Unit

_LARGER = {
    "米": ((Decimal(1000), "公里"),),
    "克": ((Decimal(10**6), "吨"), (Decimal(1000), "公斤")),
    "平方米": ((Decimal(10**6), "平方公里"),),
}
"""Units that a person would use for a large figure in a base unit."""
ABSENT = "未提及"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What one unit's notices say; `draft` is None if they say nothing."""

    unit: Unit
    draft: Draft | None


def compose_comparison(
    entries: Sequence[Entry], *, searched: int, strangers: Sequence[str] = (), outside: Sequence[str] = ()
) -> Draft:
    """Return one line per unit with its mark, then the conclusion if all figures are of one kind.

    `strangers` are places that the question names and no notice is about, `outside` those whose notices may not be
    searched.
    """
    lines: list[str] = []
    items: list[str] = []
    quotes: list[Quote] = []
    for entry in entries:
        name = entry.unit.name
        if entry.draft is None:
            lines.append(f"{name}：{ABSENT}")
            items.append(f"{name}：{ABSENT}")
            continue
        quotes.extend(entry.draft.quotes[:1])
        value = entry.draft.short or entry.draft.text.replace("[1]", "")
        lines.append(f"{name}：{value}[{len(quotes)}]")
        items.append(f"{name}：{value}")
    lines += [f"{name}：没有收录其通报" for name in strangers]
    lines += [f"{name}：不在所选范围里" for name in outside]
    conclusion = _conclusion(entries)
    head = f"共查看 {searched} 份通报。\n" if searched > len(entries) or searched > 2 else ""
    text = head + "\n".join(lines) + (f"\n{conclusion}" if conclusion else "")
    best = min((e.draft.best for e in entries if e.draft and e.draft.best), key=lambda item: item.score, default=None)
    certain = all(entry.draft is not None and entry.draft.certain for entry in entries)
    return Draft(text, short="；".join(items), items=tuple(items), quotes=tuple(quotes), best=best, certain=certain)


def _conclusion(entries: Sequence[Entry]) -> str:
    """Return who has more and by how much, or nothing where the figures are not of one kind."""
    found = [(entry.unit.name, parse_values(entry.draft.short)) for entry in entries if entry.draft]
    if len(found) < 2 or any(len(values) != 1 for _, values in found):
        return ""
    figures = [(name, values[0]) for name, values in found]
    units = {value.unit for _, value in figures}
    counters = {"个", "项", "条", "件", "家", ""}
    if len(units) > 1 and not units <= counters:
        return ""
    if any(unit in ("年", "月", "日") for unit in units) or any(value.vague for _, value in figures):
        return ""
    ranked = sorted(figures, key=lambda pair: -pair[1].number)
    if ranked[0][1].number == ranked[-1][1].number:
        return "各单位数值相同。"
    if len(ranked) > 2:
        most, least = (_bearers(ranked, ranked[place][1].number) for place in (0, -1))
        return f"最多的是{most}，最少的是{least}。"
    gap = ranked[0][1].number - ranked[1][1].number
    unit = ranked[0][1].unit
    return f"{ranked[0][0]}更多，多{amount(gap, unit)}。"


def _bearers(figures: Sequence[tuple[str, Value]], number: Decimal) -> str:
    """Return the names of all units with that figure."""
    return "、".join(name for name, value in figures if value.number == number)


def amount(number: Decimal, unit: str) -> str:
    """Return a figure in its base unit as a person writes it: shares as points, large sums in 万 or 亿.

    >>> from decimal import Decimal
    >>> amount(Decimal("371500000"), "元"), amount(Decimal("0.126"), "ratio"), amount(Decimal(13), "条")
    ('3.715亿元', '12.6个百分点', '13条')
    """
    if unit in ("ratio", "百分点"):
        points = number * 100 if unit == "ratio" else number
        return f"{points.normalize():f}个百分点"
    for factor, larger in _LARGER.get(unit, ()):
        if number > factor:
            number, unit = number / factor, larger
            break
    for size, name in ((Decimal(10**8), "亿"), (Decimal(10**4), "万")):
        if number >= size:
            return f"{(number / size).normalize():f}{name}{unit}"
    return f"{number.normalize():f}{unit}"
