"""Questions for the unit that has the most or least of something: 哪个单位…最多, 甲和乙谁更少, 最早…的是哪家, 前三."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType

_SMALL = MappingProxyType({char: number for number, char in enumerate("一二三四五六七八九十", start=1)} | {"两": 2})
_BODY = "家单位|个单位|单位|地方|地区|城市|地市|市县|县市|区县|县区|通报|党委|省份?|市|县|区"
_THING = "公司|企业|医院|学校|小学|中学|大学|银行|机构|集团|部门|商户|店|厂|工厂|平台|社区|街道|乡镇|村|景区|酒店|项目|小区|园"
_COUNT = r"(?:一|几|[两三四五六七八九十\d])"
_WHO = (
    rf"哪{_COUNT}?(?:个|家|份|座|所|些)?(?:{_BODY})(?![长委政域内级])|谁家?|哪一?[家方边儿里](?!{_THING}|面)|"
    rf"哪一?个(?=的?[最更\0]|[^,。?]{{0,12}}[最更\0])(?!{_THING}|[\u4e00-\u9fff]{{0,2}}[园镇乡村组局厅项])"
)
_EACH = rf"(?:各个?|所有|每个)(?:{_BODY})(?:的)?"
_WORDS = MappingProxyType(
    {
        char: kind
        for kind, chars in (("most", "多高大长"), ("least", "少低小短"), ("earliest", "早先"))
        for char in chars
    }
    | {char: kind for kind, chars in (("latest", "晚迟"), ("fastest", "快"), ("slowest", "慢")) for char in chars}
    | dict.fromkeys("好差强弱", "")
)
"""What each adjective asks for; figures do not tell who is best."""
_ADJECTIVE = f"[{''.join(_WORDS)}]"
_MOST = re.compile(
    rf"最({_ADJECTIVE})(?!限度|程度|化|生活|工资|收费|标准|额度|限额|限价|人民|检察|法院|跑一次|点|数|领导|会)"
)
_MORE = re.compile(
    rf"(?:更|比较|要)?({_ADJECTIVE})(?:一?些|一?点儿?)?(?:呢|啊|呀)?(?=[,;?。!]|$|的?是?(?:{_WHO}))|更({_ADJECTIVE})"
)
_FIRST = re.compile(rf"(?:排名?)?前({'[两三四五六七八九十]'}|\d{{1,2}})(?!半年|[年月季天日周个])(?:名|位|家)?")
_SEVERAL = re.compile(rf"(?<=\0的)([两三四五六七八九十])(?:{_BODY})")
_ORDER = re.compile(r"(?:[从由按](?P<from>[多高大少低小])到[多高大少低小])(?:排|来)?(?:个|一?下)?(?:名|序|队|列)?")
_HOW_MUCH = re.compile(
    rf"(?:^|[,;?。])(?:[^,;?]{{0,6}}(?:相?差|{_ADJECTIVE})了?|[^,;?]{{0,4}}(?:各|分别)(?:自)?(?:是|有|为)?)?"
    r"(?:多少|几|哪[天年月]|什么)[^,;?]*"
)
_WHO_AT_END = re.compile(rf"(?:的)?(?:是|属于?|数)?(?:{_WHO}|哪一?个)?(?:的)?[?。! ]*$")
_WHO_ANYWHERE = re.compile(
    rf"(?:在?(?:(?:这|那)?(?:几|些|[两三四五六七八九十])?[份个家]?(?:{_BODY})(?:里面?|当?中|之中|之间|,)+))?"
    rf"(?:{_WHO}|{_EACH}|哪一?个)(?:的(?!是))?"
)
_JOINTS = re.compile(
    r"^(?:[ ,;、和与跟及同比]|以及|请问|对比|比较|论|说到|要说|看|在|[(][ 、]*[)])+|[ ,;、得的了过?。!]+$"
)
_NUMBER_OF = re.compile(r"(?<=[\u4e00-\u9fff]{2})的?(?:数量|个数|总数|(?<![指系参函])数)$")
_LIGHT = re.compile(
    r"^(?:建立|制定|出台|提出|拿出|列出|推出|开展|采取|定|列|搞|弄)(?:了|过|出|来|的)*(?=[\u4e00-\u9fff]{2})|(?<=[\u4e00-\u9fff]{2})(?:建立|制定|出台|提出|拿出|定|列|搞|出)$"
)
"""Verbs that tell nothing of what is counted: each notice has another of them."""
_ALONE = re.compile(
    r"^(?:整改的?|(?:被|让人|给|巡视|巡察|组)*(?:反馈|查|发现|指出|挑|揪)(?:出|出来|了|到|来)*的?)?(?:问题|毛病)$"
)
"""What a notice is about, when no more is said of it."""
_REACHED = frozenset("高低长短大小")
_TIMES = frozenset({"earliest", "latest"})
_FEWEST_CHARACTERS = 2


@dataclass(frozen=True, slots=True)
class Extreme:
    """What is to be told of the units: which has the most or least, or the first few, or all in order."""

    kind: str
    """most, least, earliest, latest, fastest or slowest; empty where figures do not tell it (最好)."""
    word: str
    """The adjective of the question."""
    each: str
    """The folded question as it is asked of each unit: 高新技术企业有多少?"""
    first: int = 1
    """How many units are asked for; 0 for all, in order."""

    @property
    def dated(self) -> bool:
        """Whether days are compared."""
        return self.kind in _TIMES


def extreme_of(core: str, *, named: bool = False) -> Extreme | None:
    """Return what a folded question without its units asks to be compared over units, None if it asks no such thing.

    With `named` units 更多 or a plain 多 does; without them only 最多, a first few, or an order (从高到低).

    >>> [extreme_of(q).each for q in ("哪个单位的高新技术企业最多?", "最早收到反馈的是谁?")]
    ['高新技术企业有多少?', '收到反馈是哪天?']
    >>> extreme_of("哪家医院床位最多?"), extreme_of("最低生活保障由哪个局发?")
    (None, None)
    """
    found, word, first = _comparing(core, named=named)
    if found is None:
        return None
    rest = f"{core[: found.start()]}\0{core[found.end() :]}"
    several = _SEVERAL.search(rest)
    if not (several or _ORDER.search(core) or re.search(rf"{_WHO}|哪一?个" if named else _WHO, core)):
        return None
    rest = _SEVERAL.sub("", rest)
    rest = _WHO_AT_END.sub("", _WHO_ANYWHERE.sub("", _HOW_MUCH.sub("", rest), count=1))
    degree = "得\0" in rest
    each = _NUMBER_OF.sub("", _bare(_FIRST.sub("", rest).replace("\0", "")))
    if len(each) < _FEWEST_CHARACTERS:
        return None
    kind = _WORDS[word]
    each = each if kind in _TIMES else _LIGHT.sub("", each)
    degree = degree and not _LIGHT.search(core[: found.start() - 1])
    ask = "是哪天?" if kind in _TIMES else "有多少?" if not degree else "到多少?" if word in _REACHED else "了多少?"
    return Extreme(kind, word, _ALONE.sub("反馈的问题", each) + ask, _SMALL[several[1]] if several else first)


def _comparing(core: str, *, named: bool) -> tuple[re.Match[str] | None, str, int]:
    """Return where a question compares, its adjective, and how many units it asks for."""
    if order := _ORDER.search(core):
        return order, order["from"], 0
    first = _FIRST.search(core)
    number = (_SMALL.get(first[1]) or int(first[1])) if first else 1
    if found := _MOST.search(core) or (_MORE.search(core) if named else None):
        return found, next(group for group in found.groups() if group), number
    return first, "多", number


def _bare(rest: str) -> str:
    """Return what is left of a question without joints at its ends."""
    before = ""
    while rest != before:
        before, rest = rest, _JOINTS.sub("", rest)
    return "".join(rest.split())
