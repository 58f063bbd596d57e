"""Word files (.docx): paragraphs with their automatic numbers, headings by style, tables as rows, notes after their line.

Read from the parts themselves: the common libraries leave out numbers, text boxes or what stands in tracked insertions,
and unpack without a limit.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.readers.draft import Draft
from index.readers.limits import FILE_BYTES, MERGED_CHARS, NESTING, PART_BYTES
from index.readers.package import open_zip, parse_xml, unpack
from index.readers.word_styles import (
    WORD,
    Numbering,
    Styles,
    is_on,
    normalised,
    number_in,
    outline_level,
    value_of,
)

if TYPE_CHECKING:
    import zipfile
    from xml.etree.ElementTree import Element

    from index.types import SourceFile

_OLD = b"\xd0\xcf\x11\xe0"
_MAIN = "word/document.xml"
_LEFT_OUT = frozenset(
    f"{WORD}{name}"
    for name in ("del", "moveFrom", "instrText", "delText", "delInstrText", "pPr", "rPr", "rt", "fldData", "sdtPr")
)
_ALTERNATIVE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
_SIGNS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-", f"{WORD}ptab": "\t"}
_TEXT, _RUN, _BOX, _PARAGRAPH = (f"{WORD}{name}" for name in ("t", "r", "txbxContent", "p"))
_PROPERTIES, _STYLE, _LISTED = f"{WORD}pPr", f"{WORD}pStyle", f"{WORD}numPr"
_REFERENCES = {f"{WORD}{name}Reference": name for name in ("footnote", "endnote")}
_WRAPPERS = frozenset(f"{WORD}{name}" for name in ("sdt", "ins", "customXml", "moveTo"))
_NOTES = (("footnotes", "footnote"), ("endnotes", "endnote"))


def read_docx(data: bytes, *, path: str) -> SourceFile:
    """Return the text of a Word file. Raises ReadError if it is locked, damaged, of the old format or without text."""
    if len(data) > FILE_BYTES:
        raise ReadError(f"文件有 {len(data) // 2**20} MB，超过 {FILE_BYTES // 2**20} MB 的上限")
    if data.startswith(_OLD):
        raise ReadError("文件有密码，或是旧版 Word 格式（.doc）；请另存为无密码的 .docx")
    container = open_zip(data, what="docx")
    root = _part(container, _MAIN)
    body = root.find(f"{WORD}body") if root is not None else None
    if body is None:
        raise ReadError("不是有效的 docx 文件（缺少正文）")
    draft = Draft()
    _Document(container, draft).put(body)
    return draft.source(path=path, sha256=hashlib.sha256(data).hexdigest(), encoding="docx")


def _part(container: zipfile.ZipFile, name: str) -> Element | None:
    """Return the root of an XML part, or None if the file has no such part."""
    try:
        entry = container.getinfo(name)
    except KeyError:
        return None
    return normalised(parse_xml(unpack(container, entry, limit=PART_BYTES)))


class _Document:
    """Puts the blocks of a document into a draft."""

    def __init__(self, container: zipfile.ZipFile, draft: Draft) -> None:
        self._draft = draft
        self._styles = Styles(_part(container, "word/styles.xml"))
        self._numbering = Numbering(_part(container, "word/numbering.xml"), self._styles)
        self._notes = {kind: _notes(_part(container, f"word/{part}.xml"), kind) for part, kind in _NOTES}
        self._noted = 0
        self._of_cells: list[tuple[str, str]] = []
        """References to notes in the table at hand."""
        self._open = ""
        """Text of paragraphs whose end was deleted: it goes on in the next one."""

    def put(self, parent: Element, *, depth: int = 0) -> None:
        """Add the blocks below `parent`, in order."""
        if depth > NESTING:
            raise ReadError(f"内容嵌套超过 {NESTING} 层")
        for node in parent:
            if node.tag == f"{WORD}p":
                self._paragraph(node)
            elif node.tag == f"{WORD}tbl":
                self._table(node)
            elif node.tag == f"{WORD}sdt" and _is_contents(node):
                continue
            elif node.tag not in _LEFT_OUT:
                self.put(_chosen(node), depth=depth + 1)

    def _paragraph(self, node: Element) -> None:
        properties = node.find(f"{WORD}pPr")
        style = value_of(properties, f"{WORD}pStyle")
        if self._styles.is_contents(style):
            return
        label = self._label(properties, style)
        text = _Text()
        text.take(node)
        content = self._open + text.joined
        if properties is not None and properties.find(f"{WORD}rPr/{WORD}del") is not None:
            self._open = content
            return
        self._open = ""
        level = outline_level(properties) or self._styles.level(style)
        if content.strip():
            self._draft.add(_labelled(label, content.strip()), level=level)
        self._after(text)

    def _label(self, properties: Element | None, style: str) -> str:
        """Return the automatic number of a paragraph, or an empty string."""
        listed = properties.find(_LISTED) if properties is not None else None
        of_style, level_of_style = self._styles.numbering(style)
        name = value_of(listed, f"{WORD}numId") or of_style
        if name not in self._numbering:
            return ""
        level = number_in(value_of(listed, f"{WORD}ilvl") or level_of_style)
        return self._numbering.label(name, level)

    def _after(self, text: _Text) -> None:
        """Add what hangs on a paragraph: its text boxes and its notes."""
        for box in text.boxes:
            self.put(box)
        self._put_notes(text.references)

    def _put_notes(self, references: list[tuple[str, str]]) -> None:
        """Add the notes that were referred to, each as a line."""
        for kind, name in references:
            note = self._notes[kind].get(name, "")
            if note:
                self._noted += 1
                self._draft.add(f"注{self._noted}：{note}")

    def _table(self, table: Element) -> None:
        self._draft.begin_table(cells=sum(1 for _ in table.iter(f"{WORD}tc")))
        merged: dict[int, str] = {}
        for row in _parts(table, f"{WORD}tr"):
            properties = row.find(f"{WORD}trPr")
            if properties is not None and properties.find(f"{WORD}del") is not None:
                continue
            self._draft.add_row(self._cells(row, merged))
        self._put_notes(self._of_cells)
        self._of_cells = []

    def _cells(self, row: Element, merged: dict[int, str]) -> list[str]:
        """Return the cells of a row; `merged` holds what is carried down, by column."""
        cells: list[str] = []
        column = 0
        for cell in _parts(row, f"{WORD}tc"):
            properties = cell.find(f"{WORD}tcPr")
            joint = properties.find(f"{WORD}vMerge") if properties is not None else None
            content = self._cell(cell)
            if joint is None:
                merged.pop(column, None)
            elif joint.get(f"{WORD}val") == "restart":
                merged[column] = content if len(content) <= MERGED_CHARS else ""
            else:
                content = merged.get(column, "")
            cells.append(content)
            column += max(1, min(number_in(value_of(properties, f"{WORD}gridSpan"), 1), 1000))
        return cells

    def _cell(self, cell: Element) -> str:
        """Return the text of a cell in one line; the number of a paragraph stands before it."""
        lines = []
        for paragraph in cell.iter(_PARAGRAPH):
            properties = paragraph.find(_PROPERTIES)
            label = self._label(properties, value_of(properties, _STYLE))
            text = _Text()
            text.take(paragraph)
            self._of_cells += text.references
            content = text.joined.strip()
            lines.append(_labelled(label, content) if content else "")
        return " ".join(line for line in lines if line)


class _Text:
    """The text of a paragraph, with its boxes and references to notes."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self.boxes: list[Element] = []
        self.references: list[tuple[str, str]] = []

    @property
    def joined(self) -> str:
        """What was taken so far."""
        return "".join(self._pieces)

    def take(self, node: Element, *, depth: int = 0) -> None:
        """Take in what stands below `node`: neither deletions nor hidden text nor codes of fields."""
        if depth > NESTING:
            raise ReadError(f"内容嵌套超过 {NESTING} 层")
        for child in node:
            tag = child.tag
            if tag == _TEXT:
                self._pieces.append(child.text or "")
            elif tag in _SIGNS:
                self._pieces.append(_SIGNS[tag])
            elif tag == _BOX:
                self.boxes.append(child)
            elif tag in _REFERENCES:
                self.references.append((_REFERENCES[tag], child.get(f"{WORD}id", "")))
            elif tag not in _LEFT_OUT and not (tag == _RUN and _is_hidden(child)):
                self.take(_chosen(child), depth=depth + 1)


