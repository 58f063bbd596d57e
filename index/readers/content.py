"""Where the main content of a web page stands, and what in it is menu, footer or hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.errors import ReadError
from index.readers.limits import PAGE_NODES, TABLE_CELLS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SKIPPED = frozenset((
    "applet", "audio", "button", "canvas", "dialog", "embed", "footer", "frame", "frameset", "head", "iframe",
    "input", "link", "map", "menu", "meta", "nav", "noframes", "noscript", "object", "option", "script",
    "select", "style", "svg", "template", "textarea", "title", "video",
))  # fmt: skip
_FURNITURE = re.compile(
    r"(?:^|[\s_-])(?:nav(?:bar|igation)?|menu|foot(?:er)?|breadcrumbs?|crumbs?|sidebar|side-?nav|share|bdshare|bds|social|"
    r"toolbar|pagination|pager|page-?nav|copyright|qr-?code|ewm|related|recommend|comments?|print|search|login|skip|"
    r"font-?size|weizhi|dqwz|location|position|mbx|advert|ads?|banner|top-?bar|friend-?link|yqlj)(?:$|[\s_\d-])",
    re.IGNORECASE,
)
_KNOWN = (
    "#UCAP-CONTENT, #zoom, #Zoom, .TRS_Editor, .TRS_UEDITOR, .pages_content, .article-content, .article_content, "
    ".articleContent, #articleContent, #article-content, #article_content, .xxgk-content, #vsb_content, .v_news_content, "
    "[itemprop=articleBody], .news_content, .news-content"
)
"""Containers of the publishing systems that most Chinese government sites run on."""
_HIDING = re.compile(r"display\s{0,9}:\s{0,9}none|visibility\s{0,9}:\s{0,9}hidden", re.IGNORECASE)
_DOCUMENT = re.compile(r"\.(?:docx?|xlsx?|pptx?|pdf|wps|et|ofd|zip|rar|txt)(?:$|[?#])", re.IGNORECASE)
_SIGNED = re.compile(r"\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日\s*$")
_MOST = 0.75
"""Share of a block's text that a single child must hold to be looked into."""
_KNOWN_SHARE = 0.3
_SENTENCE = 20
"""Characters that a full stop counts for: sentences tell content from lists of links."""
_LINKS = 3
_LAYOUTS = 10
"""Tables around a table of values, at most: each of them is looked through for it."""
_TABLE = 20
"""Elements that looking at a table counts for beside its rows."""
_LINK_SHARE = 0.6


@dataclass(slots=True)
class _Mass:
    """How much text a node holds."""

    text: int = 0
    linked: int = 0
    links: int = 0
    stops: int = 0

    def add(self, other: _Mass) -> None:
        self.text += other.text
        self.linked += other.linked
        self.links += other.links
        self.stops += other.stops

    @property
    def content(self) -> int:
        return self.text - self.linked + _SENTENCE * self.stops


def walk(root: Any, enter: Callable[[Any], bool], leave: Callable[[Any], None]) -> None:
    """Visit `root` and what is below it, however deep; `enter` says whether to go into a node, then it is left."""
    node, end = root, root.mem_id
    while True:
        inside = enter(node)
        child = node.child if inside else None
        if child is not None:
            node = child
            continue
        if inside:
            leave(node)
        while node.mem_id != end and node.next is None:
            node = node.parent
            leave(node)
        if node.mem_id == end:
            return
        node = node.next


