from __future__ import annotations

import pytest

from index.furniture import furniture_lines
from index.sections import section_tree

FURNITURE = (
    "请输入验证码",
    "验证码：",
    "技术支持：云川信息公司",
    "[免责声明] 内容仅供参考。如有疑问请联系。",
    "原文链接：http://www.example.cn/a.html",
    "版权所有 云川市",
    "岚ICP备12345678号",
    "岚公网安备 123号",
    "[打印] [关闭]",
    "打印 关闭 返回顶部",
    "浏览次数：123",
    "分享到：",
    "扫一扫在手机打开当前页",
    "上一篇：某通知",
    "责任编辑：甲",
    "网站标识码：123",
)


@pytest.mark.parametrize("line", FURNITURE)
def test_page_furniture_is_marked(line: str) -> None:
    first, last = section_tree(f"正文已完成。\n{line}\n")
    assert not first.furniture
    assert last.furniture


@pytest.mark.parametrize(
    "line",
    [
        "关闭小煤矿5座，淘汰落后产能。",
        "打印机采购整改到位。",
        "验证码登录故障已修复",
        "技术支持力度加大。",
        "版权所有者登记120件。完成率98%。",
        "扫一扫支付覆盖120家商户。全部到位。",
        "返回群众资金8万元。",
        "大力整治",
        "小微企业帮扶",
    ],
)
def test_running_text_is_no_furniture(line: str) -> None:
    assert not any(section.furniture for section in section_tree(f"正文。\n{line}\n正文。\n"))


def test_a_disclaimer_under_its_own_heading_is_furniture() -> None:
    sections = section_tree("一、甲。乙。\n[免责声明]\n本文来源于网络。\n")
    assert [section.furniture for section in sections] == [False, True]


def test_text_goes_on_in_its_section_after_furniture() -> None:
    sections = section_tree("一、甲\n（一）乙。丙。\n[打印]\n丁。\n（二）戊。己。\n")
    assert [section.path for section in sections] == [
        ("一、甲",),
        ("一、甲", "（一）乙"),
        (),
        ("一、甲", "（一）乙"),
        ("一、甲", "（二）戊"),
    ]


def test_only_a_last_outlook_leaves_the_headings() -> None:
    text = (
        "一、甲\n（一）乙。丙。\n下一步，继续做好。\n（二）丁。戊。\n联系电话：0599-5550123\n"
        "（三）己。庚。\n下一步，完成。\n欢迎广大群众监督。\n联系电话：0599-5550123\n"
    )
    sections = section_tree(text)
    assert [section.path for section in sections] == [
        ("一、甲",),
        ("一、甲", "（一）乙"),
        ("一、甲", "（二）丁"),
        ("一、甲", "（三）己"),
        (),
        (),
    ]


def test_no_lines_are_no_furniture() -> None:
    assert furniture_lines("", []) == frozenset()
