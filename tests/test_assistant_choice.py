"""Which value of a sentence is said, where the parts they play leave no doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_terminal import invoke

from assistant.pipeline import load_assistant
from assistant.types import Reason, Status

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant

NOTICE = """中共松墩县委关于巡察整改进展情况的通报
根据市委统一部署，市委第二巡察组对松墩县进行了巡察，现将整改情况予以公布。
一、整改主体责任情况
县委成立由县委书记乔望山任组长的领导小组，县委副书记费小禾兼任办公室主任。将反馈的5个方面31个问题细化为88项措施，已完成整改27个，其余4个正按时序推进。
二、重点问题整改情况
1.针对供水问题。自来水普及率由81.4%提高到93.7%，受益群众6.2万人。
2.针对秸秆焚烧问题。火点数同比下降58%，秸秆综合利用率达91%。
3.针对矿山问题。2024年完成矿山修复420亩，累计修复1960亩。
4.针对港口问题。由县长白小棠牵头，与渔塘县共建物流园1个。集装箱吞吐量38.2万标箱，比2022年的30.9万标箱增加7.3万标箱。
5.针对工业问题。2023年规上工业增加值86.4亿元，比2022年的71.9亿元增长20.2%。
6.针对创新问题。研发平台由13家增加到21家。
7.针对铁路问题。专用线2023年3月9日开工，预计2025年10月建成通车。
（6）2024年新建幼儿园12所，新增学位3960个。原计划建14所，余下2所2025年交付。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("choice")
    (folder / "notices").mkdir()
    (folder / "notices" / "a.txt").write_text(NOTICE, "utf-8")
    assert invoke("index", folder / "notices", index=folder / "index").exit_code == 0
    return load_assistant(folder / "index")


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("松墩县自来水普及率现在是多少？", "93.7%"),
        ("松墩县自来水普及率是多少？", "93.7%"),
        ("松墩县自来水普及率以前是多少？", "81.4%"),
        ("松墩县秸秆焚烧火点下降多少？", "58%"),
        ("松墩县秸秆综合利用率达到多少？", "91%"),
        ("松墩县反馈了多少个问题？", "31个"),
        ("松墩县还有几个问题没整改完？", "4个"),
        ("松墩县累计修复矿山多少亩？", "1960亩"),
        ("松墩县2022年集装箱吞吐量是多少？", "30.9万标箱"),
        ("松墩县铁路专用线什么时候开工的？", "2023年3月9日"),
        ("松墩县铁路专用线预计什么时候通车？", "2025年10月"),
        ("松墩县整改办公室主任是谁？", "费小禾"),
        ("松墩县2024年新建幼儿园多少所？", "12所"),
        ("松墩县县长是谁？", "白小棠"),
        ("松墩县研发平台有多少家？", "21家"),
        ("松墩县研发平台原来有多少家？", "13家"),
        ("松墩县规上工业增加值是多少？", "86.4亿元"),
        ("松墩县2022年规上工业增加值是多少？", "71.9亿元"),
        ("松墩县规上工业增加值增长多少？", "20.2%"),
    ],
)
def test_the_value_that_was_asked_for(assistant: Assistant, question: str, short: str) -> None:
    answer = assistant.ask(question)
    assert (answer.status, answer.short_answer) == (Status.ANSWERED, short)


@pytest.mark.parametrize(
    "question",
    [
        "渔塘县县长是谁？",
        "松墩县县委组织部部长是谁？",
        "松墩县财政收入是多少？",
        "松墩县人均用水量是多少？",
        "松墩县粮食总产量多少？",
        "松墩县群众满意度得分是几？",
        "松墩县2021年集装箱吞吐量是多少？",
    ],
)
def test_what_only_a_cousin_of_stands_there_is_refused(assistant: Assistant, question: str) -> None:
    answer = assistant.ask(question)
    assert answer.status is Status.NO_ANSWER
    assert answer.reason in {Reason.NOT_FOUND, Reason.LOW_CONFIDENCE, Reason.UNKNOWN_UNIT}
