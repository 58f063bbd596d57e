"""The guard of measures: who asks for 财政收入 is not answered with 工业增加值, however near the two stand."""

from __future__ import annotations

import functools
import re
from importlib import resources
from typing import TYPE_CHECKING

from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

_FILE = "data/indicators.txt"


def asked_indicators(folded: str) -> tuple[frozenset[str], ...]:
    """Return the measures that a folded question names, each with all of its names; the longest name counts.

    >>> sorted(asked_indicators("财政收入是多少?")[0])[:2]
    ['一般公共预算收入', '公共财政预算收入']
    """
    table, pattern = _table()
    return tuple(dict.fromkeys(table[match.group()] for match in pattern.finditer(folded)))


def names_indicators(asked: tuple[frozenset[str], ...], folded: str) -> bool:
    """Whether a folded text names every one of the measures; True if there are none."""
    return all(any(name in folded for name in names) for names in asked)


@functools.cache
def _table() -> tuple[Mapping[str, frozenset[str]], re.Pattern[str]]:
    """Return all names of a measure by each name that it is asked for with, and what finds these."""
    table: dict[str, frozenset[str]] = {}
    lines = resources.files("assistant").joinpath(_FILE).read_text("utf-8").splitlines()
    for line in lines:
        asked, _, common = ("", "", "") if line.startswith("#") else line.partition("|")
        for name in map(fold, asked.split()):
            table[name] = table.get(name, frozenset()) | frozenset(map(fold, (*asked.split(), *common.split())))
    return table, re.compile("|".join(map(re.escape, sorted(table, key=len, reverse=True))))
