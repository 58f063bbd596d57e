"""Tables of a PDF page, found by their ruling lines: rows of cells, with cells that span several kept together."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.readers.limits import MERGED_CHARS
from index.readers.pdf_lines import Char, Line, joined, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Box = tuple[float, float, float, float]

_THIN = 3.0
"""Points up to which a filled rectangle is a ruling line."""
_NEAR = 3.0
"""Points within which two lines meet."""
_LEAST = 8.0
_MOST_RULES = 400


@dataclass(frozen=True, slots=True)
class _Rule:
    """A ruling line at `at`, from `low` to `high`: a height and two sides, or a side and two heights."""

    at: float
    low: float
    high: float


def table_rows(chars: Sequence[Char], boxes: Iterable[Box]) -> tuple[list[Line], list[Char]]:
    """Return the tables of a page as lines that hold rows, and the characters outside of them."""
    level, upright = _rules(boxes)
    tables: list[Line] = []
    rest = list(chars)
    if not level or not upright or len(level) + len(upright) > _MOST_RULES:
        return tables, rest
    for rows, columns in _groups(level, upright):
        grid = _Grid(rows, columns)
        if len(grid.heights) < 3 or len(grid.sides) < 3:
            continue
        inside = [char for char in rest if char.text != "\n" and grid.holds(char)]
        if any(not char.text.isspace() for char in inside):
            held = set(map(id, inside))
            rest = [char for char in rest if id(char) not in held]
            tables.append(grid.table(inside))
    return tables, rest


def _rules(boxes: Iterable[Box]) -> tuple[list[_Rule], list[_Rule]]:
    """Return the level and the upright ruling lines; the border of a larger box counts as four."""
    level: list[_Rule] = []
    upright: list[_Rule] = []
    for x0, y0, x1, y1 in boxes:
        wide, high = x1 - x0, y1 - y0
        if high <= _THIN and wide >= _LEAST:
            level.append(_Rule((y0 + y1) / 2, x0, x1))
        elif wide <= _THIN and high >= _LEAST:
            upright.append(_Rule((x0 + x1) / 2, y0, y1))
        elif wide >= _LEAST and high >= _LEAST:
            level += [_Rule(y0, x0, x1), _Rule(y1, x0, x1)]
            upright += [_Rule(x0, y0, y1), _Rule(x1, y0, y1)]
    return _merged(level), _merged(upright)


def _merged(rules: list[_Rule]) -> list[_Rule]:
    """Return `rules` with the pieces of one line as one."""
    found: list[_Rule] = []
    for _, same in itertools.groupby(
        sorted(rules, key=lambda r: (round(r.at / _NEAR), r.low)), lambda r: round(r.at / _NEAR)
    ):
        for rule in same:
            if found and round(found[-1].at / _NEAR) == round(rule.at / _NEAR) and rule.low <= found[-1].high + _NEAR:
                found[-1] = _Rule(found[-1].at, found[-1].low, max(found[-1].high, rule.high))
            else:
                found.append(rule)
    return found


def _groups(level: Sequence[_Rule], upright: Sequence[_Rule]) -> list[tuple[list[_Rule], list[_Rule]]]:
    """Return the level and upright lines that hang together, one pair for each table."""
    waiting = set(range(len(upright)))
    left = set(range(len(level)))
    groups = []
    while left:
        rows, columns = [left.pop()], list[int]()
        for row in rows:
            met = [c for c in waiting if _meet(level[row], upright[c])]
            waiting.difference_update(met)
            columns += met
            for column in met:
                more = [r for r in left if _meet(level[r], upright[column])]
                left.difference_update(more)
                rows += more
        groups.append(([level[row] for row in rows], [upright[column] for column in columns]))
    return sorted(groups, key=lambda group: -max(rule.at for rule in group[0]))


def _meet(level: _Rule, upright: _Rule) -> bool:
    return (
        upright.low - _NEAR <= level.at <= upright.high + _NEAR
        and level.low - _NEAR <= upright.at <= level.high + _NEAR
    )


class _Grid:
    """The cells between the lines of one table; rows count from the top."""

    def __init__(self, rows: Sequence[_Rule], columns: Sequence[_Rule]) -> None:
        self._rows = rows
        self._columns = columns
        self.heights = _distinct(rule.at for rule in rows)
        self.sides = _distinct(rule.at for rule in columns)

    def holds(self, char: Char) -> bool:
        """Return whether the middle of a character lies in the table."""
        x, y = (char.x0 + char.x1) / 2, (char.y0 + char.y1) / 2
        return self.sides[0] <= x <= self.sides[-1] and self.heights[0] <= y <= self.heights[-1]

    def table(self, chars: Sequence[Char]) -> Line:
        """Return the table as a line whose rows hold the text of `chars`."""
        owner = self._owners()
        held: dict[tuple[int, int], list[Char]] = {}
        for char in chars:
            held.setdefault(owner[self._cell(char)], []).append(char)
        texts = {cell: _text(inside) for cell, inside in held.items()}
        rows = tuple(self._row(row, owner, texts) for row in range(len(self.heights) - 1))
        return Line("", self.sides[0], self.sides[-1], self.heights[0], self.heights[-1], rows=rows)

    def _row(
        self, row: int, owner: dict[tuple[int, int], tuple[int, int]], texts: dict[tuple[int, int], str]
    ) -> tuple[str, ...]:
        """Return the cells of a row: one that spans columns once, one from a row above if it is short."""
        cells: list[str] = []
        before: tuple[int, int] | None = None
        for column in range(len(self.sides) - 1):
            cell = owner[row, column]
            if cell == before:
                continue
            before = cell
            text = texts.get(cell, "")
            cells.append(text if cell[0] == row or len(text) <= MERGED_CHARS else "")
        return tuple(cells)

    def _cell(self, char: Char) -> tuple[int, int]:
        x, y = (char.x0 + char.x1) / 2, (char.y0 + char.y1) / 2
        column = min(max(bisect_right(self.sides, x) - 1, 0), len(self.sides) - 2)
        above = min(max(bisect_right(self.heights, y) - 1, 0), len(self.heights) - 2)
        return len(self.heights) - 2 - above, column

    def _owners(self) -> dict[tuple[int, int], tuple[int, int]]:
        """Return for each cell of the grid the one, above or left of it, that it is a part of."""
        owner: dict[tuple[int, int], tuple[int, int]] = {}
        count = len(self.heights) - 1
        for row, column in itertools.product(range(count), range(len(self.sides) - 1)):
            middle = (self.heights[count - row - 1] + self.heights[count - row]) / 2
            centre = (self.sides[column] + self.sides[column + 1]) / 2
            top, left = self.heights[count - row], self.sides[column]
            owner[row, column] = (row, column)
            if column and not _covered(self._columns, left, middle):
                owner[row, column] = owner[row, column - 1]
            elif row and not _covered(self._rows, top, centre):
                owner[row, column] = owner[row - 1, column]
        return owner


def _covered(rules: Sequence[_Rule], at: float, place: float) -> bool:
    return any(abs(rule.at - at) <= _NEAR and rule.low - _NEAR <= place <= rule.high + _NEAR for rule in rules)


def _distinct(values: Iterable[float]) -> list[float]:
    """Return values in order, those nearer than a line is thick as one."""
    found: list[float] = []
    for value in sorted(values):
        if not found or value - found[-1] > _NEAR:
            found.append(value)
    return found


def _text(chars: Sequence[Char]) -> str:
    text = ""
    for line in lines_of(chars):
        text = joined(text, line.text)
    return text
