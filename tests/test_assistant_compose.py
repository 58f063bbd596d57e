"""Facts, lists and comparisons as they are said."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from fake_assistant import broken, evidence_of, made, marks, over, plain, sentence_of
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose.amounts import amount
from assistant.compose.comparison import ABSENT, Entry, compose_comparison
from assistant.compose.draft import Draft, Quote
from assistant.compose.fact import MAX_ANSWER, compose_fact, verdict_of, window
from assistant.types import Status
from assistant.units import Unit

if TYPE_CHECKING:
    from pathlib import Path

CLAUSES = "一是推进改造，投入资金1260万元；二是聘用管护员415人，修复瑕疵152处。"


@given(st.text(alphabet="字，；。a", min_size=1, max_size=500), st.data())
def test_a_window_holds_the_value_in_at_most_150_characters(text: str, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(text) - 1))
    last = data.draw(st.integers(first + 1, min(len(text), first + MAX_ANSWER)))
    start, end = window(text, 0, len(text), first, last)
    assert 0 <= start <= first
    assert last <= end <= len(text)
    assert end - start <= MAX_ANSWER


@given(st.integers(1, 400), st.integers(0, 50), st.integers(0, 50))
def test_a_window_stays_inside_its_sentence(length: int, before: int, after: int) -> None:
    text = "前" * before + "字" * length + "后" * after
    start, end = window(text, before, before + length, before, before + min(length, 9))
    assert before <= start < end <= before + length


def test_a_short_sentence_is_its_own_window_and_a_long_value_is_cut() -> None:
    assert window(CLAUSES, 0, len(CLAUSES), 9, 15) == (0, len(CLAUSES))
    assert window("字" * 400, 0, 400, 0, 400) == (0, MAX_ANSWER)


def test_a_long_sentence_is_cut_at_clauses() -> None:
    text = "、".join(f"甲{number}" for number in range(60)) + "，投入资金1260万元，" + "乙" * 200 + "。"
    at = text.index("1260万元")
    start, end = window(text, 0, len(text), at, at + 6)
    assert text[start:end].startswith("投入资金")
    assert text[end - 1] in "，元"


@pytest.mark.parametrize(
    ("question", "text", "value", "kind", "said", "short"),
    [
        ("投入多少资金？", "二是投入资金1260万元。", "1260万元", "figure", "投入资金1260万元。[1]", "1260万元"),
        ("投入多少资金？", "其中，投入资金较多。", "投入资金较多", "clause", "投入资金较多。[1]", ""),
        ("谁牵头？", "由“专班” 牵头。", "由“专班” 牵头", "clause", "由“专班” 牵头。[1]", "由“专班” 牵头"),
        ("做法是什么？", "一是实行  包案。", "一是实行  包案", "clause", "实行 包案。[1]", "实行 包案"),
    ],
)
def test_a_fact(question: str, text: str, value: str, kind: str, said: str, short: str) -> None:
    draft = compose_fact(plain(question), evidence_of(sentence_of(text), value, kind), text)
    assert (draft.text, draft.short) == (said, short)
    (quote,) = draft.quotes
    assert (quote.start, quote.end) == (0, len(text))
    assert not draft.certain


@pytest.mark.parametrize(
    ("question", "said", "verdict"),
    [
        ("完成了吗？", "已全部完成。", "是"),
        ("完成了吗？", "力争2025年6月底前完成。", "尚未完成"),
        ("都改好了没有？", "正在推进。", "尚未完成"),
        ("是否完成？", "尚未完成。", "否"),
        ("能不能带入？", "禁止带入。", "否"),
        ("有没有突破600家？", "增加到612家。", "是"),
        ("有没有未来规划？", "制定未来五年规划。", "是"),
        ("建成了吗？", "已建成，正在试运行。", "是"),
    ],
)
def test_verdicts(question: str, said: str, verdict: str) -> None:
    assert verdict_of(plain(question).folded, said) == verdict
    draft = compose_fact(plain(question), evidence_of(sentence_of(said), said[:2], "clause"), said)
    assert draft.text == f"{verdict}。{said}[1]"


@pytest.mark.parametrize(
    ("question", "said", "verdict"),
    [
        ("36个问题是不是全部销号了？", "36个问题销号31个,其余5个仍在推进。", "尚未完成"),
        ("92项整改事项全部完成了吗？", "92项整改事项完成78项。", "尚未完成"),
        ("整改事项全部完成了吗？", "整改事项40项,完成36项,其余4项2024年12月底前全部完成。", "尚未完成"),
        ("改造全部完成了吗？", "确保2024年12月底前全部完成。", "尚未完成"),
        ("安置房都交付了吗？", "交付安置房1924套，仍有360套在建。", "尚未完成"),
        ("有没有突破700家？", "增加到612家。", "否"),
        ("是否超过400亿元？", "增加值386.4亿元。", "否"),
    ],
)
def test_verdicts_on_shares_and_thresholds(question: str, said: str, verdict: str) -> None:
    assert verdict_of(plain(question).folded, said) == verdict


def test_a_verdict_before_a_long_sentence_keeps_to_the_limit() -> None:
    text = "已" + "改" * 148 + "。"
    draft = compose_fact(plain("完成了吗？"), evidence_of(sentence_of(text), "已", "clause"), text)
    assert len(draft.text) <= MAX_ANSWER + len("[1]")
    assert draft.text.endswith("…[1]")


def entry(name: str, value: str, *, certain: bool = False) -> Entry:
    unit = Unit(name, (), (name,))
    if not value:
        return Entry(unit, None)
    return Entry(unit, Draft(f"{value}。[1]", short=value, quotes=(Quote("a", name, 0, 9),), certain=certain))


@pytest.mark.parametrize(
    ("one", "other", "conclusion"),
    [
        ("46个", "十一个", "甲市更多，多35个。"),
        ("11个", "46个", "乙区更多，多35个。"),
        ("386.4亿元", "148.2亿元", "甲市更多，多238.2亿元。"),
        ("1.2亿元", "8000万元", "甲市更多，多4000万元。"),
        ("9000元", "1.5万元", "乙区更多，多6000元。"),
        ("88.6%", "百分之八十四点九", "甲市更多，多3.7个百分点。"),
        ("158项", "170条", "乙区更多，多12条。"),
        ("415人", "61名", "甲市更多，多354人。"),
        ("3公里", "2000米", "甲市更多，多1000米。"),
        ("46个", "46个", "各单位数值相同。"),
        ("1亿元", "10000万元", "各单位数值相同。"),
        ("5", "3个", "甲市更多，多2"),
        ("46个", "386.4亿元", ""),
        ("3元", "3美元", ""),
        ("5%", "5个百分点", ""),
        ("2021年2月9日", "2021年2月10日", ""),
        ("2021年", "2023年", ""),
        ("省国资委", "市城市管理局", ""),
        ("由186家增加到233家", "97家", ""),
        ("46个", "", ""),
    ],
)
def test_the_conclusion_of_two(one: str, other: str, conclusion: str) -> None:
    draft = compose_comparison([entry("甲市", one), entry("乙区", other)], searched=2)
    lines = draft.text.split("\n")
    assert lines[0] == f"甲市：{one}[1]"
    assert lines[1] == (f"乙区：{other}[2]" if other else f"乙区：{ABSENT}")
    assert "".join(lines[2:]).startswith(conclusion)
    assert bool(lines[2:]) is bool(conclusion)
    assert marks(draft.text) == set(range(1, len(draft.quotes) + 1))


def test_the_conclusion_of_many_names_the_most_and_the_least() -> None:
    entries = [entry("甲市", "46个"), entry("乙区", ""), entry("丙省", "97个"), entry("丁县", "十一个")]
    draft = compose_comparison(entries, searched=4, strangers=["松泉县"])
    assert draft.text.split("\n") == [
        "共查看 4 份通报。",
        "甲市：46个[1]",
        f"乙区：{ABSENT}",
        "丙省：97个[2]",
        "丁县：十一个[3]",
        "松泉县：没有收录其通报",
        "最多的是丙省，最少的是丁县。",
    ]
    assert draft.items == ("甲市：46个", f"乙区：{ABSENT}", "丙省：97个", "丁县：十一个")
    assert draft.short == "；".join(draft.items)


@pytest.mark.parametrize(
    ("one", "other", "conclusion"),
    [
        ("十几个", "5个", ""),
        ("5万吨", "3万吨", "甲市更多，多2万吨。"),
        ("138公里", "35公里", "甲市更多，多103公里。"),
        ("3.1个百分点", "2个百分点", "甲市更多，多1.1个百分点。"),
    ],
)
def test_conclusions_that_a_person_would_draw(one: str, other: str, conclusion: str) -> None:
    draft = compose_comparison([entry("甲市", one), entry("乙区", other)], searched=2)
    assert "".join(draft.text.split("\n")[2:]) == conclusion


def test_a_comparison_of_certain_drafts_is_certain() -> None:
    pair = [entry("甲市", "0599-1", certain=True), entry("乙区", "0599-2", certain=True)]
    assert compose_comparison(pair, searched=2).certain
    assert not compose_comparison([pair[0], entry("乙区", "")], searched=2).certain


@pytest.mark.parametrize(
    ("number", "unit", "written"),
    [
        ("371500000", "元", "3.715亿元"),
        ("40000000", "元", "4000万元"),
        ("9999", "元", "9999元"),
        ("10000", "人", "1万人"),
        ("0.126", "ratio", "12.6个百分点"),
        ("13", "条", "13条"),
        ("0.5", "倍", "0.5倍"),
        ("100", "个", "100个"),
    ],
)
def test_amounts(number: str, unit: str, written: str) -> None:
    assert amount(Decimal(number), unit) == written


MEASURES = "".join(
    f"{ordinal}是开展第{ordinal}类专项治理并持续跟踪问效直至全部落实到位。" for ordinal in "一二三四五六七八九"
)
HYDRANTS = f"""中共甲安市委关于巡视整改进展情况的通报

