"""The paragraphs of PDF pages: running heads taken out, lines joined that belong together."""

from __future__ import annotations

import itertools
import math
import re
import statistics
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.readers.pdf_lines import Line, Page, joined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PAGE_NUMBER = re.compile(
    r"[-—–－─·•.\s]*(?:第\s*)?(?:\d{1,4}|[ivxlIVXL]{1,6})(?:\s*页)?(?:\s*[/／,，]?\s*(?:共|of)?\s*\d{1,4}\s*页?)?[-—–－─·•.\s]*"
)
_SENTENCE_END = tuple("。！？；：!?;:…”」）)")
_HEAD_ZONE, _FOOT_ZONE = 0.9, 0.1
"""Shares of the page's height beyond which a line can be a running head or foot."""
_RUNNING_SHARE = 0.3
"""Share of the pages that a running line stands on at least: left and right pages may differ."""
_SHORT = 1.8
"""Widths of a character that the last line of a page ends before the margin if its paragraph ends with it."""
_SLACK = 0.8
_WORD = re.compile(r"[!-~]+")
_INDENT = 1.2
_PITCH = 1.6
_SIZE_CHANGE = 0.15


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a table with its rows."""

    text: str
    rows: tuple[tuple[str, ...], ...] = ()
    indented: bool = False
    unfinished: bool = False
    """Whether the page ends before the paragraph does."""


def without_running_lines(pages: Sequence[Page]) -> list[Page]:
    """Return `pages` without page numbers and without what stands at the head or foot of several of them."""
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_bare(line.text) for line in page.lines if _is_marginal(line, page)})
    least = max(2, math.ceil(_RUNNING_SHARE * len(pages)))

    def runs(line: Line, page: Page) -> bool:
        marginal = _is_marginal(line, page)
        return marginal and (seen[_bare(line.text)] >= least or bool(_PAGE_NUMBER.fullmatch(line.text.strip())))

    return [replace(page, lines=tuple(line for line in page.lines if not runs(line, page))) for page in pages]


def with_common_width(pages: Sequence[Page]) -> list[Page]:
    """Return `pages` with the right margin of one that has short lines only moved to where it is on the others."""
    lines = [line for page in pages for line in page.lines if line.wide and not line.rows]
    width = max((line.right - line.left for line in lines), default=0.0)

    def moved(line: Line) -> Line:
        return replace(line, right=max(line.right, line.left + width)) if line.wide else line

    return [replace(page, lines=tuple(map(moved, page.lines))) for page in pages]


def paragraphs(page: Page) -> Iterator[Block]:
    """Yield the paragraphs and tables of a page; a page without lines yields none."""
    pitch = _pitch(page.lines)
    held: list[Line] = []
    for line in page.lines:
        if held and _begins(line, held[-1], pitch):
            yield _block(held)
            held = []
        held.append(line)
    if held:
        yield _block(held)


def _block(lines: Sequence[Line]) -> Block:
    first, last = lines[0], lines[-1]
    if first.rows:
        return Block("", first.rows)
    text = ""
    for line in lines:
        text = joined(text, line.text)
    full = last.x1 > last.right - _SHORT * last.size
    indented = first.x0 > first.left + _INDENT * first.size
    return Block(text, (), indented, full and not text.endswith(_SENTENCE_END))


def _begins(line: Line, before: Line, pitch: float) -> bool:
    """Return whether `line` begins a paragraph, with `before` the line above it."""
    if line.rows or before.rows or _ended_early(before, line):
        return True
    if line.x0 > line.left + _INDENT * line.size:
        return True
    if abs(line.size - before.size) > _SIZE_CHANGE * before.size:
        return True
    gap = before.middle - line.middle
    return gap > _PITCH * pitch if gap > 0 else False


def _ended_early(before: Line, line: Line) -> bool:
    """Return whether a line ends before the margin although the first word of the next one had room in it."""
    word = _WORD.match(line.text)
    width = max(0.55 * len(word[0]), 1.0) if word else 1.0
    return before.right - before.x1 > (width + _SLACK) * before.size


def _pitch(lines: Sequence[Line]) -> float:
    """Return the usual distance of two lines."""
    gaps = [a.middle - b.middle for a, b in itertools.pairwise(lines) if not a.rows and not b.rows]
    gaps = [gap for gap in gaps if gap > 0]
    return statistics.median(gaps) if gaps else math.inf


def _is_marginal(line: Line, page: Page) -> bool:
    place = line.middle / page.height if page.height else 0.5
    return not line.rows and not _FOOT_ZONE < place < _HEAD_ZONE


def _bare(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text))
