from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.notices import parse_notices
from index.types import Notice, SourceFile

OPENING = (
    "根据市委统一部署，2023年3月2日至5月31日，市委第一巡察组对云川市财政局党组开展了巡察。7月26日，巡察组反馈了意见。\n"
)


def notices_of(text: str) -> list[Notice]:
    return [notice for notice, _ in parse_notices(SourceFile("a.txt", text, "", "utf-8"))]


def notice_of(text: str) -> Notice:
    (notice,) = notices_of(text)
    return notice


def test_a_title_is_built_where_there_is_none() -> None:
    notice = notice_of(OPENING + "一、总体情况\n完成。\n欢迎监督。\n云川市财政局党组\n2024年2月22日\n")
    assert notice.title == "云川市财政局党组关于巡察整改进展情况的通报"
    assert (notice.issuer, notice.unit) == ("云川市财政局党组", "云川市财政局")
    unsigned = notice_of(OPENING + "一、总体情况\n完成。\n")
    assert unsigned.unit == "云川市财政局"
    assert unsigned.title == "云川市财政局关于巡察整改进展情况的通报"


def test_the_unit_is_not_a_body_without_a_name() -> None:
    text = "2023年3月2日至5月31日，市委第一巡察组对我局党组开展了巡察。\n一、甲\n完成。\n局党组\n2024年1月2日\n"
    assert notice_of(text).unit == ""


def test_the_fuller_name_of_a_zone_is_the_unit() -> None:
    text = (
        "云川经开区党工委关于巡察整改进展情况的通报\n"
        "2023年3月2日至5月31日，市委第一巡察组对云川经济技术开发区党工委进行了巡察。\n"
    )
    notice = notice_of(text)
    assert notice.unit == "云川经济技术开发区"
    assert {"云川经开区", "经开区"} <= set(notice.aliases)


def test_a_district_is_known_with_the_city_that_the_opening_names() -> None:
    text = "中共临渚区委关于整改情况的通报\n2023年3月2日至5月31日，省委第一巡视组对云川市临渚区开展了巡视。\n"
    notice = notice_of(text)
    assert notice.unit == "临渚区"
    assert "云川市临渚区" in notice.aliases


@pytest.mark.parametrize(
    ("head", "tail", "published"),
    [
        ("", "中共云川市委\n2024年11月15日\n", "2024-11-15"),
        ("", "中共云川市委  2024年11月15日\n", "2024-11-15"),
        ("", "中共云川市委\n二〇二四年十一月十五日\n（此件公开发布）\n", "2024-11-15"),
        ("", "中共云川市委\n2024年11月\n", "2024-11"),
        ("2024-11-18 09:20", "中共云川市委\n2024年11月15日\n", "2024-11-18"),
        ("2024-11-18 09:20", "中共云川市委\n2024年11月\n", "2024-11-18"),
        ("2024-11-18 09:20:11", "", "2024-11-18"),
        ("发布时间：2024-11-18 来源：云川日报", "", "2024-11-18"),
        ("", "", ""),
        ("", "中共云川市委\n2024年2月30日\n", ""),
    ],
)
def test_the_publication_date(head: str, tail: str, published: str) -> None:
    notice = notice_of(f"中共云川市委关于整改情况的通报\n{head}\n正文。\n一、甲\n2023年5月1日完成。\n{tail}")
    assert notice.published == published
    assert notice.issuer == "中共云川市委"


@pytest.mark.parametrize("mark", ["附件", "附件：", "附件1", "附件 2：", "附 件", "附件一", "\u3000附件"])
def test_an_annex_that_is_a_notice_is_split_off(mark: str) -> None:
    annex = f"{mark}\n\n中共云川市委关于整改情况的通报\n\n一、乙\n完成。\n"
    text = f"中共岚江省委关于整改情况的通报\n一、甲\n完成。\n\n{annex}"
    first, second = notices_of(text)
    assert (first.start, first.end, second.end) == (0, second.start, len(text))
    assert text[second.start :].strip().startswith(mark.strip())
    assert (first.unit, second.unit) == ("岚江省", "云川市")
    assert second.title == "中共云川市委关于整改情况的通报"
    assert first.id != second.id


