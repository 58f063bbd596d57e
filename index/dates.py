"""Dates as official texts write them, in Arabic or Chinese digits, as ISO strings."""

from __future__ import annotations

import datetime
import re

_HAN_DIGIT = "零一二三四五六七八九0o"
"""A zero among Chinese digits is typed as 〇, ○, 零, 0 or the letter O; folding leaves the last three."""
_YEAR = rf"(?:\d{{4}}|[{_HAN_DIGIT}]{{4}})[ ]?年[ ]?"
_DAY = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_MONTH_DAY = rf"{_DAY}[ ]?月[ ]?{_DAY}[ ]?日"
DATE = rf"(?:{_YEAR})?{_MONTH_DAY}"
"""Pattern of a day in folded text, the year optional."""
FULL_DATE = _YEAR + _MONTH_DAY
_PARTS = re.compile(
    rf"(?:(?P<year>\d{{4}}|[{_HAN_DIGIT}]{{4}})[ ]?[年./-][ ]?)?"
    rf"(?P<month>{_DAY})[ ]?[月./-](?:[ ]?(?P<day>{_DAY})[ ]?日?)?"
)
_YEAR_AT_START = re.compile(rf"(\d{{4}}|[{_HAN_DIGIT}]{{4}})[ ]?[年./-]")
_DIGITS = {digit: number for number, digit in enumerate("零一二三四五六七八九")} | {"o": 0}


def to_iso(text: str, *, year_from: str = "") -> str:
    """Return folded `text` as an ISO day or month; a missing year is taken from `year_from`.

    Text that is no date, is a day that no calendar has, or has no year to take, gives an empty string.

    >>> to_iso("二零二四年六月二十一日"), to_iso("4月11日", year_from="2024年1月16日"), to_iso("2025年4月")
    ('2024-06-21', '2024-04-11', '2025-04')
    """
    match = _PARTS.match(text)
    if not match:
        return ""
    year = _year(match["year"] or _year_in(year_from))
    month, day = small_numeral(match["month"]), small_numeral(match["day"] or "1")
    try:
        found = datetime.date(int(year), month, day)
    except ValueError:
        return ""
    return found.isoformat() if match["day"] else f"{year}-{month:02d}"


def _year_in(text: str) -> str:
    match = _YEAR_AT_START.match(text)
    return match[1] if match else ""


def _year(text: str) -> str:
    return "".join(str(_DIGITS.get(char, char)) for char in text)


_HAN_YEAR = re.compile(r"(?<![零一二三四五六七八九])[一二][零一二三四五六七八九o0]{3}(?=年|届)")


def arabic_years(text: str) -> str:
    """Return folded `text` with years in Chinese digits (二零二三年) in Arabic ones; the length never changes."""
    return _HAN_YEAR.sub(lambda match: _year(match.group()), text)


def small_numeral(text: str) -> int:
    """Return the value of Arabic digits or of a Chinese numeral up to 99; other text gives 0."""
    if text.isdigit() and text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text, 0)
    if any(part and part not in _DIGITS for part in (tens, ones)):
        return 0
    return _DIGITS.get(tens, 1) * 10 + _DIGITS.get(ones, 0)