def _is_hidden(run: Element) -> bool:
    # Step by step: a path of two names is not found by the parser in C.
    properties = run.find(f"{WORD}rPr")
    return properties is not None and is_on(properties.find(f"{WORD}vanish"))


def _chosen(node: Element) -> Element:
    """Return what of a node with alternatives is shown: the first choice, so that no text box is read twice."""
    if node.tag != _ALTERNATIVE:
        return node
    choice = node.find(_CHOICE)
    return choice if choice is not None else node


def _labelled(label: str, text: str) -> str:
    """Return `text` behind its number, apart where a digit or letter of both would touch (1. 2023年)."""
    touching = label and label[-1].isascii() and text[:1].isascii() and text[:1].isalnum()
    return f"{label} {text}" if touching else label + text


def _parts(parent: Element, tag: str) -> list[Element]:
    """Return the rows of a table or the cells of a row, with those inside content controls and tracked changes."""
    found: list[Element] = []
    for node in parent:
        if node.tag == tag:
            found.append(node)
        elif node.tag in _WRAPPERS:
            content = node.find(f"{WORD}sdtContent")
            found.extend(inner for inner in (node if content is None else content) if inner.tag == tag)
    return found


def _is_contents(control: Element) -> bool:
    """Return whether a content control holds the table of contents, whose lines are headings told twice."""
    return "contents" in value_of(control, f"{WORD}sdtPr/{WORD}docPartObj/{WORD}docPartGallery").lower()


def _notes(root: Element | None, kind: str) -> dict[str, str]:
    """Return the texts of the notes by their id; those that only draw the line above them have none."""
    found: dict[str, str] = {}
    for note in root.iter(f"{WORD}{kind}") if root is not None else ():
        lines = []
        for paragraph in note.iter(f"{WORD}p"):
            text = _Text()
            text.take(paragraph)
            lines.append(text.joined.strip())
        found[note.get(f"{WORD}id", "")] = " ".join(line for line in lines if line)
    return found
