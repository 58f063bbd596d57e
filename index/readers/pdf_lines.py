"""The lines of a PDF page: characters put together, columns told apart, all in the order of reading."""

from __future__ import annotations

import re
import statistics
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HAN = "\u2e80-\u9fff\uf900-\ufaff\uff01-\uffee\u3000-\u303f“”‘’…—\U00020000-\U0003ffff"
_HAN_BLANK = re.compile(rf"(?<=[{_HAN}])[ \u3000]+(?=[{_HAN}])")
_COLUMN_LINES = 4
_COLUMN_FILL = 0.6
_COLUMN_WIDTH = 8


class Char(NamedTuple):
    """A character with its box in points from the lower left corner; a newline has none.

    A tuple, because a page has thousands: a frozen dataclass takes three times as long to make.
    """

    text: str
    x0: float
    x1: float
    y0: float
    y1: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text or a whole table, with its box and the margins of its column."""

    text: str
    x0: float
    x1: float
    y0: float
    y1: float
    left: float = 0.0
    right: float = 0.0
    rows: tuple[tuple[str, ...], ...] = ()
    wide: bool = False
    """Whether its column is the whole page."""

    @property
    def size(self) -> float:
        """Height of the line, which is about the width of a character."""
        return max(self.y1 - self.y0, 1.0)

    @property
    def middle(self) -> float:
        """Height of its middle above the foot of the page."""
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Page:
    """A page with its lines in reading order; why it has none is told by the flags."""

    number: int
    width: float
    height: float
    lines: tuple[Line, ...]
    scanned: bool = False
    unmapped: bool = False
    damaged: bool = False


def lines_of(chars: Sequence[Char], tables: Sequence[Line] = ()) -> tuple[Line, ...]:
    """Return the lines of `chars` with `tables` among them in reading order; nothing gives no line."""
    return tuple(_in_order([*_rows(list(_fragments(chars))), *tables]))


def joined(before: str, after: str) -> str:
    """Return two lines of a paragraph as one: Chinese without a blank, Latin words with one, hyphens mended.

    >>> joined("整改", "进展"), joined("of the", "plan"), joined("develop-", "ment")
    ('整改进展', 'of the plan', 'development')
    """
    if not before or not after:
        return before + after
    if before.endswith("-") and before[-2:-1].isalpha() and before[-2:-1].isascii() and "a" <= after[0] <= "z":
        return before[:-1] + after
    latin = before[-1].isascii() and after[0].isascii() and (before[-1].isalpha() or after[0].isalpha())
    return f"{before} {after}" if latin else before + after


def _fragments(chars: Sequence[Char]) -> Iterator[Line]:
    """Yield the runs of characters that follow one another on a line."""
    run: list[Char] = []
    shown: Char | None = None
    for char in chars:
        if char.text == "\n":
            yield from _fragment(run)
            run, shown = [], None
            continue
        if not char.text.isspace():
            if shown is not None and not _follows(char, shown):
                yield from _fragment(run)
                run = []
            shown = char
        run.append(char)
    yield from _fragment(run)


def _follows(char: Char, before: Char) -> bool:
    """Return whether `char` goes on in the line of `before`."""
    if char.y0 == before.y0 and char.y1 == before.y1:
        return before.y0 - before.y1 < char.x0 - before.x1 < before.y1 - before.y0
    size = max(before.y1 - before.y0, char.y1 - char.y0, 1.0)
    overlap = min(char.y1, before.y1) - max(char.y0, before.y0)
    low = min(char.y1 - char.y0, before.y1 - before.y0)
    return overlap >= 0.3 * low and -size < char.x0 - before.x1 < size


def _fragment(run: Sequence[Char]) -> Iterator[Line]:
    text = "".join(char.text for char in run)
    if not text.strip():
        return
    shown = [char for char in run if not char.text.isspace()]
    box = (
        min(c.x0 for c in shown),
        max(c.x1 for c in shown),
        min(c.y0 for c in shown),
        max(c.y1 for c in shown),
    )
    yield Line(_HAN_BLANK.sub("", text.strip()), *box)


def _rows(fragments: list[Line]) -> list[Line]:
    """Return `fragments` with those that touch on one line as one."""
    found: list[Line] = []
    for part in sorted(fragments, key=lambda line: (-round(line.middle), line.x0)):
        before = found[-1] if found else None
        if before is not None and _same_row(before, part) and -part.size < part.x0 - before.x1 < 0.5 * part.size:
            text = _HAN_BLANK.sub("", joined(before.text, part.text))
            low, high = min(before.y0, part.y0), max(before.y1, part.y1)
            found[-1] = Line(text, before.x0, max(before.x1, part.x1), low, high)
        else:
            found.append(part)
    return found


def _same_row(one: Line, other: Line) -> bool:
    return min(one.y1, other.y1) - max(one.y0, other.y0) > 0.5 * min(one.size, other.size)


def _in_order(lines: list[Line]) -> Iterator[Line]:
    """Yield lines as they are read: down the page, or down one column and then the other."""
    lines = sorted(lines, key=lambda line: (-line.middle, line.x0))
    gutter = _gutter(lines)
    whole = _Margins.of(lines, wide=True)
    if gutter is None:
        yield from whole.put(_across(lines))
        return
    band: list[Line] = []
    for line in lines:
        if line.x0 < gutter < line.x1:
            yield from _columns(band, gutter, whole)
            band = []
            yield from whole.put([line])
        else:
            band.append(line)
    yield from _columns(band, gutter, whole)


def _columns(band: Sequence[Line], gutter: float, whole: _Margins) -> Iterator[Line]:
    """Yield the lines between two that span the page: one column after the other, or short lines as they stand."""
    sides = ([line for line in band if line.x1 <= gutter], [line for line in band if line.x0 >= gutter])
    if not all(sides):
        yield from whole.put(_across(band))
        return
    for side in sides:
        yield from _Margins.of(side).put(_across(side))


@dataclass(frozen=True, slots=True)
class _Margins:
    """The sides of a column."""

    left: float
    right: float
    wide: bool = False

    @classmethod
    def of(cls, lines: Sequence[Line], *, wide: bool = False) -> _Margins:
        texts = [line for line in lines if not line.rows]
        left = min((line.x0 for line in texts), default=0.0)
        return cls(left, max((line.x1 for line in texts), default=0.0), wide)

    def put(self, lines: Sequence[Line]) -> Iterator[Line]:
        """Yield the lines of the column with its margins."""
        yield from (replace(line, left=self.left, right=self.right, wide=self.wide) for line in lines)


def _gutter(lines: Sequence[Line]) -> float | None:
    """Return where the gap between two columns of running text lies, or None if there are none."""
    texts = [line for line in lines if not line.rows]
    if len(texts) < 2 * _COLUMN_LINES:
        return None
    left, right = min(line.x0 for line in texts), max(line.x1 for line in texts)
    places = [left + (right - left) * share / 40 for share in range(12, 29)]
    gutter = min(places, key=lambda x: (sum(1 for line in texts if line.x0 < x < line.x1), abs(x - (left + right) / 2)))
    sides = ([line for line in texts if line.x1 <= gutter], [line for line in texts if line.x0 >= gutter])
    crossing = len(texts) - len(sides[0]) - len(sides[1])
    if crossing > len(texts) / 2 or not all(map(_is_column, sides)):
        return None
    return gutter


def _is_column(side: Sequence[Line]) -> bool:
    """Return whether the lines on one side of a gap fill it as running text does."""
    if len(side) < _COLUMN_LINES:
        return False
    width = max(line.x1 for line in side) - min(line.x0 for line in side)
    size = statistics.median(line.size for line in side)
    return width > _COLUMN_WIDTH * size and statistics.mean(line.x1 - line.x0 for line in side) > _COLUMN_FILL * width


def _across(lines: Sequence[Line]) -> list[Line]:
    """Return lines from top to bottom, those that stand side by side as one with a blank between."""
    found: list[Line] = []
    for line in lines:
        before = found[-1] if found else None
        if before is not None and not before.rows and not line.rows and _same_row(before, line):
            first, second = (before, line) if before.x0 <= line.x0 else (line, before)
            low, high = min(first.y0, second.y0), max(first.y1, second.y1)
            text = f"{first.text} {second.text}"
            found[-1] = Line(text, first.x0, max(first.x1, second.x1), low, high)
        else:
            found.append(line)
    return found
