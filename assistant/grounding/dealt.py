"""Figures dealt out in order: 甲和乙分别为5个和3个 gives 5 to 甲 and 3 to 乙, also when 甲 and 乙 stand with figures before."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.grounding.facts import find_facts
from assistant.grounding.types import ProblemKind

if TYPE_CHECKING:
    from assistant.grounding.facts import Fact

_EACH = re.compile(r"分别|依次")
_ROW = re.compile(r"[、和与及,]")
_ITEMS = re.compile(r"[、和与及]")
_CLAUSE = re.compile(r"[,;:。!?\n]")
_NEAR, _BACK = 10, 90
"""Characters between the word and its first figure, and back to what the figures are dealt to."""


def dealt(text: str) -> dict[int, tuple[int, int]]:
    """Return where what each figure is dealt to stands, by the start of the figure; nothing dealt out gives an empty dict.

    >>> text = "小学和初中分别为5所和3所"
    >>> [text[start:end] for start, end in dealt(text).values()]
    ['小学', '初中']
    """
    found: dict[int, tuple[int, int]] = {}
    figures = [fact for fact in find_facts(text) if fact.kind is ProblemKind.FIGURE and fact.value is not None]
    for match in _EACH.finditer(text):
        row = _row(text, [fact for fact in figures if fact.start >= match.end()], match.end())
        items = _before(text, match.start(), len(row)) or _figured(text, figures, match.start(), len(row))
        if len(row) > 1 and len(items) == len(row):
            found |= {fact.start: item for fact, item in zip(row, items, strict=True)}
    return found


def _row(text: str, behind: list[Fact], at: int) -> list[Fact]:
    """Return the figures of one kind that follow each other at a place."""
    row: list[Fact] = []
    for fact in behind:
        if not row and (fact.start - at > _NEAR or _CLAUSE.search(text, at, fact.start)):
            break
        if row and not (_ROW.fullmatch(text, row[-1].end, fact.start) and _kind(fact) == _kind(row[0])):
            break
        row.append(fact)
    return row


def _before(text: str, at: int, count: int) -> list[tuple[int, int]]:
    """Return the items of the list that ends at a place, if it has so many."""
    start = max((one.end() for one in _CLAUSE.finditer(text, 0, at)), default=0)
    cuts = [start, *(one.end() for one in _ITEMS.finditer(text, start, at)), at + 1]
    items = [(one, other - 1) for one, other in pairwise(cuts)]
    return items if len(items) == count and all(stop > begin for begin, stop in items) else []


def _figured(text: str, figures: list[Fact], at: int, count: int) -> list[tuple[int, int]]:
    """Return the words before each of the last figures of one kind before a place, if there are so many."""
    before = [fact for fact in figures if fact.end <= at and fact.start >= at - _BACK]
    kinds = [_kind(fact) for fact in before]
    last = next((kind for kind in reversed(kinds) if kind and kinds.count(kind) == count), "")
    row = [fact for fact, kind in zip(before, kinds, strict=True) if kind == last] if last else []
    return [
        (max((one.end() for one in re.finditer(r"[、,;:。]", text[: fact.start])), default=0), fact.start)
        for fact in row
    ]


def _kind(fact: Fact) -> str:
    return fact.value.unit if fact.value is not None else ""
