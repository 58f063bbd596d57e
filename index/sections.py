"""The heading tree of an official document: 一、 → (一) → 1. → (1) → ①."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.analysis import fold
from index.furniture import furniture_lines
from index.marks import MarkKind
from index.types import Section

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from index.marks import Mark

_SMALL = "(?:[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])"
_LARGE = "[一二三四五六七八九十百零]+"
_PAIRS = "|".join(f"{one}(?=、{other}(?:[、和与至到或]|线|类|级|月|季|产|环))" for one, other in
                  zip("一二三四五六七八九", "二三四五六七八九十", strict=True))  # fmt: skip
"""Numerals in a list such as 一、二产业 or 三、四线城市: no headings."""
_COUNTED = "[ ]?[亿万千百十个米元人名倍吨公户家件项平立岁折级度%]"
"""Behind 3.1 these make it a figure at a line's start, not the number of a heading."""
_NUMBER = re.compile(
    rf"(?P<level1>第{_LARGE}(?:[章编篇]|部分)[ ,、:]?|(?!{_PAIRS}){_SMALL}、|【(?:{_SMALL}|\d{{1,2}})】|\[{_SMALL}\])"
    rf"|(?P<level2>第{_LARGE}节[ ,、:]?|\({_SMALL}\)、?|[㈠-㈩]、?|[▍▌■◆█](?=\S))"
    rf"|(?P<level3>第{_LARGE}条[ ,、:]?|\d{{1,3}}(?:\.(?!\d)|、(?!\d))|[⒈-⒛]|"
    rf"(?:问题|反馈意见)(?:{_SMALL}|\d{{1,3}})[:、.](?=\S)|[●◎▲★►▶](?=\S))"
    rf"|(?P<level4>\(\d{{1,3}}\)、?|\d{{1,3}}\)、?|[⑴-⒇]、?|\d{{1,2}}\.\d{{1,2}}(?=[ ]?[\u4e00-\u9fff])(?!{_COUNTED}))"
)
_CIRCLED = re.compile(r"[①-⑳㉑-㉟㊱-㊿❶-❿]")
_LEAD = "[\u4e00-\u9fff]{2,10}"
"""整改进展 or the like: with a colon it may stand before the first numbered part."""
_FIGURE = re.compile(r"\d[亿万千百十余多]*(?:[个元人名倍吨户家件项处条所套张亩台座份起次%]|平方|公里)")
_INLINE = re.compile(
    rf"。[”’)]?[ ]*(?:{_LEAD}:)?(?=(?:{_SMALL}、|\({_SMALL}\)|\d{{1,3}}[.、](?!\d)|\(\d{{1,3}}\)|[①-⑳㈠-㈩⒈-⒛⑴-⒇])\S)"
)
_LABEL = re.compile(rf"[ \t]*{_LEAD}:(?=(?:①|\(1\)|\(一\)|1[.、](?!\d))\S)")
_FIRST_PART = re.compile(r"(?<=[^ \t关第条款项,、:])(?:\(一\)|\(1\))(?=\S)")
"""A run-in part that opens right after its parent's heading, with no full stop between."""
_SHAPE = re.compile(r"\d+")
_DECIMAL = re.compile(r"\d{1,2}\.\d")
_ARTICLE = re.compile(rf"第{_LARGE}条")
_CLOSING = re.compile(
    r"[ \t]*(?:(?P<farewell>欢迎(?:广大|社会|各界|干部|群众|监督|提出|对))|(?P<outlook>下一步,)|"
    r"(?P<contact>(?:联系方式|联系电话|监督电话|通信地址|通讯地址|邮政信箱|电子邮箱)[:,]))"
)
_DECIMAL_LEVEL = 4
_ITEM_LEVEL = 3
"""From this level on, a number within a line may count items: where one of them is content, those of one sentence are too."""
_MAX_HEADING = 100
_MAX_COLON_HEADING = 30
_MAX_CLAUSE_HEADING = 60
_GAP = " \t\n"
_TRAILING = "：:；;，,"
_LINE = re.compile(rf"(?P<measure>{_SMALL}是[^。:\n]*。?(?:\n|\Z))|[^\n]+\n?")
"""A line. Where it is one measure and nothing else, no heading can stand in it."""


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    level: int
    heading: str
    body_start: int
    furniture: bool = False
    farewell: bool = False
    resumes: bool = False
    """Text that goes on in the same section after page furniture."""


