"""What the figures of several units are of: whether they may be put beside each other, and if not, why."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.compose.beside import may_replace, missing, own_share, share_beside, year_of
from assistant.indicators import asked_indicators
from assistant.quantities import parse_values
from assistant.roles import Role, figure_roles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.evidence import Evidence
    from assistant.probe import Probe
    from assistant.quantities import Value

_HARDLY = 0.85
"""Share of its weight by which the heaviest word of the question is said nowhere around a figure that may be of something else."""
_PERIOD = re.compile(
    r"\d{1,2}月?(?:至|-|—|到)\d{1,2}月|(?:前|头)(?:\d{1,2}|[一二三四五六七八九十]{1,2})个?月|前?[一二三四1-4]季度|[上下]半年"
)
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
        year_of(text, start),
        periods[-1] if periods else "",
        _rate(probe, text[:start]) if values[0].unit == "ratio" else "",
        any(_rivals(probe, other, item, values[0]) for other in ranked),
        missing(probe, item) <= _HARDLY and (own_share(probe, item) > 0 or not probe.terms),
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


def _rivals(probe: Probe, other: Evidence, item: Evidence, value: Value) -> bool:
    """Whether another sentence gives a figure of the same kind, beside as much of the question."""
    if other.sentence is item.sentence or not may_replace(probe, other, item):
        return False
    theirs = parse_values(other.sentence.text[other.candidate.start : other.candidate.end])
    same_kind = len(theirs) == 1 and theirs[0].unit == value.unit and theirs[0].number != value.number
    years = {year_of(one.sentence.text, one.candidate.start) for one in (other, item)}
    return same_kind and len(years) == 1 and share_beside(probe, other) >= share_beside(probe, item)


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
