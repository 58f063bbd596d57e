from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.grounding import ProblemKind, SentenceVerdict, Source
from assistant.grounding.marks import read_marks, visible
from assistant.grounding.splitter import SentenceSplitter
from assistant.grounding.stream import GroundingStream

SOURCES = (
    Source(
        1,
        "二是落实管护资金1260万元,聘用管护员415人。三是制定《云川市高标准农田建后管护办法》。",
        unit="云川市",
        title="中共云川市委关于巡视整改进展情况的通报",
        date="2024-11-18",
        headings=("(3)着力解决高标准农田管护不到位的问题",),
    ),
    Source(2, "2020年新增学位8.3万个,2021年计划新增学位11.5万个。", unit="岚江省", date="2021-09-28"),
)
ALPHABET = list("聘用管护员415人。！\n [1]【2］［】9,-、”)8.3万个学位新增\u200b*a")


def verdicts(text: str, *, cuts: tuple[int, ...] = ()) -> tuple[list[SentenceVerdict], int]:
    stream = GroundingStream(SOURCES, question="")
    edges = [0, *sorted(cut for cut in cuts if cut < len(text)), len(text)]
    found = [one for a, b in itertools.pairwise(edges) for one in stream.feed(text[a:b])]
    return [*found, *stream.finish()], stream.dropped_marks


def kinds(text: str) -> set[ProblemKind]:
    found, _ = verdicts(text)
    assert len(found) == 1
    assert found[0].supported is not bool(found[0].problems)
    return {problem.kind for problem in found[0].problems}


@settings(deadline=None, max_examples=20)
@given(st.lists(st.sampled_from(ALPHABET), max_size=60).map("".join), st.lists(st.integers(0, 60), max_size=20))
def test_the_chunks_make_no_difference(text: str, cuts: list[int]) -> None:
    assert verdicts(text, cuts=tuple(cuts)) == verdicts(text)


@settings(deadline=None)
@given(st.lists(st.sampled_from(ALPHABET), max_size=60).map("".join), st.integers(1, 7))
def test_the_chunks_make_no_difference_to_the_sentences(text: str, size: int) -> None:
    whole, parts = SentenceSplitter(), SentenceSplitter()
    found = [one for at in range(0, len(text), size) for one in parts.feed(text[at : at + size])]
    assert [*found, *parts.finish()] == [*whole.feed(text), *whole.finish()]


@settings(deadline=None)
@given(st.lists(st.sampled_from(ALPHABET), max_size=60).map("".join))
def test_nothing_is_lost_but_spaces_and_hidden_characters(text: str) -> None:
    splitter = SentenceSplitter()
    pieces = [*(one for char in text for one in splitter.feed(char)), *splitter.finish()]
    assert "".join("".join(pieces).split()) == "".join(visible(text).split())


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("  \n\n ", []),
        ("建成五个项目。建成三个项目！三", ["建成五个项目。", "建成三个项目！", "三"]),
        ("不能。建成五个项目。", ["不能。建成五个项目。"]),
        ("不能。", ["不能。"]),
        ("共5个。[1]又有3个。【2】", ["共5个。[1]", "又有3个。【2】"]),
        ("他说“好。”[1][2] 然后", ["他说“好。”[1][2]", "然后"]),
        ("- 第一项[1]\n- 第二项[2]\n", ["- 第一项[1]", "- 第二项[2]"]),
        ("建成五个项目。[这不是标记]乙", ["建成五个项目。", "[这不是标记]乙"]),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    splitter = SentenceSplitter()
    assert [*splitter.feed(text), *splitter.finish()] == sentences


@pytest.mark.parametrize(
    ("text", "shown", "numbers", "dropped"),
    [
        ("共5个[1]。", "共5个[1]。", (1,), 0),
        ("共5个【１】。", "共5个[1]。", (1,), 0),
        ("共5个［1，2］。", "共5个[1][2]。", (1, 2), 0),
        ("共5个[1-3]。", "共5个[1][2][3]。", (1, 2, 3), 0),
        ("共5个[3-1]。", "共5个[3][1]。", (3, 1), 0),
        ("共5个[来源1、来源2]。", "共5个[1][2]。", (1, 2), 0),
        ("共5个[^2]。", "共5个[2]。", (2,), 0),
        ("共5个[0][4][99]。", "共5个。", (), 3),
        ("共5个[2-5]。", "共5个[2][3]。", (2, 3), 2),
        ("国发[2024]5号", "国发[2024]5号", (), 0),
        ("[1]甲[1]乙[2]", "[1]甲[1]乙[2]", (1, 2), 0),
    ],
)
def test_marks(text: str, shown: str, numbers: tuple[int, ...], dropped: int) -> None:
    found = read_marks(text, {1, 2, 3})
    assert (found.text, found.numbers, found.dropped) == (shown, numbers, dropped)


@pytest.mark.parametrize(
    "text",
    [
        "云川市聘用管护员415人，落实管护资金1260万元[1]。",
        "云川市拿出0.126亿元作管护资金，聘用了四百一十五名管护员【1】。",
        "《云川市高标准农田建后管护办法》已经制定[1]。",
        "2020年岚江省新增学位83000个［2］。",
    ],
)
def test_what_the_passage_says_is_supported(text: str) -> None:
    assert kinds(text) == set()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("聘用管护员415人，落实管护资金1260万元。", ProblemKind.NO_MARK),
        ("聘用管护员415人，落实管护资金1260万元[3]。", ProblemKind.NO_MARK),
        ("聘用管护员416人[1]。", ProblemKind.FIGURE),
        ("聘用管护员415户[1]。", ProblemKind.FIGURE),
        ("落实管护资金1260亿元[1]。", ProblemKind.FIGURE),
        ("聘用管护员415人[2]。", ProblemKind.FIGURE),
        ("2022年新增学位8.3万个[2]。", ProblemKind.DATE),
        ("制定《云川市高标准农田管护办法》[1]。", ProblemKind.TITLE),
        ("临渚区落实管护资金1260万元[1]。", ProblemKind.NAME),
        ("管护工作得到专家高度评价，群众普遍满意[1]。", ProblemKind.WORDING),
    ],
)
def test_what_it_does_not_say_is_told(text: str, problem: ProblemKind) -> None:
    assert problem in kinds(text)


def test_marks_outside_the_range_are_dropped_and_counted() -> None:
    found, dropped = verdicts("聘用管护员415人[1][7]。落实管护资金1260万元[8]。")
    assert [one.text for one in found] == ["聘用管护员415人[1]。", "落实管护资金1260万元。"]
    assert [one.supported for one in found] == [True, False]
    assert dropped == 2


def test_a_problem_has_a_message() -> None:
    found, _ = verdicts("聘用管护员416人[1]。")
    assert found[0].problems[0].message == "所引段落中没有这个数字：416人"


def test_no_text_gives_no_verdict() -> None:
    assert verdicts("") == ([], 0)
    assert verdicts("[1]\n[9]") == ([], 1)
