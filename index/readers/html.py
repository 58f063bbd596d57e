"""Web pages: title, date and source of a government page, then its main content as lines, headings and rows."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.analysis import fold
from index.errors import ReadError
from index.readers.content import SKIPPED, Contents, cells_of, is_hidden, walk
from index.readers.draft import Draft, clean
from index.readers.encodings import decode
from index.readers.limits import FILE_BYTES, MERGED_CHARS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.types import SourceFile

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}[\"']?\s{0,9}([A-Za-z0-9_:-]{2,30})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"<\?xml[^>]{0,100}?encoding\s{0,9}=\s{0,9}[\"']([A-Za-z0-9_-]{2,30})", re.IGNORECASE)
_HEAD_BYTES = 8192
_HEAD_CHARS = 20_000
_SITE = re.compile(r"\s{0,9}(?:[-_|—–·»]|--)\s{0,9}[^-_|—–·»\s]{2,30}\s*$")
_DAY = r"\d{4}\s?[年./-]\s?\d{1,2}\s?[月./-]\s?\d{1,2}(?:\s?日)?"
_DATED = re.compile(rf"(?:时间|日期)\s?[\])】]?\s?:\s?(?P<value>{_DAY})")
_SOURCED = re.compile(r"来\s?源\s?[\])】]?\s?:\s?(?P<value>[^\s|:;,]{2,40})")
_ISO_DAY = re.compile(_DAY)
_TITLES, _DAYS = ("articletitle", "og:title"), ("pubdate", "publishdate", "article:published_time", "publishtime")
_SOURCES = ("contentsource", "source")
"""Names of the meta elements that the standard for government web sites asks for, and what is used beside them."""
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "html", "legend", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot",
    "th", "thead", "tr", "ul",
))  # fmt: skip
_GAP = re.compile(r"\s+")
_HAN_GAP = re.compile(r"(?<=[\u3001-\u9fff\uff01-\uff5e])\s*\n\s*(?=[\u3001-\u9fff\uff01-\uff5e])")
_HAN_BLANK = re.compile(r"(?<=[\u3001-\u9fff]) (?=[\u3001-\u9fff])")
_FIRST_LINES = 6


@dataclass(frozen=True, slots=True)
class _About:
    """What a page says of itself."""

    title: str
    day: str
    source: str


def read_html(data: bytes, *, path: str) -> SourceFile:
    """Return the page as title, date and source, each on a line, then its main content.

    Menus, footers, scripts and what is not shown are left out. Raises ReadError for a page without text or in no
    known encoding.
    """
    if len(data) > FILE_BYTES:
        raise ReadError(f"文件有 {len(data) // 2**20} MB，超过 {FILE_BYTES // 2**20} MB 的上限")
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(decode(data, declared=_declared(data))[0].replace("\x00", ""))
    draft = Draft()
    if tree.body is not None:
        contents = Contents(tree)
        lines = _Lines(contents)
        walk(contents.main(), lines.enter, lines.leave)
        lines.flush()
        if lines.found:
            about = _about(tree)
            _put_head(draft, about, lines)
            lines.put(draft, without={_bare(about.title)})
    if not draft.length:
        raise ReadError("网页中没有正文（可能只有菜单，或由脚本生成）")
    return draft.source(path=path, sha256=hashlib.sha256(data).hexdigest(), encoding="html")


def _declared(data: bytes) -> str:
    """Return the encoding that the page names, or an empty string."""
    head = data[:_HEAD_BYTES]
    match = _CHARSET.search(head) or _XML_CHARSET.search(head)
    return match[1].decode("ascii") if match else ""


def _put_head(draft: Draft, about: _About, lines: _Lines) -> None:
    """Add title, date and source, unless the content says them itself."""
    first = [_bare(text) for text in lines.first(_FIRST_LINES)]
    title = _bare(about.title)
    # A title that the content has in two lines stays there.
    if title and (title in first or not "".join(first).startswith(title)):
        draft.add(about.title)
    joined = "".join(first)
    if about.day and _bare(about.day) not in joined:
        draft.add(f"发布日期：{about.day}")
    if about.source and _bare(about.source) not in joined:
        draft.add(f"来源：{about.source}")


def _bare(text: str) -> str:
    return _GAP.sub("", fold(clean(text)))


def _about(tree: Any) -> _About:
    """Return title, day and source from the meta elements, else from the page; what is not found is empty."""
    metas: dict[str, str] = {}
    for node in tree.css("meta"):
        name = (node.attributes.get("name") or node.attributes.get("property") or "").lower()
        value = " ".join(clean(node.attributes.get("content") or "").split())
        if name and value:
            metas.setdefault(name, value)
    text = fold(clean(tree.body.text(separator=" ")[:_HEAD_CHARS]))
    day = _ISO_DAY.search(next((metas[name] for name in _DAYS if name in metas), ""))
    dated = _DATED.search(text)
    sourced = _SOURCED.search(text)
    return _About(
        title=next((metas[name] for name in _TITLES if name in metas), "") or _title(tree),
        day=day[0] if day else dated["value"] if dated else "",
        source=next((metas[name] for name in _SOURCES if name in metas), "") or (sourced["value"] if sourced else ""),
    )


def _title(tree: Any) -> str:
    """Return the heading of the page that its title begins with, else the title without the name of the site."""
    element = tree.css_first("title")
    title = " ".join(clean(element.text()).split()) if element is not None else ""
    for node in tree.css("h1, h2"):
        heading = " ".join(clean(node.text(separator=" ")).split())
        if len(heading) > 3 and _bare(heading) in _bare(title):
            return heading
    shorter = _SITE.sub("", title)
    return shorter if len(shorter) > 3 else title


class _Lines:
    """Turns the nodes of the main content into lines: texts with a heading level, and tables."""

    def __init__(self, contents: Contents) -> None:
        self._contents = contents
        self.found: list[tuple[str, int] | list[list[str]]] = []
        self._buffer: list[str] = []
        self._level = 0
        self._numbers: dict[int, int] = {}
        self._pre = 0

    def enter(self, node: Any) -> bool:
        """Take in the beginning of a node; returns whether what is inside it counts."""
        tag = node.tag
        if tag == "-text":
            text = node.text_content or ""
            self._buffer.append(text if self._pre else _GAP.sub(" ", _HAN_GAP.sub("", text)))
            return False
        if tag.startswith(("-", "!")) or tag in SKIPPED or self._contents.is_furniture(node):
            return False
        if tag == "br":
            self._buffer.append("\n")
        if tag in _BLOCKS:
            self.flush()
        if tag == "table" and self._contents.is_data(node):
            self.found.append(list(_rows(node)))
            return False
        self._begin(node, tag)
        return True

    def _begin(self, node: Any, tag: str) -> None:
        if tag in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            self._level = max(1, int(tag[1]) - 1)
        elif tag == "pre":
            self._pre += 1
        elif tag == "ol":
            start = node.attributes.get("start") or "1"
            self._numbers[node.mem_id] = int(start) if start.isascii() and start.isdigit() and len(start) < 5 else 1
        elif tag == "li" and node.parent is not None and node.parent.mem_id in self._numbers:
            self._buffer.append(f"{self._numbers[node.parent.mem_id]}.")
            self._numbers[node.parent.mem_id] += 1

    def leave(self, node: Any) -> None:
        """Take in the end of a node."""
        tag = node.tag
        if tag in _BLOCKS:
            self.flush()
            self._level = 0 if tag[0] == "h" else self._level
        if tag == "pre":
            self._pre -= 1

    def flush(self) -> None:
        """End the line under way."""
        text = "".join(self._buffer)
        self._buffer.clear()
        if text.strip():
            self.found.append((text, self._level))

    def first(self, count: int) -> list[str]:
        """Return the first lines of text."""
        return [one[0] for one in self.found[:count] if isinstance(one, tuple)]

    def put(self, draft: Draft, *, without: set[str]) -> None:
        """Add the lines to `draft`; of the first ones, those in `without` are there already."""
        for number, one in enumerate(self.found):
            if isinstance(one, tuple):
                if number >= _FIRST_LINES or _bare(one[0]) not in without or not draft.length:
                    draft.add(one[0], level=one[1])
                continue
            draft.begin_table()
            for row in one:
                draft.add_row(row)


def _rows(table: Any) -> Iterator[list[str]]:
    """Yield the cells of each row; one that reaches down from a row above is repeated if it is short."""
    carried: dict[int, tuple[int, str]] = {}
    for row in table.css("tr"):
        if is_hidden(row):
            continue
        cells: dict[int, str] = {column: text for column, (_, text) in carried.items()}
        carried = {column: (rows - 1, text) for column, (rows, text) in carried.items() if rows > 1}
        column = 0
        for cell in cells_of(row):
            while column in cells:
                column += 1
            text = _HAN_BLANK.sub("", _GAP.sub(" ", _HAN_GAP.sub("", cell.text(separator=" ") or "")))
            cells[column] = text
            if (down := _span(cell, "rowspan")) > 1:
                carried[column] = (down - 1, text if len(text) <= MERGED_CHARS else "")
            column += _span(cell, "colspan")
        yield [cells[column] for column in sorted(cells)]


def _span(cell: Any, name: str) -> int:
    """Return how many rows or columns a cell spans."""
    value = (cell.attributes.get(name) or "1").strip()
    return max(1, min(int(value), 1000)) if value.isascii() and value.isdigit() and len(value) < 6 else 1
