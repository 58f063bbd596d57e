from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.places import aliases_of, parent_of, unit_of_body


@pytest.mark.parametrize(
    ("body", "unit", "parent"),
    [
        ("中共云川市委", "云川市", ""),
        ("中国共产党云川市委员会", "云川市", ""),
        ("中共岚江省委", "岚江省", ""),
        ("中共云川市临渚区委", "临渚区", "云川市"),
        ("中共云川市临渚区委员会", "临渚区", "云川市"),
        ("岚江省云川市人民政府", "云川市", "岚江省"),
        ("中共松泉县白汀镇委员会", "白汀镇", "松泉县"),
        ("云川市临渚区芷兰街道党工委", "芷兰街道", "临渚区"),
        ("云川经开区党工委", "云川经开区", ""),
        ("中共云川高新技术产业开发区工作委员会", "云川高新技术产业开发区", ""),
        ("云川经济技术开发区管理委员会", "云川经济技术开发区", ""),
        ("云川市财政局党组", "云川市财政局", ""),
        ("中共云川市财政局党组", "云川市财政局", ""),
        ("云川市卫生健康委员会党组", "云川市卫生健康委员会", ""),
        ("云川市卫生健康委员会", "云川市卫生健康委员会", ""),
        ("中共云川市纪律检查委员会", "云川市纪律检查委员会", ""),
        ("云川市发展和改革委员会", "云川市发展和改革委员会", ""),
        ("云川市国有资产监督管理委员会", "云川市国有资产监督管理委员会", ""),
        ("岚江大学党委", "岚江大学", ""),
        ("中共岚江大学委员会", "岚江大学", ""),
        ("中共云川市委党校", "云川市委党校", ""),
        ("中共云川市委党校委员会", "云川市委党校", ""),
        ("岚江交通投资集团有限公司党委", "岚江交通投资集团有限公司", ""),
        ("中共岚江交通投资集团有限公司委员会", "岚江交通投资集团有限公司", ""),
        ("云川市人民政府办公室", "云川市", ""),
        ("云川市政府办公室", "云川市", ""),
        ("云川市市场监督管理局党组", "云川市市场监督管理局", ""),
        ("中共云川市委 云川市人民政府", "云川市", ""),
        ("市委", "", ""),
        ("区委", "", ""),
        ("党工委", "", ""),
        ("我市", "", ""),
        ("局党组", "", ""),
        ("", "", ""),
        ("  ", "", ""),
        ("某某", "某某", ""),
    ],
)
def test_unit_and_parent_of_a_body(body: str, unit: str, parent: str) -> None:
    assert unit_of_body(body) == unit
    assert parent_of(body) == parent


@pytest.mark.parametrize(
    ("unit", "parent", "names"),
    [
        ("", "", ()),
        ("云川市", "", ("云川市", "云川")),
        ("岚江省", "", ("岚江省", "岚江")),
        ("临渚区", "云川市", ("云川市临渚区", "云川临渚区", "云川市临渚", "云川临渚", "临渚区", "临渚")),
        (
            "云川经开区",
            "",
            (
                *("云川经济技术开发区", "云川经济开发区", "云川开发区", "云川经开区", "经开区", "云川经开"),
                *("云川市经济技术开发区", "云川市经济开发区", "云川市开发区", "云川市经开区"),
            ),
        ),
        ("云川新区", "", ("云川新区",)),
        ("云川综合保税区", "", ("云川综合保税区",)),
        ("云川市财政局", "", ("云川市财政局", "云川财政局")),
        ("岚江大学", "", ("岚江大学",)),
        ("岚江交通投资集团有限公司", "", ("岚江交通投资集团有限公司", "岚江交通投资集团")),
    ],
)
def test_aliases(unit: str, parent: str, names: tuple[str, ...]) -> None:
    assert set(aliases_of(unit, parent=parent)) == set(names)


def test_a_zone_of_a_city_is_known_with_and_without_the_word_city() -> None:
    names = aliases_of("云川市高新区")
    assert {"云川市高新区", "云川高新区", "云川高新技术产业开发区", "高新区"} <= set(names)


@settings(deadline=None)
@given(
    st.text(alphabet="云川岚江临渚市区县省委局党组经开高新技术产业开发新大学", max_size=14),
    st.sampled_from(["", "云川市", "岚江自治州"]),
)
def test_aliases_are_unique_longest_first_and_hold_the_unit(name: str, parent: str) -> None:
    unit = unit_of_body(name)
    names = aliases_of(unit, parent=parent)
    assert len(set(names)) == len(names)
    assert list(names) == sorted(names, key=lambda found: (-len(found), found))
    assert not unit or unit in names
    assert all(len(found) >= 2 for found in names if found != unit)
