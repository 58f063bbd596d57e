"""What a refusal says: what was asked, what was searched, what is nearest."""

from __future__ import annotations

from dataclasses import replace

import pytest
from fake_assistant import nowhere, plain

from assistant.refusal import explain
from assistant.types import Reason
from assistant.units import Mention, Places, Unit
from index.types import Hit, Passage

QUESTION = plain("改造了几个小区？")
UNIT = Unit("云川市", (), ("1",))


def hit(text: str = "正文", *path: str) -> Hit:
    return Hit(Passage("p", "n", "a.txt", 0, len(text), text, path), 1.0, 1.0, 1.0)


def test_an_unknown_unit_is_named_with_those_that_are_held() -> None:
    question = replace(QUESTION, places=nowhere("松泉县", "银汀市"))
    text = explain(Reason.UNKNOWN_UNIT, question, units=["云川市", "临渚区"], searched=2, hits=[hit()])
    assert text == "没有收录松泉县、银汀市的通报，不能回答。现有通报涉及：云川市、临渚区。"


def test_without_names_and_without_notices() -> None:
    text = explain(Reason.UNKNOWN_UNIT, QUESTION, units=[], searched=0, hits=[])
    assert text == "没有收录所问单位的通报，不能回答。现有通报涉及：（无）。"


def test_many_units_are_counted() -> None:
    units = [f"单位{number}" for number in range(40)]
    text = explain(Reason.UNKNOWN_UNIT, QUESTION, units=units, searched=40, hits=[])
    assert "等 40 个单位" in text
    assert "单位11" in text
    assert "单位12" not in text


@pytest.mark.parametrize("reason", [Reason.NOT_FOUND, Reason.LOW_CONFIDENCE])
def test_what_was_searched_and_what_is_nearest(reason: Reason) -> None:
    question = replace(QUESTION, places=Places((Mention(0, 3, UNIT),), ()))
    text = explain(reason, question, units=["云川市"], searched=1, hits=[hit("正文", "二、整改", "（一）改造小区")])
    assert text == (
        "现有通报没有写明所问的内容，不作回答。已查找云川市 1 份通报。最接近的内容见“（一）改造小区”，供参考，不是答案。"
    )


def test_what_is_missing_comes_first() -> None:
    text = explain(Reason.NOT_FOUND, QUESTION, units=[], searched=5, hits=[], detail="现有通报没有2021年的这项内容")
    assert text == "现有通报没有2021年的这项内容，不作回答。已查找全部 5 份通报。"


def test_a_long_heading_is_cut() -> None:
    text = explain(Reason.NOT_FOUND, QUESTION, units=[], searched=1, hits=[hit("整改情况。" * 40)])
    assert "“" + ("整改情况。" * 6) + "…”" in text


def test_a_refusal_is_one_line() -> None:
    text = explain(Reason.NOT_FOUND, QUESTION, units=[], searched=1, hits=[hit("标题行\n2024-11-18\n\n正文")])
    assert "见“标题行 2024-11-18 正文”" in text
