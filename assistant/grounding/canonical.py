"""One way to write a text, so that answer and passage can be compared character by character."""

from __future__ import annotations

import re

from assistant.grounding.marks import visible
from assistant.quantities import prepare_figures
from index.dates import arabic_years, small_numeral

HAN_DIGITS = "零一二三四五六七八九十两"
PART = rf"(?:\d{{1,2}}|[{HAN_DIGITS}]{{1,3}})"
"""Pattern of a month, day, hour or minute."""
_CLOCK = re.compile(
    rf"(?:(?<=[上下中]午)|(?<=[早晚]上)|(?<=凌晨)|(?<=[日至到]))?(?P<hour>(?<!\d)\d{{1,2}}|(?<=[午上晨至到日])[{HAN_DIGITS}]{{1,3}})"
    rf"[时点](?:(?P<minute>{PART})分|(?P<half>半))?(?![间意建{HAN_DIGITS}])"
)
_ALIKE = (
    (re.compile(r"(?<![\d:])(\d):(\d)(?![\d:])"), r"\1比\2"),
    (re.compile(r"(?<!\d)1月?[至到~-]6月份?(?!\d)"), "上半年"),
    (re.compile(r"(?<!\d)1月?[至到~-]9月份?(?!\d)"), "前三季度"),
    (re.compile(r"(?<!\d)7月?[至到~-]12月份?(?!\d)"), "下半年"),
    (re.compile(r"(?<!\d)(\d{1,2})[至到~-](\d{1,2})月(?!\d)"), r"\1月至\2月"),
    (re.compile(rf"(?<=月)({PART})号"), r"\1日"),
    (re.compile(r"(?<![前过大近])一半"), "50%"),
    (re.compile(r"(?<![\d一二三四五六七八九十百千万上下])半年"), "6个月"),
    (re.compile(r"每一?个?(天|日|周|月|季度|年)(?![\d])"), r"每\1"),
    (re.compile(r"(?:增幅|增速|涨幅)(?:为|达到?|是)?(?=\d)"), "增长"),
    (re.compile(r"降幅(?:为|达到?|是)?(?=\d)"), "下降"),
    (re.compile(r"每天"), "每日"),
    (re.compile(r"一个半小时"), "90分钟"),
    (re.compile(r"(?<![\d一二三四五六七八九十个])半(?:个)?小时"), "30分钟"),
    (re.compile(r"[上前]一年|去年"), "上年"),
    (re.compile(r"(?<!\d)1月?[至到~-](\d{1,2})月份?(?!\d)"), r"前\1个月"),
    (re.compile(r"不[降减]反[升增]"), "上升"),
    (re.compile(r"不[升增]反[降减]"), "下降"),
    (re.compile(r"没有?(?:做到?|落实)?到位"), "不到位"),
    (re.compile(r"(?:未|没有)发现([^,。]{0,12}?)(?:有|存在)?不(合格|达标|规范)(?:的情况|的问题|的)?"), r"\1\2"),
    (re.compile(r"(?:星期|礼拜)(?=[一二三四五六日天])"), "周"),
    (re.compile(r"周天(?!然)"), "周日"),
    (re.compile(r"第二[天日](?!的)"), "次日"),
    (re.compile(r"个(?=小时|钟头)"), ""),
    (re.compile(r"(?<=\d)钟头"), "小时"),
    (re.compile(r"全天候?24小时|24小时全天|(?<!\d)24小时(?![内后以之])"), "全天"),
    (re.compile(r"([2-9两三四五六七八九])天\1夜"), r"\1天"),
    (re.compile(r"翻了?[一1]番(?:还多|多)"), "增长超过1倍"),
    (re.compile(r"翻了?[一1]番"), "增长1倍"),
    (re.compile(r"(?<!\d)([23])分之[1一](?!\d)"), r"\1分之一"),
)
"""Other ways to write a ratio, a half of the year, a day, a half, how often, how long."""
_ROMAN = str.maketrans("ⅰⅱⅲⅳⅴⅠⅡⅢⅣⅤ", "一二三四五一二三四五")
"""Of levels and classes: Ⅱ级, Ⅲ类."""
_TENTHS = re.compile(
    r"(?<![\d一二三四五六七八九十])([1-9一二三四五六七八九])成([1-9一二三四五六七八九])(?![\d一二三四五六七八九])"
)
_UNTIL = re.compile(
    r"(?P<part>[下傍]午|傍晚|晚上|晚)(?P<from>(?:1[2-9]|2\d):\d\d)(?P<to>[至到~-])(?P<hour>[1-9]|1[01])(?=:\d\d)"
)
"""晚上6点到9点: the second hour is one of the evening too."""
_EVENING = re.compile(r"(下午|傍晚|晚上|晚)(\d|1[01])(?=:\d\d):")
"""下午5:00 is 17:00."""
_DISCOUNT = re.compile(r"([1-9一二三四五六七八九])(?:\.?([1-9])|点?([一二三四五六七八九]))?折(?![旧合叠射断腾磨算])")
_FRACTION = re.compile(r"(?<![\d/.])([1-9])/([1-9])(?![\d/])")


def canonical(text: str) -> str:
    """Return `text` folded, without spaces, years and clock times in digits; offsets of facts and clauses are its own.

    >>> canonical("二〇二四年 ５月，早上８时３０分")
    '2024年5月,早上8:30'
    """
    shown = _CLOCK.sub(_clock, arabic_years(prepare_figures(visible(text).translate(_ROMAN))))
    shown = _EVENING.sub(lambda match: f"{match[1]}{int(match[2]) + 12}:", _DISCOUNT.sub(_discount, shown))
    shown = _UNTIL.sub(lambda match: f"{match['part']}{match['from']}{match['to']}{int(match['hour']) + 12}", shown)
    shown = _TENTHS.sub(lambda match: f"{small_numeral(match[1])}{small_numeral(match[2])}%", shown)
    for pattern, wording in _ALIKE:
        shown = pattern.sub(wording, shown)
    return _FRACTION.sub(lambda match: f"{HAN_DIGITS[int(match[2])]}分之{HAN_DIGITS[int(match[1])]}", shown)


def _discount(match: re.Match[str]) -> str:
    """Return 七折 as 70%, 八五折 as 85%."""
    return f"{small_numeral(match[1])}{small_numeral(match[2] or match[3] or '') or 0}%"


def _clock(match: re.Match[str]) -> str:
    minute = 30 if match["half"] else small_numeral(match["minute"] or "")
    return f"{small_numeral(match['hour'])}:{minute:02d}"
