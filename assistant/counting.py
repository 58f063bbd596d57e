"""In what the things are counted that a question asks the number of: 多少干部 in 人 or 名, never in kilometres."""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import TYPE_CHECKING

from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "data/counters.txt"
_VERBS = 2
"""Words that may follow the noun."""
_MEASURED = re.compile(r"税收|[款钱资费税债量值额产地电水气油粮煤率比]$|面积|收入|投资|规模|比例|用[电水地气]")
_BEHIND = re.compile(r"多少(?:的)?([\u4e00-\u9fff]{1,14})")
_VERB = "搬迁?|关停?|关闭|拆除?|清退|清理|清|退出|建成?|改造?|办理?|查处?|处理|处分|整改|解决|化解|完成|剩下?|招|培训|问责|搬离|取缔|立|破|抓|换"
_BEFORE = re.compile(
    rf"([\u4e00-\u9fff]{{1,14}}?)(?:已经|已|一共|总共|共|都|到底|究竟)?(?:{_VERB})(?:掉|完|好|走|出)?了?多少[?!。了呢啊]*$"
)
_END = re.compile(
    r"[了过得着吗呢]|被|是|没|未|已|能|可以|参加|参与|完成|通过|得到|享受|受到|接受|存在|用来|用于|实现|拿到|获得|落户|签约|搬|关"
)


def counters_asked(folded: str) -> frozenset[str]:
    """Return what the things are counted in whose number a folded question asks for without a counter of its own.

    Empty if it names none, or something that is not known or may be measured too.

    >>> "名" in counters_asked("处理了多少违纪的干部?"), "家" in counters_asked("沿江化工厂搬了多少?")
    (True, True)
    >>> counters_asked("投入了多少资金?")
    frozenset()
    """
    table = _table()
    behind = _BEHIND.search(folded)
    if behind is not None:
        phrase = _END.split(behind[1], maxsplit=1)[0]
        return _of(segment(phrase), table)
    before = _BEFORE.search(folded)
    return _of(segment(before[1]), table) if before is not None else frozenset()


def _of(words: list[str], table: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """Return the counters of a phrase's head: its last words, before a verb or two that may follow (企业受益).

    Empty if the head is not known, or is something that is measured.
    """
    for end in range(len(words), max(0, len(words) - 1 - _VERBS), -1):
        if end < len(words) and _MEASURED.search(words[end]):
            break
        for start in range(end):
            name = "".join(words[start:end])
            if name in table:
                return table[name]
    return frozenset()


@functools.cache
def _table() -> Mapping[str, frozenset[str]]:
    """Return the counters by noun."""
    table: dict[str, frozenset[str]] = {}
    lines = resources.files("assistant").joinpath(_FILE).read_text("utf-8").splitlines()
    for counters, _, nouns in (line.partition(":") for line in lines if not line.startswith("#")):
        for noun in nouns.split():
            table[noun] = table.get(noun, frozenset()) | frozenset(counters.split())
    return table
