from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.sections import section_tree

if TYPE_CHECKING:
    from index.types import Section

SAMPLES = Path(__file__).parents[1] / "examples" / "notices"

FRAGMENTS = st.sampled_from(
    [
        "一、总体情况",
        "二、整改落实",
        "（一）提高站位。",
        "(二)抓好整改",
        "1.推进改造。",
        "1．补齐短板",
        "2、3月份",
        "3、扎实推进",
        "(1)加快建设。",
        "（12）优化服务。",
        "①",
        "②制定方案",
        "㈠",
        "⒈",
        "⑴",
        "一是建成5所。",
        "二是投入3.5亿元；",
        "三是一是否",
        "1—8月",
        "3月2日",
        "1+10+14",
        "2024.5.1",
        "3.1发展粗放。",
        "问题3：办事难。",
        "●管理粗放的问题。",
        "▍办学基础薄弱",
        "【二】抓实整改",
        "整改进展：①建成5所。",
        "12345热线",
        "第一章 总则",
        "第二条 为了规范，",
        "，",
        "。",
        "；",
        "：",
        "”",
        "\n",
        "\n\n",
        " ",
        "\u3000",
        "\u200f",
        "\u2028",
        "\x00",
        "下一步，继续",
        "欢迎广大群众监督",
        "联系电话：0599-5550123",
        "请输入验证码",
        "免责声明",
        "[打印]",
        "字" * 130,
        "附件\n",
        "附件1：清单",
    ]
)
TEXTS = st.lists(FRAGMENTS, max_size=25).map("".join)


def headings(text: str) -> list[tuple[int, str]]:
    return [(section.level, section.heading) for section in section_tree(text) if section.level]


@settings(deadline=None)
@given(TEXTS, st.integers(0, 30), st.integers(0, 30))
def test_sections_cover_any_stretch_without_gap_or_overlap(text: str, front: int, back: int) -> None:
    start, end = min(front, len(text)), max(min(front, len(text)), len(text) - back)
    sections = section_tree(text, start=start, end=end)
    assert "".join(text[section.start : section.end] for section in sections) == text[start:end]
    position = start
    for section in sections:
        assert section.start == position < section.end
        assert section.start <= section.body_start <= section.end
        position = section.end
        check_heading(section)
    assert position == end


def check_heading(section: Section) -> None:
    assert 0 <= section.level <= 5
    assert bool(section.heading) == (section.level > 0)
    assert not section.level or section.path[-1] == section.heading
    assert not section.furniture or (section.level == 0 and section.path == ())
    assert not section.heading.endswith("。")


def test_nothing_has_no_sections() -> None:
    assert section_tree("") == ()
    assert section_tree("一、甲", start=3) == ()
    assert [section.level for section in section_tree("甲")] == [0]


@pytest.mark.parametrize(
    ("line", "level", "heading"),
    [
        ("一、总体情况", 1, "一、总体情况"),
        ("十一、关于“四风”问题", 1, "十一、关于“四风”问题"),
        ("二十三、其他", 1, "二十三、其他"),
        ("（一）提高站位", 2, "（一）提高站位"),
        ("(十二)提高站位", 2, "(十二)提高站位"),
        ("㈠提高站位", 2, "㈠提高站位"),
        ("1.推进改造", 3, "1.推进改造"),
        ("1．推进改造", 3, "1．推进改造"),
        ("１．推进改造", 3, "１．推进改造"),
        ("42. 聚力攻坚", 3, "42. 聚力攻坚"),
        ("1、推进改造", 3, "1、推进改造"),
        ("⒈推进改造", 3, "⒈推进改造"),
        ("(1)加快建设", 4, "(1)加快建设"),
        ("（41）加快建设", 4, "（41）加快建设"),
        ("1）加快建设", 4, "1）加快建设"),
        ("⑴加快建设", 4, "⑴加快建设"),
        ("①加快建设", 5, "①加快建设"),
        ("⑫加快建设", 5, "⑫加快建设"),
        ("\u3000\u3000一、总体情况", 1, "一、总体情况"),
        ("\u200f一、总体情况", 1, "一、总体情况"),
        ("\t(一)提高站位\u3000", 2, "(一)提高站位"),
        ("第一章 总则", 1, "第一章 总则"),
        ("第一部分 总体情况", 1, "第一部分 总体情况"),
        ("第二节 职责", 2, "第二节 职责"),
        ("第三条 适用范围", 3, "第三条 适用范围"),
        ("一、总体情况：", 1, "一、总体情况"),
        ("二、三年行动进展", 1, "二、三年行动进展"),
    ],
)
def test_headings_alone_on_a_line(line: str, level: int, heading: str) -> None:
    assert headings(f"前言。\n{line}\n正文。\n") == [(level, heading)]


