"""What unit of measure a question asks for, and whether a figure has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.candidates import COUNTERS

if TYPE_CHECKING:
    from collections.abc import Sequence

_WANTED_COUNTER = re.compile(rf"(?:多少|几)(?:多)?({COUNTERS})")
_NO_COUNTER = re.compile(r"(?:多少|几)个(?:亿|多?万|百分|点)")
_ACREAGE = re.compile(r"批(?=而未|准|复)")
_ENDING_COUNTER = re.compile(rf"({COUNTERS})(?:以上|以下|左右|以内|内)?$")
_MONEY = re.compile(
    r"多少钱|花了多少|资金|金额|经费|投资|投了|补贴|补助|奖补|款|产值|营收|收入|价值|GDP|gdp|生产总值|总量|预算|多少个?亿|几个?亿|钱|税收|纳税|利润|债务|工资|租金|销售额|交易额|进出口|贸易额"
)
_SHARE = re.compile(
    r"百分之[几多]|比例|占比|比重|率(?!先)|幅|几成|百分比|(?:(?<!新)[涨降增减升少多高]|增长|下降|上升|提高|提升|降低|回落)了?多少(?![\u4e00-\u9fff])|同比|份额"
)
_POINTS = re.compile(r"个?百分点|几个点|多少个点|提高了?几个|提升了?几个")
_RANK = re.compile(r"第几|排名|名次|排第|位列|位居|排到|排在")
_MARKS = re.compile(r"得分|分数|评分|打分|几分(?!之)|多少分(?!之)")
_YIELD = re.compile(r"产量|总产(?!值)|亩产|单产")
_PEOPLE = re.compile(r"多少人|几人|几个人|多少名|几名|多少位|人数")
_UNIT_GROUPS = (
    (re.compile(r"几号[线楼]"), re.compile(r"号[线楼]?$")),
    (_POINTS, re.compile(r"百分点$")),
    (_RANK, re.compile(r"^第|位次$|名$|位$")),
    (_SHARE, re.compile(r"%$|^百分之|百分点$|倍$|成$|‰$")),
    (_MARKS, re.compile(r"分$")),
    (_YIELD, re.compile(r"[吨斤辆台套件头只羽万亿]$")),
    (_MONEY, re.compile(r"元$|[万亿]$")),
    (_PEOPLE, re.compile(r"人$|名$|位$|人次$")),
)
_SCALES = ("万", "亿")
_ALIKE = (
    frozenset("个项条件份处点桩起"),
    frozenset("宗块处"),
    frozenset("种类款样"),
    frozenset("人名位") | {"人次", "口", "个"},
    frozenset("次场轮批回趟") | {"场次", "批次", "人次"},
    frozenset("家户个所座处间") | {"家次"},
    frozenset("天日") | {"个工作日", "工作日"},
    frozenset("年月") | {"个月", "季度"},
    frozenset("辆台套艘架只"),
)
"""Counters that stand for one another: 多少条措施 is answered by 158项."""


def wanted_counter(folded: str) -> str:
    """Return the counter that a folded question asks with (多少家 → 家), or an empty string."""
    found = _WANTED_COUNTER.search(_ACREAGE.sub("", folded))
    return "" if found is None else "元" if found[1] == "块" else found[1]


def unit_patterns(asked: str, counter: str) -> tuple[re.Pattern[str], ...]:
    """Return what the figure must end with: told by its counter alone if there is one, else by the first hint."""
    if counter and counter != "成" and not _NO_COUNTER.search(asked):
        return ()
    return tuple(fits for asks, fits in _UNIT_GROUPS if asks.search(asked))[:1]


def unit_fit(
    counter: str, patterns: Sequence[re.Pattern[str]], value: str, counted: frozenset[str] = frozenset()
) -> float:
    """Return 1.0 if a figure has the unit that the question asks for, -1.0 if another, 0.0 if it asks for none.

    `counted` is what the things asked for are counted in, where the question says it by their noun alone.
    """
    if patterns:
        if any(pattern.search(value) for pattern in patterns):
            return 1.0
        if not counter:
            return -1.0
    if not counter and not counted:
        return 0.0
    if value.startswith(("第", "百分之")):
        return -1.0
    own = counter_of(value)
    if not counter or (counted and own != counter):
        return _counted_fit(own, counted)
    if own == counter:
        return 1.0
    if any(own in group and counter in group for group in _ALIKE):
        return 0.85
    return -0.3 if not own else -1.0


def _counted_fit(own: str, counted: frozenset[str]) -> float:
    if own in counted:
        return 0.4 if own == "个" else 0.85
    return -1.0 if own and own not in _SCALES else 0.0


def counter_of(value: str) -> str:
    """Return the counter that a figure ends with, or an empty string.

    >>> counter_of("158项"), counter_of("1.4万"), counter_of("20日以内")
    ('项', '', '日')
    """
    found = _ENDING_COUNTER.search(value)
    return found.group(1) if found else ""
