"""Paragraphs for a terminal: wrapped by display width, coloured on a screen, plain in a file or a pipe."""

from __future__ import annotations

import re
import shutil
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

    from rich.text import Text

_DEFAULT_WIDTH = 80
_WIDEST = 100
"""Longer lines are hard to read, however wide the window."""
_NARROWEST = 24
_UNIT = re.compile(r"[（【《“‘「『〈]*(?:[!-~]+|.)[，。、；：？！）】》”’」』〉…％,.;:!?)\]}]*", re.DOTALL)
"""What may not be cut by a line end: a Latin word or a character, with the punctuation that clings to it."""
_BLANK = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Characters that steer a terminal or turn the direction of writing."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A stretch of text with its place on the page."""

    text: str = ""
    style: str = ""
    """A rich style for the whole."""
    indent: int = 0
    hanging: int = 0
    """Columns by which all lines but the first are indented further."""
    marks: tuple[tuple[int, int, str], ...] = ()
    """Start, end and rich style of stretches of `text`."""


def printable(text: str) -> str:
    """Return `text` with a blank for each line end and U+FFFD for each other control character: same length."""
    return _CONTROL.sub("\ufffd", _BLANK.sub(" ", text))


def cells(text: str) -> int:
    """Return the terminal columns that `text` takes.

    >>> cells("整改 ab"), cells("")
    (7, 0)
    """
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if char.isascii():
        return 1
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def wrap(text: str, *, width: int, first: int = 0, rest: int = 0) -> list[tuple[int, int]]:
    """Return the stretches of `text` that fill lines of `width` columns; an empty text gives one empty line.

    `first` and `rest` are the columns already taken on the first and on each later line.
    """
    lines: list[tuple[int, int]] = []
    start, used = 0, first
    for unit in _UNIT.finditer(text):
        size = cells(unit.group())
        if used + size > width and unit.start() > start:
            lines.append((start, unit.start()))
            start, used = unit.start(), rest
        if used + size <= width:
            used += size
            continue
        for place in range(unit.start(), unit.end()):
            step = _columns(text[place])
            if used + step > width and place > start:
                lines.append((start, place))
                start, used = place, rest
            used += step
    return [*lines, (start, len(text))]


def screen_width() -> int:
    """Return the columns to fill: those of the terminal within sense, 80 where there is none."""
    columns = shutil.get_terminal_size((_DEFAULT_WIDTH, 24)).columns
    return max(_NARROWEST, min(_WIDEST, columns))


def write(paragraphs: Iterable[Paragraph], stream: TextIO, *, width: int | None = None) -> None:
    """Write `paragraphs` to `stream`, with styles if it is a terminal; `width` is that of the screen unless given."""
    width = width or screen_width()
    if not stream.isatty():
        for paragraph in paragraphs:
            stream.writelines(f"{line}\n" for line, _ in _lines(paragraph, width))
        return
    from rich.console import Console

    console = Console(file=stream, highlight=False, emoji=False, markup=False)
    for paragraph in paragraphs:
        for line, marks in _lines(paragraph, width):
            console.print(_styled(line, marks, paragraph.style), soft_wrap=True)


def _lines(paragraph: Paragraph, width: int) -> Iterator[tuple[str, list[tuple[int, int, str]]]]:
    """Yield each line with the marks that lie on it, counted from the line's start."""
    text = printable(paragraph.text)
    later = paragraph.indent + paragraph.hanging
    for number, (start, end) in enumerate(wrap(text, width=width, first=paragraph.indent, rest=later)):
        margin = later if number else paragraph.indent
        begin = start + len(text[start:end]) - len(text[start:end].lstrip()) if number else start
        line = " " * margin + text[begin:end]
        shift = margin - begin
        marks = [
            (max(a, begin) + shift, min(b, end) + shift, style)
            for a, b, style in paragraph.marks
            if max(a, begin) < min(b, end)
        ]
        yield line.rstrip(), marks


def _styled(line: str, marks: list[tuple[int, int, str]], style: str) -> Text:
    from rich.text import Text

    text = Text(line, style=style)
    for start, end, mark in marks:
        text.stylize(mark, start, end)
    return text
