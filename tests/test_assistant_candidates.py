"""Stretches of a sentence that could be the bare answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.candidates import KINDS, find_candidates
from assistant.types import Wanted
from index.analysis import fold


def found(text: str, wanted: Wanted, *kinds: str) -> list[str]:
    """Return the candidates of some kinds, or of all, as they stand in the text before folding."""
    every = find_candidates(fold(text), 0, len(text), wanted)
    return [text[one.start : one.end] for one in every if not kinds or one.kind in kinds]


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ("投入资金1260万元,聘用管护员415人", ["1260万元", "415人"]),
        ("投入1,260万元", ["1,260万元"]),
        ("新增学位8.3万个", ["8.3万个"]),
        ("增加５０个", ["５０个"]),
        ("安装手环二千三百只", ["二千三百只"]),
        ("日均四千余人次", ["四千余人次"]),
        ("排查隐患二千零六处", ["二千零六处"]),
        ("增加值四点一亿元", ["四点一亿元"]),
        ("满意率百分之九十五点四", ["百分之九十五点四"]),
        ("增长9.8%", ["9.8%"]),
        ("提高3.1个百分点", ["3.1个百分点"]),
        ("由75个工作日压缩至38个工作日", ["75个工作日", "38个工作日"]),
        ("需要5至7个工作日", ["5", "7个工作日"]),
        ("招录3—5个项目", ["3", "5个"]),
        ("居全省第三名", ["第三名"]),
        ("位列第2位", ["第2位"]),
        ("规模20亿元以上", ["20亿元以上"]),
        ("储备35岁以下干部", ["35岁以下"]),
        ("1000多万元", ["1000多万元"]),
        ("亿元以上项目34个", ["34个"]),
        ("收回7.6公里", ["7.6公里"]),
        ("2023年改造46个", ["46个"]),
        ("管网3km、绿地20㎡", ["3km", "20㎡"]),
        ("建成5A景区2个", ["2个"]),
    ],
)
def test_figures(text: str, figures: list[str]) -> None:
    assert found(text, Wanted.NUMBER, "figure") == figures


@pytest.mark.parametrize(
    "text",
    [
        "一是抓落实。二是抓督查",
        "第二批",
        "第三轮巡视",
        "党政一把手负责",
        "构建“1+10+14”体系",
        "构建1+10+14体系",
        "2023年",
        "2023年度",
        "二〇二三年",
        "2023年9月5日至11月28日",
        "《三年行动计划(2024—2026年)》",
        "“千企问需”",
        "一批项目",
        "电话0599-5550123",
        "A019信箱",
        "一网统管",
        "亿元项目",
        "国办发〔2024〕15号文件",
        "第12号令",
        "5G网络",
        "",
    ],
)
def test_no_figures(text: str) -> None:
    assert found(text, Wanted.NUMBER, "figure") == []


@pytest.mark.parametrize(
    ("text", "dates"),
    [
        ("2023年9月5日至11月28日开展巡视", ["2023年9月5日至11月28日"]),
        ("二〇二三年十月九日至十二月二十二日", ["二〇二三年十月九日至十二月二十二日"]),
        ("7月14日反馈意见", ["7月14日"]),
        ("到2024年10月底", ["2024年10月底"]),
        ("2024年上半年完成", ["2024年上半年"]),
        ("今年建成", ["今年"]),
        ("占12月份额的三成", []),
        ("没有日期", []),
    ],
)
def test_dates(text: str, dates: list[str]) -> None:
    assert found(text, Wanted.DATE, "date") == dates


@pytest.mark.parametrize("text", ["二〇二三年末", "二〇二四年九月底"])
def test_years_and_months_in_chinese_digits(text: str) -> None:
    assert found(text, Wanted.DATE, "date") == [text]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("印发《甲办法》", ["《甲办法》"]),
        ("印发《甲办法》(试行)", ["《甲办法》(试行)"]),
        ("印发《关于落实《甲办法》的通知》（试行）", ["《关于落实《甲办法》的通知》（试行）"]),
        ("印发《关于印发〈甲办法〉的通知》", ["《关于印发〈甲办法〉的通知》"]),
        ("出台《甲计划(2024—2026年)》和《乙办法》", ["《甲计划(2024—2026年)》", "《乙办法》"]),
        ("印发《未完", []),
    ],
)
def test_titles(text: str, titles: list[str]) -> None:
    assert found(text, Wanted.TITLE, "title") == titles


@pytest.mark.parametrize(
    ("text", "series"),
    [
        ("出台《甲办法》《乙办法》等", ["《甲办法》《乙办法》"]),
        ("出台《甲办法》(试行)和《乙办法》、《丙办法》", ["《甲办法》(试行)和《乙办法》、《丙办法》"]),
        ("查燃气、消防、自建房,关停38家", ["查燃气、消防、自建房"]),
        ("实施“育苗”“强干”工程", ["“育苗”“强干”工程"]),
        ("出台《甲办法》", []),
        ("查燃气", []),
    ],
)
def test_series(text: str, series: list[str]) -> None:
    assert [one for one in found(text, Wanted.LIST, "titles", "series") if one in series] == series
    assert bool(found(text, Wanted.LIST, "titles", "series")) is bool(series)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("由市工业和信息化局牵头组建链长办公室", "市工业和信息化局"),
        ("二是与岚江理工大学共建研究院", "岚江理工大学"),
        ("由区住房和建设局牵头", "区住房和建设局"),
        ("由国有平台公司云川高新建设投资集团接手", "国有平台公司云川高新建设投资集团"),
        ("委托省规划设计院编制方案", "省规划设计院"),
        ("学习借鉴松泉县“林票”做法", "松泉县"),
        ("省委第七巡视组于9月进驻", "省委第七巡视组"),
    ],
)
def test_names_end_at_their_tail_and_begin_at_a_boundary(text: str, name: str) -> None:
    names = found(text, Wanted.ENTITY, "name")
    assert name in names
    assert all(3 <= len(one) <= 24 for one in names)


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("市委书记张三同志出席会议", ["张三"]),
        ("对王小明案件以案促改", ["王小明"]),
        ("市长李四主持会议", ["李四"]),
        ("原局长王五,被立案", ["王五"]),
        ("李四光等人", ["李四光"]),
        ("书记领办项目", []),
        ("对张家村开展整治", []),
        ("高质量推进", []),
    ],
)
def test_persons(text: str, person: list[str]) -> None:
    assert found(text, Wanted.ENTITY, "person") == person


def test_contacts_and_addresses() -> None:
    text = "联系电话：0599-5550123；通信地址：云川市霁月大道1号（邮编：999001）；电子邮箱：a.b@c.example.cn。"
    assert found(text, Wanted.CONTACT, "contact") == ["0599-5550123", "999001", "a.b@c.example.cn"]
    assert found(text, Wanted.CONTACT, "address") == ["云川市霁月大道1号（邮编：999001）"]
    assert found("手机13800138000，(0599)5550123", Wanted.CONTACT) == ["13800138000", "(0599)5550123"]


def test_only_the_stretch_asked_for_is_searched() -> None:
    text = "改造46个小区,返修94处"
    (one,) = [found for found in find_candidates(text, 8, len(text), Wanted.NUMBER) if found.kind == "figure"]
    assert text[one.start : one.end] == "94处"
    assert find_candidates(text, 3, 3, Wanted.NUMBER) == []


@given(
    st.text(alphabet="一二十百万亿点第0123456789.,，。；、个元%年月日至《》“”()由与市局集团张三同志是 @-", max_size=60),
    st.sampled_from(Wanted),
)
def test_candidates_lie_inside_each_once_in_order(text: str, wanted: Wanted) -> None:
    folded = fold(text)
    every = find_candidates(folded, 0, len(folded), wanted)
    assert all(0 <= one.start < one.end <= len(folded) for one in every)
    assert every == sorted(set(every), key=lambda one: (one.start, one.end, one.kind))
    assert {one.kind for one in every} <= set(KINDS[wanted])
