"""Figures as comparable values, in worked cases."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.quantities import Value, holds_value, only_values, parse_number, parse_values, same_value, same_values
from index.analysis import fold

NUMERALS = "零一二两三四五六七八九十百千万亿点〇○0123456789.,余几多"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", "0"),
        ("1,260", "1260"),
        ("1.4万", "14000"),
        ("1.5万亿", "1500000000000"),
        ("1000.50", "1000.5"),
        ("零", "0"),
        ("〇", "0"),
        ("十", "10"),
        ("二十", "20"),
        ("一百一十", "110"),
        ("两百零三", "203"),
        ("一千零一", "1001"),
        ("二千零六", "2006"),
        ("一千四百八十", "1480"),
        ("一万四千", "14000"),
        ("十万", "100000"),
        ("一亿二千万", "120000000"),
        ("三点五亿", "350000000"),
        ("六十二点八", "62.8"),
        ("二〇二三", "2023"),
        ("万", "10000"),
    ],
)
def test_numbers(text: str, number: str) -> None:
    assert parse_number(fold(text)) == Decimal(number)


@pytest.mark.parametrize("text", ["", "abc", "半", "十几", "一点", "点五", "1.2.3", "-5", "1e5", "第三"])
def test_what_is_no_number(text: str) -> None:
    assert parse_number(fold(text)) is None


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("1260万元", "12600000", "元"),
        ("3亿元", "300000000", "元"),
        ("四点一亿元", "410000000", "元"),
        ("１００元", "100", "元"),
        ("5美元", "5", "美元"),
        ("95.4%", "0.954", "ratio"),
        ("百分之九十五点四", "0.954", "ratio"),
        ("千分之三", "0.003", "ratio"),
        ("两成", "0.2", "ratio"),
        ("3.1个百分点", "3.1", "百分点"),
        ("3公里", "3000", "米"),
        ("2平方公里", "2000000", "平方米"),
        ("1公顷", "10000", "平方米"),
        ("2300亩", "2300", "亩"),
        ("3万吨", "30000000000", "克"),
        ("20天", "20", "日"),
        ("3个月", "3", "月"),
        ("四千余人次", "4000", "人次"),
        ("1000多万元", "10000000", "元"),
        ("158项", "158", "项"),
        ("12名", "12", "人"),
        ("7", "7", ""),
    ],
)
def test_values_in_their_base_unit(text: str, number: str, unit: str) -> None:
    assert only_values(text) == parse_values(text) == (Value(Decimal(number), unit),)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3亿元", "30000万元"),
        ("1.4万", "一万四千"),
        ("百分之五", "5%"),
        ("5成", "50%"),
        ("3公里", "3000米"),
        ("20日", "20天"),
        ("46个", "46"),
        ("158项", "158个"),
        ("约5亿元", "5亿元"),
        ("100余家", "100家"),
        ("2024-11-15", "2024年11月15日"),
        ("二〇二四年十一月十五日", "2024年11月15日"),
        ("十几个", "十几个"),
        ("415人", "415名"),
        ("1,260万元", "1260万元"),
    ],
)
def test_the_same(one: str, other: str) -> None:
    assert same_values(one, other)
    assert same_values(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5%", "5个百分点"),
        ("3亿元", "3万元"),
        ("3元", "3美元"),
        ("158项", "158条"),
        ("十几个", "10个"),
        ("2024年11月15日", "2024年11月"),
        ("46个小区", "46个"),
        ("46个、63个", "46个"),
        ("没有数字", "没有数字"),
        ("", ""),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    assert not same_values(one, other)


@pytest.mark.parametrize(
    ("text", "gold", "held"),
    [
        ("2023年改造46个小区，2024年改造63个", "46个", True),
        ("改造四十六个小区", "46个", True),
        ("改造146个小区", "46个", False),
        ("由186家增加到233家", "186家、233家", True),
        ("由186家增加到233家", "233家、186家", False),
        ("没有数字", "46个", False),
        ("46个", "没有数字", False),
        ("", "", False),
    ],
)
def test_a_value_held_in_a_text(text: str, gold: str, held: bool) -> None:
    assert holds_value(text, gold) is held


def test_figures_with_words_are_not_only_values() -> None:
    assert only_values("改造46个小区") == ()
    assert only_values("达到" * 400 + "46个小区") == ()
    assert [str(value.number) for value in parse_values("由75个工作日压缩至38个工作日")] == ["75", "38"]


@given(st.text(alphabet=NUMERALS + "分之%元个人年月日-/ 约", max_size=14))
def test_any_text_has_finite_values_that_equal_themselves(text: str) -> None:
    for value in parse_values(text):
        assert value.number.is_finite()
        assert value.number >= 0
        assert same_value(value, value)
    assert only_values(text) in ((), parse_values(text))


@given(st.integers(0, 99_999_999))
def test_digits_and_a_counter_are_read_back(number: int) -> None:
    assert parse_values(f"{number}家") == (Value(Decimal(number), "家"),)
    assert same_values(f"{number:,}元", f"{number}元")
