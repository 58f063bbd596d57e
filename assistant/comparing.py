"""Asks every unit of a comparison in turn, and puts beside each other what they say."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from assistant.compose.alike import stated, unlike
from assistant.compose.beside import aligned, around, says_as, says_beside, says_of_date
from assistant.compose.comparison import Entry, compose_comparison
from assistant.compose.fact import compose_fact
from assistant.question import understand
from assistant.reading import Reading
from assistant.refusal import UNIT_NOT_CHOSEN
from assistant.types import Reason, Wanted
from index.analysis import fold
from index.dates import arabic_years, to_iso

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.compose.draft import Draft
    from assistant.evidence import Evidence
    from assistant.probe import Probe
    from assistant.question import Question
    from assistant.retrieval import LookUp
    from assistant.units import Gazetteer, Unit
    from index.store import Index

_DATED = re.compile(r"((?:19|20)\d{2})年(\d{1,2})月")
_WITH_YEAR = re.compile(r"(?:19|20)\d{2}")
_YEARS_TRIED = 3
_YEAR_WITHIN = 200
"""Characters before a day in which its year may stand."""


class Reads(Protocol):
    """Reads one question within some units."""

    def __call__(self, asked: Question, units: Sequence[Unit], only: frozenset[str] | None, /) -> Reading:
        """Return what reading gives."""


def compare(
    asked: Question,
    only: frozenset[str] | None,
    strangers: Sequence[str],
    found: LookUp,
    *,
    index: Index,
    gazetteer: Gazetteer,
    read: Reads,
) -> Reading:
    """Return one entry per unit of a comparison with the conclusion, or no draft if none of them says anything.

    `found` is what all of them together hold; `only` the notices that may be searched.
    """
    units, outside = compared_units(asked, only, gazetteer)
    each = _of_each(asked, gazetteer)
    told = [_told(each, unit, read(each, (unit,), only), index) for unit in units]
    year, told = _in_common_year(each, told, lambda one, unit: _told(one, unit, read(one, (unit,), only), index))
    sure = [one for one in told if one.sure and one.entry.draft]
    figures = [one.figure for one in sure if one.figure]
    told = [_as_others_say(one, figures) for one in told]
    ranked = tuple(one.best for one in told if one.best)
    if not sure:
        return Reading(None, 0.0, found, ranked, Reason.NOT_FOUND, "" if units else UNIT_NOT_CHOSEN)
    entries = [one.entry for one in told]
    draft = compose_comparison(
        entries,
        searched=sum(only is None or notice in only for unit in units for notice in unit.notices),
        strangers=strangers,
        outside=outside,
        extreme=asked.extreme,
        doubt=_doubt(each, entries, told[0].probe, year),
        year=year,
        ranks=each.wanted is Wanted.NUMBER,
    )
    return Reading(draft, min(one.confidence for one in sure), found, ranked)


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    """What one unit's notices say, and how sure that is."""

    entry: Entry
    confidence: float
    probe: Probe
    sure: bool
    figure: Evidence | None = None
    best: Evidence | None = None


def _told(each: Question, unit: Unit, reading: Reading, index: Index) -> _Told:
    """Return what a unit says. A figure is one that stands beside the words asked for; if none does, it says nothing."""
    draft, probe = reading.draft, reading.found.probe
    sure = draft is not None and reading.reason is None
    best = reading.ranked[0] if reading.ranked else None
    if draft is None or draft.certain or each.wanted is not Wanted.NUMBER:
        dated = each.extreme is not None and each.extreme.dated
        sure = sure and not (dated and draft and not draft.certain and not says_of_date(probe, draft.best))
        day = _day(draft, index) if draft and dated else ""
        return _Told(Entry(unit, draft if sure else None, day=day), reading.confidence, probe, sure, best=best)
    item = aligned(probe, reading.ranked)
    if item is None:
        kept = not each.exhaustive or (
            not each.extreme and best is not None and says_beside(probe, best)
        )  # who names a unit is shown what was found, and no conclusion
        return _Told(Entry(unit, draft if sure and kept else None), reading.confidence, probe, sure, best=best)
    if item is not draft.best:
        draft = replace(compose_fact(each, item, index.text(item.sentence.passage.file)), best=draft.best)
    words = around(item, index.text(item.sentence.passage.file)) if each.extreme else ""
    entry = Entry(unit, draft, stated(probe, item, reading.ranked), words=words)
    return _Told(entry, reading.confidence, probe, sure, item, best)


