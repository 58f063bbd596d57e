"""What the figures of several units are of: whether they may be put beside each other, and if not, why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.counters import counters_of
from assistant.indicators import asked_indicators
from assistant.quantities import parse_values
from assistant.roles import Role, date_stage, figure_roles
from assistant.terms import Term, said
from index.analysis import segment
from index.dates import arabic_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.evidence import Evidence
    from assistant.probe import Probe
    from assistant.quantities import Value

_MARKS = ",;。:、("
_BEHIND = re.compile(r"[^,;。:、()\d]{0,8}")
_FITS = ("year_fit", "unit_fit", "state_fit", "stage_fit", "change_fit")
_LESS = 0.3
_CLEARLY = 0.25
"""Share of the question by which the words beside one figure must say more than those beside another."""
_FARTHEST = 6.0
"""How far below the best evidence a figure may lie that says more of what is asked, or that makes it doubtful."""
_BEFORE = 0.9
"""Credit of what the clauses before a figure's own say, where that says nothing."""
_NAMED = 0.5
"""Share of the question that sentence and headings must say for a figure to be compared."""
_DONE = re.compile(r"化解|办结|解决|处置|处理|完成|整改[了完好]|销号|落实")
"""Who asks what is done means the part (68件中的61件), not the whole that stands beside its noun."""
_AMONG = re.compile(r"[^,;。\d]{0,8}(?:中|当中|里)的?")
_TOUCHING = 0.3
"""Credit of a figure that stands right beside the noun that is asked for."""
_UNHEARD, _HARDLY = 0.95, 0.85
"""Share of its weight by which the heaviest word of the question is said nowhere around a figure: then it is of something
else; and from which that is not sure."""
_HEAD_SAID, _LEAST, _SHORTEST_NOUN, _SINGLE = 0.6, 0.1, 2, 0.5
_NO_SUBJECT = re.compile(
    r"(?:[\d年月日至末底初前]|[上下]半年|[一二三四]季度|全年|[同环]比|增加|增长|提高|提升|上升|下降|降低|减少|压减|[增升降减]|达|到|至|为|是|有|"
    r"完成|实现|已|累计|约|超过?|近|由|从|仅|共|其中|[ 的了])*"
)
_PERIOD = re.compile(
    r"\d{1,2}月?(?:至|-|—|到)\d{1,2}月|(?:前|头)(?:\d{1,2}|[一二三四五六七八九十]{1,2})个?月|前?[一二三四1-4]季度|[上下]半年"
)
_TOGETHER = frozenset({"一起", "一道", "一家", "一个", "一件", "一项"})
"""More often words (together, one by one) than counts."""
_YEAR = re.compile(r"(截[至止]到?)?((?:19|20)\d{2})年(?!\d{1,2}月\d{1,2}日|以来|至今)")
_AGAINST = re.compile(r"(?:比|较)(?:上年|去年|年初)?\(?(?:19|20)\d{2}年?")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}是|[(（]\d{1,2}[)）]|[①-⑳]|[-—]+)")
_LONGEST_CLAUSE = 40
_RATE = re.compile(r"([\u4e00-\u9fffA-Za-z0-9]*(?:率|度|比例|占比|比重))[^,;。]{0,8}$")
_SCOPE = re.compile(
    r"^(?:.*[年月](?:末|底|度)?|.*[的使由从达较]|全[市省区县校国]|城市|集团|全社会|学校|其中|同时|目前|实现|约|群众|居民|社会)+"
)
_PEOPLE = re.compile(r"群众|居民|百姓|老百姓|职工|师生|市民|企业|的|有|多少|了|[?。,]")
_ANY_SUM = re.compile(
    r"(?:钱|(?<!专项)资金|(?<![罚借存贷欠账])款项?|费用|金额|总?投资|(?<![科三])经费)(?:总?额)?(?:有|了|到|是)?(?:多少)?[?。]*$"
)
_PLAIN_RATE = re.compile(r"^[\u4e00-\u9fff]{1,3}[率度]$")
_COUNTERS = frozenset({"个", "项", "条", "件", "家", ""})
_UNRANKED = frozenset({"年", "月", "日"})