@dataclass(frozen=True, slots=True)
class _Outline:
    """What the file itself said of its lines, by where they start."""

    headings: Mapping[int, int]
    """Levels of headings."""
    rows: frozenset[int]
    """Rows of tables: no number in them opens a section."""


def section_tree(
    text: str, *, start: int = 0, end: int | None = None, folded: str | None = None, marks: Sequence[Mark] = ()
) -> tuple[Section, ...]:
    """Return the sections of `text[start:end]` in order; they cover it without gap or overlap.

    A heading stands at the start of a line, or follows a full stop in running text, and ends at the line's
    end or at its first full stop. An empty stretch gives an empty tuple. `folded` spares folding `text` again.
    Of `marks`, headings open a section even without a number, and rows of tables open none.
    """
    stop = len(text) if end is None else end
    if start >= stop:
        return ()
    outline = _outline(marks)
    found = list(_marks(text, fold(text) if folded is None else folded, start, stop, outline))
    opened = list(_nested(_without_early_closings(found)))
    if not opened or opened[0].start > start:
        opened.insert(0, _Mark(start, 0, "", start))
    sections: list[Section] = []
    stack: list[_Mark] = []
    for mark, following in zip(opened, [*(m.start for m in opened[1:]), stop], strict=True):
        if not mark.furniture and not mark.resumes:
            while stack and (mark.level == 0 or stack[-1].level >= mark.level):
                stack.pop()
        if mark.level:
            stack.append(mark)
        path = () if mark.furniture else tuple(open_mark.heading for open_mark in stack)
        body = min(mark.body_start, following)
        sections.append(Section(mark.start, following, mark.level, mark.heading, body, path, mark.furniture))
    return tuple(sections)


def _outline(marks: Sequence[Mark]) -> _Outline:
    headings = {mark.start: mark.number for mark in marks if mark.kind is MarkKind.HEADING}
    return _Outline(headings, frozenset(mark.start for mark in marks if mark.kind is MarkKind.ROW))


def _nested(marks: Iterable[_Mark]) -> Iterator[_Mark]:
    """Yield `marks` with what follows a heading such as 3.1 one level further down, up to the next heading above."""
    inside = False
    for mark in marks:
        decimal = mark.level == _DECIMAL_LEVEL and _DECIMAL.match(mark.heading) is not None
        inside = decimal or (inside and (mark.level == 0 or mark.level >= _DECIMAL_LEVEL))
        yield replace(mark, level=mark.level + 1) if inside and not decimal and mark.level else mark


def _without_early_closings(marks: Sequence[_Mark]) -> list[_Mark]:
    """Return `marks` without outlooks and contacts that a heading follows: those belong to their section."""
    last = max((number for number, mark in enumerate(marks) if mark.level), default=-1)
    kept: list[_Mark] = []
    for number, mark in enumerate(marks):
        early = number < last and not (mark.level or mark.furniture or mark.farewell)
        if not early:
            kept.append(mark)
        elif kept and kept[-1].furniture:
            kept.append(replace(mark, resumes=True))
    return kept


def _marks(text: str, folded: str, start: int, stop: int, outline: _Outline) -> Iterator[_Mark]:
    lines, measures = _lines(folded, start, stop)
    surroundings = furniture_lines(folded, lines)
    furniture = closing = False
    for line_start, line_end in lines:
        if line_start in surroundings:
            if not furniture:
                yield _Mark(line_start, 0, "", line_start, furniture=True)
            furniture = True
            continue
        plain = line_start in measures
        if plain and not furniture and line_start not in outline.headings:
            continue
        if match := _CLOSING.match(folded, line_start, line_end):
            if not closing or furniture:
                yield _Mark(line_start, 0, "", line_start, farewell=match.lastgroup == "farewell")
            closing = match.lastgroup != "outlook"
            furniture = False
            continue
        bare = plain or line_start in outline.rows
        found = [] if bare else list(_marks_of_line(text, folded, line_start, line_end))
        if line_start in outline.headings and not (found and found[0].start == line_start):
            heading = _clean(text[line_start:line_end])
            found.insert(0, _Mark(line_start, outline.headings[line_start], heading, line_end))
        if furniture and not (found and found[0].start == line_start):
            yield _Mark(line_start, 0, "", line_start, resumes=not closing)
        closing = closing and not found
        furniture = False
        yield from found


