"""The units that a question names: those that the indexed notices are about, and those that they are not."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from index.types import Notice

_HAN = "\u3400-\u9fff"
_SUFFIX = "特别行政区|自治区|自治州|自治县|经济技术开发区|高新技术产业开发区|经开区|高新区|开发区|新区|省|市|区|县|州|镇|乡|街道|村"
_LARGER = _SUFFIX.removesuffix("|镇|乡|街道|村") + "|街道"
_INSIDE = "[里中上下民医干支委级教村]"
"""Behind 乡 or 村 these make a word of it, not a place: in 云川村里 the place is 云川."""
_BODY = "特别行政区|自治区|自治州|自治县|经济技术开发区|高新技术产业开发区|经开区|高新区|开发区|新区|省|市|区|县|州"
_PLAIN = "[^的了是把被给在有到没和与跟及或为用这那哪几每各全老小\\W\\d]"
_NAMED = re.compile(
    rf"(?:(?<![{_HAN}])|(?<=[的在对和与跟问是说]))(?={_PLAIN})[{_HAN}]{{2,5}}?(?:{_BODY})(?![场民级直长里上中内镇村乡]|[县市区](?![长委政])|处级|科级|域)"
)
_NOT_A_PLACE = re.compile(
    r"(?:哪个?|哪些|几个|各个?|每个?|全|我|该|本|这个?|那个?|多少个?|什么|老旧?|住宅|现代|[一二三四五两\d]个?)"
    r"(?:省|市|区|县|州|镇|乡|街道|村|经开区|高新区|开发区|新区|小区|社区|园区)$"
    r"|(?:社区|小区|园区|示范区|保护区|集聚区|先行区|试验区|自贸区|开发片区)$|^(?:社|小|园|地|城|市|辖|景|校|院|示范|保护|集聚|先行|试验|自贸|灾|山|库|片|聚|专|禁|矿|林|牧|港|特|战|郊|街|商|厂|住宅)区$"
    r"|(?:城|都|楼|股|超|上|门|夜|集|菜|车|房|地级|县级)市$|(?:农|乡|贫困|重点|软弱涣散|示范|行政|自然|整顿)村$|(?:城|乡|强)镇$|(?:强|百强|重点)县$"
)
_LEADING = re.compile(
    r"^(?:请问|问问|想问|问下|关于|对于|目前|现在|今年|去年|还有|以及|根据|按照|位于|来自|说说|一下)+"
)
_DATE_MARK = re.compile(r"(?<=\d)[年月日号]")
_FUNCTION = re.compile(r"[的了是把被给在有到没和与跟及或哪几每各们]|什么|多少|怎么")
_LONG_NAME = 7
_BODY_NAME = re.compile(r"(?:集团|公司|大学|学院|医院|银行|学校|研究院|局|委员会)$")
_KIND = re.compile(r"集团|公司|大学|学院|医院|银行|研究院")
_ZONE = re.compile(r"(?:经济技术开发区|经济开发区|经开区|高新技术产业开发区|高新技术开发区|高新区|开发区)$")


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit that at least one indexed notice is about."""

    name: str
    aliases: tuple[str, ...]
    notices: tuple[str, ...]
    """Ids of its notices."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of a folded question that names a unit."""

    start: int
    end: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class Places:
    """What a question names."""

    held: tuple[Mention, ...]
    other: tuple[str, ...]
    """Names of places that no indexed notice is about."""

    @property
    def units(self) -> tuple[Unit, ...]:
        """The held units in the order of mention, each once."""
        return tuple(dict.fromkeys(mention.unit for mention in self.held))


class Gazetteer:
    """Finds the units and places that a question names."""

    def __init__(self, notices: Iterable[Notice]) -> None:
        self.units = _units(notices)
        self._by_alias = _aliases(self.units)
        longest = sorted(self._by_alias, key=len, reverse=True)
        shortened = [pattern for unit in self.units for pattern in _shortened(fold(unit.name))]
        patterns = [*map(_guarded, longest), *shortened]
        self._pattern = re.compile("|".join(patterns)) if patterns else None
        self._known = _known_places()

    def find(self, question: str) -> Places:
        """Return what raw `question` names; a question that names nothing gives two empty tuples."""
        folded = fold(question)
        held = tuple(self._held(folded))
        masked = list(folded)
        for mention in held:
            masked[mention.start : mention.end] = "\n" * (mention.end - mention.start)
        return Places(held, tuple(self._others("".join(masked))))

    def mask(self, folded: str) -> str:
        """Return folded text with every name of a held unit replaced by line feeds of the same length."""
        masked = list(folded)
        for mention in self._held(folded):
            masked[mention.start : mention.end] = "\n" * (mention.end - mention.start)
        return "".join(masked)

    def _held(self, folded: str) -> Iterable[Mention]:
        if self._pattern is None:
            return
        last = (0, 0)
        for match in self._pattern.finditer(folded):
            alias, after = match.group(), folded[match.end() : match.end() + 4]
            units = self._by_alias.get(alias) or tuple(unit for unit in self.units if _shortens(alias, fold(unit.name)))
            another = len(units) != 1 or self._names_another(alias, after, units[0])
            if not another and not (is_generic(alias) and self._elsewhere(folded, match.start(), units[0], last)):
                yield Mention(match.start(), match.end(), units[0])
            last = match.span()

    def _elsewhere(self, folded: str, at: int, unit: Unit, last: tuple[int, int]) -> bool:
        """Whether the place named right before a zone's bare kind is not that of `unit` (苏州 + 高新区): the zone is another.

        `last` is where the last name of a unit stands.
        """
        before = [last, *(match.span() for match in self._known.finditer(folded))]
        places = [folded[start:at].rstrip("省市区县") for start, end in before if start < at <= end]
        return any(place and place not in fold(unit.name) for place in places)

    def _names_another(self, alias: str, after: str, unit: Unit) -> bool:
        """Whether the text after a bare name makes it the name of another body (宣城 + 市, 芜湖 + 高新区)."""
        if alias == unit.name or re.search(r"[省市区县]$", alias):
            return False
        longer = re.match(rf"(?:{_SUFFIX})(?![域级直内中长民场里上下外属])", after)
        if longer is None or longer.group() in ("镇", "乡", "村", "州"):
            return False
        return alias + longer.group() not in unit.aliases

    def _others(self, masked: str) -> Iterable[str]:
        found: dict[str, None] = {}
        taken = 0
        for match in self._known.finditer(masked):
            found[match.group()] = None
            taken = match.end()
            masked = masked[: match.start()] + "\n" * (taken - match.start()) + masked[taken:]
        for match in _NAMED.finditer(_DATE_MARK.sub("\n", masked)):
            name = _LEADING.sub("", match.group())
            if len(name) > 2 and not _NOT_A_PLACE.search(name) and not _FUNCTION.search(name):
                found[name] = None
        return found