@dataclass(frozen=True, slots=True)
class Stated:
    """A unit's figure and what it is of."""

    value: Value
    role: Role
    year: str = ""
    period: str = ""
    """A part of a year: 上半年, 1至9月."""
    rate: str = ""
    """What a share is of, as far as the question does not say it: 机械车位 of 机械车位利用率."""
    several: bool = False
    """Whether the notice states another figure that the question may mean as well."""
    heard: bool = True
    """Whether the weightiest word of the question is said around it, or a word like it."""


def aligned(probe: Probe, ranked: Sequence[Evidence]) -> Evidence | None:
    """Return the evidence whose figure stands beside the words that are asked for; None if none does.

    The reader's best is left only for a figure that fits as well and beside which clearly more of the question is said.
    """
    best = next((item for item in ranked if _counts(probe, item)), None)
    if best is None:
        return None
    share = _share(probe, best)
    better = [(_share(probe, item), item) for item in ranked if _may_replace(probe, item, best)]
    most = max((one for one, _ in better), default=0.0)
    if most > share + _CLEARLY:
        best = next(item for one, item in better if one >= most - 0.01)
    best = _part_of(best, ranked) if _DONE.search(probe.question.core) else best
    return best if _named(probe, best) else None


def _part_of(whole: Evidence, ranked: Sequence[Evidence]) -> Evidence:
    """Return the figure of what is done that follows a whole: 61件 in 68件中的61件."""
    among = _AMONG.match(whole.sentence.text, whole.candidate.end)
    starts = {among.end()} if among else set()
    parts = (item for item in ranked if item.sentence is whole.sentence and item.candidate.start in starts)
    return next((item for item in parts if item.candidate.kind == "figure"), whole)


def says_as(probe: Probe, item: Evidence, others: Sequence[Evidence]) -> bool:
    """Whether a figure that is not sure by itself stands right beside its noun, with as much said as beside those of other units."""
    least = min((_share(probe, other) for other in others), default=0.0)
    touches = _touches(probe, item.sentence.text, item.candidate.start, item.candidate.end)
    return bool(others) and touches and item.feature("unit_fit") > 0 and _share(probe, item) >= least - 0.01


def says_of_date(probe: Probe, item: Evidence | None) -> bool:
    """Whether the words that stand with a date, up to the end of its clause, are those asked for, and none of a plan."""
    if item is None or item.candidate.kind != "date" or item.feature("foreign"):
        return False
    text, start, end = item.sentence.text, item.candidate.start, item.candidate.end
    left = max(text.rfind(mark, 0, start) for mark in ",;。:") + 1
    ends = [at for mark in ",;。" if (at := text.find(mark, end)) >= 0]
    share = _said(probe, f"{text[left:start]}|{text[end : min(ends, default=len(text))]}")
    return share >= _NAMED and date_stage(text, start, end) != "planned"


def stated(probe: Probe, item: Evidence, ranked: Sequence[Evidence]) -> Stated | None:
    """Return what the figure of `item` is of; None if it is not exactly one figure."""
    text, start = item.sentence.text, item.candidate.start
    values = parse_values(text[start : item.candidate.end])
    if item.candidate.kind != "figure" or len(values) != 1 or values[0].vague:
        return None
    left = max(text.rfind(mark, 0, start) for mark in ",;。:") + 1
    periods = _PERIOD.findall(text[max(0, left - 12) : start])
    return Stated(
        values[0],
        figure_roles(text)[start],
        _year(text, start),
        periods[-1] if periods else "",
        _rate(probe, text[:start]) if values[0].unit == "ratio" else "",
        any(_rivals(probe, other, item, values[0]) for other in ranked),
        _missing(probe, item) <= _HARDLY,
    )


