"""Which units a question names, and which places it names that no notice is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import over
from hypothesis import given
from hypothesis import strategies as st

from assistant.units import Gazetteer, appears
from index.analysis import fold
from index.types import Notice

if TYPE_CHECKING:
    from pathlib import Path

ZONE = "云川高新技术产业开发区"


def notice(unit: str, *aliases: str, number: int = 0) -> Notice:
    names = (unit, *aliases)
    return Notice(f"{unit}{number}", "a.txt", 0, 9, "", unit, names, "", "", "", ("", ""), "", "", ())


def find(index: Path, question: str) -> tuple[list[str], tuple[str, ...]]:
    places = over(index).gazetteer.find(question)
    return [unit.name for unit in places.units], places.other


@pytest.mark.parametrize(
    ("question", "units"),
    [
        ("云川市2023年规上工业增加值是多少？", ["云川市"]),
        ("云川2023年规上工业增加值是多少？", ["云川市"]),
        ("请问云川市委书记是谁", ["云川市"]),
        ("云川市级机关精简了几个科室", ["云川市"]),
        ("云川高新区怎么处置闲置土地", [ZONE]),
        ("云川高新技术产业开发区怎么处置闲置土地", [ZONE]),
        ("云川高新技术开发区怎么处置闲置土地", [ZONE]),
        ("云川开发区怎么处置闲置土地", [ZONE]),
        ("高新区有几家企业", [ZONE]),
        ("临渚区修了几条路", ["临渚区"]),
        ("临渚修了几条路", ["临渚区"]),
        ("澄浦都市圈有几个市", ["澄浦市"]),
        ("岚江省委开了什么会", ["岚江省"]),
        ("雲川市改造了幾個小區", ["云川市"]),
        ("云川市、临渚区、岚江省分别多少", ["云川市", "临渚区", "岚江省"]),
        ("云川市比云川高新区多多少，云川市占几成", ["云川市", ZONE]),
        ("2023年改造了几个老旧小区", []),
    ],
)
def test_units_by_full_short_and_colloquial_name(index: Path, question: str, units: list[str]) -> None:
    assert find(index, question) == (units, ())


@pytest.mark.parametrize(
    ("question", "other"),
    [
        ("松泉县清退了多少资金", "松泉县"),
        ("请问银汀市2023年末有多少家高新技术企业", "银汀市"),
        ("想问一下银汀市的情况", "银汀市"),
        ("2023年银汀市规上工业增加值是多少", "银汀市"),
        ("2023年5月银汀市新增多少学位", "银汀市"),
        ("在白汀县关停了多少家散乱作坊", "白汀县"),
        ("湖北省的监督电话", "湖北省"),
        ("去湖北村里当医生要几年", "湖北"),
        ("湖北乡村医生有多少", "湖北"),
        ("武汉经开区招了几个商", "武汉经开区"),
        ("武汉高新区招了几个商", "武汉高新区"),
        ("临渚高新区招了几个商", "临渚高新区"),
        ("云川经开区招了几个商", "云川经开区"),
        ("云川县有多少人", "云川县"),
        ("岚江市有多少人", "岚江市"),
        ("临渚县有多少人", "临渚县"),
    ],
)
def test_a_place_without_a_notice_is_named_and_never_taken_for_a_held_one(
    index: Path, question: str, other: str
) -> None:
    assert find(index, question) == ([], (other,))


def test_a_stranger_stands_beside_a_held_unit(index: Path) -> None:
    assert find(index, "云川市和松泉县2023年各改造了多少？") == (["云川市"], ("松泉县",))


@pytest.mark.parametrize(
    "question",
    [
        "社区有几个",
        "哪个社区医院归谁管",
        "把哪家社区医院交给市一院",
        "老旧小区改造了几个",
        "示范区建设得怎么样",
        "城区积水点消除了几处",
        "工业园区有多少个",
        "自贸区有几个",
        "哪个区最多",
        "各县区整改了多少",
        "全市有多少家企业",
        "本市有多少家企业",
        "县城路灯装了几盏",
        "超市查了多少家",
        "沿江市场有多少个",
        "美丽乡村建了几个",
        "软弱涣散村整顿了几个",
        "青禾镇的路灯",
        "北京路改造花了多少",
        "",
        "？！",
    ],
)
def test_words_that_only_look_like_places(index: Path, question: str) -> None:
    assert find(index, question) == ([], ())


def test_a_held_unit_hides_no_words_around_it(index: Path) -> None:
    assert find(index, "云川市把哪家社区医院交给市一院") == (["云川市"], ())


def test_a_zone_by_its_everyday_name(index: Path) -> None:
    assert find(index, "云川高新2023年规上工业增加值是多少？") == ([ZONE], ())
    assert find(index, "云川高新技术企业有多少家？") == (["云川市"], ())


def test_a_zone_behind_the_name_of_another_unit(index: Path) -> None:
    assert find(index, "临渚区高新区有几家企业")[0] == ["临渚区"]
    assert find(index, "临渚区的高新区有几家企业")[0] == ["临渚区", ZONE]


def test_a_zone_behind_the_name_of_its_city(index: Path) -> None:
    assert find(index, "云川市高新区2023年规上工业增加值是多少，比上年增长多少？") == ([ZONE], ())


@pytest.mark.parametrize("name", ["黄山区", "青山区"])
def test_districts_that_end_like_common_words(index: Path, name: str) -> None:
    assert find(index, f"{name}2023年改造了几个老旧小区") == ([], (name,))


def test_a_zones_bare_place_is_the_zone_only_where_no_unit_has_the_name() -> None:
    alone = Gazetteer([notice("云川高新区")])
    assert [unit.name for unit in alone.find("云川改造了几个").units] == ["云川高新区"]
    both = Gazetteer([notice("云川高新区"), notice("云川市", "云川")])
    assert [unit.name for unit in both.find("云川改造了几个").units] == ["云川市"]


def test_a_name_that_two_units_bear_names_neither() -> None:
    gazetteer = Gazetteer([notice("甲安市", "安城"), notice("乙安市", "安城")])
    assert gazetteer.find("安城改造了几个").held == ()
    assert [unit.name for unit in gazetteer.find("乙安市改造了几个").units] == ["乙安市"]


def test_two_notices_of_one_unit_are_one_unit() -> None:
    (unit,) = Gazetteer([notice("云川市", number=1), notice("云川市", number=2)]).units
    assert unit.notices == ("云川市1", "云川市2")


def test_without_notices_only_strangers_are_found() -> None:
    gazetteer = Gazetteer([])
    assert gazetteer.units == ()
    assert gazetteer.find("云川市改造了几个").other == ("云川市",)
    assert gazetteer.mask("云川市") == "云川市"


def test_the_short_names_of_a_long_body() -> None:
    gazetteer = Gazetteer([notice("沐江水务建设集团")])
    for name in ("沐江水务建设集团", "沐江水建", "沐江水务集团"):
        assert [unit.name for unit in gazetteer.find(f"{name}清退了多少资金").units] == ["沐江水务建设集团"], name
    for question in ("沐江的水质怎么样", "沐江有几座桥"):
        assert gazetteer.find(question).units == (), question


def test_mentions_are_slices_of_the_folded_question(index: Path) -> None:
    gazetteer = over(index).gazetteer
    question = "雲川市和高新區各多少"
    for mention in gazetteer.find(question).held:
        name = fold(question)[mention.start : mention.end]
        assert name in (mention.unit.name, *mention.unit.aliases)


@given(st.text(alphabet="云川市临渚区高新岚江省松泉县的和在，年2023 a\U0001f600", max_size=30))
def test_masking_keeps_the_length_and_hides_every_unit(index: Path, text: str) -> None:
    gazetteer = over(index).gazetteer
    masked = gazetteer.mask(fold(text))
    assert len(masked) == len(text)
    for mention in gazetteer.find(text).held:
        assert set(masked[mention.start : mention.end]) == {"\n"}


def test_a_name_inside_that_of_a_held_unit_does_not_appear(index: Path) -> None:
    mask = over(index).gazetteer.mask
    assert appears("松泉县", ["学习借鉴松泉县做法"], mask)
    assert not appears("云川", ["云川市的做法"], mask)
    assert not appears("松泉县", [], mask)


@pytest.mark.parametrize("question", ["湖北岸的灯塔是谁设计的", "江西岸修了几公里"])
def test_a_shore_is_no_province(index: Path, question: str) -> None:
    assert find(index, question) == ([], ())
