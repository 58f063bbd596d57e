"""Questions that lean on earlier ones, made to stand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import asked, over
from hypothesis import given
from hypothesis import strategies as st

from assistant.followup import stand_alone
from assistant.units import Gazetteer

if TYPE_CHECKING:
    from pathlib import Path

FIRST = "云川市2023年改造了多少个老旧小区？"


@pytest.mark.parametrize(
    ("question", "alone"),
    [
        ("那临渚区呢？", "临渚区2023年改造了多少个老旧小区？"),
        ("临渚区呢", "临渚区2023年改造了多少个老旧小区？"),
        ("换成云川高新区呢？", "云川高新区2023年改造了多少个老旧小区？"),
        ("那2024年呢？", "云川市2024年改造了多少个老旧小区？"),
        ("2024年的呢？", "云川市2024年改造了多少个老旧小区？"),
        ("前一年呢？", "云川市2022年改造了多少个老旧小区？"),
        ("那前一年是多少？", "云川市2022年改造了多少个老旧小区？"),
        ("上一年呢？", "云川市2022年改造了多少个老旧小区？"),
        ("再往前一年呢？", "云川市2022年改造了多少个老旧小区？"),
        ("那后一年呢？", "云川市2024年改造了多少个老旧小区？"),
        ("第二年呢？", "云川市2024年改造了多少个老旧小区？"),
        ("那松泉县呢？", "松泉县2023年改造了多少个老旧小区？"),
        ("银汀市呢？", "银汀市2023年改造了多少个老旧小区？"),
    ],
)
def test_swaps_of_unit_and_year(index: Path, question: str, alone: str) -> None:
    assert stand_alone(question, [FIRST], over(index).gazetteer) == alone


@pytest.mark.parametrize(
    ("history", "question", "alone"),
    [
        (["那2024年呢？"], "临渚区呢？", "临渚区2024年改造了多少个老旧小区？"),
        (["临渚区呢？"], "那2024年呢？", "临渚区2024年改造了多少个老旧小区？"),
        (["临渚区呢？", "那2024年呢？"], "岚江省呢？", "岚江省2024年改造了多少个老旧小区？"),
        (["前一年呢？"], "再往前一年呢？", "云川市2021年改造了多少个老旧小区？"),
        (["银汀市呢？"], "那2024年呢？", "银汀市2024年改造了多少个老旧小区？"),
        (["银汀市呢？"], "那云川市呢？", "云川市2023年改造了多少个老旧小区？"),
    ],
)
def test_chains(index: Path, history: list[str], question: str, alone: str) -> None:
    assert stand_alone(question, [FIRST, *history], over(index).gazetteer) == alone


@pytest.mark.parametrize(
    "question",
    [
        "岚江省2020年空气质量优良天数比例是多少？",
        "临渚区由哪个单位牵头？",
        "银汀市改造了多少个？",
        "银汀市2024年的高新技术企业有多少家？",
    ],
)
def test_a_question_with_a_unit_of_its_own_stays_as_it_is(index: Path, question: str) -> None:
    assert stand_alone(question, [FIRST], over(index).gazetteer) == question


def test_a_new_topic_keeps_the_unit_and_nothing_else(index: Path) -> None:
    alone = stand_alone("污水处理厂的日处理能力增加了多少？", [FIRST], over(index).gazetteer)
    assert alone == "云川市污水处理厂的日处理能力增加了多少？"


@pytest.mark.parametrize(
    "question", ["受益居民有多少？", "由哪个部门负责？", "他们的联系电话是多少？", "其中返修了几处？"]
)
def test_an_ellipsis_keeps_unit_year_and_topic_as_context(index: Path, question: str) -> None:
    assistant = over(index)
    alone = asked(stand_alone(question, [FIRST], assistant.gazetteer), assistant)
    assert [unit.name for unit in alone.places.units] == ["云川市"]
    assert "小区" in alone.context
    assert "小区" not in alone.core
    assert alone.wanted is asked(question, assistant).wanted


@pytest.mark.parametrize(
    "question", ["联系电话是多少？", "那高新技术企业有多少家？", "那2024年呢？", "采取了哪些措施？"]
)
def test_an_unknown_place_is_never_given_a_held_unit(index: Path, question: str) -> None:
    assistant = over(index)
    history = [FIRST, "银汀市呢？"]
    places = asked(stand_alone(question, history, assistant.gazetteer), assistant).places
    assert places.held == ()
    assert places.other == ("银汀市",)


@pytest.mark.parametrize("question", ["高新技术企业呢？", "那新增学位呢？"])
def test_another_indicator_takes_the_place_of_the_old_one(index: Path, question: str) -> None:
    alone = stand_alone(question, [FIRST], over(index).gazetteer)
    assert "小区" not in alone


def test_a_swap_in_a_comparison_leaves_one_unit(index: Path) -> None:
    assistant = over(index)
    history = ["云川市和临渚区2023年各改造了多少老旧小区？"]
    alone = asked(stand_alone("岚江省呢？", history, assistant.gazetteer), assistant)
    assert [unit.name for unit in alone.places.units] == ["岚江省"]
    year = stand_alone("那2024年呢？", history, assistant.gazetteer)
    assert year == "云川市和临渚区2024年各改造了多少老旧小区？"


@pytest.mark.parametrize("history", [[], [""], ["  ", "\n"]])
def test_without_a_history_a_question_stays_as_it_is(history: list[str]) -> None:
    assert stand_alone(" 那2024年呢？ ", history, Gazetteer([])) == "那2024年呢？"


@pytest.mark.parametrize(
    ("earlier", "alone"),
    [
        ("2023年改造了多少个小区？", "云川市2023年改造了多少个小区？"),
        ("银汀市2023年改造了多少个小区？", "云川市2023年改造了多少个小区？"),
    ],
)
def test_a_unit_comes_to_a_question_without_one(index: Path, earlier: str, alone: str) -> None:
    assert stand_alone("云川市呢？", [earlier], over(index).gazetteer) == alone


def test_a_year_comes_to_a_question_without_one(index: Path) -> None:
    gazetteer = over(index).gazetteer
    assert stand_alone("2024年呢？", ["云川市改造了几个？"], gazetteer) == "云川市2024年改造了几个？"
    assert stand_alone("2024年呢？", ["改造了几个？"], gazetteer) == "2024年改造了几个？"


@given(
    st.lists(st.text(alphabet="云川市临渚区银汀2034年前一呢那的多少，？个a\\(", max_size=14), max_size=4),
    st.text("那2年呢？市\\1", max_size=9),
)
def test_any_chain_gives_a_question(index: Path, history: list[str], question: str) -> None:
    alone = stand_alone(question, history, over(index).gazetteer)
    assert isinstance(alone, str)
    if not any(earlier.strip() for earlier in history):
        assert alone == question.strip()
