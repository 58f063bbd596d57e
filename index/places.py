"""Names of units: how an administrative name or an issuer is shortened and spoken."""

from __future__ import annotations

import re

_ZONE = re.compile(r"(?:经济技术开发区|经济开发区|经开区|高新技术产业开发区|高新技术开发区|高新区|开发区)$")
_ECONOMIC = ("经济技术开发区", "经济开发区", "经开区", "开发区")
_HIGH_TECH = ("高新技术产业开发区", "高新技术开发区", "高新区", "开发区")
_ADMIN = re.compile(r"(.{2,}?)(?:特别行政区|自治区|自治州|自治县|自治旗|省|市|区|县|州|盟|旗|镇|乡|街道)$")
_FUNCTIONAL = re.compile(
    r"(?:新|保税|示范|名胜|试验|合作|度假|园|景|库|林|保护|功能|先行|合作|集聚|物流|港|产业|旅游)区$"
)
"""Areas whose name loses its meaning with the last character: 云川新区 is no 云川新."""
_PLACE = "省市区县州盟旗镇乡道"
_PARTY = re.compile(
    rf"(?:(?<=[{_PLACE}])委员会|(?<=[{_PLACE}])委|党工委|工委|工作委员会|(?<=[区园城港])管理委员会|管委会|校委会|院委会|"
    rf"党委|党组|(?<=[{_PLACE}])(?:人民)?政府)(?:办公室|办公厅|常委会|常务委员会|领导班子)?$"
)
_COMMITTEE = re.compile(r"(?<!检查)委员会$")
_GENERIC = re.compile(rf"(?:[我本该全]?[{_PLACE}校局厅部院]|委|(?:我|本|该).{{0,4}})?$")
_PARENT = re.compile(r"^(.{2,}?(?:省|自治区|市|自治州|州|盟|区|县|旗))(.{2,}(?:市|区|县|旗|镇|乡|街道))$")
_DEPARTMENT = re.compile(r"^(.{2,}?)(?:省|市|区|县|州)(.{2,}[局委办厅])$")
_COMPANY = re.compile(r"(?:股份|控股)?(?:有限责任公司|有限公司)$")


def unit_of_body(body: str) -> str:
    """Return the unit that a party or government body belongs to; an unknown form comes back as it is.

    Of several bodies the first counts. A body without a name of its own (市委, 党组) gives an empty string.

    >>> unit_of_body("中共湖滨市委"), unit_of_body("中共云川经济技术开发区工委"), unit_of_body("湖滨市乙山区委员会")
    ('湖滨市', '云川经济技术开发区', '乙山区')
    >>> unit_of_body("云川市财政局党组"), unit_of_body("云川市人民政府办公室"), unit_of_body("市委")
    ('云川市财政局', '云川市', '')
    """
    name = _place_of(body)
    parent = _PARENT.match(name)
    while parent and not _ZONE.search(name):
        name = parent.group(2)
        parent = _PARENT.match(name)
    return name


def _place_of(body: str) -> str:
    """Return `body` without what makes it a party or government body (湖滨市乙区委 → 湖滨市乙区)."""
    first = (body.split() or [""])[0]
    name = first.removeprefix("中国共产党").removeprefix("中共")
    is_party = name != first
    stripped = _PARTY.sub("", name)
    if is_party and stripped == name:
        stripped = _COMMITTEE.sub("", name)
    return "" if _GENERIC.fullmatch(stripped) else stripped


def aliases_of(unit: str, *, parent: str = "") -> tuple[str, ...]:
    """Return the names under which people speak of `unit`, longest first, `unit` itself included.

    `parent` is the unit above it, if the text names one. An empty unit gives an empty tuple.

    >>> aliases_of("云川经济技术开发区")
    ('云川经济技术开发区', '云川经济开发区', '云川开发区', '云川经开区', '经开区')
    >>> aliases_of("乙区", parent="湖滨市")
    ('湖滨市乙区', '湖滨乙区', '乙区')
    >>> aliases_of("乙山区", parent="湖滨市")
    ('湖滨市乙山区', '湖滨乙山区', '湖滨市乙山', '湖滨乙山', '乙山区', '乙山')
    """
    if not unit:
        return ()
    names = {unit}
    if _ZONE.search(unit):
        names.update(_zone_names(unit))
    elif _FUNCTIONAL.search(unit):
        pass
    elif short := _ADMIN.match(unit):
        names.add(short.group(1))
    elif department := _DEPARTMENT.match(unit):
        names.add(department.group(1) + department.group(2))
    elif company := _COMPANY.search(unit):
        names.add(unit[: company.start()])
    if parent and not _ZONE.search(unit):
        short = _ADMIN.match(parent)
        bases = (parent, short.group(1) if short else parent)
        names.update([base + name for base in bases for name in names])
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


def _zone_names(unit: str) -> set[str]:
    """Return the long and short names of a development zone, with and without the place before it."""
    zone = _ZONE.search(unit)
    if not zone:
        return set()
    base = unit[: zone.start()]
    short = _ADMIN.match(base)
    family = _HIGH_TECH if "高新" in zone.group() else _ECONOMIC
    places = {base, short.group(1) if short else base} - {""}
    names = {
        place + suffix
        for suffix in family
        for place in places | {f"{place}市" for place in places if place[-1] not in "省市区县"}
    }
    names |= {
        place + suffix[:-1]
        for suffix in family
        if len(suffix) == len("经开区")
        for place in places
        if suffix != "开发区"
    }
    return names | {"高新区" if family is _HIGH_TECH else "经开区" if zone.group() != "开发区" else "开发区"}


def parent_of(body: str) -> str:
    """Return the upper unit in the two-level name of a body (湖滨市 of 湖滨市乙区委), or an empty string."""
    name = _place_of(body)
    match = _PARENT.match(name)
    parent = ""
    while match and not _ZONE.search(name):
        parent, name = match.group(1), match.group(2)
        match = _PARENT.match(name)
    return parent
