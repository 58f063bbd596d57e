"""What a notice says about itself: contact, publication, feedback, inspection period, inspectors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import asked, broken, made, over, plain

from assistant.metadata import asks_about_notice, contact_names, fits_contact, read_metadata
from assistant.types import Status

if TYPE_CHECKING:
    from pathlib import Path


def read(index: Path, question: str, unit: str) -> dict[str, str]:
    """Return what is read from the notice of a unit, by its name."""
    assistant = over(index)
    notice = next(notice for notice in assistant.index.notices if notice.unit == unit)
    fields = read_metadata(asked(question, assistant), notice, assistant.index)
    text = assistant.index.text(notice.file)
    assert all(field.quote_start <= field.start < field.end <= field.quote_end for field in fields)
    return {field.name: text[field.start : field.end] for field in fields}


@pytest.mark.parametrize(
    ("question", "unit", "expected"),
    [
        ("云川市委的监督电话是多少？", "云川市", {"电话": "0599-5550123"}),
        ("想给云川市委整改提意见，打哪个号码？", "云川市", {"电话": "0599-5550123"}),
        ("临渚区委的联系电话是多少？", "临渚区", {"电话": "0599-5550419"}),
        ("云川市的邮编是多少？", "云川市", {"邮编": "999001"}),
        ("云川市整改的电子邮箱是什么？", "云川市", {"电子邮箱": "xszg@yunchuan.example.cn"}),
        ("写信给云川市委寄到哪里？", "云川市", {"通信地址": "云川市霁月大道1号市委办公室"}),
        ("云川市的通信地址是什么？", "云川市", {"通信地址": "云川市霁月大道1号市委办公室"}),
        ("岚江省委的来信寄到哪里？", "岚江省", {"通信地址": "岚江省澄浦市A019信箱"}),
    ],
)
def test_one_kind_of_contact(index: Path, question: str, unit: str, expected: dict[str, str]) -> None:
    assert read(index, question, unit) == expected


def test_the_contact_as_a_whole(index: Path) -> None:
    assert read(index, "云川市的联系方式是什么？", "云川市") == {
        "电话": "0599-5550123",
        "邮编": "999001",
        "电子邮箱": "xszg@yunchuan.example.cn",
        "通信地址": "云川市霁月大道1号市委办公室",
    }
    assert "邮编" not in read(index, "岚江省的联系方式是什么？", "岚江省")


@pytest.mark.parametrize(
    "question",
    ["云川市医院的电话是多少？", "云川市社保局窗口的电话是多少？", "12345热线的电话是多少？", "云川市改造了几个小区？"],
)
def test_another_bodys_contact_is_not_read(index: Path, question: str) -> None:
    assert read(index, question, "云川市") == {}


@pytest.mark.parametrize(
    ("question", "unit", "expected"),
    [
        ("云川市的通报落款是哪天？", "云川市", "2024年11月15日"),
        ("临渚区的通报落款是几号？", "临渚区", "二〇二四年六月十九日"),
        ("岚江省的整改通报是什么时候发布的？", "岚江省", "2021年9月28日"),
        ("云川市的巡视意见是哪天反馈的？", "云川市", "2024年1月16日"),
        ("澄浦市委哪天收到中央巡视组的意见？", "澄浦市", "2021年2月10日"),
        ("云川高新区的巡察是哪一天反馈的？", "云川高新技术产业开发区", "7月14日"),
        ("巡视组在云川市待了哪段时间？", "云川市", "2023年9月5日至11月28日"),
        ("临渚区的巡察是从哪天到哪天？", "临渚区", "二〇二三年十月九日至十二月二十二日"),
        ("是哪个巡视组对云川市进行的巡视？", "云川市", "省委第七巡视组"),
        ("到云川高新区来的是第几巡察组？", "云川高新技术产业开发区", "市委第四巡察组"),
    ],
)
def test_dates_and_inspectors(index: Path, question: str, unit: str, expected: str) -> None:
    assert list(read(index, question, unit).values()) == [expected]


@pytest.mark.parametrize(
    "question",
    ["鹭洲实验学校什么时候招生？", "动员大会是哪天开的？", "反馈后哪天开的会？", "出台了什么文件？", "改了几个？"],
)
def test_questions_about_the_work_are_not_read_from_the_frame(index: Path, question: str) -> None:
    assert all(read(index, question, notice.unit) == {} for notice in over(index).index.notices)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("整改的监督电话是多少？", True),
        ("哪天公布的整改通报？", True),
        ("巡视意见是哪天反馈的？", True),
        ("是第几巡视组来的？", True),
        ("医院的电话是多少？", False),
        ("动员会是哪天开的？", False),
        ("改造了几个小区？", False),
    ],
)
def test_what_counts_as_a_question_about_the_notice(question: str, about: bool) -> None:
    assert asks_about_notice(plain(question)) is about


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("打哪个号码？", ("电话",)),
        ("电子邮箱是什么？", ("电子邮箱",)),
        ("邮箱地址是什么？", ("电子邮箱",)),
        ("写信寄到哪个地址？", ("通信地址",)),
        ("邮编多少？", ("邮编",)),
        ("电话和邮箱是什么？", ("电话", "电子邮箱")),
        ("联系方式？", ("电话", "邮编", "电子邮箱", "通信地址")),
    ],
)
def test_kinds_of_contact_asked_for(question: str, names: tuple[str, ...]) -> None:
    assert contact_names(plain(question)) == names


@pytest.mark.parametrize(
    ("value", "fits"),
    [("0599-5550123", True), ("13800138000", True), ("999001", False), ("a@b.cn", False), ("", False)],
)
def test_a_value_that_fits_a_question_for_a_telephone(value: str, fits: bool) -> None:
    assert fits_contact(plain("联系电话是多少？"), value) is fits


def test_publication_agrees_with_what_the_notice_is_listed_under(index: Path) -> None:
    assert over(index).index.notices[1].published == "2024-11-18"
    assert read(index, "云川市的通报是哪天发布的？", "云川市") == {"发布日期": "2024-11-18"}


def test_a_notice_without_frame_gives_nothing(tmp_path: Path) -> None:
    assistant = made(tmp_path, 甲="中共甲安市委关于巡视整改进展情况的通报\n\n一、整改情况\n\n（一）改造小区四个。\n")
    (notice,) = assistant.index.notices
    for question in ("联系电话是多少？", "通报哪天发布的？", "哪天反馈的巡视意见？", "第几巡视组来的？"):
        assert read_metadata(asked(question, assistant), notice, assistant.index) == (), question
        answer = assistant.ask(f"甲安市{question}")
        assert answer.status is Status.NO_ANSWER
        assert not broken(answer, assistant)