一、整改情况

（一）着力解决消防栓管护缺位的问题。{MEASURES}

（二）着力解决路灯不亮的问题。设立城区、园区、景区和村镇四个班组。出台《甲办法》《乙方案（试行）》《丙细则》（暂行）。
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("lists")
    made(folder, 甲安=HYDRANTS)
    return folder / "index"


def test_every_measure_is_a_part_and_none_is_cut(home: Path) -> None:
    answer = over(home).ask("甲安市针对消防栓管护缺位采取了哪些措施？")
    assert answer.status is Status.ANSWERED
    assert len(answer.items) == 9
    for ordinal, item in zip("一二三四五六七八九", answer.items, strict=True):
        assert item == f"开展第{ordinal}类专项治理并持续跟踪问效直至全部落实到位"
        assert item in answer.answer
        assert item in answer.citations[0].quote
    assert answer.answer.startswith("共 9 项[1]：\n1. ")
    assert not broken(answer, over(home))


def test_titles_in_a_row_are_parts(home: Path) -> None:
    answer = over(home).ask("甲安市针对路灯不亮出台了哪些文件？")
    assert answer.items == ("《甲办法》", "《乙方案（试行）》", "《丙细则》（暂行）")
    assert answer.short_answer == "、".join(answer.items)


@pytest.mark.parametrize("question", ["云川市怎么整改热线诉求办理质量不高的问题？", "临渚区由哪些部门抽调骨干？"])
def test_parts_stand_in_the_answer_and_in_the_quote(index: Path, question: str) -> None:
    assistant = over(index)
    answer = replace(assistant.ask(question), elapsed_ms=0.0)
    quotes = "".join(" ".join(citation.quote.split()) for citation in answer.citations)
    assert answer.items
    for item in answer.items:
        assert item in answer.answer
        assert item in quotes


PLAIN = f"""中共甲安市委关于巡视整改进展情况的通报

根据统一安排，现将整改进展情况公布如下。

针对消防栓管护缺位的问题，{MEASURES}

针对路灯不亮的问题，一是更换路灯900盏。二是设立维修班组4个。三是开通报修热线。
"""


def test_without_headings_the_measures_are_those_of_the_paragraph(tmp_path: Path) -> None:
    assistant = made(tmp_path, 甲安=PLAIN)
    assert len(assistant.ask("甲安市针对消防栓管护缺位采取了哪些措施？").items) == 9
    lamps = assistant.ask("甲安市针对路灯不亮采取了哪些措施？")
    assert lamps.items == ("更换路灯900盏", "设立维修班组4个", "开通报修热线")


def test_an_item_whose_own_heading_is_asked_about_answers_without_its_neighbours(index: Path) -> None:
    answer = over(index).ask("澄浦市治理内涝采取了哪些措施？")
    assert len(answer.items) == 3
    assert all("空气" not in item and "作风" not in item for item in answer.items)
