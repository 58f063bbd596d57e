"""The passages a model is shown, and the words of them that are quoted for a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import over
from hypothesis import given
from hypothesis import strategies as st

from assistant.grounding.types import SentenceVerdict
from assistant.llm.sources import Citer, best_slice, passages_behind

if TYPE_CHECKING:
    from pathlib import Path

INDUSTRY = "云川市2023年规上工业增加值是多少？"
PASSAGE = "一是改造小区63个。二是新增学位2160个，投入1.2亿元；三是聘用管护员415人。四是关停企业45家。"


def verdict(text: str, *marks: int) -> SentenceVerdict:
    return SentenceVerdict(text, marks, supported=True, support=0.9)


@pytest.mark.parametrize(
    ("claim", "quoted"),
    [
        ("改造小区63个。", "一是改造小区63个。"),
        ("聘用了415名管护员。", "三是聘用管护员415人。"),
        ("新增学位2160个，聘用管护员415人。", "二是新增学位2160个，投入1.2亿元；三是聘用管护员415人。"),
        ("改造小区63个，关停企业45家。", PASSAGE),
        ("！", PASSAGE),
        ("完全无关之语", PASSAGE),
    ],
)
def test_the_sentences_that_say_it_are_quoted(claim: str, quoted: str) -> None:
    text = f"前文。{PASSAGE}后文。"
    start, end = best_slice(text, 3, 3 + len(PASSAGE), claim)
    assert text[start:end] == quoted


@given(st.text(alphabet="一二三是年。；\n12.5亿元 ”", max_size=40), st.text(alphabet="一二三是年12.5亿元", max_size=20))
def test_a_slice_lies_within_its_passage(text: str, claim: str) -> None:
    start, end = best_slice(f"前{text}后", 1, 1 + len(text), claim)
    assert 1 <= start <= end <= 1 + len(text)
    assert start < end or not text


def test_what_is_cited_comes_first_and_nothing_twice(index: Path) -> None:
    assistant = over(index)
    answer = assistant.ask(INDUSTRY)
    shown = passages_behind(answer, assistant.index, limit=5)
    assert [one.source.n for one in shown] == [1, 2, 3, 4, 5]
    assert len({one.quote for one in shown}) == 5
    first = shown[0]
    assert answer.citations[0].quote in first.source.text
    assert first.source.unit == "云川市"
    assert first.source.headings == answer.citations[0].section
    for one in shown:
        quote = one.quote
        assert assistant.index.text(quote.file)[quote.start : quote.end] == one.source.text
    assert passages_behind(answer, assistant.index, limit=0) == []


def test_what_the_head_of_a_notice_says_is_a_passage_of_its_own(index: Path) -> None:
    assistant = over(index)
    answer = assistant.ask("到云川市来的是哪个巡视组？")
    shown = passages_behind(answer, assistant.index, limit=3)
    assert answer.citations[0].quote in shown[0].source.text


def test_citations_are_numbered_as_they_are_needed_and_are_slices(index: Path) -> None:
    assistant = over(index)
    shown = passages_behind(assistant.ask(INDUSTRY), assistant.index, limit=4)
    citer = Citer(shown, assistant.index)
    third, first = shown[2].source.text[:20], shown[0].source.text[:20]
    assert citer.cited(verdict(f"{third}[3]。", 3)).endswith("[1]。")
    assert citer.cited(verdict(f"{first}[1][1]。", 1)).endswith("[2]。")
    assert citer.cited(verdict(f"{third}[3]。", 3)).endswith("[1]。")
    citations = citer.citations()
    assert [one.n for one in citations] == [1, 2]
    for one in citations:
        assert assistant.index.text(one.file)[one.start : one.end] == one.quote