def _as_others_say(one: _Told, figures: Sequence[Evidence]) -> _Told:
    """Return what a unit says, without a draft that is not sure, unless it says it as other units do that are."""
    if one.sure or one.entry.draft is None:
        return one
    if one.figure and says_as(one.probe, one.figure, figures):
        return one
    return replace(one, entry=Entry(one.entry.unit, None))


def _year_of(one: _Told) -> str:
    return one.entry.stated.year if one.entry.stated and one.entry.draft else ""


def _in_common_year(
    each: Question, told: list[_Told], ask: Callable[[Question, Unit], _Told]
) -> tuple[str, list[_Told]]:
    """Return a year that most units state a figure of, and what they say of it; no year and `told` where none is needed.

    None is needed if the figures are of one year, or the question names it. Units whose figure is of another year are
    asked again, for the three years that most figures are of.
    """
    years = [_year_of(one) for one in told if one.sure and one.entry.stated]
    if each.extreme is None or each.extreme.dated or each.years or len(set(years)) < 2:
        return "", told
    ordered = sorted({year for year in years if year}, key=lambda year: (years.count(year), year), reverse=True)
    best: tuple[int, str, list[_Told]] = (1, "", told)
    for year in ordered[:_YEARS_TRIED]:
        asked = replace(
            each,
            years=(year,),
            text=f"{year}年{each.text}",
            folded=f"{year}年{each.folded}",
            core=f"{year}年{each.core}",
        )
        again = [one if _year_of(one) == year or not one.sure else ask(asked, one.entry.unit) for one in told]
        kept = [new if new.sure and _year_of(new) == year else one for one, new in zip(told, again, strict=True)]
        number = sum(one.sure and _year_of(one) == year for one in kept)
        best = max(best, (number, year, kept), key=lambda found: found[0])
    return best[1], best[2]


def _doubt(each: Question, entries: Sequence[Entry], probe: Probe, year: str) -> str:
    """Return why the figures of the units are not of one kind, an empty string if they are.

    With a `year` only the figures that are of it count.
    """
    if each.wanted is not Wanted.NUMBER:
        return ""
    saying = [entry for entry in entries if entry.draft]
    found = [entry.stated for entry in saying if entry.stated]
    if len(found) != len(saying):
        return "各单位写明的不都是单个的数字"
    same = [one for one in found if one.year == year]
    return unlike(probe, same if year and len(same) > 1 else found)


def compared_units(
    asked: Question, only: frozenset[str] | None, gazetteer: Gazetteer
) -> tuple[tuple[Unit, ...], tuple[str, ...]]:
    """Return the units that are asked of, and the names of those asked for whose notices may not be searched."""
    named = gazetteer.units if asked.exhaustive else asked.places.units
    units = tuple(unit for unit in named if only is None or not only.isdisjoint(unit.notices))
    return units, () if asked.exhaustive else tuple(unit.name for unit in named if unit not in units)


def _of_each(asked: Question, gazetteer: Gazetteer) -> Question:
    """Return the question as it is put to each unit: 哪个单位…最多 asks each how many."""
    if asked.extreme is None:
        return asked
    plain = understand(asked.extreme.each, gazetteer)
    wanted = Wanted.DATE if asked.extreme.dated else Wanted.NUMBER
    return replace(
        asked, text=plain.text, folded=plain.folded, core=plain.core, wanted=wanted, years=plain.years or asked.years
    )


def _day(draft: Draft, index: Index) -> str:
    """Return the day that a draft says as ISO; a year that it leaves out is the last one written before it.

    An empty string if it says no day, if no year stands before it, or if months run on into another year.
    """
    quote = draft.quotes[0]
    text = arabic_years(fold(index.text(quote.file)))
    said = arabic_years(fold(draft.short))
    at = text.find(said, quote.start)
    before = list(_DATED.finditer(text, max(0, at - _YEAR_WITHIN), max(0, at)))
    day = to_iso(said, year_from=f"{before[-1][1]}年" if before else "")
    same_year = _WITH_YEAR.match(said) or (before and f"{int(before[-1][2]):02d}" <= day[5:7])
    return day if at >= 0 and same_year else ""