class Contents:
    """The text masses of a page, and what of it is content."""

    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._masses: dict[int, _Mass] = {}
        self._tables: dict[int, bool] = {}
        self._around = 0
        """Tables that are open while all is weighed."""
        self._weigh(tree.body)
        self._whole = self._masses[tree.body.mem_id].content

    def main(self) -> Any:
        """Return the node that holds the main content; the body if nothing narrower does."""
        known = [node for node in self._tree.css(_KNOWN) if node.mem_id in self._masses]
        best = max(known, key=self._content, default=None)
        if best is not None and self._content(best) >= _KNOWN_SHARE * self._whole > 0:
            return best
        node = self._tree.body
        while (inner := self._dominant(node)) is not None:
            node = inner
        return node

    def is_furniture(self, node: Any) -> bool:
        """Return whether a node is hidden, a menu, a footer or a list of links."""
        tag = node.tag
        if tag in SKIPPED or is_hidden(node):
            return True
        mass = self._masses.get(node.mem_id)
        if mass is None or tag in {"body", "html", "article", "main"}:
            return False
        attributes = node.attributes
        named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if named.strip() and _FURNITURE.search(named) and mass.content <= self._whole / 2:
            return True
        crowded = mass.links >= _LINKS and mass.linked > _LINK_SHARE * mass.text and not mass.stops
        return crowded and tag in {"div", "ul", "ol", "dl", "table", "section", "aside", "p", "td"}

    def is_data(self, table: Any) -> bool:
        """Return whether a table holds rows of values, and not the layout of a page."""
        known = self._tables.get(table.mem_id)
        if known is None:
            known = self._around <= _LAYOUTS and _holds_values(table)
            self._tables[table.mem_id] = known
        return known

    def _content(self, node: Any) -> int:
        return self._masses[node.mem_id].content

    def _dominant(self, node: Any) -> Any | None:
        """Return the child that holds nearly all content of `node`, if what stands beside it is no content."""
        children = [child for child in _children(node) if child.mem_id in self._masses and not self.is_furniture(child)]
        best = max(children, key=self._content, default=None)
        if best is None or best.tag in {"p", "br"} or self._content(best) < _MOST * self._content(node):
            return None
        if best.tag == "table" and self.is_data(best):
            # What stands beside a table says what its numbers are.
            return None
        # A piece of text of its own beside the child belongs to the content, and so do a sentence and a signature.
        for child in children:
            if child.mem_id == best.mem_id:
                continue
            if self._masses[child.mem_id].stops or _SIGNED.search((child.text(deep=True) or "")[-400:]):
                return None
        return best if not any(len(text.strip()) > 1 for text in _own_text(node)) else None

    def _weigh(self, body: Any) -> None:
        """Add up the text of each node that is shown, deepest first; a table of values is weighed whole."""
        masses = self._masses
        links: list[int] = []
        seen = 0

        def enter(node: Any) -> bool:
            nonlocal seen
            tag = node.tag
            seen += 1
            if seen > PAGE_NODES:
                raise ReadError(f"网页超过 {PAGE_NODES} 个元素的上限")
            if tag != "-text" and (tag in SKIPPED or tag.startswith(("-", "!")) or is_hidden(node)):
                return False
            whole = self._weight(node, linked=bool(links))
            if whole is not None:
                masses[node.mem_id] = whole
                _add_up(node)
                seen += _TABLE + len(node.css("tr")) if tag == "table" else 0
                return False
            self._around += tag == "table"
            masses[node.mem_id] = _Mass()
            if tag == "a" and not _DOCUMENT.search(node.attributes.get("href") or ""):
                links.append(node.mem_id)
                masses[node.mem_id].links = 1
            return True

        def _add_up(node: Any) -> None:
            parent = node.parent
            if parent is not None and node.mem_id != body.mem_id and parent.mem_id in masses:
                masses[parent.mem_id].add(masses[node.mem_id])

        def leave(node: Any) -> None:
            self._around -= node.tag == "table"
            if links and links[-1] == node.mem_id:
                links.pop()
            _add_up(node)

        walk(body, enter, leave)

    def _weight(self, node: Any, *, linked: bool) -> _Mass | None:
        """Return how much is in a node that is not looked into, a text or a table of values; None for any other."""
        if node.tag == "-text":
            text = (node.text_content or "").strip()
            return _Mass(len(text), len(text) if linked else 0, 0, text.count("。"))
        return _mass_of(node) if node.tag == "table" and self.is_data(node) else None


def _mass_of(table: Any) -> _Mass:
    """Return how much text stands in a table."""
    linked = [_bare(node) for node in table.css("a")]
    text = _bare(table)
    return _Mass(len(text), sum(map(len, linked)), len(linked), text.count("。"))


def _bare(node: Any) -> str:
    return "".join((node.text(separator=" ") or "").split())


def is_hidden(node: Any) -> bool:
    """Return whether the page does not show a node."""
    attributes = node.attributes
    if not attributes:
        return False
    return "hidden" in attributes or bool(_HIDING.search(attributes.get("style") or ""))


def _holds_values(table: Any) -> bool:
    """Return whether the rows of a table hold values; raises ReadError if there are too many."""
    if len(table.css("table")) > 1 or table.css_first("h1, h2, h3, article") is not None:
        return False
    rows, cells = table.css("tr"), table.css("td, th")
    if len(rows) < 2:
        return False
    if len(cells) > TABLE_CELLS:
        raise ReadError(f"表格超过 {TABLE_CELLS} 个单元格的上限")
    widest = max(len(row.css("td, th")) for row in rows[:20])
    return widest > 1 and not any(len(cell.css("p")) > 12 for cell in cells[:40])


def cells_of(row: Any) -> list[Any]:
    """Return the cells of a table's row that are shown."""
    return [one for one in _children(row) if one.tag in {"td", "th"} and not is_hidden(one)]


def _children(node: Any) -> Iterator[Any]:
    child = node.child
    while child is not None:
        if not child.tag.startswith(("-", "!")):
            yield child
        child = child.next


def _own_text(node: Any) -> Iterator[str]:
    child = node.child
    while child is not None:
        if child.tag == "-text":
            yield child.text_content or ""
        child = child.next