def unlike(probe: Probe, found: Sequence[Stated]) -> str:
    """Return why figures must not be compared, an empty string if they may; fewer than two are never unlike."""
    if len(found) < 2:
        return ""
    units = {one.value.unit for one in found}
    if (len(units) > 1 and not units <= _COUNTERS) or units & _UNRANKED:
        return "各单位的数字单位不同"
    if len({one.year for one in found}) > 1:
        return "各单位的数字不是同一年的，或没有都写明年份"
    if len({one.period for one in found}) > 1:
        return "各单位的数字统计的时段不同"
    if len({one.role.change for one in found}) > 1:
        return "各单位的数字有的是增减、有的是总数"
    if len({one.role.stage if one.role.stage in ("open", "planned", "started") else "" for one in found}) > 1:
        return "各单位的数字有的是计划或尚未完成的"
    if len({one.rate for one in found}) > 1 or _says_too_little(probe, units) or not all(one.heard for one in found):
        return "各单位的数字说的不一定是同一项"
    return "有的通报里不止一个这样的数字" if any(one.several for one in found) else ""


def _says_too_little(probe: Probe, units: set[str]) -> bool:
    """Whether a share or a sum is asked for by a name that many things have (满意率, 利用率; 追回的钱, 总投资)."""
    core = probe.question.core
    if units == {"元"} and _ANY_SUM.search(core):
        return True
    return units == {"ratio"} and not asked_indicators(core) and bool(_PLAIN_RATE.match(_PEOPLE.sub("", core)))


def _year(text: str, position: int) -> str:
    """Return the year that a sentence gives a figure at `position`, an empty string for none or a day up to which it counts."""
    ahead = _AGAINST.sub("", arabic_years(text)[:position])
    found = list(_YEAR.finditer(ahead))
    return found[-1][2] if found and not found[-1][1] else ""


def _counts(probe: Probe, item: Evidence) -> bool:
    """Whether evidence is a figure in what the things asked for are counted in, if they are counted."""
    text = item.sentence.text[item.candidate.start : item.candidate.end]
    fits = item.feature("unit_fit") > 0 or not (probe.counted or probe.unit_patterns)
    fits = fits and not (text.endswith("月") and item.sentence.text[: item.candidate.start].endswith(("前", "头")))
    own = not item.feature("foreign")  # what another notice says is mostly of its own unit
    return item.candidate.kind == "figure" and fits and own and text not in _TOGETHER and not text.startswith("第")


def _may_replace(probe: Probe, item: Evidence, best: Evidence) -> bool:
    fits = all(item.feature(name) >= best.feature(name) - _LESS for name in _FITS)
    return _counts(probe, item) and fits and item.score > best.score - _FARTHEST


def _share(probe: Probe, item: Evidence) -> float:
    """Return the share of the question said beside a figure; more if it touches its noun.

    A clause that has no subject of its own (2023年末增加到612家) takes that of the clauses before it, at a little less.
    """
    text, start, end = item.sentence.text, item.candidate.start, item.candidate.end
    left = max(text.rfind(mark, 0, start) for mark in _MARKS) + 1
    behind = _BEHIND.match(text, end)
    share = _said(probe, text[left:start] + "|" + (behind.group() if behind else ""))
    if not share and _NO_SUBJECT.fullmatch(text[left:start]):
        share = _BEFORE * _said(probe, text[:left])
    touches = _touches(probe, text, start, end) and not _DONE.search(probe.question.core)
    return share + (_TOUCHING if touches else 0.0)


def _said(probe: Probe, text: str) -> float:
    """Return the share of the question's weight that a text says; single characters, which stand in many words, count half."""
    weights = [term.weight * (1.0 if len(term.text) > 1 else _SINGLE) for term in probe.terms]
    credit = sum(said(term, text) * weight for term, weight in zip(probe.terms, weights, strict=True))
    return credit / sum(weights) if any(weights) else 0.0


