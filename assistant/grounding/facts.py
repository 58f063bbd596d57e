"""What can be checked to the letter in a text: figures, dates, titles, quotations, names, codes."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from assistant.grounding.canonical import HAN_DIGITS, PART
from assistant.grounding.names import find_names
from assistant.grounding.types import ProblemKind
from assistant.quantities import Value, locate_values
from index.dates import small_numeral

if TYPE_CHECKING:
    from collections.abc import Iterator

_DATE = re.compile(
    rf"(?:(?P<year>(?:19|20)\d{{2}})年)?(?P<month>{PART})月(?:份(?!额))?(?:(?P<day>{PART})[日号])?"
    rf"|(?P<alone>(?:19|20)\d{{2}})(?:年度?|(?=[至到~-](?:19|20)\d{{2}}年))"
)
_LAST_DAY = re.compile(rf"[日号]?[至到~-](?P<day>{PART})[日号]")
_HALF = re.compile(
    r"周[一二三四五六日](?![周致体次回遍报])|每(?:日|周(?![一二三四五六日])|月|季度|年)|[上下]半年|前?[一二三四1-4]季度|[上中下]旬"
)
_TITLE = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_QUOTED = re.compile(r"[“「\"]([^“”「」\"]{2,40})[”」\"]")
_CODE = re.compile(
    r"[a-z0-9._%+-]+@[a-z0-9.-]+|(?:https?://|www\.)[a-z0-9./?=&_%-]+|\d{3,4}-\d{7,8}(?:转\d+)?|(?<!\d)1\d{10}(?!\d)"
    r"|\d{1,2}:\d{2}|[a-z]+[a-z-]*\d[a-z0-9-]*|(?<![\d.])\d{5,6}(?![\d.,万亿余多元个人件户家名位平亩米吨项次只株条份套台辆张处座间例起宗卷册本公立千克小天批栋部])|(?<=热线|电话|举报)\d{5}"
)
_ENUMERATION = re.compile(
    rf"(?:(?<=^)|(?<=[,;:。!?]))(?:第[{HAN_DIGITS}\d]{{1,2}}(?=[,:、])|[{HAN_DIGITS}]{{1,2}}(?=是|要|、)|[(]?\d{{1,2}}[).、](?!\d)|[(][{HAN_DIGITS}]+[)]|其[{HAN_DIGITS}](?=[,、是]))"
)
_BEARING = re.compile(r"以[东南西北](?![人军])")
TO_THE_LETTER = frozenset({ProblemKind.FIGURE, ProblemKind.DATE, ProblemKind.CODE})
_PERSON = re.compile(r"[\u4e00-\u9fff]某某?")
_SAME_YEAR = re.compile(r"[上前同每当这那].|.[最内来中度]$")
_LISTED = re.compile("[项个条点种类步次份处家]?$")
_LIST_HEAD = 10
"""Most characters between a figure and the colon before the list that it counts."""
_TO = re.compile(r"[至到~-]")
_SCALE = re.compile(r"(?<=[\d一二三四五六七八九十])[万亿]")
_SCALES = {"万": Decimal(10**4), "亿": Decimal(10**8)}
_FRACTION = re.compile(r"(?P<whole>[二三四五六七八九十])分之(?P<part>[一二三四五六七八九])(?!十)")
_IDLE = re.compile(
    r"一些|一批|一系列|一定|一般|一律|一致|一次性|一体|一方面|进一步|逐一|统一|一起|一同|一并|唯一|一直|一旦|一样|(?<!分)之一|同一|单一|"
    r"万一|千方百计|三农|第三方|第三者|一把手|一线|第一时间|一网|一窗|百姓|百货|千家万户|十分(?!之)|一一|一企|一岗|一项项|四分法|一步|一经|一边|一手|一键|一站式|"
    r"百强|三次产业|万众|九龙|五保|一般性|一流|两者|两地|两部|两级|两岸|双|首|第一职责"
)


@dataclass(frozen=True, slots=True)
class Day:
    """A date of which parts may be missing (0)."""

    year: int = 0
    month: int = 0
    day: int = 0


@dataclass(frozen=True, slots=True)
class Fact:
    """A stretch `start:end` of a canonical text that can be checked to the letter."""

    kind: ProblemKind
    start: int
    end: int
    text: str
    value: Value | None = None
    day: Day | None = None


@functools.lru_cache(maxsize=512)
def find_facts(text: str) -> tuple[Fact, ...]:
    """Return the facts of a canonical text in order of position; figures within dates, titles and codes are not told apart."""
    taken = [(match.start(), match.end()) for match in _ENUMERATION.finditer(text)]
    found: list[Fact] = []
    for finder in (_titles, _codes, _dates):
        for fact in finder(text):
            if not _overlaps(fact.start, fact.end, taken):
                found.append(fact)
                taken.append((fact.start, fact.end))
    idle = [(match.start(), match.end()) for match in _IDLE.finditer(text)]
    found += [fact for fact in _figures(text) if not _overlaps(fact.start, fact.end, taken + idle)]
    titles = [(fact.start, fact.end) for fact in found if fact.kind is ProblemKind.TITLE]
    masked = _masked(text, [(fact.start, fact.end) for fact in found if fact.kind in TO_THE_LETTER])
    found += [fact for fact in (*_quotations(text), *_names(masked)) if not _overlaps(fact.start, fact.end, titles)]
    found += [fact for fact in _bearings(text) if not _overlaps(fact.start, fact.end, titles)]
    return tuple(sorted(found, key=lambda fact: (fact.start, fact.end)))


def counts_a_list(fact: Fact, text: str) -> bool:
    """Whether a figure counts the list that follows it in a canonical sentence (三项措施:甲;乙;丙), and counts right."""
    if fact.value is None or not _LISTED.match(fact.value.unit):
        return False
    head, _, rest = text[fact.end :].partition(":")
    if not rest or len(head) > _LIST_HEAD:
        return False
    marks = next((mark for mark in ";、," if mark in rest), ";")
    return any(fact.value.number == len(re.split(mark, rest)) for mark in (f"[{marks}]", f"[{marks}和]"))


def without_figures(text: str) -> str:
    """Return a canonical text with a comma in place of each figure, date and code: those are checked to the letter."""
    shown, position = [], 0
    for fact in find_facts(text):
        if fact.kind in TO_THE_LETTER and fact.start >= position:
            shown += [text[position : fact.start], ","]
            position = fact.end
    return "".join((*shown, text[position:]))


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "," * (end - start) + text[end:]
    return text


def _bearings(text: str) -> Iterator[Fact]:
    for match in _BEARING.finditer(text):
        yield Fact(ProblemKind.NAME, match.start(), match.end(), match.group())


def _overlaps(start: int, end: int, spans: list[tuple[int, int]]) -> bool:
    return any(start < stop and begin < end for begin, stop in spans)


def _titles(text: str) -> Iterator[Fact]:
    for match in _TITLE.finditer(text):
        yield Fact(ProblemKind.TITLE, match.start(), match.end(), match.group())


def _quotations(text: str) -> Iterator[Fact]:
    for match in _QUOTED.finditer(text):
        yield Fact(ProblemKind.QUOTED, match.start(), match.end(), match[1])


def _codes(text: str) -> Iterator[Fact]:
    for match in _CODE.finditer(text):
        yield Fact(ProblemKind.CODE, match.start(), match.end(), match.group())


def _names(text: str) -> Iterator[Fact]:
    for match in _PERSON.finditer(text):
        yield Fact(ProblemKind.NAME, match.start(), match.end(), match.group())
    for start, end in find_names(text):
        yield Fact(ProblemKind.NAME, start, end, text[start:end])


def _dates(text: str) -> Iterator[Fact]:
    """Yield the dates; one without a year after one with a year has that year (2023年4月10日至6月20日)."""
    for match in _DATE.finditer(text):
        if match["alone"]:
            day = Day(int(match["alone"]))
        else:
            year, month = int(match["year"] or 0), small_numeral(match["month"])
            day = Day(year, month, small_numeral(match["day"] or ""))
            if not 1 <= month <= 12 or text[match.start() - 1 : match.start()] == "个":
                continue
        yield Fact(ProblemKind.DATE, match.start(), match.end(), match.group(), day=day)
        last = _LAST_DAY.match(text, match.end()) if day.day else None
        if last:
            until = Day(day.year, day.month, small_numeral(last["day"]))
            yield Fact(ProblemKind.DATE, last.start("day"), last.end(), text[last.start("day") : last.end()], day=until)
    for match in _HALF.finditer(text):
        yield Fact(ProblemKind.DATE, match.start(), match.end(), match.group())


def _figures(text: str) -> Iterator[Fact]:
    shares = list(_FRACTION.finditer(text))
    spans = [match.span() for match in shares]
    found = [one for one in locate_values(text) if not _overlaps(one[0], one[1], spans)]
    for number, (start, end, value) in enumerate(found):
        raw = text[start:end]
        if raw[0].isdigit() or _counts(raw, value, text[max(0, start - 1) : end + 1]):
            behind = found[number + 1] if number + 1 < len(found) else None
            yield Fact(ProblemKind.FIGURE, start, end, raw, value=_of_a_range(text, end, value, behind))
    for match in shares:
        share = Decimal(small_numeral(match["part"])) / small_numeral(match["whole"])
        yield Fact(ProblemKind.FIGURE, match.start(), match.end(), match.group(), value=Value(share, "ratio"))


def _of_a_range(text: str, end: int, value: Value, behind: tuple[int, int, Value] | None) -> Value:
    """Return the figure before 至 or 到 with the unit behind the other end: 500到2000元 begins with 500元."""
    if value.unit or behind is None or not _TO.fullmatch(text, end, behind[0]):
        return value
    start, stop, other = behind
    scale = _SCALE.search(text, start, stop)
    number = value.number * _SCALES[scale.group()] if scale and other.number >= _SCALES[scale.group()] else value.number
    per = Decimal("0.01") if other.unit == "ratio" else Decimal(1)
    return Value(number * per, other.unit, value.vague)


def _counts(raw: str, value: Value, around: str) -> bool:
    """Whether Chinese numerals are meant as a figure: 两处 and 百分之五 are, 一个 and 三 are not."""
    if raw.startswith(("百分之", "千分之", "万分之")):
        return True
    if not value.unit:
        return len(raw) > 1 and value.number >= 10 and raw[0] not in "百千万亿"
    if raw[0] in "百千万亿":
        return False
    if value.number == 1 and value.unit == "年" and _SAME_YEAR.search(around):
        return False
    return value.number > 1 or value.unit in {"年", "月", "日", "元", "倍", "ratio", "百分点"}