def test_an_annex_without_title_is_split_off_by_its_opening() -> None:
    first, second = notices_of("中共岚江省委关于整改情况的通报\n完成。\n附件\n" + OPENING + "一、乙\n完成。\n")
    assert first.unit == "岚江省"
    assert (second.unit, second.kind) == ("云川市财政局", "巡察")


@pytest.mark.parametrize(
    "annex",
    [
        "附件\n整改任务清单\n1.甲。\n2.乙。\n",
        "附件1\n云川市养老服务实施方案\n一、目标\n完成。\n",
        "附件\n关于支持小微企业的实施方案\n一、目标\n完成。\n",
        "附件：\n1.清单\n2.名单\n",
        "附件：中共云川市委关于整改情况的通报\n",
        "附件\n",
        "附件中所列问题已整改。\n中共云川市委关于整改情况的通报\n",
    ],
)
def test_any_other_annex_stays(annex: str) -> None:
    text = f"云川市人民政府关于印发方案的通知\n一、甲\n完成。\n{annex}"
    assert notice_of(text).end == len(text)


def test_a_file_that_begins_with_the_word_annex_is_one_notice() -> None:
    assert (
        notice_of("\n\n附件\n中共云川市委关于整改情况的通报\n一、甲\n完成。\n").title
        == "中共云川市委关于整改情况的通报"
    )


def test_an_empty_text_holds_no_notice() -> None:
    assert notices_of("") == []


@pytest.mark.parametrize(
    "text",
    ["。", "一、", "请输入验证码", "\u200f", "附件", "附件\n附件\n附件", "关于", "2024年1月1日", "字" * 5000, "\x00"],
)
def test_odd_texts_are_one_notice_with_empty_fields(text: str) -> None:
    notice = notice_of(text)
    assert (notice.start, notice.end) == (0, len(text))
    assert notice.unit == notice.issuer == notice.kind == notice.inspector == ""
    assert len(notice.title) <= 41


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "中共云川市委",
                "关于",
                "巡视",
                "巡察组",
                "整改情况的通报\n",
                "附件\n",
                "对",
                "云川市财政局党组",
                "开展了",
                "2023年3月2日",
                "至",
                "5月31日",
                "2月30日",
                "，",
                "。",
                "\n",
                "反馈",
                "我局",
                "市委",
                "电话：",
                "0599-5550123",
                "地址：",
                "：",
                "@",
                "a",
                "\u2028",
                "\u3000",
                "一、",
                "免责声明",
                "中央",
                "组",
                "第",
                "十",
                "年",
                "日",
                "、",
            ]
        ),
        min_size=1,
        max_size=30,
    ).map("".join)
)
def test_notices_cover_any_text_and_are_stable(text: str) -> None:
    source = SourceFile("a.txt", text, "", "utf-8")
    parsed = parse_notices(source)
    assert parsed == parse_notices(source)
    assert len({notice.id for notice, _ in parsed}) == len(parsed)
    position = 0
    for notice, sections in parsed:
        assert (notice.start, notice.end) == (position, sections[-1].end)
        assert sections[0].start == position
        position = notice.end
        assert all(value in text for _, value in notice.contact)
        assert "\n" not in notice.title + notice.unit + notice.inspector
    assert position == len(text)


@pytest.mark.parametrize(
    "unit", ["附件\n甲\n", "对", "委", "2024年5月1日\n", "a@", "电话:", "地址:字", "关于", "附 ", "1"]
)
def test_time_grows_with_the_length_and_no_faster(unit: str) -> None:
    started = time.process_time()
    notices_of("甲\n" + unit * 20_000)
    assert time.process_time() - started < 6
