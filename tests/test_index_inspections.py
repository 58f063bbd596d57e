from __future__ import annotations

import pytest

from index.inspections import Inspection, inspection_in, opens_with_inspection
from index.notices import parse_notices
from index.types import Notice, SourceFile


def notice_of(text: str) -> Notice:
    ((notice, _),) = parse_notices(SourceFile("a.txt", text, "", "utf-8"))
    return notice


@pytest.mark.parametrize(
    ("opening", "inspector", "kind", "period", "feedback"),
    [
        (
            "2023年11月25日至1月16日，省委第七巡视组对云川市开展了巡视。4月12日，巡视组反馈了意见。",
            "省委第七巡视组",
            "巡视",
            ("2023-11-25", "2024-01-16"),
            "2024-04-12",
        ),
        (
            "2023年11月25日—2024年1月16日,市委第二联动巡察组对云川经开区党工委进行了巡察。",
            "市委第二联动巡察组",
            "巡察",
            ("2023-11-25", "2024-01-16"),
            "",
        ),
        (
            "二〇二三年十月九日至十二月二十二日，县委第三巡察组对白汀镇党委开展巡察。二〇二四年一月二十六日反馈了意见。",
            "县委第三巡察组",
            "巡察",
            ("2023-10-09", "2023-12-22"),
            "2024-01-26",
        ),
        (
            "2020年10月10日至12月20日中央第二巡视组对岚江省进行了常规巡视，2021年2月4日向岚江省委反馈。",
            "中央第二巡视组",
            "巡视",
            ("2020-10-10", "2020-12-20"),
            "2021-02-04",
        ),
        (
            "2023 年 3 月 2 日至 31 日，校党委第二巡察组对文学院党委开展了为期一个月的常规巡察。4 月 3 日反馈。",
            "校党委第二巡察组",
            "巡察",
            ("2023-03-02", "2023-03-31"),
            "2023-04-03",
        ),
        (
            "2022年8月1日起至2022年9月30日，集团党委巡察一组对所属交投公司党支部实施了巡察。反馈会后，2022年11月3日印发方案。",
            "集团党委巡察一组",
            "巡察",
            ("2022-08-01", "2022-09-30"),
            "",
        ),
        (
            "2023年3月2日至5月31日，教育部党组第三巡视组对岚江大学党委开展巡视。6月9日印发《反馈意见整改方案》。",
            "教育部党组第三巡视组",
            "巡视",
            ("2023-03-02", "2023-05-31"),
            "",
        ),
        (
            "2023年3月2日至5月31日，市委第一巡察组对我局党组开展了巡察。6月1日收到反馈意见整改清单，6月9日巡察组反馈情况。",
            "市委第一巡察组",
            "巡察",
            ("2023-03-02", "2023-05-31"),
            "2023-06-09",
        ),
        (
            "我县接受了省委巡视组的巡视。",
            "省委巡视组",
            "巡视",
            ("", ""),
            "",
        ),
        ("本市今年新建学校5所。", "", "", ("", ""), ""),
        ("护林员每周对森林防火区开展巡察，2023年3月2日反馈火情。", "", "", ("", ""), ""),
    ],
)
def test_the_inspection_in_the_opening(
    opening: str, inspector: str, kind: str, period: tuple[str, str], feedback: str
) -> None:
    notice = notice_of(f"{opening}\n一、总体情况\n完成。\n")
    assert (notice.inspector, notice.kind, notice.period, notice.feedback_date) == (inspector, kind, period, feedback)


def test_an_empty_lead_tells_of_no_inspection() -> None:
    assert inspection_in("") == Inspection()
    assert not opens_with_inspection("")
