"""A paper as a Word document: text only, so that nothing in it is a link, a field or a picture."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

    from ui.paper import Entry, Evidence, Paper
    from ui.tables import Table

_NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LATIN, _CHINESE = "Times New Roman", "宋体"
_BODY_POINTS, _SMALL_POINTS = 11, 9
_GREY = "6B655C"
_NARROW_CM, _WIDE_CM = 2.6, 11.0


def docx(paper: Paper) -> bytes:
    """Return the paper as a .docx file."""
    from docx import Document

    made = Document()
    _set_fonts(made)
    made.core_properties.title = plain(paper.title)
    made.core_properties.author = made.core_properties.comments = ""
    made.add_heading(plain(paper.title), level=1)
    _small(made, paper.note)
    for number, entry in enumerate(paper.entries, start=1):
        _add_entry(made, number, entry)
    packed = io.BytesIO()
    made.save(packed)
    return packed.getvalue()


def plain(text: str) -> str:
    """Return `text` with a mark in place of each character that XML cannot hold."""
    return _NOT_XML.sub("\ufffd", text)


def _set_fonts(made: Document) -> None:
    """Use a Chinese face for Chinese text: the template's own has none, and Word would pick at random."""
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    for name in ("Normal", "Heading 1", "Heading 2", "Heading 3"):
        style: Any = made.styles[name]
        style.font.name = _LATIN
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), _CHINESE)
        if name == "Normal":
            style.font.size = Pt(_BODY_POINTS)
        else:
            style.font.color.rgb = RGBColor.from_string("24211D")


def _add_entry(made: Document, number: int, entry: Entry) -> None:
    made.add_heading(plain(f"{number}. {entry.question}"), level=2)
    for label, text in entry.notes:
        _small(made, f"{label}：{text}")
    if entry.heading:
        made.add_paragraph().add_run(plain(entry.heading)).bold = True
    for line in entry.paragraphs:
        made.add_paragraph(plain(line))
    if entry.table:
        _add_table(made, entry.table)
    if entry.evidence:
        made.add_heading(plain(entry.evidence_title), level=3)
    for one in entry.evidence:
        _add_evidence(made, one)


def _add_table(made: Document, table: Table) -> None:
    from docx.shared import Cm

    grid = made.add_table(rows=1, cols=3, style="Table Grid")
    rows = [table.heads, *((row.first, row.text, f"[{row.source.n}]" if row.source else "") for row in table.rows)]
    for number, texts in enumerate(rows):
        cells = grid.rows[0].cells if number == 0 else grid.add_row().cells
        for cell, text, width in zip(cells, texts, (_NARROW_CM, _WIDE_CM, _NARROW_CM), strict=True):
            cell.width = Cm(width)
            cell.paragraphs[0].add_run(plain(text)).bold = number == 0 or None


def _add_evidence(made: Document, one: Evidence) -> None:
    from docx.enum.text import WD_COLOR_INDEX
    from docx.shared import Cm

    number = f"[{one.n}] " if one.n else ""
    made.add_paragraph().add_run(plain(number + one.title)).bold = True
    _small(made, one.about)
    if one.path:
        _small(made, " › ".join(one.path))
    quote = made.add_paragraph()
    quote.paragraph_format.left_indent = Cm(0.8)
    position = 0
    for start, end in one.marks:
        quote.add_run(plain(one.quote[position:start]))
        quote.add_run(plain(one.quote[start:end])).font.highlight_color = WD_COLOR_INDEX.YELLOW
        position = end
    quote.add_run(plain(one.quote[position:]))


def _small(made: Document, text: str) -> None:
    from docx.shared import Pt, RGBColor

    line = made.add_paragraph()
    line.paragraph_format.space_after = Pt(0)
    run = line.add_run(plain(text))
    run.font.size = Pt(_SMALL_POINTS)
    run.font.color.rgb = RGBColor.from_string(_GREY)
