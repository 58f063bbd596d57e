"""Measures between two texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.text_metrics import (
    char_f1,
    contains,
    exact_match,
    holds_answer,
    longest_common_subsequence,
    normalise,
    rouge_l,
    same_but_measure_word,
)


def test_normalised_text_has_no_width_commas_spaces_or_marks() -> None:
    assert normalise("投资 １,４００ 万元[1]，完成。") == "投资1400万元完成。"
    assert normalise("") == ""


@pytest.mark.parametrize(
    ("text", "gold", "same"),
    [
        ("《工作办法》", "工作办法", True),
        ("12.5亿元。", "12.5 亿元", True),
        ("12.5亿", "12.5亿元", False),
        ("", "", False),
        ("《》", "", False),
    ],
)
def test_exact_match(text: str, gold: str, same: bool) -> None:
    assert exact_match(text, [gold]) is same
    assert not exact_match(text, [])


@pytest.mark.parametrize(
    ("text", "gold", "same"),
    [
        ("12家", "12", True),
        ("“青桐工程”", "青桐工程", True),
        ("十二个", "十二", True),
        ("12家", "13家", False),
        ("监察委员会", "监察委员", False),
        ("工人", "工", False),
        ("", "个", False),
    ],
)
def test_equal_but_for_a_measure_word(text: str, gold: str, same: bool) -> None:
    assert same_but_measure_word(text, gold) is same


@pytest.mark.parametrize(
    ("text", "wanted", "held"),
    [
        ("共有 1,500 个项目", "1500个", True),
        ("共有15个项目", "5个", False),
        ("共十五项", "五项", False),
        ("同比增长5.25%", "5.2", False),
        ("同比增长5.2", "5.2", True),
        ("完成3.5%", "3.5", False),
        ("完成12.5亿元[1]。", "2.5亿元", False),
        ("印发《管理办法》", "《管理办法》", True),
        ("任意", "", False),
        ("", "甲", False),
    ],
)
def test_containment_keeps_figures_whole(text: str, wanted: str, held: bool) -> None:
    assert contains(text, wanted) is held


def test_long_answers_hold_nothing() -> None:
    assert holds_answer("甲" * 150 + "12家", ["12家"])
    assert not holds_answer("甲" * 160 + "12家", ["12家"])
    assert not holds_answer("12家", [])


@pytest.mark.parametrize(
    ("text", "gold", "f1", "rouge"),
    [
        ("甲乙丙", "甲乙丙", 1.0, 1.0),
        ("丙乙甲", "甲乙丙", 1.0, 1 / 3),
        ("甲乙", "甲乙丙丁", 2 / 3, 2 / 3),
        ("甲甲", "甲", 2 / 3, 2 / 3),
        ("甲", "乙", 0.0, 0.0),
        ("", "甲", 0.0, 0.0),
        ("甲，乙。", "甲乙", 1.0, 1.0),
    ],
)
def test_character_measures(text: str, gold: str, f1: float, rouge: float) -> None:
    assert char_f1(text, [gold]) == pytest.approx(f1)
    assert rouge_l(text, [gold]) == pytest.approx(rouge)


def test_the_best_gold_counts() -> None:
    assert char_f1("甲乙", ["丙", "甲乙"]) == 1.0
    assert char_f1("甲乙", []) == rouge_l("甲乙", []) == 0.0


def _slow_subsequence(one: str, other: str) -> int:
    row = [0] * (len(other) + 1)
    for char in one:
        last = row[:]
        for at, char_2 in enumerate(other, start=1):
            row[at] = last[at - 1] + 1 if char == char_2 else max(last[at], row[at - 1])
    return row[-1]


@given(st.text(alphabet="甲乙丙丁", max_size=20), st.text(alphabet="甲乙丙丁", max_size=20))
def test_subsequence_equals_the_textbook(one: str, other: str) -> None:
    assert longest_common_subsequence(one, other) == _slow_subsequence(one, other)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_what_contains_letters_holds_them(before: str, wanted: str, after: str) -> None:
    assert 0.0 <= rouge_l(before + wanted, [wanted + after]) <= 1.0
    assert char_f1(wanted, [after]) == pytest.approx(char_f1(after, [wanted]))
