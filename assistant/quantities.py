"""Figures in Chinese text as comparable values: 1.4万 = 14000, 百分之五 = 5%, 3亿元 = 30000万元."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from index.analysis import fold

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "○": 0}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_SCALE = _SMALL | _LARGE

_ARABIC = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_HAN = r"[零一二两三四五六七八九十百千万亿○]+(?:点[零一二三四五六七八九]+)?"
_NUMBER = rf"(?:(?:{_ARABIC})[十百千万亿]*|{_HAN})"
_UNITS: dict[str, tuple[str, str]] = {
    # alias: (unit compared by, factor)
    **dict.fromkeys(("%", "个百分比"), ("ratio", "0.01")),
    "‰": ("ratio", "0.001"),
    "成": ("ratio", "0.1"),
    **dict.fromkeys(("个百分点", "百分点"), ("百分点", "1")),
    **dict.fromkeys(("人民币", "元人民币", "元", "块钱"), ("元", "1")),
    **{word: (word, "1") for word in ("美元", "欧元", "港元", "日元")},
    **dict.fromkeys(("平方米", "㎡", "平米"), ("平方米", "1")),
    **dict.fromkeys(("平方公里", "平方千米", "km²"), ("平方米", "1000000")),
    "公顷": ("平方米", "10000"),
    "亩": ("亩", "1"),
    **dict.fromkeys(("立方米", "方"), ("立方米", "1")),
    **dict.fromkeys(("公里", "千米", "km"), ("米", "1000")),
    "米": ("米", "1"),
    "厘米": ("米", "0.01"),
    **dict.fromkeys(("公斤", "千克", "kg"), ("克", "1000")),
    "克": ("克", "1"),
    "吨": ("克", "1000000"),
    **dict.fromkeys(("天", "日"), ("日", "1")),
    **dict.fromkeys(("个月", "月份"), ("月", "1")),
    "月": ("月", "1"),
    **dict.fromkeys(("年度", "年"), ("年", "1")),
    **{word: (word, "1") for word in ("小时", "分钟", "千瓦", "兆瓦", "千瓦时", "倍", "周岁", "人次", "场次", "台套")},
    **dict.fromkeys(("人", "名", "位"), ("人", "1")),
    **{
        word: (word, "1")
        for word in "个家户项件条处台套辆栋幢座所间张份期批轮场次起宗例篇部支只头棵株艘架级层排路号届类种对组对岁章点站瓶箱盒袋桶"
    },
}
_UNIT = "|".join(sorted(map(re.escape, _UNITS), key=len, reverse=True))
_VALUE = re.compile(
    rf"(?P<per>(?:百|千|万)分之)?(?P<number>{_NUMBER})(?P<vague>几|余|多)?(?P<scale>[百千万亿]*)(?P<late>余|多)?"
    rf"(?P<unit>{_UNIT})?"
)
_PER = {"百分之": "0.01", "千分之": "0.001", "万分之": "0.0001"}
_ISO_DATE = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_PLAIN = re.compile(r"^(?:约|近|超|超过|达|共|共计|累计|合计|为|至少|以上|左右|和|与|至|到|[-~、,。.])*$")
_COUNTERS = frozenset(name for name, (base, factor) in _UNITS.items() if name == base and len(name) == 1) - frozenset(
    "元亩米克日月年"
)


@dataclass(frozen=True, slots=True)
class Value:
    """A figure in its base unit; `unit` is empty for a bare number."""

    number: Decimal
    unit: str = ""
    vague: bool = False
    """Whether it is a 十几, which equals nothing but another 十几."""


def parse_number(text: str) -> Decimal | None:
    """Return the number that folded `text` writes in digits, Chinese numerals or both; None if it is no number.

    >>> [str(parse_number(word)) for word in ("1.4万", "一万四千", "1,400", "两百零三", "三点五亿")]
    ['14000', '14000', '1400', '203', '350000000']
    """
    match = re.fullmatch(rf"({_ARABIC})([十百千万亿]*)", text)
    if match:
        number = Decimal(match[1].replace(",", ""))
        for char in match[2]:
            number *= _SCALE[char]
        return _plain(number)
    whole = re.fullmatch(r"([^点]+)(?:点([零一二三四五六七八九]+))?([百千万亿]*)", text)
    if not whole or not re.fullmatch(r"[零一二两三四五六七八九十百千万亿○]+", whole[1]):
        return None
    number = Decimal(_han_integer(whole[1]))
    if whole[2]:
        number += Decimal("0." + "".join(str(_DIGITS[char]) for char in whole[2]))
    for char in whole[3]:
        number *= _SCALE[char]
    return _plain(number)


def parse_values(text: str) -> tuple[Value, ...]:
    """Return the figures of `text` in order; empty if there is none.

    >>> [(str(v.number), v.unit) for v in parse_values("投入1.4万元，完成百分之五")]
    [('14000', '元'), ('0.05', 'ratio')]
    """
    return tuple(_value(match) for match in _VALUE.finditer(_prepared(text)))


def locate_values(prepared: str) -> tuple[tuple[int, int, Value], ...]:
    """Return start, end and value of each figure in a text from `prepare_figures`; empty if there is none."""
    return tuple((match.start(), match.end(), _value(match)) for match in _VALUE.finditer(prepared))


def prepare_figures(text: str) -> str:
    """Return `text` folded, without spaces, with 2024-01-05 written 2024年01月05日.

    >>> prepare_figures("２０２４-1-05 共 3 个")
    '2024年1月05日共3个'
    """
    return _prepared(text)


def only_values(text: str) -> tuple[Value, ...]:
    """Return the figures of `text` if it says nothing else (words such as 约 aside), otherwise an empty tuple."""
    prepared = _prepared(text)
    found = list(_VALUE.finditer(prepared))
    if not found or not _PLAIN.match(_VALUE.sub("", prepared)):
        return ()
    return tuple(_value(match) for match in found)


def same_value(one: Value, other: Value) -> bool:
    """Whether two figures are equal: equal numbers in compatible units.

    Units are compatible if they are equal, if one is missing, or if one is the general counter 个 and the other
    a counter too. 余 and 多 are ignored; 十几 equals only 十几. A percentage never equals percentage points.
    """
    if one.number != other.number or one.vague is not other.vague:
        return False
    units = {one.unit, other.unit}
    return len(units) == 1 or "" in units or ("个" in units and units <= _COUNTERS)


def same_values(text: str, gold: str) -> bool:
    """Whether `text` and `gold` are figures and nothing else, and the same ones in the same order."""
    ours, theirs = only_values(text), only_values(gold)
    return bool(theirs) and len(ours) == len(theirs) and all(map(same_value, ours, theirs))


def holds_value(text: str, gold: str) -> bool:
    """Whether `gold` is nothing but figures and all of them stand in `text`, next to each other and in order."""
    ours, theirs = parse_values(text), only_values(gold)
    if not theirs:
        return False
    width = len(theirs)
    return any(all(map(same_value, ours[at : at + width], theirs)) for at in range(len(ours) - width + 1))


def _prepared(text: str) -> str:
    compact = re.sub(r"\s+", "", fold(text))
    return _ISO_DATE.sub(r"\1年\2月\3日", compact)


def _value(match: re.Match[str]) -> Value:
    number = parse_number(match["number"]) or Decimal(0)
    for char in match["scale"]:
        number *= _SCALE[char]
    unit, factor = _UNITS.get(match["unit"] or "", ("", "1"))
    if match["per"]:
        unit, factor = "ratio", _PER[match["per"]]
    return Value(_plain(number * Decimal(factor)), unit, match["vague"] == "几")


def _han_integer(text: str) -> int:
    if not any(char in _SCALE for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    for char in "亿万":
        before, mark, after = text.rpartition(char)
        if mark:
            return (_han_integer(before) if before else 1) * _LARGE[char] + (_han_integer(after) if after else 0)
    total = digit = 0
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * _SMALL[char]
            digit = 0
    return total + digit


def _plain(number: Decimal) -> Decimal:
    return Decimal(int(number)) if number == number.to_integral_value() else number.normalize()
