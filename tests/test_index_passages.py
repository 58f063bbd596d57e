from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import fold
from index.notices import parse_notices
from index.passages import MEASURE, cut_passages, measures
from index.types import Passage, SourceFile

FRAGMENTS = st.sampled_from(
    [
        "一、总体情况\n",
        "（一）提高站位。",
        "1.推进改造。",
        "(12)优化服务。",
        "①",
        "一是建成5所。",
        "二是投入3.5亿元；",
        "三是加强监管，确保到位。",
        "四是" + "落实责任" * 12 + "。",
        "一是否",
        "“一是一”",
        "，",
        "。",
        "；",
        "”",
        "\n",
        "\n\u3000\u3000",
        "\u200f",
        "\x00",
        "完成率98.6%",
        "下一步，继续。\n",
        "欢迎广大群众监督。\n",
        "请输入验证码\n",
        "字" * 130,
        "词，" * 40,
        "句。" * 30,
        " " * 70,
        "——",
        "附件\n",
        "中共云川市委关于整改进展情况的通报\n",
    ]
)
TEXTS = st.lists(FRAGMENTS, min_size=1, max_size=25).map("".join)
SIZES = st.sampled_from([50, 80, 200, 400])


def source_of(text: str) -> SourceFile:
    return SourceFile("a.txt", text, "", "utf-8")


def passages_of(text: str, *, size: int = 400) -> list[Passage]:
    source = source_of(text)
    return [
        passage
        for notice, sections in parse_notices(source)
        for passage in cut_passages(source, notice, sections, size=size)
    ]


@settings(deadline=None)
@given(TEXTS, SIZES)
def test_passages_are_slices_within_one_section_and_within_the_size(text: str, size: int) -> None:
    source = source_of(text)
    end = 0
    for notice, sections in parse_notices(source):
        for passage in cut_passages(source, notice, sections, size=size):
            assert passage.text == text[passage.start : passage.end] == passage.text.strip()
            assert 0 < len(passage.text) <= size
            assert end <= passage.start
            end = passage.end
            assert re.search(r"\w", passage.text)
            (home,) = [s for s in sections if s.start <= passage.start and passage.end <= s.end]
            assert passage.path == home.path
            assert not home.furniture
            assert passage.notice == notice.id


@settings(deadline=None)
@given(TEXTS, SIZES)
def test_every_letter_of_a_body_is_in_a_passage(text: str, size: int) -> None:
    source = source_of(text)
    covered = {n for passage in passages_of(text, size=size) for n in range(passage.start, passage.end)}
    for _, sections in parse_notices(source):
        for section in sections:
            body = range(section.body_start, section.end) if not section.furniture else ()
            assert all(n in covered for n in body if text[n].isalnum())


@settings(deadline=None)
@given(TEXTS, SIZES)
def test_ids_are_unique_and_stable_over_two_builds(text: str, size: int) -> None:
    passages = passages_of(text, size=size)
    assert len({passage.id for passage in passages}) == len(passages)
    assert passages_of(text, size=size) == passages


@settings(deadline=None)
@given(st.lists(st.integers(1, 90), min_size=2, max_size=9), SIZES, st.sampled_from(["", "\n", "\n\u3000\u3000"]))
def test_a_measure_is_cut_only_if_it_alone_exceeds_the_size(lengths: list[int], size: int, gap: str) -> None:
    parts = [
        f"{number}是{'推进' * length}。印发方案。"
        for number, length in zip("一二三四五六七八九", lengths, strict=False)
    ]
    tail = "\n" + "小结内容。" * 60
    text = "一、甲\n前言" + "，说明" * 30 + "。" + gap + gap.join(parts) + tail
    passages = passages_of(text, size=size)
    for part in parts:
        if len(part) <= size:
            assert sum(part in passage.text for passage in passages) == 1


def test_measures_of_a_stretch() -> None:
    text = fold("具体做法：一是甲；二是乙。\u3000三是丙。“一是一”。\n小结。")
    assert [text[start:end] for start, end in measures(text, 0, len(text))] == [
        "一是甲;",
        "二是乙。",
        "三是丙。“一是一”。",
    ]


def test_measures_of_two_lists_do_not_swallow_what_stands_between() -> None:
    text = "一是甲。二是乙。\n小结。\n一是丙。\n\u3000\u3000二是丁。\n尾声。"
    folded = fold(text)
    assert [text[start:end] for start, end in measures(folded, 0, len(text))] == [
        "一是甲。",
        "二是乙。",
        "一是丙。",
        "二是丁。",
    ]
    part = measures(folded, text.index("一是丙"), len(text))
    assert [text[start:end] for start, end in part] == ["一是丙。", "二是丁。"]


@pytest.mark.parametrize(
    "text", ["", "没有举措。", "一是甲。", "他说“一是一”，“二是二”。", "一是否完成。二是否到位。", "唯一是甲二是乙"]
)
def test_fewer_than_two_measures_are_none(text: str) -> None:
    assert measures(fold(text), 0, len(text)) == []


def test_the_last_measure_stays_whole_before_a_long_paragraph() -> None:
    last = "二是" + "推进。" * 20
    text = "一、甲\n一是" + "落实。" * 30 + last + "\n" + "说明情况。" * 80
    assert sum(last in passage.text for passage in passages_of(text, size=100)) == 1


def test_quotation_marks_stay_with_their_sentence() -> None:
    text = "一、甲\n" + "他说“干就完了。”" * 20
    assert all(not passage.text.startswith("”") for passage in passages_of(text, size=50))


def test_a_leaf_heading_is_indexed_and_a_parent_is_not() -> None:
    assert [passage.text for passage in passages_of("一、甲\n（一）乙\n（二）丙。\n二、丁")] == [
        "（一）乙",
        "（二）丙。",
        "二、丁",
    ]


def test_furniture_and_bare_punctuation_give_no_passage() -> None:
    assert [passage.text for passage in passages_of("正文。\n——————\n请输入验证码\n技术支持：甲公司\n")] == [
        "正文。\n——————"
    ]
    assert passages_of("请输入验证码") == []
    assert passages_of("。。。\n") == []
    assert passages_of("") == []


def test_right_to_left_marks_and_null_bytes_stay_in_the_slice() -> None:
    (passage,) = passages_of("一、甲\n\u200f完成\x00三项。\u202e")
    assert passage.text == "\u200f完成\x00三项。\u202e"


def test_long_sentences_are_cut_at_clauses() -> None:
    passages = passages_of("一、甲\n" + "推进老旧小区改造，" * 60 + "完成。", size=100)
    assert len(passages) > 5
    assert all(passage.text.endswith(("，", "。")) for passage in passages)


@pytest.mark.parametrize("unit", ["字", "a", "，", "推进改造，", "句子。", "\n", " "])
def test_a_line_of_5_mb_is_cut_at_once(unit: str) -> None:
    text = "甲" + unit * (5_000_000 // len(unit.encode()) // len(unit) * len(unit) // len(unit)) + "乙"
    passages_of("字" * 500)
    started = time.process_time()
    passages = passages_of(text)
    assert time.process_time() - started < 10
    assert passages[0].text.startswith("甲")
    assert passages[-1].text.endswith("乙")


def test_a_million_measures_are_cut_at_once() -> None:
    started = time.process_time()
    passages = passages_of("一是做好。" * 1_000_000)
    assert time.process_time() - started < 15
    assert len(passages) == 12_500
    assert all(MEASURE.match(passage.text) for passage in passages)
