"""What Word files keep beside their text: styles with outline levels, and lists that number paragraphs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.readers.numerals import written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_STRICT = "{http://purl.oclc.org/ooxml/wordprocessingml/main}"
VALUE = f"{WORD}val"
_HEADING = re.compile(r"(?:heading|标题)\s*(\d)$", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"%([1-9])")
_NO_NUMBER = frozenset(("bullet", "none"))
_LONGEST_CHAIN = 20
_LEVELS = 9
_CONTENTS = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)


def normalised(root: Element) -> Element:
    """Return `root` with the names of the strict form of the format written as those of the usual one."""
    if root.tag.startswith(_STRICT):
        for node in root.iter():
            node.tag = node.tag.replace(_STRICT, WORD)
            for name in [name for name in node.attrib if name.startswith(_STRICT)]:
                node.set(name.replace(_STRICT, WORD), node.attrib.pop(name))
    return root


def value_of(node: Element | None, path: str) -> str:
    """Return the value of the element at `path` below `node`, or an empty string."""
    found = node.find(path) if node is not None else None
    return found.get(VALUE, "") if found is not None else ""


def number_in(text: str, default: int = 0) -> int:
    """Return the small number that `text` is, or `default`."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else default


def is_on(node: Element | None) -> bool:
    """Return whether a switch such as w:vanish is there and not turned off."""
    return node is not None and node.get(VALUE, "1").lower() not in {"0", "false", "off", "none"}


class Styles:
    """Styles of paragraphs with what they take from the styles they are based on."""

    def __init__(self, root: Element | None) -> None:
        found = root.iter(f"{WORD}style") if root is not None else ()
        self._styles = {style.get(f"{WORD}styleId", ""): style for style in found}

    def chain(self, name: str) -> Iterator[Element]:
        """Yield the style and those below it, nearest first; an unknown name yields none."""
        seen: set[str] = set()
        while name in self._styles and name not in seen and len(seen) < _LONGEST_CHAIN:
            seen.add(name)
            yield self._styles[name]
            name = value_of(self._styles[name], f"{WORD}basedOn")

    def level(self, name: str) -> int:
        """Return the level of headings in this style, from 1, or 0 if it is not one of headings."""
        for style in self.chain(name):
            outline = value_of(style, f"{WORD}pPr/{WORD}outlineLvl")
            if outline:
                return _level(outline)
            heading = _HEADING.match(value_of(style, f"{WORD}name"))
            if heading:
                return _level(str(int(heading[1]) - 1))
        return 0

    def is_contents(self, name: str) -> bool:
        """Return whether paragraphs in this style are lines of a table of contents."""
        return any(_CONTENTS.match(value_of(style, f"{WORD}name")) for style in self.chain(name))

    def numbering(self, name: str) -> tuple[str, str]:
        """Return the list and the level in it that the style numbers its paragraphs by; empty if it does not."""
        kept = ""
        for style in self.chain(name):
            listed = style.find(f"{WORD}pPr/{WORD}numPr")
            if listed is not None:
                kept = kept or value_of(listed, f"{WORD}ilvl")
                if number := value_of(listed, f"{WORD}numId"):
                    return number, kept
        return "", kept


def _level(outline: str) -> int:
    level = number_in(outline, _LEVELS)
    return min(level + 1, 5) if level < _LEVELS else 0


def outline_level(properties: Element | None) -> int:
    """Return the level that a paragraph gives itself, from 1, or 0."""
    outline = value_of(properties, f"{WORD}outlineLvl")
    return _level(outline) if outline else 0


@dataclass(slots=True)
class _Level:
    """One level of a list."""

    style: str
    text: str
    start: int
    legal: bool
    restart: int
    """Level from which on this one begins anew; -1: any above it."""


@dataclass(slots=True)
class _List:
    """A list: its levels, and how far each has been counted."""

    abstract: str
    levels: dict[int, _Level] = field(default_factory=dict)
    overridden: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Counts the lists of a document: `label` is called for each paragraph of them, in order."""

    def __init__(self, root: Element | None, styles: Styles) -> None:
        self._abstract = {}
        self._lists: dict[str, _List] = {}
        self._counted: dict[str, dict[int, int]] = {}
        self._used: set[tuple[str, int]] = set()
        if root is None:
            return
        self._abstract = {a.get(f"{WORD}abstractNumId", ""): a for a in root.iter(f"{WORD}abstractNum")}
        nums = {num.get(f"{WORD}numId", ""): num for num in root.iter(f"{WORD}num")}
        for name, num in nums.items():
            self._lists[name] = self._list(num, nums, styles)

    def __contains__(self, name: str) -> bool:
        """Whether there is a list called `name`."""
        return name in self._lists

    def label(self, name: str, level: int) -> str:
        """Return the number before the next paragraph at `level` of list `name`; empty for bullets and unknown lists."""
        found = self._lists.get(name)
        if found is None or level not in found.levels:
            return ""
        counted = self._counted.setdefault(found.abstract, {})
        if level in found.overridden and (name, level) not in self._used:
            self._used.add((name, level))
            counted.pop(level, None)
            found.levels[level].start = found.overridden[level]
        counted[level] = counted[level] + 1 if level in counted else found.levels[level].start
        for deeper in [place for place in counted if place > level and _begins_anew(found.levels.get(place), level)]:
            del counted[deeper]
        return self._text(found, level, counted)

    def _text(self, found: _List, level: int, counted: dict[int, int]) -> str:
        own = found.levels[level]
        if own.style in _NO_NUMBER:
            return ""

        def put(match: re.Match[str]) -> str:
            place = int(match[1]) - 1
            other = found.levels.get(place)
            number = counted.get(place, other.start if other else 1)
            style = "decimal" if own.legal or other is None else other.style
            return "" if style in _NO_NUMBER else written(number, style)

        return _PLACEHOLDER.sub(put, own.text)

    def _list(self, num: Element, nums: dict[str, Element], styles: Styles) -> _List:
        """Return the list of `num`, with the levels of the list that its style links to."""
        abstract = value_of(num, f"{WORD}abstractNumId")
        definition = self._abstract.get(abstract)
        link = value_of(definition, f"{WORD}numStyleLink")
        if link:
            linked = nums.get(styles.numbering(link)[0])
            abstract = value_of(linked, f"{WORD}abstractNumId") or abstract
            definition = self._abstract.get(abstract)
        found = _List(abstract)
        for one in definition.findall(f"{WORD}lvl") if definition is not None else ():
            _put_level(found, one)
        for override in num.findall(f"{WORD}lvlOverride"):
            place = number_in(override.get(f"{WORD}ilvl", ""))
            own = override.find(f"{WORD}lvl")
            if own is not None:
                _put_level(found, own)
            if start := value_of(override, f"{WORD}startOverride"):
                found.overridden[place] = number_in(start, 1)
        return found


def _put_level(found: _List, level: Element) -> None:
    found.levels[number_in(level.get(f"{WORD}ilvl", ""))] = _Level(
        style=value_of(level, f"{WORD}numFmt") or "decimal",
        text=value_of(level, f"{WORD}lvlText"),
        start=number_in(value_of(level, f"{WORD}start"), 1),
        legal=is_on(level.find(f"{WORD}isLgl")),
        restart=number_in(value_of(level, f"{WORD}lvlRestart"), -1),
    )


def _begins_anew(deeper: _Level | None, level: int) -> bool:
    """Return whether a deeper level is counted anew after a paragraph at `level`."""
    if deeper is None or deeper.restart < 0:
        return True
    return deeper.restart > 0 and level < deeper.restart
