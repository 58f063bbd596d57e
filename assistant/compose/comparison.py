"""Comparisons: one cited entry per unit, and the conclusion computed from the figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.compose.amounts import amount
from assistant.compose.draft import Draft, Quote
from assistant.compose.ranking import tell_extreme
from assistant.quantities import parse_values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from assistant.compose.alike import Stated
    from assistant.quantities import Value
    from assistant.superlative import Extreme
    from assistant.units import Unit

ABSENT = "未提及"


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What one unit's notices say; `draft` is None if they say nothing."""

    unit: Unit
    draft: Draft | None
    stated: Stated | None = None
    """Its figure and what it is of, if it is a figure."""
    words: str = ""
    """The clause that its figure stands in, to be shown beside it."""
    day: str = ""
    """Its day, as ISO, if days are compared and it is known with its year."""


def compose_comparison(
    entries: Sequence[Entry],
    *,
    searched: int,
    strangers: Sequence[str] = (),
    outside: Sequence[str] = (),
    extreme: Extreme | None = None,
    doubt: str = "",
    year: str = "",
    ranks: bool = True,
) -> Draft:
    """Return one line per unit with its mark, then the conclusion if all figures are of one kind.

    `strangers` are places that the question names and no notice is about, `outside` those whose notices may not be
    searched. Of an `extreme` that is asked for, the conclusion always tells which it is, or why that cannot be told:
    `doubt` says why figures are not of one kind; with a `year` only figures of that count. Without `ranks` nothing is concluded.
    """
    lines, items, quotes = _rows(entries)
    lines += [f"{name}：没有收录其通报" for name in strangers]
    lines += [f"{name}：不在所选范围里" for name in outside]
    told, bearers = tell_extreme(entries, extreme, doubt, year) if extreme else ("", "")
    conclusion = told if extreme or doubt or not ranks else _conclusion(entries)
    head = f"共查看 {searched} 份通报。\n" if searched > len(entries) or searched > 2 else ""
    text = head + "\n".join(lines) + (f"\n{conclusion}" if conclusion else "")
    best = min((e.draft.best for e in entries if e.draft and e.draft.best), key=lambda item: item.score, default=None)
    certain = all(entry.draft is not None and entry.draft.certain for entry in entries)
    short = bearers or "；".join(items)
    return Draft(text, short=short, items=items, quotes=quotes, best=best, certain=certain)


def _rows(entries: Sequence[Entry]) -> tuple[list[str], tuple[str, ...], tuple[Quote, ...]]:
    """Return a line for each unit with its mark, the same without marks, and what the marks refer to."""
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
        words = f"（{entry.words}）" if entry.words and entry.words != value else ""
        lines.append(f"{name}：{value}{words}[{len(quotes)}]")
        items.append(f"{name}：{value}")
    return lines, tuple(items), tuple(quotes)


def _conclusion(entries: Sequence[Entry]) -> str:
    """Return who has more and by how much, or nothing where the figures are not of one kind."""
    found = [(entry.unit.name, parse_values(entry.draft.short)) for entry in entries if entry.draft]
    if len(found) < 2 or any(len(values) != 1 for _, values in found):
        return ""
    if any(entry.draft and "第" in entry.draft.short for entry in entries):
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