@pytest.mark.parametrize(
    "line",
    [
        "1—8月完成投资3亿元。",
        "3月2日召开会议。",
        "1+10+14体系建成。",
        "3.5亿元资金到位。",
        "2024.5.1起施行。",
        "12345热线办结率99%。",
        "1、2月份投资增长。",
        "1-8月。",
        "2023年新建5所。",
        "5G基站1200个。",
        "一是做好准备。",
        "“一是一”。",
        "一、二产业增长。",
        "一、二、三产业融合。",
        "三、四线城市去库存。",
        "第一部署到位。",
        "第一时间研究。",
        "（试行）办法印发。",
        "(2024)12号文件。",
        "（3家）企业。",
        "十四五规划。",
        "3.1亿元用于民生。",
        "1.1 亿人次。",
        "12.5公里管网。",
        "问题1已办结。",
        "●",
        "百、千亿企业。",
        "(五四)精神。",
        "一、。",
    ],
)
def test_false_headings(line: str) -> None:
    assert headings(f"前言。\n{line}\n正文。\n") == []
    assert headings(f"前言。{line}正文。") == []


@pytest.mark.parametrize("line", ["一、", "（一）", "1.", "①", "(1)\u3000", "第一章", "1.。"])
def test_a_number_alone_is_no_heading(line: str) -> None:
    assert headings(f"前言。\n{line}\n正文。\n") == []


def test_a_run_in_heading_ends_at_its_first_full_stop() -> None:
    text = "（3）加快建设省域副中心。一是出台方案。二是抓项目。\n"
    (section,) = section_tree(text)
    assert section.heading == "（3）加快建设省域副中心"
    assert text[section.body_start : section.end] == "一是出台方案。二是抓项目。\n"


def test_a_part_may_open_right_after_its_parents_heading() -> None:
    text = "一、关于“欠账多”问题的整改情况（一）加快改造。改造11个。（二）补足泊位。新增80个。\n二、其他（一）甲。乙。"
    assert headings(text) == [
        (1, "一、关于“欠账多”问题的整改情况"),
        (2, "（一）加快改造"),
        (2, "（二）补足泊位"),
        (1, "二、其他"),
        (2, "（一）甲"),
    ]
    assert section_tree(text)[1].path == ("一、关于“欠账多”问题的整改情况", "（一）加快改造")


def test_headings_in_a_document_of_one_line() -> None:
    text = (
        "根据部署公布如下。一、总体情况。领导重视。（一）提高站位。开会3次。（二）压实责任。见“成效。”1.推进改造。建成5所。"
        "(1)细化任务。1—8月完成。3.5亿元到位。①甲项。乙。二、下一步打算。继续。"
    )
    assert [level for level, _ in headings(text)] == [1, 2, 2, 3, 4, 5, 1]


def test_numbering_may_run_on_across_parents() -> None:
    text = "\n".join(f"{n}.方面\n({2 * n - 1})甲。乙。\n({2 * n})丙。丁。" for n in range(1, 22))
    sections = section_tree(text)
    assert [section.heading for section in sections if section.level == 4] == [
        f"({n}){'甲' if n % 2 else '丙'}" for n in range(1, 43)
    ]
    assert sections[-1].path == ("21.方面", "(42)丙")


