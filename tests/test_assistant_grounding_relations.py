"""What is right by itself and said of the wrong thing: one table for each rule, with what it must let pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.grounding import Source
from assistant.grounding.agents import other_agent, other_stem
from assistant.grounding.bounds import wrong_counter, wrong_kind, wrong_rate
from assistant.grounding.canonical import canonical
from assistant.grounding.contrasts import contrasted, needless, unlike_prefix
from assistant.grounding.courses import old_for_new, wrong_course, wrong_hour, wrong_order, wrong_sign
from assistant.grounding.dealt import dealt
from assistant.grounding.derived import derived, year_before
from assistant.grounding.evidence import gather
from assistant.grounding.facts import find_facts
from assistant.grounding.offices import beyond_only, inside_exception, other_cause, other_holder, wider_place
from assistant.grounding.parts import wrong_part
from assistant.grounding.places_in_a_phrase import other_character, other_subject, other_target
from assistant.grounding.polarity import turned
from assistant.grounding.scope import misattributed
from assistant.grounding.substitutes import substituted
from assistant.grounding.support import wordings
from assistant.grounding.swaps import swapped
from assistant.grounding.twins import twin_names
from assistant.grounding.years import other_year
from index.analysis import word_class

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.types import Problem

    Rule = Callable[[str, Evidence], Iterator[Problem]]

CASES: list[tuple[Rule, str, str, str]] = [
    (wrong_counter, "讲话稿不超过5000字。", "讲话稿不超过5000页", "讲话稿不超过5000字"),
    (wrong_rate, "水稻每亩补1200元。", "水稻每平方米1200元", "水稻每亩1200元"),
    (contrasted, "禁渔河段向上游延伸2公里。", "禁渔河段向下游延伸2公里", "河段向上游延伸2公里"),
    (contrasted, "城关三小迁建项目开工。", "城关二小迁建项目开工", "城关三小迁建项目"),
    (contrasted, "水质稳定达到Ⅱ类。", "水质稳定达到Ⅲ类", "水质达到二类"),
    (unlike_prefix, "转为非营利性机构。", "转为营利性机构", "成了非营利性机构"),
    (unlike_prefix, "不得自行招聘人员。", "可以自行招聘人员", "不能自行招聘人员"),
    (needless, "停水应提前7日通知。", "停水无需提前通知", "停水应提前7日通知"),
    (wrong_sign, "采购均价下降13%。", "采购均价上升13%", "采购均价降低13%"),
    (wrong_course, "由每周一次改为每天一次。", "由每天一次改为每周一次", "从每周一次改为每天一次"),
    (wrong_hour, "8月6日22:00至8月7日10:00停水。", "8月6日10:00停水", "8月6日晚上10点停水"),
    (wrong_order, "实行先应急、后备案。", "实行先备案、后应急", "先应急再备案"),
    (old_for_new, "开放时间由8:00-18:00调整为9:00-16:30。", "开放时间调整为8:00至18:00", "开放时间调整为9:00至16:30"),
    (other_holder, "镇党委书记任组长、镇长任副组长。", "由镇长任组长", "由镇党委书记任组长"),
    (beyond_only, "只接收厨余垃圾和其他垃圾,可回收物送回收站。", "接收可回收物", "只接收厨余垃圾和其他垃圾"),
    (wider_place, "清查村级合同473份。", "清查全县村级合同473份", "清查村级合同473份"),
    (inside_exception, "报销比例降低10个百分点,急诊抢救除外。", "急诊抢救也降低10个百分点", "急诊抢救不降低"),
    (other_cause, "院长因虚报人数被免职。", "院长因收受红包被免职", "院长因为虚报人数被免职"),
    (other_target, "对企业罚款110万元。", "对企业负责人罚款110万元", "对该企业罚款110万元"),
    (
        other_subject,
        "老人个人缴费由财政全额资助,教师自行缴费。",
        "教师个人缴费由财政全额资助",
        "个人缴费由财政全额资助",
    ),
    (other_character, "普济寺大殿虫蛀严重。", "普陀寺大殿虫蛀严重", "普济寺大殿虫蛀严重"),
    (misattributed, "魏某负主要责任,被政务撤职。孙某受到警告处分。", "魏某受到警告处分", "孙某受到警告处分"),
    (misattributed, "云岭乡违法用地最多。南坝镇连续三年零违法。", "云岭乡连续三年零违法", "南坝镇连续三年零违法"),
    (substituted, "长江干流水质稳定。", "黄河干流水质稳定", "长江干流的水质稳定"),
    (substituted, "收回被借用到机关的教师。", "收回被借用到企业的教师", "收回被机关借用的教师"),
    (other_year, "2023年,认定违法用地64宗。与2022年相比减少33%。", "2022年认定违法用地64宗", "2023年认定违法用地64宗"),
    (other_year, "利润由2022年亏损1.7亿元转为盈利2.3亿元。", "2022年盈利2.3亿元", "2023年盈利2.3亿元"),
    (wrong_part, "派驻医师由31人增加到78人。", "派驻医师增加了78人", "派驻医师增加到78人"),
    (wrong_part, "投诉量由每月1350件降到520件。", "投诉量现为每月1350件", "投诉量从每月1350件降到520件"),
    (wrong_part, "已恢复种粮3.9万亩,其余3000亩延期退出。", "其余3.9万亩延期退出", "已恢复种粮3.9万亩"),
    (wrong_part, "计划建成5万亩。", "已建成5万亩", "计划建成5万亩"),
    (wrong_kind, "查处问题194起268人。", "涉及268个单位", "涉及268人"),
    (other_agent, "县人民医院牵头组建2个医共体。", "医共体由县中医馆牵头组建", "医共体由县医院牵头组建"),
    (other_agent, "区城市管理局拆除违法建设12万平方米。", "区教育局拆除违法建设12万平方米", "违法建设由区城管局拆除"),
    (other_stem, "青砂河赤桥断面水质改善。", "青砂河石渡断面水质改善", "赤桥断面水质改善"),
    (twin_names, "院长程维舟被免职。", "院长程维洲被免职", "院长程维舟被免职"),
    (swapped, "企业38家。其中良好的38家,合格的29家。", "良好的29家,合格的38家", "合格的29家,良好的38家"),
    (swapped, "清收账款7.2亿元,其中三年以上账款1.9亿元。", "三年以上账款7.2亿元", "三年以上的1.9亿元"),
    (swapped, "大棚闲置86座,已盘活71座。", "大棚闲置71座", "盘活大棚71座"),
    (turned, "加装电梯原定300部,实际完成264部。", "加装电梯超额完成", "加装电梯没有达到原定目标"),
    (
        turned,
        "清理借调人员14名,其中11名已返回原单位。",
        "借调人员中11名没有返回原单位",
        "借调人员中还有3名没有返回原单位",
    ),
    (turned, "二期设计能力4万吨,预计2025年6月通水。", "二期取消设计能力4万吨", "二期目前尚未通水"),
]


@pytest.mark.parametrize(("rule", "passage", "wrong", "right"), CASES)
def test_each_rule_finds_its_error_and_lets_the_faithful_pass(rule: Rule, passage: str, wrong: str, right: str) -> None:
    evidence = gather((Source(1, passage),))
    assert list(rule(canonical(wrong), evidence))
    assert not list(rule(canonical(right), evidence))
    assert not list(rule("", evidence))
    assert not list(rule(canonical(right), gather(())))


@pytest.mark.parametrize(
    ("passage", "sentence", "expected"),
    [
        ("清查合同96份,已重新签订71份。", "尚有25份没有重新签订", True),
        ("清查合同96份,已重新签订71份。", "尚有35份没有重新签订", False),
        ("关闭86家、改造132家、搬迁57家、转产11家。", "一共286家", True),
        ("召开会议34个,同比减少11个。", "上年召开会议45个", True),
        ("召开会议34个,同比减少11个。", "上年召开会议23个", False),
        ("占违法用地总面积的52%。", "超过总面积的一半", True),
        ("开工由2022年9月推迟到2023年6月。", "推迟了9个月", True),
        ("8月6日22:00至8月7日10:00停水。", "停水共12小时", True),
        ("2家企业各被罚款3万元。", "合计6万元", True),
        ("2020年至2022年的账目。", "共三年的账目", True),
        ("完成年度任务的112%。", "超出12个百分点", True),
        ("流通环节10.3%,生产环节4.2%。", "是生产环节的两倍多", True),
        ("补充材料4175份。", "补充材料四千多份", True),
        ("补充材料4175份。", "补充材料五千多份", False),
        ("8月6日22:75至8月7日10:99停水。", "停水共12小时", False),
        ("8月6日22:00至25:75停水。", "停水共3小时", False),
    ],
)
def test_a_figure_may_follow_from_the_passage(passage: str, sentence: str, expected: bool) -> None:
    text = canonical(sentence)
    evidence = gather((Source(1, passage),))
    assert derived(find_facts(text)[-1], text, evidence) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("由Ⅱ级提升至Ⅰ级", "由二级提升至一级"),
        ("增长三成八", "增长38%"),
        ("晚上6点到9点", "晚上18:00到21:00"),
        ("不超过一个半小时", "不超过90分钟"),
        ("不降反升,上升12%", "上升,上升12%"),
        ("未发现食堂有不合格的情况", "食堂合格"),
        ("1至11月", "前11个月"),
        ("1至6月", "上半年"),
        ("星期六", "周六"),
        ("由三点一个提高到四点六个", "由三点一个提高到四点六个"),
    ],
)
def test_more_ways_to_write_the_same(text: str, expected: str) -> None:
    assert canonical(text) == expected


def test_a_range_has_one_unit_and_a_fraction_is_a_figure() -> None:
    values = [fact.value for fact in find_facts("奖励500到2000元")]
    assert [(str(value.number), value.unit) for value in values if value] == [("500", "元"), ("2000", "元")]
    share = find_facts("降低四分之一")[0].value
    assert share is not None
    assert (str(share.number), share.unit) == ("0.25", "ratio")


def test_words_have_a_class_and_everyday_ones_a_wording() -> None:
    assert word_class("渔民") == "n"
    assert word_class("负责") == "v"
    assert word_class("") == "x"
    assert wordings("不存在的词", "任何文字") == 0.0


def test_the_year_before_is_known_where_its_figure_follows() -> None:
    evidence = gather((Source(1, "2022年人均收入15230元,比上年增加1640元。"),))
    for sentence, expected in (
        ("2021年人均收入13590元", True),
        ("2021年人均收入15230元", False),
        ("2020年人均收入13590元", False),
    ):
        text = canonical(sentence)
        assert year_before(find_facts(text)[0], text, evidence) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("小学、初中和高中分别为5所、3所和1所", ["小学", "初中", "高中"]),
        ("处置土地甲类1930亩,乙类1108亩;目标分别为1500亩和600亩", ["处置土地甲类", "乙类"]),
        ("小学和初中分别为5所", []),
        ("三者分别为5所和3所", []),
        ("分别", []),
        ("", []),
    ],
)
def test_figures_are_dealt_out_in_order(text: str, expected: list[str]) -> None:
    assert [text[start:stop] for start, stop in dealt(text).values()] == expected


def test_a_table_on_one_line_takes_no_time_to_speak_of() -> None:
    passage = gather((Source(1, ",".join(f"第{n}项{n * 7}万元" for n in range(1, 400)) + "。"),))
    text = canonical("合计123457万元")
    assert derived(find_facts(text)[-1], text, passage) is False
