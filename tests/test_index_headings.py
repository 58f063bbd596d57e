"""Headings of less common kinds: 3.1, 问题1：, 【一】."""

from __future__ import annotations

from index.sections import section_tree

DECIMAL = "3.管理不严\n3.1制度不全。措施与成效：（1）印发办法。（2）清理旧规。\n3.2执行不力。（1）约谈。\n4.投入不足\n(1)增加拨款。\n"


def test_parts_under_a_decimal_heading_are_one_level_further_down() -> None:
    found = [(item.level, item.heading) for item in section_tree(DECIMAL) if item.level]
    assert found == [
        (3, "3.管理不严"),
        (4, "3.1制度不全"),
        (5, "（1）印发办法"),
        (5, "（2）清理旧规"),
        (4, "3.2执行不力"),
        (5, "（1）约谈"),
        (3, "4.投入不足"),
        (4, "(1)增加拨款"),
    ]


QUESTIONS = "【一】整改落实\n问题1：办事难。\n整改进展：①开设窗口5个。②延长服务时间。\n\n问题2：停车难。\n整改进展：①新建车位90个。\n"


def test_numbered_problems_hold_the_parts_behind_the_label() -> None:
    found = [(item.level, item.heading) for item in section_tree(QUESTIONS) if item.level]
    assert found == [
        (1, "【一】整改落实"),
        (3, "问题1：办事难"),
        (5, "①开设窗口5个"),
        (5, "②延长服务时间"),
        (3, "问题2：停车难"),
        (5, "①新建车位90个"),
    ]