def is_generic(alias: str) -> bool:
    """Whether a name says what kind of zone a unit is and not which (经开区): another unit may mean itself by it."""
    return _ZONE.fullmatch(alias) is not None


def _units(notices: Iterable[Notice]) -> tuple[Unit, ...]:
    grouped: dict[str, list[Notice]] = {}
    for notice in notices:
        if notice.unit:
            grouped.setdefault(notice.unit, []).append(notice)
    return tuple(
        Unit(
            name,
            tuple(dict.fromkeys(fold(alias) for item in items for alias in item.aliases)),
            tuple(n.id for n in items),
        )
        for name, items in grouped.items()
    )


def _aliases(units: Iterable[Unit]) -> dict[str, tuple[Unit, ...]]:
    """Map each folded name to the units that bear it; a zone's bare place counts where no unit has that name."""
    table: dict[str, tuple[Unit, ...]] = {}
    for unit in units:
        for alias in dict.fromkeys((fold(unit.name), *unit.aliases)):
            table[alias] = (*table.get(alias, ()), unit)
    for unit in units:
        base = _ZONE.sub("", fold(unit.name))
        if len(base) >= 2 and base != fold(unit.name):
            bare = base.rstrip("市区县") if len(base) > 2 else base
            for name in {base, bare}:
                if name not in table or table[name][0].name.startswith(unit.name[:2] + "\0"):
                    table[name] = (unit,)
    return {alias: bearers for alias, bearers in table.items() if len(alias) >= 2}


def _guarded(alias: str) -> str:
    """Return a pattern for an alias: 云川高新 is the zone, but not in 云川高新技术企业."""
    return re.escape(alias) + (r"(?!技术|企业|产业)" if alias.endswith(("高新", "经开")) else "")


def _shortened(name: str) -> list[str]:
    """Return a pattern for free abbreviations of a long body's name (沐江水务建设集团 → 沐江水建), if it has them."""
    found = []
    if len(name) >= (_LONG_NAME - 1 if _KIND.search(name) else _LONG_NAME) and _BODY_NAME.search(name):
        found.append(f"{re.escape(name[:2])}(?=[^\\W\\d]{{2}}){_in_order(name[2:])}")
    placeless = _placeless(name)
    if placeless:
        kind = _KIND.search(placeless)
        ending = kind.group().replace("大学", "大学?") if kind else ""
        middle = placeless[2 : kind.start()] if kind else ""
        found.append(
            rf"(?:(?<![{_HAN}])|(?<=[的在对和与跟及问是说])){re.escape(placeless[:2])}{_in_order(middle)}{ending}(?:有限|股份|责任|公司)*"
        )
    return found


def _in_order(text: str) -> str:
    """Return a pattern for any of the characters of `text`, in their order."""
    return "".join(f"{re.escape(char)}?" for char in text)


def _placeless(name: str) -> str:
    """Return a body's name without its place (沐江水务建设集团 → 水务建设集团), or an empty string."""
    rest = re.sub(r"^.{2,4}?(?:省|市|自治区|县|区)(?=.{4})|^..(?=.{4})", "", name, count=1)
    return rest if rest != name and _KIND.search(rest, 2) else ""


def _shortens(alias: str, name: str) -> bool:
    """Whether `alias` is a free abbreviation of at least four characters of a long body's name."""
    placed = alias[:2] == name[:2]
    whole = name if placed else _placeless(name)
    if len(alias) < (4 if placed else 3) or not _shortened(name) or alias[:2] != whole[:2]:
        return False
    rest = iter(whole)
    return all(char in rest for char in alias)


def _known_places() -> re.Pattern[str]:
    lines = resources.files("assistant").joinpath("data/places.txt").read_text("utf-8").splitlines()
    names = sorted((name for line in lines if not line.startswith("#") for name in line.split()), key=len, reverse=True)
    return re.compile(
        rf"(?:{'|'.join(names)})(?:{_LARGER}|(?:镇|乡|村)(?!{_INSIDE}))?(?![镇路街道岸]|[乡村](?!{_INSIDE}))"
    )


def appears(name: str, texts: Iterable[str], mask: Callable[[str], str]) -> bool:
    """Whether a place's name stands in one of the folded texts outside the names of held units."""
    folded = fold(name)
    return any(folded in text and folded in mask(text) for text in texts)