def test_a_long_paragraph_has_its_first_clause_as_heading_and_keeps_its_body() -> None:
    text = "（20）加强队伍建设，" + "聚焦重点环节实施精准监督" * 10 + "。"
    (section,) = section_tree(text)
    assert section.heading == "（20）加强队伍建设"
    assert text[section.body_start :].startswith("加强队伍建设，")
    (section,) = section_tree("1." + "字" * 500)
    assert len(section.heading) == 62


def test_articles_keep_their_text_in_the_body() -> None:
    text = "第一条 为了规范管理，制定本办法。本办法适用于全市。\n第二条 适用范围\n甲。"
    first, second = section_tree(text)
    assert first.heading == "第一条"
    assert text[first.body_start : first.end].strip().startswith("为了规范管理")
    assert second.heading == "第二条 适用范围"


def test_a_label_before_a_colon_is_a_heading() -> None:
    text = "1.责任单位：市财政局\n"
    (section,) = section_tree(text)
    assert (section.heading, text[section.body_start : section.end]) == ("1.责任单位", "市财政局\n")


def test_ten_thousand_nested_headings_are_read_at_once() -> None:
    text = "一、甲\n(一)乙\n1.丙\n(1)丁\n①戊\n" * 2000
    started = time.process_time()
    sections = section_tree(text)
    assert time.process_time() - started < 3
    assert len(sections) == 10_000
    assert sections[-1].path == ("一、甲", "(一)乙", "1.丙", "(1)丁", "①戊")


@pytest.mark.parametrize("unit", ["字", "。一、字", "一、", "(一)", " ", "附件", "1."])
def test_time_grows_with_the_length_of_a_line_and_no_faster(unit: str) -> None:
    started = time.process_time()
    sections = section_tree(unit * (200_000 // len(unit)))
    assert sections[-1].end == 200_000 // len(unit) * len(unit)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    ("name", "levels", "furniture"),
    [
        ("云川市", [3, 9, 6, 12, 0], 1),
        ("云川高新区", [3, 6, 5, 12, 0], 0),
        ("临渚区", [6, 20, 0, 0, 0], 0),
        ("岚江省", [5, 0, 13, 0, 0], 0),
    ],
)
def test_headings_of_the_samples(name: str, levels: list[int], furniture: int) -> None:
    data = (SAMPLES / f"{name}.txt").read_bytes()
    text = data.decode("gb18030" if name == "云川高新区" else "utf-8")
    sections = section_tree(text)
    assert [sum(section.level == level for section in sections) for level in range(1, 6)] == levels
    assert sum(section.furniture for section in sections) == furniture


def test_items_of_one_sentence_beside_items_with_figures_are_content() -> None:
    text = "一、整改情况\n1.入学矛盾突出的问题\n①新建学校4所，新增学位3200个。②由第七中学托管白鹭滩中学，派驻管理团队。③交流教师391名，发放补贴5万元。\n"
    found = section_tree(text)
    assert [section.heading for section in found] == ["一、整改情况", "1.入学矛盾突出的问题"]
    assert "②由第七中学托管" in text[found[-1].body_start : found[-1].end]


def test_a_heading_before_such_items_stays_one() -> None:
    text = "1.入学矛盾突出的问题。①推进集团化办学。②新建学校4所，新增学位3200个。③发放补贴5万元，惠及教师391名。\n"
    found = section_tree(text)
    assert [section.heading for section in found] == ["1.入学矛盾突出的问题"]
    assert text[found[0].body_start] == "①"


def test_parts_that_all_open_with_a_heading_stay_parts() -> None:
    text = "(1)加快建设学校。一是新建学校4所。二是扩建2所。(2)优化师资。一是交流教师391名。二是培训教师。\n"
    assert [section.heading for section in section_tree(text)] == ["(1)加快建设学校", "(2)优化师资"]
