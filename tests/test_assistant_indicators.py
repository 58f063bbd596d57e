from __future__ import annotations

from importlib import resources

import pytest

from assistant.indicators import asked_indicators, names_indicators
from index.analysis import fold


@pytest.mark.parametrize(
    ("question", "text", "named"),
    [
        ("财政收入是多少？", "规上工业增加值386.4亿元", False),
        ("财政收入是多少？", "一般公共预算收入38.6亿元", True),
        ("GDP多少？", "地区生产总值900亿元", True),
        ("地区生产总值多少？", "规上工业增加值386.4亿元", False),
        ("规模以上工业增加值多少？", "规上工业增加值386.4亿元", True),
        ("PM10浓度多少？", "PM2.5平均浓度33微克", False),
        ("本科生租房补多少？", "硕士每月租房补贴1200元", False),
        ("研究生有多少？", "引进硕士61名", True),
        ("改造了多少个老小区？", "改造老旧小区46个", True),
        ("财政收入和GDP各多少？", "一般公共预算收入38.6亿元", False),
    ],
)
def test_only_a_text_that_names_the_measure(question: str, text: str, named: bool) -> None:
    assert names_indicators(asked_indicators(fold(question)), fold(text)) is named


def test_the_table_is_in_order() -> None:
    lines = resources.files("assistant").joinpath("data/indicators.txt").read_text("utf-8").splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    assert len(rows) == len(set(rows)) > 100
    for row in rows:
        names = row.replace(" | ", " ").split()
        assert len(names) == len(set(names)), row
        assert row.partition("|")[0].strip(), row
