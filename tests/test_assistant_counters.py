"""What things are counted in, told by their noun; what a question says it does not ask for; dates as exact as asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from assistant.counters import counters_of, counts_other, noun_asked
from assistant.figures import unit_fit
from assistant.pipeline import load_assistant
from assistant.question import understand
from assistant.types import Status, Wanted
from assistant.units import Gazetteer, is_generic
from index.update import update_index

if TYPE_CHECKING:
    from pathlib import Path

NOTICE = """中共澄江经济开发区工委关于巡察整改进展情况的通报
根据市委统一部署，2024年3月1日至5月10日，市委第三巡察组对澄江经济开发区工委进行了巡察。
一、集中整改情况
1.沿河化工企业搬迁慢。印发搬迁方案，财政安排补助资金6亿元，修建管网86.5公里。
2.干部作风问题。查处违纪干部17名，清退款项52.8万元，挽回其他损失86.3万元。2024年4月召开警示教育大会，5月6日召开整改动员大会。
3.港口建设。澄江港新增泊位7个，集装箱吞吐量居全省第1。
"""


@pytest.mark.parametrize(
    ("question", "counter"),
    [
        ("处理了多少违纪的干部?", "名"),
        ("有多少老百姓受益?", "人"),
        ("沿江化工厂搬了多少?", "家"),
        ("多少企业完成了搬迁?", "家"),
        ("多少老旧小区改造完了?", "个"),
        ("查了多少案子?", "起"),
    ],
)
def test_a_noun_says_what_it_is_counted_in(question: str, counter: str) -> None:
    assert counter in counters_of(noun_asked(question))


@pytest.mark.parametrize(
    "question",
    ["投入了多少资金?", "企业用电多少?", "多少企业贷款?", "多少企业税收?", "增长多少?", "化解了多少?", "", "多少?"],
)
def test_what_is_measured_or_unknown_has_no_counter(question: str) -> None:
    assert counters_of(noun_asked(question)) == frozenset()


@pytest.mark.parametrize(
    ("value", "least", "most"),
    [("17名", 0.8, 1), ("5个", 0.1, 0.5), ("6亿元", -1, -1), ("86.5公里", -1, -1), ("1.4万", 0, 0), ("第1", -1, -1)],
)
def test_how_a_figure_meets_the_counters_of_a_noun(value: str, least: float, most: float) -> None:
    assert least <= unit_fit("", (), value, counters_of(noun_asked("处理了多少干部?"))) <= most


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("counting")
    (folder / "notice.txt").write_text(NOTICE, "utf-8")
    update_index([folder / "notice.txt"], directory=folder / "index")
    return folder / "index"


@pytest.mark.parametrize(
    "question",
    ["澄江开发区沿河的化工厂搬了多少?", "澄江开发区有多少学生?", "澄江开发区有几名干部没处理完?"],
)
def test_a_figure_of_something_else_is_no_answer(index: Path, question: str) -> None:
    assert load_assistant(index).ask(question).status is Status.NO_ANSWER


@pytest.mark.parametrize(
    ("question", "short"),
    [
        ("澄江开发区查处了多少干部?", "17名"),
        ("澄江开发区退了多少钱?我问的是清退的款项,不是挽回的损失", "52.8万元"),
        ("澄江开发区挽回了多少损失(不是清退的钱)?", "86.3万元"),
        ("澄江开发区是哪天开的整改动员大会?", "5月6日"),
    ],
)
def test_the_figure_or_day_that_is_meant(index: Path, question: str, short: str) -> None:
    assert load_assistant(index).ask(question).short_answer == short


def test_what_is_not_asked_for_is_left_out() -> None:
    asked = understand("湖北2020年的入库数(不是2021年)", Gazetteer(()))
    assert asked.years == ("2020",)
    assert asked.wanted is Wanted.NUMBER
    assert understand("是不是2021年完成的?", Gazetteer(())).years == ("2021",)


def test_a_kind_of_zone_names_no_unit() -> None:
    assert is_generic("经开区")
    assert not is_generic("澄江经开区")


@pytest.mark.parametrize(
    ("asked", "text", "figure", "other"),
    [
        ("问题", "制定171条整改措施", "171条", True),
        ("湖泊", "实施八个方面的措施", "八个", True),
        ("集装箱", "新增泊位7个,吞吐量居首", "7个", False),
        ("干部", "新增泊位7个,吞吐量居首", "7个", True),
        ("问题", "14个方面38个问题", "38个", False),
        ("企业", "关停工厂12家,", "12家", False),
    ],
)
def test_a_figure_beside_a_noun_of_another_kind_counts_that(asked: str, text: str, figure: str, other: bool) -> None:
    start = text.index(figure)
    assert counts_other(asked, text, start, start + len(figure)) is other
