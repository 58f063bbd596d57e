"""Enumerations, the one that has as many parts as are asked for, parts of a whole, and what each notice mentions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.compose.series import split_series
from assistant.pipeline import load_assistant
from assistant.question import understand
from assistant.types import Wanted
from assistant.units import Gazetteer
from index.update import update_index

if TYPE_CHECKING:
    from pathlib import Path

NOTICES = {
    "澄江": """中共澄江区委关于巡察整改进展情况的通报
根据市委统一部署，市委第三巡察组对澄江区进行了巡察。
一、整改情况
1.定位不清。明确目标任务，加快建设区域物流中心、科技创新中心、康养服务中心和消费中心的目标任务。积极培育“澄砚故里”、南塘古渡及“百年酱园”三大文化标识。
2.作风不实。给予党纪处分38人(党内警告22人、严重警告9人、开除党籍7人)。细化整改措施126条。
3.群众反映强烈。严肃查处拖欠农民工工资的行为，追回工资120万元。逐步化解大班额问题。
""",
    "云溪": """中共云溪区委关于巡察整改进展情况的通报
根据市委统一部署，市委第四巡察组对云溪区进行了巡察。
一、整改情况
1.制度不全。细化整改措施98条，修订制度12项。
2.监管不严。开展校园食堂检查，整改问题31个。
3.布局零散。出台《云溪区专业动态调整办法》《云溪区课程评价办法》，新增智慧渔业、生物制种、海洋林业3个专业。成功获批国家神经内科、口腔科2个区域诊疗中心。领导小组下设督查考核、宣传公开2个工作组。
""",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("series")
    for name, text in NOTICES.items():
        (folder / f"{name}.txt").write_text(text, "utf-8")
    update_index([folder / f"{name}.txt" for name in NOTICES], directory=folder / "index")
    return folder / "index"


@pytest.mark.parametrize(
    ("series", "parts"),
    [
        ("甲、乙和丙", ["甲", "乙", "丙"]),
        ("“甲”“乙”", ["甲", "乙"]),
        ("《甲》《乙》", ["《甲》", "《乙》"]),
        ("甲", ["甲"]),
    ],
)
def test_parts_of_an_enumeration(series: str, parts: list[str]) -> None:
    assert split_series(series) == parts


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("澄江区的三大文化标识是哪三个?", ("澄砚故里", "南塘古渡", "百年酱园")),
        ("澄江区要建的四个中心分别是啥?", ("区域物流中心", "科技创新中心", "康养服务中心", "消费中心")),
    ],
)
def test_an_enumeration_is_found_by_its_count(index: Path, question: str, items: tuple[str, ...]) -> None:
    assert load_assistant(index).ask(question).items == items


def test_the_whole_and_a_part_in_brackets(index: Path) -> None:
    assistant = load_assistant(index)
    assert assistant.ask("澄江区给了多少人党纪处分?").short_answer == "38人"
    assert assistant.ask("澄江区有多少人被开除党籍?").short_answer == "7人"


def test_each_notice_is_asked_for_what_it_mentions(index: Path) -> None:
    answer = load_assistant(index).ask("哪些单位提到了拖欠工资?")
    assert answer.items[0] == "云溪区：未提及"
    assert "拖欠农民工工资" in answer.items[1]
    assert len(answer.citations) == 1


def test_which_notices_tell_a_figure(index: Path) -> None:
    answer = load_assistant(index).ask("这几份通报里,哪些写了订了多少条整改措施?分别多少")
    assert answer.items == ("云溪区：98条", "澄江区：126条")
    assert "澄江区更多，多28条" in answer.answer


def test_what_goes_step_by_step_is_not_yet_done(index: Path) -> None:
    answer = load_assistant(index).ask("澄江区的大班额问题是不是已经彻底解决了?")
    assert answer.answer.startswith("尚未完成")


def test_a_count_before_what_is_asked_makes_a_list() -> None:
    assert understand("三块文化招牌是什么?", Gazetteer(())).wanted is Wanted.LIST
    assert understand("哪些单位提到了欠薪?", Gazetteer(())).wanted is Wanted.PHRASE


def test_a_question_to_all_does_not_stay_with_the_unit_asked_before(index: Path) -> None:
    answer = load_assistant(index).ask("哪些单位提到了拖欠工资?", history=["云溪区修订了多少项制度?"])
    assert len(answer.items) == 2
    assert answer.standalone == "哪些单位提到了拖欠工资?"


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("云溪区新开了哪几个专业？", ("智慧渔业", "生物制种", "海洋林业")),
        ("云溪区拿下了哪几个区域诊疗中心？", ("国家神经内科", "口腔科")),
        ("云溪区领导小组有哪几个工作组？", ("督查考核", "宣传公开")),
    ],
)
def test_the_enumeration_whose_number_and_noun_follow_it_is_told(
    index: Path, question: str, items: tuple[str, ...]
) -> None:
    assert load_assistant(index).ask(question).items == items


def test_a_number_that_fits_makes_an_enumeration_sure_enough(index: Path) -> None:
    answer = load_assistant(index).ask("云溪区领导小组有哪几个工作组？")
    assert answer.confidence >= 0.5
