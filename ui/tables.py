"""Lists and comparisons as tables: a row for each part, with the source it comes from."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.types import Answer
    from ui.evidence import Source
    from ui.turns import Turn

_MARK = re.compile(r"\[(\d{1,3})\]")
_UNIT_AND_VALUE = re.compile(r"\A([^：:]{1,40})[：:]\s*(.+)\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class TableRow:
    """One part of a list, or what one unit says in a comparison."""

    first: str
    """Number of the part, or name of the unit."""
    text: str
    source: Source | None


@dataclass(frozen=True, slots=True)
class Table:
    """The parts of an answer, under the names of their columns."""

    heads: tuple[str, str, str]
    rows: tuple[TableRow, ...]
    compared: bool
    """Whether each row is a unit's."""


def table_of(turn: Turn, answer: Answer, words: Mapping[str, str]) -> Table | None:
    """Return the parts of an answer with a source each; None if it has no parts."""
    if not answer.items:
        return None
    pairs = [_UNIT_AND_VALUE.match(item) for item in answer.items]
    units = {source.unit for source in turn.sources} | set(turn.units)
    compared = all(pair and pair[1] in units for pair in pairs)
    rows = []
    for number, (item, pair) in enumerate(zip(answer.items, pairs, strict=True), start=1):
        first, text = (pair[1], pair[2]) if compared and pair else (str(number), item)
        source = _source_of(text, turn.sources, first if compared else "")
        rows.append(TableRow(first, _MARK.sub("", text), source))
    heads = (words["unit"] if compared else words["number"], words["item"], words["source"])
    return Table(heads, tuple(rows), compared)


def _source_of(text: str, sources: Sequence[Source], unit: str) -> Source | None:
    """Return the source an item comes from: the one it names, else the one whose quote holds it, else its unit's."""
    named = _MARK.search(text)
    if named:
        return next((source for source in sources if source.n == int(named[1])), None)
    bare = text.strip().rstrip("；;。")
    of_unit = [source for source in sources if not unit or source.unit == unit]
    holding = next((source for source in of_unit if bare and bare in source.quote), None)
    return holding or (of_unit[0] if unit and of_unit else None)
