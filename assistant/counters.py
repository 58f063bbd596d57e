"""In what the things are counted that a question asks the number of: 多少干部 in 人 or 名, never in kilometres."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "data/counters.txt"
_NEAR, _LONGEST = 10, 5
"""Characters behind a figure in which the asked noun may stand, and of the longest known noun beside it."""
_VERBS = 2
"""Words that may follow the noun."""
_MEASURED = re.compile(r"税收|[款钱资费税债量值额产地电水气油粮煤率比]$|面积|收入|投资|规模|比例|用[电水地气]")
_BEHIND = re.compile(
    r"(?:多少|几)(?:个(?!百分|亿|万|点|月|工作日|小时)|[条项家名位件所户处座次起份种类部块张台辆])?(?:的)?((?!个)[\u4e00-\u9fff]{1,14})"
)
_VERB = "搬迁?|关停?|关闭|拆除?|清退|清理|清|退出|建成?|改造?|办理?|查处?|处理|处分|整改|解决|化解|完成|剩下?|招|培训|问责|搬离|取缔|立|破|抓|换"
_HAS = re.compile(r"([\u4e00-\u9fff]{1,14}?)(?:一共|总共|共)?(?:有|是)(?:多少|几)个?[?!。了呢啊]*$")
_BEFORE = re.compile(
    rf"([\u4e00-\u9fff]{{1,14}}?)(?:已经|已|一共|总共|共|都|到底|究竟)?(?:{_VERB})(?:掉|完|好|走|出)?了?多少[?!。了呢啊]*$"
)
_END = re.compile(
    r"[了过得着吗呢]|被|是|没|未|已|能|可以|参加|参与|完成|通过|得到|享受|受到|接受|存在|用来|用于|实现|拿到|获得|落户|签约|搬|关"
)


def counters_of(noun: str) -> frozenset[str]:
    """Return what a known noun is counted in; empty for any other.

    >>> "名" in counters_of("干部"), counters_of("资金")
    (True, frozenset())
    """
    table = _table()
    return table[noun].counters if noun in table else frozenset()


def noun_asked(folded: str) -> str:
    """Return the known noun whose number a folded question asks for; empty if it names none, or one that is measured too.

    >>> noun_asked("处理了多少违纪的干部?"), noun_asked("反馈的问题有几个?"), noun_asked("湖泊有多少种鱼?")
    ('干部', '问题', '')
    """
    behind = _BEHIND.search(folded)
    if behind is not None:
        return _head(segment(_END.split(behind[1], maxsplit=1)[0]))
    before = _HAS.search(folded) or _BEFORE.search(folded)
    return _head(segment(before[1])) if before is not None else ""


def counts_other(asked: str, text: str, start: int, end: int) -> bool:
    """Whether the figure `start:end` of a folded text counts something of another kind than the noun `asked`.

    That is so if a known noun of another kind follows it (八个方面的措施), or stands before it where nothing follows
    (新增泊位7个,).
    """
    table = _table()
    if asked not in table or asked in text[end : end + _NEAR]:
        return False
    behind = next((name for size in range(_LONGEST, 0, -1) if (name := text[end : end + size]) in table), "")
    if not behind and not "\u4e00" <= text[end : end + 1] <= "\u9fff":
        behind = next(
            (name for size in range(_LONGEST, 1, -1) if (name := text[max(0, start - size) : start]) in table), ""
        )
    return bool(behind) and table[behind].kinds.isdisjoint(table[asked].kinds)


def _head(words: list[str]) -> str:
    """Return the head of a phrase if it is a known noun: its last words, before a verb or two that may follow (企业受益)."""
    table = _table()
    for end in range(len(words), max(0, len(words) - 1 - _VERBS), -1):
        if end < len(words) and _MEASURED.search(words[end]):
            break
        for start in range(end):
            name = "".join(words[start:end])
            if name in table:
                return name
    return ""


@dataclass(frozen=True, slots=True)
class _Counted:
    """How a noun is counted."""

    counters: frozenset[str]
    kinds: frozenset[str]
    """What it is: people, bodies, things to do."""


@functools.cache
def _table() -> Mapping[str, _Counted]:
    """Return how things are counted, by noun."""
    table: dict[str, _Counted] = {}
    lines = resources.files("assistant").joinpath(_FILE).read_text("utf-8").splitlines()
    for line in lines:
        kind, _, rest = ("", "", "") if line.startswith("#") else line.partition("|")
        counters, _, nouns = rest.partition(":")
        for noun in nouns.split():
            known = table.get(noun, _Counted(frozenset(), frozenset()))
            table[noun] = _Counted(known.counters | frozenset(counters.split()), known.kinds | {kind})
    return table
