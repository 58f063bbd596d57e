"""Which questions ask for the unit with the most or least, and what they ask of each."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.superlative import extreme_of


@pytest.mark.parametrize(
    ("core", "kind", "each"),
    [
        ("哪个单位的高新技术企业最多?", "most", "高新技术企业有多少?"),
        ("谁家定的整改措施最多?", "most", "整改措施有多少?"),
        ("2020年新增学位最多的是谁?", "most", "2020年新增学位有多少?"),
        ("2023年老旧小区改得最多的是哪个单位?", "most", "2023年老旧小区改了多少?"),
        ("审批时间哪个单位压缩得最短?", "least", "审批时间压缩到多少?"),
        ("哪个单位最早收到反馈意见?", "earliest", "收到反馈意见是哪天?"),
        ("最晚交账的是哪家?", "latest", "交账是哪天?"),
        ("这几份通报里,哪个单位立案最多,多少件?", "most", "立案有多少?"),
        ("资产负债率最低的是哪家?", "least", "资产负债率有多少?"),
        ("哪里问题最少", "least", "反馈的问题有多少?"),
        ("哪个市的空气最好?", "", "空气有多少?"),
    ],
)
def test_the_most_or_least_of_all_units(core: str, kind: str, each: str) -> None:
    found = extreme_of(core)
    assert found is not None
    assert (found.kind, found.each, found.first) == (kind, each, 1)


@pytest.mark.parametrize(
    ("core", "first"),
    [
        ("高新技术企业最多的三个单位是哪几个?", 3),
        ("高新技术企业数量前三的是哪几个单位?", 3),
        ("各单位立案数从多到少排一下", 0),
    ],
)
def test_a_first_few_and_an_order(core: str, first: int) -> None:
    found = extreme_of(core)
    assert found is not None
    assert (found.kind, found.first) == ("most", first)


@pytest.mark.parametrize(
    "core",
    [
        "哪家医院床位最多?",
        "哪个街道最早完成?",
        "最低生活保障由哪个局发?",
        "哪个单位牵头改造?",
        "开办企业最多要几天?",
        "谁最多?",
        "哪个单位的前三季度增速是多少?",
        "",
    ],
)
def test_other_questions_are_not_taken_for_it(core: str) -> None:
    assert extreme_of(core) is None


@pytest.mark.parametrize(
    ("core", "kind"),
    [
        ("    和   小区谁改得多?", "most"),
        ("   和   2020年增加值哪个低?", "least"),
        ("   和   哪个更早被反馈?", "earliest"),
    ],
)
def test_named_units_need_no_superlative(core: str, kind: str) -> None:
    found = extreme_of(core, named=True)
    assert found is not None
    assert found.kind == kind
    assert extreme_of(core.replace("更", "")) is None


@given(st.text(alphabet="哪个单位谁最更多少早前三的是得从到高低,? 年2企业", max_size=60), st.booleans())
def test_any_text_gives_none_or_a_question_for_each(core: str, named: bool) -> None:
    found = extreme_of(core, named=named)
    assert found is None or (found.each.endswith("?") and "\0" not in found.each and found.first >= 0)


@pytest.mark.parametrize("word", ["哪个单位", "最多的是", "从多到少", "这几个单位里", ",多少", "  、和"])
def test_a_long_question_takes_no_long_time(word: str) -> None:
    begun = time.perf_counter()
    extreme_of(word * (2000 // len(word)), named=True)
    assert time.perf_counter() - begun < 5
