from __future__ import annotations

import datetime
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import fold
from index.dates import DATE, FULL_DATE, small_numeral, to_iso


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024年3月5日", "2024-03-05"),
        ("2024 年 3 月 5 日", "2024-03-05"),
        ("２０２４年０３月０５日", "2024-03-05"),
        ("2024-03-05", "2024-03-05"),
        ("2024.3.5", "2024-03-05"),
        ("2024/3/5", "2024-03-05"),
        ("二〇二四年十二月三十一日", "2024-12-31"),
        ("二○二四年十月十日", "2024-10-10"),
        ("二0二四年一月二十日", "2024-01-20"),
        ("二O二四年十一月九日", "2024-11-09"),
        ("2025年4月", "2025-04"),
        ("二〇二五年四月", "2025-04"),
        ("2024年2月30日", ""),
        ("2024年13月1日", ""),
        ("2024年5月0日", ""),
        ("0000年1月1日", ""),
        ("3月5日", ""),
        ("", ""),
        ("整改", ""),
        ("3.5亿元", ""),
    ],
)
def test_to_iso(text: str, iso: str) -> None:
    assert to_iso(fold(text)) == iso


@pytest.mark.parametrize("start", ["2024年1月16日", "2024-01-16", "二零二四年一月"])
def test_a_missing_year_is_taken_from_another_date(start: str) -> None:
    assert to_iso("4月11日", year_from=start) == "2024-04-11"
    assert to_iso("2023年4月11日", year_from=start) == "2023-04-11"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 0),
        ("7", 7),
        ("十", 10),
        ("十二", 12),
        ("二十", 20),
        ("三十一", 31),
        ("九十九", 99),
        ("一二", 0),
        ("十十", 0),
        ("百", 0),
    ],
)
def test_small_numeral(text: str, value: int) -> None:
    assert small_numeral(text) == value


@settings(deadline=None)
@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_every_day_is_read_in_arabic_and_chinese_digits(day: datetime.date) -> None:
    numerals: list[str] = ["", *"一二三四五六七八九"]

    def numeral(number: int) -> str:
        tens, ones = divmod(number, 10)
        prefix: str = "" if tens == 0 else "十" if tens == 1 else numerals[tens] + "十"
        return prefix + numerals[ones]

    year = "".join("〇一二三四五六七八九"[int(digit)] for digit in f"{day.year:04d}")
    arabic = f"{day.year}年{day.month}月{day.day}日"
    chinese = fold(f"{year}年{numeral(day.month)}月{numeral(day.day)}日")
    for text in (arabic, chinese):
        assert re.fullmatch(FULL_DATE, text)
        assert re.fullmatch(DATE, text[5:])
        assert to_iso(text) == day.isoformat()
