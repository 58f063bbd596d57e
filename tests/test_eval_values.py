"""Figures with units as comparable values."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.quantities import holds_value, only_values, parse_number, parse_values, same_values

NUMBERS = [
    ("0", "0"),
    ("1,400", "1400"),
    ("1.4万", "14000"),
    ("3.5亿", "350000000"),
    ("两", "2"),
    ("十", "10"),
    ("十二", "12"),
    ("二十", "20"),
    ("一百零五", "105"),
    ("三千二百一十五", "3215"),
    ("一亿三千万", "130000000"),
    ("两万亿", "2000000000000"),
    ("二零二三", "2023"),
    ("三点五亿", "350000000"),
    ("零", "0"),
]


@pytest.mark.parametrize(("text", "number"), NUMBERS)
def test_numbers(text: str, number: str) -> None:
    assert parse_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "甲", "1,40", "点五", "百分"])
def test_what_is_no_number(text: str) -> None:
    assert parse_number(text) is None


SAME = [
    ("1.4万", "14000"),
    ("１.４万元", "14,000元"),
    ("百分之五", "5%"),
    ("千分之三", "3‰"),
    ("3亿元", "30000万元"),
    ("30 多万元", "30万元"),
    ("两个", "2个"),
    ("12家", "十二家"),
    ("12个", "12家"),
    ("12", "12家"),
    ("5名", "5人"),
    ("2024年4月12日", "2024-04-12"),
    ("2024年4月12日", "二〇二四年四月十二日"),
    ("3公里", "3000米"),
    ("约120吨", "120吨"),
    ("十几个", "十几个"),
    ("1000余万元", "1000多万元"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_values(one: str, other: str) -> None:
    assert same_values(one, other)
    assert same_values(other, one)


DIFFERENT = [
    ("5%", "5个百分点"),
    ("5%", "6%"),
    ("12人", "12家"),
    ("12元", "12"[:0]),
    ("十几个", "10个"),
    ("2024年4月", "2024年5月"),
    ("2024年4月", "2024年4月12日"),
    ("3亿元", "3万元"),
    ("3亩", "3个"),
    ("三农工作", "3农工作"),
    ("", ""),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different_values(one: str, other: str) -> None:
    assert not same_values(one, other)


def test_values_in_a_sentence() -> None:
    found = parse_values("投入1.4万元，改造两个小区，完成百分之五")
    assert [(str(value.number), value.unit) for value in found] == [("14000", "元"), ("2", "个"), ("0.05", "ratio")]
    assert parse_values("没有数") == ()
    assert parse_values("") == ()


def test_a_word_with_a_numeral_is_not_a_value() -> None:
    assert only_values("三农") == ()
    assert only_values("约3个") != ()


@pytest.mark.parametrize(
    ("text", "gold", "held"),
    [
        ("共投入30000万元用于改造。", "3亿元", True),
        ("共投入3亿元。", "30000万元", True),
        ("2024年4月12日反馈", "2024-04-12", True),
        ("2023年4月，共12日", "2024年4月12日", False),
        ("共15个", "5个", False),
        ("没有", "5个", False),
        ("共15个", "甲公司", False),
    ],
)
def test_held_values(text: str, gold: str, held: bool) -> None:
    assert holds_value(text, gold) is held


@given(st.integers(min_value=0, max_value=10**15))
def test_grouping_and_scale_do_not_change_a_number(number: int) -> None:
    assert parse_number(f"{number:,}") == number
    assert parse_number(f"{number}万") == number * 10**4


@given(st.text(alphabet="0123456789.,零一二两十百千万亿点几余多个%年月元百分之 ", max_size=30))
def test_any_text_is_read_and_equals_itself(text: str) -> None:
    found = parse_values(text)
    assert all(value.number >= 0 for value in found)
    if only_values(text):
        assert same_values(text, text)
