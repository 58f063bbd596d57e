"""Passages: slices of one leaf section, packed from whole measures or sentences."""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
from typing import TYPE_CHECKING

from index.analysis import fold
from index.dates import small_numeral
from index.types import Passage

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.types import Notice, Section, SourceFile

_NUMERAL = "[一二三四五六七八九十]"
_BEHIND = "|".join(rf"(?<={stop}[ \t]{{{spaces}}}.)" for stop in ("[。;:!?\n]", "[。!?][”’)]") for spaces in range(5))
MEASURE = re.compile(rf"(?P<numeral>{_NUMERAL}(?:{_BEHIND}|(?<=\A.)|(?<=,一)(?=是)){_NUMERAL}{{0,2}})是(?!否)")
"""Where a measure (一是…) begins in folded text: after a stop and up to four spaces, as paragraphs are indented.

The first one of a list may follow a comma (针对…的问题,一是…). What stands before is looked at behind the first character, so
that a text is searched for numerals at the speed of the library."""
_SENTENCE = re.compile(r"[^。!?\n]+(?:[。!?\n]+[”’」』)]*)?|[。!?\n]+[”’」』)]*")
_WORD = re.compile(r"[^\W_]")
_SEPARATORS = ["\n", "。", "；", ";", "，", ",", "、"]


def cut_passages(source: SourceFile, notice: Notice, sections: Sequence[Section], *, size: int) -> list[Passage]:
    """Return the passages of a notice in order, each at most `size` characters.

    A measure (一是…) is cut only if it alone is longer than `size`. Page furniture and stretches without a letter
    or digit give nothing. A section whose whole content is its heading, and which has no parts, is indexed by it.
    """
    passages = []
    folded = fold(source.text[notice.start : notice.end])
    for number, section in enumerate(sections):
        if section.furniture:
            continue
        next_level = sections[number + 1].level if number + 1 < len(sections) else 0
        start, end = _body(source.text, section, is_parent=next_level > section.level > 0)
        body, shift = source.text[start:end], notice.start
        for first, last in _slices(body, folded[start - shift : end - shift], size):
            passages.append(_passage(source, notice, section, start + first, start + last))
    return passages


def measures(folded: str, start: int, end: int) -> list[tuple[int, int]]:
    """Return the stretches 一是…, 二是… of folded text between `start` and `end`; none gives an empty list.

    A measure reaches to the next one of its list; the last one of a list ends with its paragraph.
    """
    stretch = folded[start:end]
    found = list(_measures(stretch))
    if len(found) < 2:
        return []
    return [(start + first, start + last) for first, last in (_trim(stretch, *measure) for measure in found)]


def _measures(folded: str) -> Iterator[tuple[int, int]]:
    """Yield the stretches one at a time: a text may hold a million."""
    start = number = -1
    for match in MEASURE.finditer(folded):
        stop, end = match.span(1)
        following = _value(folded[stop:end])
        if start >= 0:
            yield start, stop if following == number + 1 else folded.find("\n", start, stop) + 1 or stop
        start, number = stop, following
    if start >= 0:
        yield start, folded.find("\n", start) + 1 or len(folded)


@functools.lru_cache(maxsize=512)
def _value(numeral: str) -> int:
    return small_numeral(numeral)


def _body(text: str, section: Section, *, is_parent: bool) -> tuple[int, int]:
    start, end = _trim(text, section.body_start, section.end)
    if not _WORD.search(text, start, end) and not is_parent:
        return _trim(text, section.start, section.end)
    return start, end


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    stretch = text[start:end]
    content = stretch.strip()
    first = start + len(stretch) - len(stretch.lstrip()) if content else start
    return first, first + len(content)


def _passage(source: SourceFile, notice: Notice, section: Section, start: int, end: int) -> Passage:
    text = source.text[start:end]
    return Passage(passage_id(source.path, start, text), notice.id, source.path, start, end, text, section.path)


def passage_id(file: str, start: int, text: str) -> str:
    """Return the id of a passage: 16 hex digits over where it stands and what it says."""
    return hashlib.blake2b(f"{file}\n{start}\n{text}".encode(errors="surrogatepass"), digest_size=8).hexdigest()


def _slices(text: str, folded: str, size: int) -> Iterator[tuple[int, int]]:
    """Yield trimmed slices with content that pack the parts of `text` up to `size` characters."""
    open_start = open_end = 0
    for first, last in _parts(text, folded, size):
        if last - open_start > size and open_end > open_start:
            yield from _with_content(text, open_start, open_end)
            open_start = first
        open_end = last
    yield from _with_content(text, open_start, open_end)


def _with_content(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    if _WORD.search(text, start, end):
        yield _trim(text, start, end)


def _parts(text: str, folded: str, size: int) -> Iterator[tuple[int, int]]:
    """Yield contiguous stretches of at most `size` characters: measures, else sentences, else clauses."""
    if len(text) <= size:
        yield 0, len(text)
        return
    position = 0
    for first, last in itertools.chain(_measures(folded), [(len(text), len(text))]):
        if position < first:
            yield from _sentences(text, folded, (position, first), size)
        if last - first <= size or len(text[first:last].strip()) <= size:
            yield first, last
        else:
            yield from _sentences(text, folded, (first, last), size)
        position = last


def _sentences(text: str, folded: str, stretch: tuple[int, int], size: int) -> Iterator[tuple[int, int]]:
    for match in _SENTENCE.finditer(folded, *stretch):
        yield from _short(text, match.start(), match.end(), size)


def _short(text: str, start: int, end: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield contiguous stretches of at most `size` characters, cut at clauses, and where there are none anywhere."""
    first, last = _trim(text, start, end)
    if last - first <= size:
        yield start, end
        return
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS, chunk_size=size, chunk_overlap=0, keep_separator="end", strip_whitespace=False
    )
    position = start
    for piece in splitter.split_text(text[start:end]):
        for first in range(position, position + len(piece), size):
            yield first, min(first + size, position + len(piece))
        position += len(piece)