def _missing(probe: Probe, item: Evidence) -> float:
    """Return how much of its weight the heaviest word lacks that is said nowhere around, or no word like it; 0 for none.

    Single characters do not count: 定 and 搞 have too many other words.
    """
    credits = zip(probe.terms, item.match.passage.tolist(), strict=True)
    words = [(term.weight, term.weight * (1.0 - credit)) for term, credit in credits if len(term.text) > 1]
    most = max((weight for weight, _ in words), default=0.0)
    return max(lacking for _, lacking in words) / most if most else 0.0


def _head(probe: Probe) -> Term | None:
    """Return what is counted or measured: the known noun, or the last word of the question that tells something."""
    if probe.thing:
        shorter = probe.thing[-_SHORTEST_NOUN:]
        return Term(shorter if counters_of(shorter) else segment(probe.thing)[-1], 1.0)
    return probe.terms[-1] if probe.terms else None


def _touches(probe: Probe, text: str, start: int, end: int) -> bool:
    """Whether the noun stands right before a figure or right behind it: 措施74项, 82条措施, not 措施完成77条."""
    head = _head(probe)
    if head is None or len(head.text) < _SHORTEST_NOUN:
        return False
    ways = (probe.thing or head.text, head.text, *(wording for wording, _ in head.others))
    return text[:start].endswith(ways) or text[end:].startswith(ways)


def _named(probe: Probe, item: Evidence) -> bool:
    """Whether what stands beside a figure says its noun, or something of the question that sentence and headings say."""
    head, share = _head(probe), _share(probe, item)
    if head is None:
        return True
    if _missing(probe, item) > _UNHEARD:
        return False
    if share >= _NAMED:
        return True
    text = item.sentence.text
    heard = _said(probe, f"{item.sentence.headings}\n{text[: item.candidate.end]}")
    left = max(text.rfind(mark, 0, item.candidate.start) for mark in ",;。:") + 1
    behind = _BEHIND.match(text, item.candidate.end)
    own = text[left : item.candidate.start] + "|" + (behind.group() if behind else "")
    return (len(head.text) > 1 and said(head, own) >= _HEAD_SAID) or (share > _LEAST and heard >= _NAMED)


def _rivals(probe: Probe, other: Evidence, item: Evidence, value: Value) -> bool:
    """Whether another sentence gives a figure of the same kind, beside as much of the question."""
    if other.sentence is item.sentence or not _may_replace(probe, other, item):
        return False
    theirs = parse_values(other.sentence.text[other.candidate.start : other.candidate.end])
    same_kind = len(theirs) == 1 and theirs[0].unit == value.unit and theirs[0].number != value.number
    years = {_year(one.sentence.text, one.candidate.start) for one in (other, item)}
    return same_kind and len(years) == 1 and _share(probe, other) >= _share(probe, item)


def _rate(probe: Probe, ahead: str) -> str:
    """Return what the name of a share says beyond the question, an empty string if nothing."""
    found = _RATE.search(ahead)
    if found is None:
        return ""
    name = re.split(r"[,;。:、]", found[1])[-1]
    for term in sorted(probe.terms, key=lambda one: -len(one.text)):
        for wording in (term.text, *(other for other, _ in term.others)):
            name = name.replace(wording, "")
    return re.sub(r"[率度比例占重]+$", "", _SCOPE.sub("", name))


def around(item: Evidence, text: str) -> str:
    """Return the words of a file's `text` that a figure stands among: its clause, or nothing where that is long."""
    folded = item.sentence.text
    start = max(folded.rfind(mark, 0, item.candidate.start) for mark in ",;。:") + 1
    ends = [at for mark in ",;。" if (at := folded.find(mark, item.candidate.end)) >= 0]
    first, last = item.sentence.start + start, item.sentence.start + min(ends, default=len(folded))
    clause = _NUMBERING.sub("", " ".join(text[first:last].split()))
    return clause if len(clause) <= _LONGEST_CLAUSE else ""
