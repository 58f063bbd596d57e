"""A passage, or several cited together, prepared for holding sentences against it."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.grounding.canonical import HAN_DIGITS, canonical
from assistant.grounding.facts import Day, find_facts
from assistant.grounding.instructions import without_instructions
from assistant.grounding.names import holds_name
from assistant.grounding.types import ProblemKind
from assistant.grounding.values import equal_values
from index.places import aliases_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.grounding.facts import Fact
    from assistant.grounding.types import Source
    from assistant.quantities import Value


_RHYTHM = r"(?:一{0}一|(?<![\d一二三四五六七八九十本当同今次工作半])(?:{0})(?:调度|通报|报告|处理|产|均|供|检|例会|度|签|清|考|评|更|租|收入|利润|薪|缴|补|销))"
_RHYTHMS = {
    "每" + unit: _RHYTHM.format(short)
    for unit, short in zip(("日", "周", "月", "季度", "年"), "日周月季年", strict=True)
}
"""How else a passage says how often: 月调度 is 每月调度, 一年一签 is 每年签一次."""
_SHORT_QUOTATION = 6
"""Up to so many characters a quotation is a name, and stands there to the letter or not at all."""
_THIS_YEAR = re.compile(r"今年|本年|目前|当前|截至|近期|年底")
_HOURS = re.compile(r"\d:\d\d[至到~-]\d")
_COUNTED = frozenset("个种类家项位名处村镇区")
_MOST_COUNTED = 6
_JOIN = re.compile(r"[、和及与]|(?<=[\d%])[人件家元起批],")
_ROW = re.compile(r"[^,。;:]+、[^,。;:]+|[^。;:]+")
_YEAR = re.compile(r"(?:19|20)\d{2}年")
_TITLES = re.compile(r"《[^》]+》")
_RARER = re.compile(r"每(?:人每)?(?:月|季度|年)")
_TENTHS = re.compile(r"\d(?:比\d)+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """The canonical text of cited passages and what stands around them."""

    bodies: tuple[str, ...]
    """One canonical text per passage."""
    around: str
    """Units, titles, dates and headings, canonical."""

    headings: tuple[str, ...] = ()
    """The headings again, one by one."""
    titles: tuple[str, ...] = ()
    """The titles again."""

    @property
    def text(self) -> str:
        """All of it; pieces are kept apart by line feeds."""
        return "\n".join((*self.bodies, self.around))

    def facts(self, kind: ProblemKind) -> tuple[Fact, ...]:
        """Return the facts of one kind in passages and surroundings."""
        return tuple(fact for fact in find_facts(self.text) if fact.kind is kind)

    def holds(self, fact: Fact, *, published: bool = True) -> bool:
        """Whether a fact of a sentence stands in the evidence; a day of publication counts only if `published`."""
        if fact.kind is ProblemKind.FIGURE:
            return self._holds_figure(fact)
        if fact.kind is ProblemKind.DATE and fact.day is not None:
            return self._holds_day(fact.day, published=published)
        if fact.kind is ProblemKind.NAME and not fact.text.startswith("以"):
            return holds_name(fact.text, self.text)
        if fact.kind is ProblemKind.QUOTED:
            return _mostly_in(fact.text, self.text)
        if fact.kind is ProblemKind.DATE and fact.text in _RHYTHMS:
            daily = fact.text == "每日" and _HOURS.search(self.text) and not _RARER.search(self.text)
            return fact.text in self.text or bool(daily) or bool(re.search(_RHYTHMS[fact.text], self.text))
        if fact.kind is ProblemKind.CODE:
            return re.search(rf"(?<![\d.a-z]){re.escape(fact.text)}(?![\da-z])", self.text) is not None
        return fact.text.strip("《》") in self.text

    def _holds_figure(self, fact: Fact) -> bool:
        value = fact.value
        if value is None:
            return False
        figures = [other.value for other in self.facts(ProblemKind.FIGURE) if other.value is not None]
        if any(equal_values(value, other) for other in figures):
            return True
        if fact.text[0] in HAN_DIGITS and (fact.text in self.text or self._one_of(value) or self._counts_up(value)):
            return True
        if re.search(rf"(?<![\d.]){re.escape(fact.text)}", "".join(_TITLES.findall(self.text))):
            return True
        if (
            value.unit == "日"
            and fact.text.endswith("日")
            and any(fact.day and fact.day.day == value.number for fact in self.facts(ProblemKind.DATE))
        ):
            return True
        return self.shares_tenths(value)

    def _one_of(self, value: Value) -> bool:
        """Whether a figure is one year or one day, and the passages count no years or days."""
        counted = {other.value.unit for other in self.facts(ProblemKind.FIGURE) if other.value is not None}
        return value.number == 1 and value.unit in ("年", "日") and value.unit not in counted

    def _counts_up(self, value: Value) -> bool:
        """Whether a small figure counts a row of the passages (甲、乙和丙: three), which do not count themselves."""
        if value.unit not in _COUNTED or not 1 < value.number <= _MOST_COUNTED:
            return False
        rows = {1 + len(_JOIN.findall(row.group())) for body in self.bodies for row in _ROW.finditer(body)}
        return int(value.number) in rows

    def shares_tenths(self, value: Value) -> bool:
        """Whether a figure is a part of a ratio that adds up to ten: 5比3比2 is 50%, 30% and 20%."""
        ratios = [[int(part) for part in match.group().split("比")] for match in _TENTHS.finditer(self.text)]
        parts = {part for parts in ratios if sum(parts) == 10 for part in parts}
        return value.unit == "ratio" and value.number * 10 in parts

    def _holds_day(self, day: Day, *, published: bool) -> bool:
        texts = (self.text,) if published or not day.month else self.bodies + self.headings
        if not day.month and str(day.year) in "".join(_TITLES.findall(self.text)):
            return True
        if not day.month and self._tells_another_year(day.year):
            return False
        days = [fact.day for text in texts for fact in find_facts(text) if fact.day is not None]
        years = {other.year for other in days} | {
            one.day.year for one in find_facts(self.around) if one.day is not None
        }
        for other in days:
            same_month = day.month in (0, other.month) and day.day in (0, other.day)
            if same_month and (day.year in (0, other.year) or (other.year == 0 and day.year in years)):
                return True
        return False

    def _tells_another_year(self, year: int) -> bool:
        """Whether the passages put everything into years of their own, and neither titles nor they speak of this one."""
        own = {fact.day.year for body in self.bodies for fact in find_facts(body) if fact.day and not fact.day.month}
        named = any(str(year) in text for text in (*self.bodies, *self.headings, *self.titles))
        titled = any(_YEAR.search(title) for title in self.titles)
        return not named and (titled or (bool(own) and not any(_THIS_YEAR.search(body) for body in self.bodies)))


@functools.lru_cache(maxsize=256)
def gather(sources: Sequence[Source]) -> Evidence:
    """Return the evidence of passages cited together, a tuple; none gives an empty one."""
    around = [part for one in sources for part in (*aliases_of(one.unit), one.title, one.date, *one.headings) if part]
    headings = tuple(dict.fromkeys(canonical(heading) for one in sources for heading in one.headings))
    titles = tuple(canonical(one.title) for one in sources if one.title)
    bodies = tuple(canonical(without_instructions(one.text)) for one in sources)
    return Evidence(bodies, "\n".join(map(canonical, dict.fromkeys(around))), headings, titles)


def _mostly_in(quoted: str, text: str) -> bool:
    if quoted in text:
        return True
    pairs = [quoted[at : at + 2] for at in range(len(quoted) - 1)]
    return len(quoted) > _SHORT_QUOTATION and sum(pair in text for pair in pairs) >= 0.75 * len(pairs)
