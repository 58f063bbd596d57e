"""The part of a figure, date or person in its sentence, and the part that a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.candidates import find_kind
from assistant.roles import (
    Role,
    asked_role,
    change_fit,
    date_stage,
    figure_roles,
    office_fit,
    stage_fit,
    state_fit,
    total_fit,
)
from index.analysis import fold


def role(text: str, value: str) -> Role:
    return figure_roles(fold(text))[fold(text).index(fold(value))]


@pytest.mark.parametrize(
    ("text", "value", "state"),
    [
        ("普及率由86.5%提高到95.2%", "86.5%", "old"),
        ("普及率由86.5%提高到95.2%", "95.2%", "new"),
        ("办理时间从12天压缩至3天", "12天", "old"),
        ("办理时间从12天压缩至3天", "3天", "new"),
        ("负债率由2022年末的73.6%降至2023年末的69.8%", "73.6%", "old"),
        ("负债率由2022年末的73.6%降至2023年末的69.8%", "69.8%", "new"),
        ("较整改前的27.4亿元压降至16.9亿元", "27.4亿元", "old"),
        ("企业达到138家，净增11家", "138家", "new"),
        ("企业达到138家，净增11家", "11家", ""),
        ("较上年同期提高2.1个百分点", "2.1个百分点", ""),
        ("较上年前进2位", "2位", ""),
        ("新开工19个，去年同期为12个", "12个", "old"),
        ("增加值386.4亿元，比2022年的351.9亿元增长9.8%", "351.9亿元", "old"),
        ("增加值386.4亿元，比2022年的351.9亿元增长9.8%", "386.4亿元", ""),
        ("由市住建局改造老旧小区46个，投资3.2亿元", "46个", ""),
    ],
)
def test_old_and_new_values(text: str, value: str, state: str) -> None:
    assert role(text, value).state == state


@pytest.mark.parametrize(
    ("text", "value", "stage"),
    [
        ("已完成整改25个，其余3个正按时序推进", "25个", "done"),
        ("已完成整改25个，其余3个正按时序推进", "3个", "open"),
        ("尚未完成的3个问题", "3个", "open"),
        ("19个问题完成17个、未完成2个", "17个", "done"),
        ("19个问题完成17个、未完成2个", "2个", "open"),
        ("2名未达标经理被解聘", "2名", ""),
        ("总数69台中尚有8台未更换", "69台", ""),
        ("计划改造22个，目前已开工20个、完工13个", "22个", "planned"),
        ("计划改造22个，目前已开工20个、完工13个", "20个", "started"),
        ("计划改造22个，目前已开工20个、完工13个", "13个", "done"),
        ("印发《三年行动计划》，帮扶46家", "46家", ""),
        ("计划2025年完成18个", "18个", "planned"),
        ("涉及企业46家", "46家", ""),
    ],
)
def test_how_far_a_count_is(text: str, value: str, stage: str) -> None:
    assert role(text, value).stage == stage


@pytest.mark.parametrize(
    ("text", "value", "change", "total"),
    [
        ("火点数同比下降64%，综合利用率达93%", "64%", "down", False),
        ("火点数同比下降64%，综合利用率达93%", "93%", "", False),
        ("同比增长7.4%", "7.4%", "up", False),
        ("新增停车位1150个", "1150个", "up", False),
        ("平台由13家增加到21家", "21家", "", False),
        ("事项由48项精简为33项", "33项", "", False),
        ("企业减少至10家", "10家", "", False),
        ("规上工业增加值386.4亿元，比2022年的351.9亿元增长9.8%", "386.4亿元", "", False),
        ("规上工业增加值386.4亿元，比2022年的351.9亿元增长9.8%", "9.8%", "up", False),
        ("由86.5%提高到95.2%", "95.2%", "", False),
        ("当年修复1.27万亩，累计修复3.94万亩", "1.27万亩", "", False),
        ("当年修复1.27万亩，累计修复3.94万亩", "3.94万亩", "", True),
    ],
)
def test_changes_and_totals(text: str, value: str, change: str, total: bool) -> None:
    found = role(text, value)
    assert (found.change, found.total) == (change, total)


@pytest.mark.parametrize(
    ("text", "day", "stage"),
    [
        ("铁路2023年11月21日开工，预计2025年12月通车", "2023年11月21日", "started"),
        ("铁路2023年11月21日开工，预计2025年12月通车", "2025年12月", "planned"),
        ("2024年5月20日竣工", "2024年5月20日", "done"),
        ("2024年12月底前整改到位", "2024年12月", "planned"),
        ("2024年7月3日反馈意见", "2024年7月3日", ""),
    ],
)
def test_what_a_date_is_of(text: str, day: str, stage: str) -> None:
    folded = fold(text)
    start = folded.index(day)
    assert date_stage(folded, start, start + len(day)) == stage


@pytest.mark.parametrize(
    ("question", "state", "stage", "change"),
    [
        ("普及率现在多少？", "new", "", ""),
        ("普及率以前是多少？", "old", "", ""),
        ("普及率提高到多少？", "new", "", ""),
        ("普及率是多少？", "", "", ""),
        ("火点下降多少？", "", "", "down"),
        ("增加值涨了多少？", "", "", "up"),
        ("增加值增速是多少？", "", "", "any"),
        ("还有几个没整改完？", "", "open", ""),
        ("还剩多少问题？", "", "open", ""),
        ("计划改造多少个？", "", "planned", ""),
        ("开工了几个？", "", "started", ""),
        ("已经完工多少？", "", "done", ""),
    ],
)
def test_what_is_asked(question: str, state: str, stage: str, change: str) -> None:
    asked = asked_role(fold(question))
    assert (asked.state, asked.stage, asked.change) == (state, stage, change)


def test_the_new_value_is_meant_where_no_time_is_named() -> None:
    plain, past = asked_role("普及率是多少"), asked_role("普及率以前是多少")
    assert state_fit(plain, Role(state="new")) == 1.0 == state_fit(past, Role(state="old"))
    assert state_fit(plain, Role(state="old")) == -1.0 == state_fit(past, Role(state="new"))
    assert state_fit(asked_role("2022年普及率是多少"), Role(state="old")) == 0.0  # the year tells
    assert state_fit(plain, Role()) == 0.0


def test_the_other_stage_the_other_direction_and_a_part_do_not_fit() -> None:
    assert stage_fit(asked_role("还有几个没完成"), Role(stage="done")) == -1.0
    assert (
        stage_fit(asked_role("有几个"), Role(stage="open")) < 0 == stage_fit(asked_role("有几个"), Role(stage="done"))
    )
    assert change_fit(asked_role("下降多少"), Role(change="up")) == -1.0
    assert change_fit(asked_role("下降多少"), Role()) < 0 < change_fit(asked_role("下降多少"), Role(change="down"))
    assert total_fit(asked_role("累计多少"), Role(total=True)) > 0 > total_fit(asked_role("多少"), Role(total=True))


OFFICES = (
    "区委书记闻人朔任组长，区委副书记、区长司徒岚和区委副书记葛青禾任副组长，党群工作部部长倪采薇兼任整改办主任，"
    "原规划建设局局长邬敬堂被开除党籍"
)


@pytest.mark.parametrize(
    ("question", "name"),
    [
        ("组长是谁？", "闻人朔"),
        ("整改工作领导小组组长是谁？", "闻人朔"),
        ("区委书记叫什么名字？", "闻人朔"),
        ("区长是谁？", "司徒岚"),
        ("整改办主任由谁担任？", "倪采薇"),
        ("整改办公室主任是谁？", "倪采薇"),
        ("规划建设局局长是谁？", "邬敬堂"),
        ("那个老局长姓甚名谁？", "邬敬堂"),
        ("管委会主任是谁？", ""),
        ("常务副区长是谁？", ""),
        ("应急管理分局局长叫什么？", ""),
        ("县长是谁？", ""),
    ],
)
def test_who_holds_an_office(question: str, name: str) -> None:
    folded, asked = fold(OFFICES), asked_role(fold(question))
    people = find_kind(folded, "person")
    assert len(people) == 5
    assert {folded[a:b] for a, b in people if office_fit(asked, folded, a, b) > 0} == ({name} if name else set())


@given(st.text(alphabet="由从到至达提高降0129.%年个家,。;:、已完成其余计划书记任组长王", max_size=40))
def test_any_text_has_roles(text: str) -> None:
    roles = figure_roles(text)
    assert list(roles) == [start for start, _ in find_kind(text, "figure")]
    asked_role(text)
    for start, end in find_kind(text, "person"):
        assert office_fit(asked_role("组长是谁"), text, start, end) in {-1.0, 0.0, 1.0}


@pytest.mark.parametrize(
    "text", ["由市委书记、市长任组长的领导小组", "由书记和县长任双组长，每周调度", "区长主任办公会议定"]
)
def test_an_office_is_no_name(text: str) -> None:
    assert find_kind(fold(text), "person") == []


def test_the_secretary_without_more_is_that_of_the_place() -> None:
    text = "县委书记江问渠任组长,县委副书记、政法委书记吕修竹负责日常调度"
    asked = asked_role("书记叫什么名字?")
    fits = [office_fit(asked, text, (at := text.index(name)), at + len(name)) for name in ("江问渠", "吕修竹")]
    assert fits == [1.0, -1.0]
