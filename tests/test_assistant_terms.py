"""The words that carry a question's meaning, and how far a text says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import over
from hypothesis import given
from hypothesis import strategies as st

from assistant.terms import Term, general_weight, places_of, question_terms, related, said

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("core", ["", "  ", "多少个？", "有哪些？", "是什么时候", "2023年", "请问一下到底有几个呢"])
def test_a_question_of_question_words_gives_no_terms(index: Path, core: str) -> None:
    assert question_terms(core, over(index).index) == ()


def test_terms_come_in_order_each_once_with_a_weight(index: Path) -> None:
    terms = question_terms("改造老旧小区，老旧小区改造了多少个", over(index).index)
    texts = [term.text for term in terms]
    assert texts == list(dict.fromkeys(texts))
    assert texts.index("改造") < next(n for n, text in enumerate(texts) if "小区" in text)
    assert all(0 < term.weight <= 1 for term in terms)
    assert all(0 < weight <= 1 for term in terms for _, weight in term.others)


def test_what_earlier_questions_leave_counts_less(index: Path) -> None:
    opened = over(index).index
    own = {term.text: term.weight for term in question_terms("信访积案", opened)}
    both = question_terms("办结几件", opened, context="信访积案")
    left = {term.text: term.weight for term in both if term.text in own}
    assert left
    assert all(0 < left[text] < own[text] for text in left)
    assert [term.text for term in both if term.text not in left] == [t.text for t in question_terms("办结几件", opened)]


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    assert 0 <= general_weight("我们") < general_weight("整改") < general_weight("标箱") <= 1
    assert general_weight("这个词没有人写过") == pytest.approx(1)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [("处置闲置土地", 1, 1), ("闲置用地处置", 0, 0.9), ("盘活低效用地", 0.7, 0.7), ("开展巡察", 0, 0), ("", 0, 0)],
)
def test_how_far_a_text_says_a_term(text: str, low: float, high: float) -> None:
    term = Term("闲置土地", 0.8, (("低效用地", 0.7),))
    assert low <= said(term, text) <= high


@pytest.mark.parametrize(("cosine", "credit"), [(-1, 0), (0, 0), (0.42, 0), (0.85, 1), (1, 1)])
def test_related_words(cosine: float, credit: float) -> None:
    assert related(cosine) == pytest.approx(credit)


def test_places_are_all_those_of_the_term_and_its_wordings() -> None:
    assert places_of(Term("小区", 1.0, (("社区", 0.5),)), "社区与小区和小区") == [0, 3, 6]
    assert places_of(Term("小区", 1.0), "") == []
    assert places_of(Term("a.c", 1.0), "abc") == []


@given(
    st.text(alphabet="老旧小区改造整治社", min_size=1, max_size=5),
    st.text(alphabet="老旧小区改造整治社，", max_size=20),
)
def test_credit_is_a_share_and_the_word_itself_is_all_of_it(word: str, text: str) -> None:
    term = Term(word, 0.5)
    assert 0 <= said(term, text) <= 1
    assert (said(term, text) == 1) is (word in text)
