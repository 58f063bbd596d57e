"""Texts made to be slow or to break: each is read whole, in bounded time, with sections that cover it."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest
from fakes_chance import examples
from hypothesis import given
from hypothesis import strategies as st

from index.notices import parse_notices
from index.passages import cut_passages
from index.types import SourceFile

if TYPE_CHECKING:
    from types import FrameType

HEAD = "中共甲安市委关于巡视整改进展情况的通报\n"
NUMBERS = ("一、", "（一）", "1.", "（1）", "①", "一是", "第一条", "3.1", "问题1：", "附件1\n")
MARKS = "一二三十、.．()（）①②是第条附件：:。；\n\t \u3000\u202e\u200f\u2066\x00\ufeff甲市整改0123456789"


def passages_of(text: str) -> int:
    """Return how many passages a text gives, having checked what always holds."""
    source = SourceFile(path="甲.txt", text=text, sha256="0" * 64, encoding="utf-8")
    count = 0
    for notice, sections in parse_notices(source):
        assert [one.end for one in sections[:-1]] == [one.start for one in sections[1:]]
        passages = cut_passages(source, notice, sections, size=400)
        assert all(text[one.start : one.end] == one.text and len(one.text) <= 400 for one in passages)
        count += len(passages)
    return count


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nested headings", "".join(f"{number}甲市整改" for number in NUMBERS[:5]) * 2_000),
        ("headings one a line", "".join(f"{NUMBERS[n % 5]}着力整改第{n}个问题\n" for n in range(10_000))),
        ("measures in one line", "一是修路。" * 30_000),
        ("measures one a line", "一是修路。\n" * 50_000),
        ("open brackets", "(" * 50_000),
        ("open titles", "《" * 20_000),
        ("open quotes", "“" * 20_000),
        ("numbers", "1." * 30_000),
        ("digits", "1" * 50_000),
        ("numerals", "十" * 50_000),
        ("blanks", " \t\u3000" * 30_000),
        ("line ends", "\n\r\u2028\x85" * 20_000),
        ("directions", "\u202e一、\u2066甲\u2069" * 10_000),
        ("annexes", "附件1\n甲市通报\n" * 3_000),
        ("years", "2023年" * 20_000),
        ("dates", "2023年1月2日至" * 5_000),
        ("contacts", "联系电话：010-12345678；" * 4_000),
        ("one word", "整" * 100_000),
    ],
)
def test_texts_made_to_be_slow(name: str, text: str) -> None:
    began = time.process_time()
    passages_of(HEAD + text)
    assert time.process_time() - began < 20, name  # each takes under two seconds


def calls_for(count: int) -> int:
    """Return how many functions are called to cut a text of `count` measures, built-in ones included."""
    calls = 0

    def count_one(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count_one)
    try:
        passages_of(HEAD + "一是…\n" * count)
    finally:
        sys.setprofile(before)
    return calls


def test_the_work_grows_with_the_number_of_measures() -> None:
    passages_of(HEAD + "一是…\n" * 200)  # patterns and tables are made once
    few, many = calls_for(2_000), calls_for(16_000)
    assert few > 2_000
    assert many < 8.2 * few


@given(st.lists(st.sampled_from([*NUMBERS, *MARKS, "甲市整改", HEAD, "\ud800", "\U0002c4d8"]), max_size=80))
@examples(150)
def test_any_mixture_of_numbers_and_marks(parts: list[str]) -> None:
    passages_of("".join(parts))
    passages_of(HEAD + "".join(parts))
