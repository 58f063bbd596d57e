"""The part a figure or a person plays in its sentence: old or new, planned or done, a change or a level, which office.

"由86.5%提高到95.2%" holds two figures of one indicator, "已完成25个，其余3个" two counts of one thing, "县委书记甲任组长，
副书记乙兼任办公室主任" two names: only their part tells which was asked.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from assistant.candidates import find_kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_RISE = r"增长|上升|提高|提升|增加(?!值)|新增|净增|回升|上涨|扩大|增幅|增速|涨幅|升幅|上浮|[涨升增](?!加值|长极|设|派|强|补)"
_FALL = r"下降|降低|减少|压减|压缩|缩短|下调|回落|缩减|精简|削减|降幅|减幅|下浮|[降减](?!水|落|雨|税|负|灾|排)"
_OLD_ASKED = re.compile(
    r"以前|原来|原先|从前|过去(?=[是为有的])|过去[^,。?]{0,6}(?:多少|几)|整改(?:之)?前|巡[视察](?:之)?前|起初|当初|最初|本来|先前|"
    r"(?:没|未)(?:整改|改|治理|整治)(?:之)?(?:前|的时候)|之前(?:是|为|有|的|要|得)|从(?:多少|几)|由(?:多少|几)"
)
_NEW_ASKED = re.compile(
    rf"现在|目前|如今|眼下|现如今|整改(?:之)?后|改完(?=后|之后|了)|治理后|后来|(?:{_RISE}|{_FALL}|[变改调])(?:成|到|至|为)|达到?(?:了)?(?:多少|几|百分)"
)
_CHANGE_ASKED = re.compile(
    rf"(?P<up>{_RISE})(?:了|过)?(?:多少|几|百分之|$)|(?P<down>{_FALL})(?:了|过)?(?:多少|几|百分之|$)|(?P<rate>增速|增幅|降幅|涨幅|同比|环比)"
)
_WHEN = r"(?:(?:19|20)\d{2}年|\d{1,2}月)"
_OLD = re.compile(rf"(?:由|从|自)(?:[^,;。:\d]|{_WHEN}){{0,14}}$")
_OLD_NAMED = re.compile(
    r"(?:整改前|此前|原来|原先|以前|过去|巡[视察]前|上年同期|去年同期|上年|去年)[^,;。:\d多少进升降增减涨高低]{0,8}$|"
    rf"(?:比|较)(?:{_WHEN}|上年|去年)(?:同期|末|底)?的$"
)
_NEW = re.compile(rf"(?:到|至|为|达)(?:了|目前|现在|约|近|的)?(?:[^,;。:\d]|{_WHEN}){{0,5}}$")
_NEW_ALONE = re.compile(
    rf"(?:{_RISE}|{_FALL}|目前|现在|现|已)[^,;。:\d]{{0,4}}(?:到|至|达|为)(?:了|约|近)?$|达到(?:了|约|近)?$"
)
_CHANGE = re.compile(rf"(?:(?P<up>{_RISE})|(?P<down>{_FALL}))(?:了|约|近|超过?|达)?(?:了|约|近)?$")
_CHANGE_OF = re.compile(
    r"(?:(?P<up>新增|净增|增加(?!值)|增设)|(?P<down>减少|压减|精简|削减))(?!了?[到至为成])(?:了)?[^,;。、:\d]{1,12}$"
)
_BETWEEN = 24
"""Characters that may stand between the old value and the new one."""
_OPEN = re.compile(r"其余|剩余|余下|剩下|尚有|仍有|尚未|未(?:完成|整改|销号|办结|到位)|没有?完成")
_OPEN_BEHIND = re.compile(
    r"^[^,;。、.\d]{0,6}(?:正在|正按|仍在|持续推进|按时序|按序时|推进中|未(?:完成|整改|销号|办结|到位|交付|开工))"
)
_TOTAL_ASKED = re.compile(r"累计|累积|总共|合计|总计|一共|算上|历年|至今|迄今|到现在为止|加起来|总的|总数")
_TOTAL = re.compile(r"(?:累计|总计|合计|总数)[^,;。:\d]{0,10}$")
_YEAR = re.compile(r"(?:19|20)\d{2}年?|[零一二三四五六七八九〇]{4}年")
_TITLE = re.compile(r"《[^《》]*》")
_PLANNED = re.compile(
    r"计划(?!书|单列|生育|经济)|拟|打算|力争|预计|目标|将(?:于|在|再|继续|新|建|完成|启动|实施)|下一步|明年"
)
_STAGES = (
    ("planned", _PLANNED),
    ("started", re.compile(r"开工|动工|启动|在建|开建")),
    ("done", re.compile(r"完工|竣工|建成|完成|办结|销号|整改到位|已(?!经?开工|启动)|累计|实现")),
)
_STAGES_ASKED = (
    (
        "open",
        re.compile(
            r"(?:没有?|未|尚未)(?:[^,。?是]{0,3})?(?:整改|完成|办|解决|改|做|建|完|销号|到位|落实|搞定|弄)|还(?:剩|差|欠|缺)|剩(?:下|余)?|余下|"
            r"没[^,。?]{0,4}完|(?:还|仍|正)在(?:推进|整改|进行|办理|做|改)|还有(?:多少|几)"
        ),
    ),
    ("planned", re.compile(r"计划|打算|准备|拟|预计|目标|力争|将要?|要(?=[建改做修装完]|新建|改造|完成)|下一步|明年")),
    ("started", re.compile(r"开工|动工|启动|在建|开建")),
    (
        "done",
        re.compile(
            r"完工|竣工|建成|完成|办结|销号|整改到位|[改建办做修装解决整]+完|已经?|(?<!没)(?<!没有)[改建修装完办做]了"
        ),
    ),
)
_OFFICE = re.compile(
    r"([\u4e00-\u9fff]{0,10}?)((?:常务)?副)?(书记|市长|省长|区长|县长|镇长|乡长|主任|局长|厅长|部长|组长|主席|董事长|总经理|经理|院长|校长|"
    r"处长|科长|秘书长|召集人|行长|所长|站长|州长|盟长|旗长)"
)
_CUT = re.compile(r"[和与由兼的是及]|(?<!主)(?:担?任|为)|现任|原(?!来)|谁|现在|请问|目前")
_OF_WHOM = re.compile(r"^(?:那个|这个|那位|这位|哪个|哪位|一位|原来|现任|新任|时任|前任|该|老|原|前|新)+")
_OWN_COMMITTEE = re.compile(r"(?:省|市|县|区|州|旗|镇|乡|街道|党|工|村|社区)委$|党组$|支部$")
_GENERIC = frozenset("市县区省局厅委办部会处科党总副组")
"""Characters that the names of many bodies share."""
_APPOINTED = re.compile(r"^(?:同志)?(?:为|兼|兼任|任|担任|出任|牵头担任|亲自担任)+([^,;。]{0,24})")


@dataclass(frozen=True, slots=True)
class Role:
    """What a figure is in its sentence; empty strings where nothing is said of it."""

    state: str = ""
    """old or new."""
    stage: str = ""
    """open, planned, started or done."""
    change: str = ""
    """up or down: an amount by which something grew or fell."""
    total: bool = False
    """All of it up to now (累计), not one year's or one part's."""


@dataclass(frozen=True, slots=True)
class AskedRole:
    """What part a question asks for; empty where it does not say."""

    state: str
    stage: str
    change: str
    """up, down, or any."""
    total: bool
    offices: frozenset[tuple[str, str, str]]
    dated: bool = False
    """A year is asked for: then it tells the old value from the new one."""


def asked_role(folded: str) -> AskedRole:
    """Return the part that a folded question asks for.

    >>> asked_role("普及率以前是多少?").state, asked_role("还有几个没整改完?").stage, asked_role("火点下降多少?").change
    ('old', 'open', 'down')
    """
    change = _CHANGE_ASKED.search(folded)
    state = "old" if _OLD_ASKED.search(folded) else "new" if _NEW_ASKED.search(folded) else ""
    direction = "" if not change or state else (change.lastgroup or "")
    return AskedRole(
        state=state,
        stage=next((name for name, pattern in _STAGES_ASKED if pattern.search(folded)), ""),
        change="any" if direction == "rate" else direction,
        total=bool(_TOTAL_ASKED.search(folded)),
        offices=_offices(folded),
        dated=bool(_YEAR.search(folded)),
    )


def date_stage(text: str, start: int, end: int) -> str:
    """Return whether something was planned for a date, begun or done at it; an empty string where nothing is said."""
    left = max(text.rfind(mark, 0, start) for mark in ",;。:") + 1
    if _PLANNED.search(text, left, start) or re.match(r"(?:底|末|上旬|中旬|下旬)?之?前", text[end:]):
        return "planned"
    behind = re.split(r"[,;。]", text[end : end + 14])[0]
    return _stage(behind, "")


@functools.lru_cache(maxsize=32_768)
def figure_roles(text: str) -> Mapping[int, Role]:
    """Return the part of each figure of a folded sentence by the offset of its start."""
    spans = find_kind(text, "figure")
    said = _TITLE.sub(lambda title: "〇" * len(title[0]), text)
    old, new = _pairs(said, spans)
    found = {}
    for position, (start, end) in enumerate(spans):
        left = max(said.rfind(mark, 0, start) for mark in ",;。:") + 1
        ahead = said[max(left, spans[position - 1][1] if position else 0) : start]
        change = _CHANGE.search(ahead) or _CHANGE_OF.search(ahead)
        state = "old" if start in old or (not change and _OLD_NAMED.search(ahead)) else ""
        state = state or ("new" if start in new or _NEW_ALONE.search(ahead) else "")
        stage = _stage(said[left:start], said[end : end + 12])
        total = bool(_TOTAL.search(ahead))
        found[start] = Role(state, stage, (change.lastgroup or "") if change else "", total)
    return MappingProxyType(found)


def _pairs(text: str, spans: list[tuple[int, int]]) -> tuple[set[int], set[int]]:
    """Return where the old and the new values of 由…到… stand."""
    old, new = set(), set()
    for (start, end), (then, _) in pairwise(spans):
        between = text[end:then]
        if len(between) <= _BETWEEN and ";" not in between and _NEW.search(between) and _OLD.search(text[:start]):
            old.add(start)
            new.add(then)
    return old, new


def _stage(ahead: str, behind: str) -> str:
    """Return how far the counted thing is, told by the clause before a figure and the words behind it.

    A plan to complete is a plan; of several words otherwise the last one counts (已开工20个、完工13个).
    """
    own = ahead.rpartition("、")[2]
    if _OPEN.search(own) or _OPEN_BEHIND.search(behind):
        return "open"
    last = {name: max((m.start() for m in pattern.finditer(ahead)), default=-1) for name, pattern in _STAGES}
    if _PLANNED.search(own):
        return "planned"
    return max(last, key=lambda name: last[name]) if max(last.values()) >= 0 else ""


def state_fit(asked: AskedRole, role: Role) -> float:
    """Return 1.0 for the value of the asked time, -1.0 for the other; the new one is meant where none is named."""
    if not role.state or asked.change or (asked.dated and not asked.state):
        return 0.0
    return 1.0 if role.state == (asked.state or "new") else -1.0


def stage_fit(asked: AskedRole, role: Role) -> float:
    """Return 1.0 for what is as far as asked, -1.0 for another stage, -0.5 for what is open or planned if none is asked."""
    if asked.stage:
        if not role.stage:
            return -0.5 if asked.stage == "open" else 0.0
        return 1.0 if role.stage == asked.stage else -1.0
    return -0.5 if role.stage in ("open", "planned") else 0.0


def change_fit(asked: AskedRole, role: Role) -> float:
    """Return 1.0 for an amount of change in the asked direction, -1.0 for the other way, less where one side has none."""
    if asked.change:
        if not role.change:
            return -0.7
        return 1.0 if asked.change in ("any", role.change) else -1.0
    return -0.5 if role.change else 0.0


def total_fit(asked: AskedRole, role: Role) -> float:
    """Return 1.0 for a running total where one is asked for, -0.5 where none is, 0.0 for other figures."""
    return 0.0 if not role.total else 1.0 if asked.total else -0.5


def office_fit(asked: AskedRole, text: str, start: int, end: int) -> float:
    """Return 1.0 if the person `start:end` of a folded sentence holds the asked office, -1.0 if only others are named."""
    if not asked.offices:
        return 0.0
    held = held_offices(text, start, end)
    if not held:
        return 0.0
    return 1.0 if any(_same(one, other) for one in asked.offices for other in held) else -1.0


@functools.lru_cache(maxsize=8192)
def held_offices(text: str, start: int, end: int) -> frozenset[tuple[str, str, str]]:
    """Return the offices that a sentence gives to the person `start:end`: before the name, and behind 任 or 兼."""
    left = max(text.rfind(mark, 0, start) for mark in ",;。:") + 1
    ahead = re.split(r"(?<!主)任|兼|为|和|与", text[left:start])[-1]
    found = set(_offices(ahead))
    appointed = _APPOINTED.search(text[end:])
    return frozenset(found | (set(_offices(appointed[1])) if appointed else set()))


def _offices(text: str) -> frozenset[tuple[str, str, str]]:
    """Return whose office it is as far as told, deputy or not, and the office, of each office named."""
    return frozenset((_OF_WHOM.sub("", _CUT.split(m[1])[-1]), m[2] or "", m[3]) for m in _OFFICE.finditer(text))


def _same(asked: tuple[str, str, str], held: tuple[str, str, str]) -> bool:
    """Whether two offices can be one: 整改办主任 is not 管委会主任, but may be 主任.

    The secretary, without more, is that of the place's own committee, not of its 政法委 or 纪委.
    """
    if bool(asked[1]) != bool(held[1]) or asked[2] != held[2]:
        return False
    if asked[2] == "书记" and not asked[0] and held[0]:
        return _OWN_COMMITTEE.search(held[0]) is not None
    return not asked[0] or not held[0] or bool(_telling(asked[0]) & _telling(held[0]))


def _telling(body: str) -> frozenset[str]:
    """Return the pairs of characters that tell a body from others, all of its pairs if none does."""
    pairs = [a + b for a, b in pairwise(body)]
    return frozenset([pair for pair in pairs if not _GENERIC & set(pair)] or pairs or [body])