def _lines(folded: str, start: int, stop: int) -> tuple[list[tuple[int, int]], set[int]]:
    """Return the lines with content, and the starts of those that are one measure each: a text may hold a million."""
    lines: list[tuple[int, int]] = []
    measures: set[int] = set()
    for match in _LINE.finditer(folded, start, stop):
        if match.lastgroup:
            measures.add(match.start())
        elif match[0].isspace():
            continue
        lines.append(match.span())
    return lines, measures


def _marks_of_line(text: str, folded: str, line_start: int, line_end: int) -> Iterator[_Mark]:
    content_end = line_end
    while content_end > line_start and folded[content_end - 1] in _GAP:
        content_end -= 1
    bounds = (content_end, line_end)
    label = _LABEL.match(folded, line_start, line_end)
    begin = label.end() if label else line_start
    starts = (begin, *(gap.end() for gap in _INLINE.finditer(folded, line_start, line_end)))
    found = [list(_headings_at(text, folded, start, bounds, inline=start > begin)) for start in starts]
    numbers = [_number_at(folded, start, content_end) for start in starts]
    styles = [
        _SHAPE.sub("0", _CIRCLED.sub("①", folded[start:end])) if level >= _ITEM_LEVEL else ""
        for start, (end, level) in zip(starts, numbers, strict=True)
    ]
    told = [all(mark.body_start <= end for mark in marks) for (end, _), marks in zip(numbers, found, strict=True)]
    items = {style for style, tells in zip(styles, told, strict=True) if style and tells} if len(starts) > 1 else set()
    for style, marks, tells, following in zip(styles, found, told, (*starts[1:], content_end), strict=True):
        bare = len(marks) == 1 and marks[0].body_start >= following
        yield from () if style in items and (tells or bare) else marks


def _headings_at(
    text: str, folded: str, start: int, bounds: tuple[int, int], *, inline: bool = False
) -> Iterator[_Mark]:
    """Yield the heading at `start`, if there is one, and the first part that is written into its line."""
    content_end, _ = bounds
    position = start
    while position < content_end and folded[position] in _GAP:
        position += 1
    number_end, level = _number_at(folded, position, content_end)
    if not level or content_end <= number_end or folded[number_end] in ",。;:":
        return
    heading_end, body_start = _heading_end(folded, position, number_end, bounds)
    if inline and body_start <= number_end and level > 1 and not _ARTICLE.match(folded, position):
        return
    part = _FIRST_PART.search(folded, number_end, heading_end)
    if part and _number_at(folded, part.start(), content_end)[1] > level:
        yield _Mark(start, level, _clean(text[position : part.start()]), part.start())
        yield from _headings_at(text, folded, part.start(), bounds)
        return
    yield _Mark(start, level, _clean(text[position:heading_end]), body_start)


def _clean(heading: str) -> str:
    return " ".join(heading.split()).rstrip(_TRAILING)


def _number_at(folded: str, position: int, line_end: int) -> tuple[int, int]:
    if position < line_end and _CIRCLED.match(folded, position):
        return position + 1, 5
    match = _NUMBER.match(folded, position, line_end)
    return (match.end(), int((match.lastgroup or "")[-1])) if match else (position, 0)


def _heading_end(folded: str, position: int, number_end: int, bounds: tuple[int, int]) -> tuple[int, int]:
    """Return where the heading's text ends and where the body begins."""
    content_end, line_end = bounds
    near = min(content_end, number_end + _MAX_HEADING + 1)
    stop = folded.find("。", number_end, near)
    comma = folded.find(",", number_end, near)
    colon = folded.find(":", number_end, min(content_end, number_end + _MAX_COLON_HEADING))
    article = _ARTICLE.match(folded, position)
    if article and (stop >= 0 or near < content_end):
        return article.end(), number_end
    if colon >= 0 and (stop < 0 or colon < stop) and (comma < 0 or colon < comma) and colon + 1 < content_end:
        return colon, colon + 1
    if stop < 0 and near == content_end:
        stop = content_end
    told = 0 <= stop < content_end - 1 and _tells_figures(folded[number_end:stop])
    if 0 <= stop - number_end <= _MAX_HEADING and not told:
        return stop, line_end if stop + 1 >= content_end else stop + 1
    clause = comma if 0 <= comma - number_end <= _MAX_CLAUSE_HEADING else number_end + _MAX_CLAUSE_HEADING
    return clause, number_end


def _tells_figures(sentence: str) -> bool:
    """Whether the first of several sentences is content and no heading, as in (2)新建幼儿园22所,新增学位6930个."""
    figures = len(_FIGURE.findall(sentence))
    return figures > 1 or (figures == 1 and "," in sentence)
