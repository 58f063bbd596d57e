from __future__ import annotations

import pytest

from assistant.grounding import ProblemKind, Source
from assistant.grounding.canonical import canonical
from assistant.grounding.derived import derived
from assistant.grounding.evidence import Evidence, gather
from assistant.grounding.facts import find_facts
from assistant.grounding.names import holds_name
from assistant.grounding.swaps import swapped
from assistant.grounding.transplants import transplanted
from assistant.grounding.twins import twin_names


def evidence(text: str, *, date: str = "") -> Evidence:
    return gather((Source(1, text, date=date),))


@pytest.mark.parametrize(
    ("passage", "wrong", "right"),
    [
        ("城南水库已除险加固。", "城北水库已除险加固", "已对城南水库除险加固"),
        ("由市第二中学牵头。", "由市第五中学牵头", "市第二中学牵头"),
        ("由分管副县长召集。", "由县长召集", "由副县长召集"),
        ("李某系财政所所长。", "李某系财政所副所长", "李某系财政所所长"),
        ("对建设路实行全封闭施工。", "对解放路实行全封闭施工", "建设路实行全封闭施工"),
        ("县水务局负责监管、乡镇负责日常养护。", "乡镇负责监管,县水务局负责日常养护", "日常养护由乡镇负责"),
    ],
)
def test_a_name_with_another_telling_part_is_found(passage: str, wrong: str, right: str) -> None:
    assert list(twin_names(canonical(wrong), evidence(passage)))
    assert not list(twin_names(canonical(right), evidence(passage)))


def test_no_evidence_and_no_sentence_give_nothing() -> None:
    assert not list(twin_names("", evidence("城南水库已除险加固。")))
    assert not list(twin_names("城北水库已除险加固", gather(())))


def test_what_one_person_did_is_not_said_of_another() -> None:
    passage = (
        "1.住建局副局长韩立收受购物卡6万元。韩立受到警告处分。2.街道主任钱穆安排下属报销餐费3万元。钱穆受到记过处分。"
    )
    assert [one.detail for one in transplanted("钱穆收受购物卡6万元", evidence(passage))] == ["钱穆"]
    assert not list(transplanted("韩立收受购物卡6万元", evidence(passage)))


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("由5万吨提升到8万吨,增加了3万吨", True),
        ("由5万吨提升到8万吨,增加了4万吨", False),
        ("由5万吨提升到8万吨,达到3万吨", False),
        ("由71%提高到83.5%,提高12.5个百分点", True),
        ("由71%提高到83.5%,提高12.5%", False),
        ("由70分钟缩短到35分钟,减少50%", True),
        ("占比为92%,超过90%", True),
        ("占比为92%,超过95%", False),
        ("超过90%", False),
    ],
)
def test_a_figure_may_follow_from_those_beside_it(sentence: str, expected: bool) -> None:
    passage = evidence("由5万吨提升到8万吨。由71%提高到83.5%。由70分钟缩短到35分钟。占比为92%。")
    assert derived(find_facts(sentence)[-1], sentence, passage) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("下午5点", "下午17:00"),
        ("晚上8时30分", "晚上20:30"),
        ("中午12点", "中午12:00"),
        ("按七折确定", "按70%确定"),
        ("八五折", "85%"),
        ("3折合", "3折合"),
        ("2024年1至9月", "2024年前三季度"),
        ("1月1日至9月30日", "1月1日至9月30日"),
        ("第二天6时", "次日6:00"),
        ("同比增幅为22%", "同比增长22%"),
    ],
)
def test_other_ways_to_write_hours_discounts_and_parts_of_a_year(text: str, expected: str) -> None:
    assert canonical(text) == expected


@pytest.mark.parametrize(
    ("sentence", "held"), [("每月调度", True), ("每年签一次", True), ("每季度调度", False), ("每周调度", False)]
)
def test_how_often_may_be_said_without_each(sentence: str, held: bool) -> None:
    passage = evidence("建立月调度制度,合同一年一签。")
    assert [passage.holds(fact) for fact in find_facts(sentence) if fact.kind is ProblemKind.DATE] == [held]


def test_a_name_may_stand_in_a_row_that_ends_with_its_kind() -> None:
    assert holds_name("青坪镇", "在青坪、石盘两镇较为突出")
    assert holds_name("石盘镇", "在青坪、石盘两镇较为突出")
    assert not holds_name("河口镇", "在青坪、石盘两镇较为突出")


def test_the_year_of_publication_is_not_the_year_of_the_figures() -> None:
    passage = evidence("2023年,受理投诉1372件。", date="2024-02-05")
    assert [passage.holds(fact) for fact in find_facts("2024年")] == [False]
    assert [passage.holds(fact) for fact in find_facts("2023年")] == [True]


def test_figures_in_a_row_are_no_rivals_and_opposites_are() -> None:
    passage = evidence("3路、11路公交车改道。公办学校6月11日报名,民办学校6月18日报名。")
    assert not list(swapped("3路和11路公交车绕行", passage))
    assert [one.detail for one in swapped("公办学校6月18日报名", passage)] == ["6月18日"]
