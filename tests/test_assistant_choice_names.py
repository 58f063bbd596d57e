"""The bare name of what is asked, where the sentence tells more than that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.candidates import find_kind
from assistant.pipeline import load_assistant
from index.analysis import fold
from index.update import update_index

if TYPE_CHECKING:
    from pathlib import Path

NOTICE = """中共澄江区委关于巡察整改进展情况的通报
根据市委统一部署，2024年3月1日至5月10日，市委第三巡察组对澄江区进行了巡察。
一、组织领导
第一时间成立由区委书记任组长，区长任副组长的整改工作领导小组，定期研究整改工作。
二、整改情况
1.街道履职不力。对澄水街道整改延期问题，约谈澄水街道领导班子。
2.招商机制不顺。将原来的招商服务局和企业服务局合并成立产业合作中心，实现一站式服务。
3.项目引进少。签约百亿级“澄星材料”项目，加快一批重大项目建设。
4.入学难。①新建学校4所，新增学位3200个。②由第七中学托管白鹭滩中学，派驻管理团队。③交流教师391名，发放补贴5万元。
5.基层终端多。将社区系统整合归并到社区工作平台，并在澄东街道先行开展试点。
"""


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("names")
    (folder / "notice.txt").write_text(NOTICE, "utf-8")
    update_index([folder / "notice.txt"], directory=folder / "index")
    return folder / "index"


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("澄江区约谈了哪个街道的班子?", "澄水街道"),
        ("澄江区的招商服务局和企业服务局并到一块,现在叫什么?", "产业合作中心"),
        ("澄江区谈下来的百亿级大项目叫什么?", "澄星材料"),
        ("澄江区的白鹭滩中学归哪所学校托管?", "第七中学"),
        ("澄江区社区系统整合先在哪个街道试点?", "澄东街道"),
        ("澄江区整改领导小组谁当组长?", "区委书记"),
    ],
)
def test_a_name_is_told_bare(index: Path, question: str, short: str) -> None:
    answer = load_assistant(index).ask(question)
    assert answer.short_answer == short
    assert short in answer.answer


def test_no_name_stands_inside_a_title() -> None:
    text = fold("由基建处牵头,制定《澄江大学基建工程变更签证管理办法》")
    assert not any("签证" in text[start:end] for start, end in find_kind(text, "name"))


@pytest.mark.parametrize("name", ["骆怀川", "付明远", "肖长青", "诸葛一鸣"])
def test_surnames_that_people_bear(name: str) -> None:
    text = fold(f"市委书记{name}任组长")
    assert name in [text[start:end] for start, end in find_kind(text, "person")]
