"""Builders of made-up documents: Word files with true automatic numbers, PDFs, web pages and archives."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
LEVELS = (("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("decimal", "（%4）"))
"""Formats of the numbers that official documents use, from the outermost."""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of some level, a line (level 0), or a table."""

    text: str
    level: int = 0
    rows: tuple[tuple[str, ...], ...] = ()


def numbered_docx(title: str, parts: Sequence[Part], *, extra: str = "") -> bytes:
    """Return a Word file whose headings carry their numbers by a list alone; `extra` is XML put before the last line."""
    import docx

    document = docx.Document()
    document.add_paragraph(title, style="Title")
    number = _list_of_headings(document)
    for part in parts:
        if part.rows:
            _add_table(document, part.rows)
            continue
        paragraph = document.add_paragraph(part.text)
        if part.level:
            properties = paragraph._p.get_or_add_pPr()
            listed = properties.get_or_add_numPr()
            listed.get_or_add_ilvl().val = part.level - 1
            listed.get_or_add_numId().val = number
    if extra:
        from docx.oxml import parse_xml

        document.element.body.insert(-2, parse_xml(extra))
    return _saved(document.save)


def styled_docx(title: str, parts: Sequence[Part]) -> bytes:
    """Return a Word file whose headings are told by their styles, with numbers only where the text has them."""
    import docx

    document = docx.Document()
    document.add_paragraph(title, style="Title")
    for part in parts:
        if part.rows:
            _add_table(document, part.rows)
        else:
            document.add_paragraph(part.text, style=f"Heading {part.level}" if part.level else None)
    return _saved(document.save)


def raw_docx(body: str, **parts: str) -> bytes:
    """Return a Word file with this XML as its body, and further parts by name (styles, numbering, footnotes)."""
    document = f'<w:document xmlns:w="{MAIN}"><w:body>{body}</w:body></w:document>'
    files = {f"word/{name}.xml": text for name, text in parts.items()}
    return zipped(
        {"[Content_Types].xml": b"<Types/>", "word/document.xml": document.encode()}
        | {name: text.encode() for name, text in files.items()}
    )


def paragraph(text: str, *, properties: str = "") -> str:
    """Return the XML of a paragraph."""
    return f"<w:p><w:pPr>{properties}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def _list_of_headings(document: Any) -> int:
    """Add a list of several levels to `document` and return its number."""
    from docx.oxml import parse_xml

    numbering = document.part.numbering_part.element
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{style}"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (style, text) in enumerate(LEVELS)
    )
    abstract = parse_xml(f'<w:abstractNum xmlns:w="{MAIN}" w:abstractNumId="99">{levels}</w:abstractNum>')
    numbering.insert(0, abstract)
    number = parse_xml(f'<w:num xmlns:w="{MAIN}" w:numId="99"><w:abstractNumId w:val="99"/></w:num>')
    numbering.append(number)
    return 99


def _add_table(document: Any, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, values in zip(table.rows, rows, strict=True):
        for cell, value in zip(row.cells, values, strict=True):
            cell.text = value


def _saved(save: Callable[[Any], object]) -> bytes:
    out = io.BytesIO()
    save(out)
    return out.getvalue()


def zipped(files: dict[str, bytes], *, names: str = "utf-8") -> bytes:
    """Return an archive of `files` by their names; with gbk, the names are written as older Windows programs do."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            entry = zipfile.ZipInfo(name) if names == "utf-8" else _Named(name.encode(names))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return out.getvalue()


class _Named(zipfile.ZipInfo):
    """An entry whose name is written as the bytes given, unmarked."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw.hex())
        self._raw = raw

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802
        return self._raw, self.flag_bits & ~0x800


FONT = "STSong-Light"
SIZE = 14.0


class Pdf:
    """Draws a PDF page by page: running heads, paragraphs broken into lines, columns, ruled tables, scans."""

    def __init__(self, *, head: str = "", foot: str = "— {} —", password: str = "") -> None:
        from reportlab.lib.pagesizes import A4
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=A4, encrypt=password or None, invariant=1)
        self.width, self.height = A4
        self._head, self._foot = head, foot
        self._page = 0
        self._y = 0.0
        self._begin()

    def _begin(self) -> None:
        self._page += 1
        self._y = self.height - 100
        self._canvas.setFont(FONT, SIZE)
        if self._head:
            self._canvas.setFont(FONT, 9)
            self._canvas.drawString(72, self.height - 40, self._head)
        if self._foot:
            self._canvas.setFont(FONT, 9)
            self._canvas.drawCentredString(self.width / 2, 36, self._foot.format(self._page))
        self._canvas.setFont(FONT, SIZE)

    @property
    def room(self) -> int:
        """Lines that this page still has room for."""
        return int((self._y - 90) // (SIZE * 1.6)) + 1

    def page(self) -> Pdf:
        """Begin a page."""
        self._canvas.showPage()
        self._begin()
        return self

    def title(self, text: str) -> Pdf:
        """Set a centred line in a larger size."""
        self._canvas.setFont(FONT, 18)
        self._canvas.drawCentredString(self.width / 2, self._y, text)
        self._canvas.setFont(FONT, SIZE)
        self._y -= 40
        return self

    def text(self, text: str, *, left: float = 72, chars: int = 32, indent: int = 2) -> Pdf:
        """Set a paragraph in lines of `chars` characters, going on to the next page where this one ends."""
        rest, first = text, True
        while rest:
            count = self._fitting(rest, chars - indent if first else chars)
            if self._y < 90:
                self.page()
            self._canvas.drawString(left + (indent * SIZE if first else 0), self._y, rest[:count])
            rest, first = rest[count:], False
            self._y -= SIZE * 1.6
        return self

    def _fitting(self, text: str, chars: int) -> int:
        """Return how much of `text` fits a line of `chars` full characters."""
        count = len(text)
        while self._canvas.stringWidth(text[:count], FONT, SIZE) > chars * SIZE + 1:
            count -= 1
        return count

    def columns(self, left: str, right: str, *, chars: int = 15) -> Pdf:
        """Set two columns, drawn line by line across so that the order of the content is not that of reading."""
        x, top = (72.0, 72 + 16.5 * SIZE), self._y
        lines = [[text[place : place + chars] for place in range(0, len(text), chars)] for text in (left, right)]
        for number in range(max(map(len, lines))):
            for side in (0, 1):
                if number < len(lines[side]):
                    self._canvas.drawString(x[side], top - number * SIZE * 1.6, lines[side][number])
        self._y = top - max(map(len, lines)) * SIZE * 1.6
        return self

    def table(self, rows: Sequence[Sequence[str]], *, widths: Sequence[float]) -> Pdf:
        """Draw a table with ruling lines."""
        high = SIZE * 2
        top = self._y
        edges = [72.0]
        for width in widths:
            edges.append(edges[-1] + width)
        for number in range(len(rows) + 1):
            self._canvas.line(edges[0], top - number * high, edges[-1], top - number * high)
        for edge in edges:
            self._canvas.line(edge, top, edge, top - len(rows) * high)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                self._canvas.drawString(edges[place] + 4, top - number * high - SIZE * 1.4, value)
        self._y = top - len(rows) * high - SIZE * 2
        return self

    def scan(self) -> Pdf:
        """Cover the page with a picture."""
        from PIL import Image
        from reportlab.lib.utils import ImageReader

        picture = ImageReader(Image.new("L", (80, 110), 200))
        self._canvas.drawImage(picture, 20, 60, self.width - 40, self.height - 120)
        return self

    def done(self) -> bytes:
        """Return the file."""
        self._canvas.save()
        return self._out.getvalue()


def page_of(title: str, body: str, *, metas: Iterable[tuple[str, str]] = (), charset: str = "utf-8") -> bytes:
    """Return a government page: menu, breadcrumbs, title and date line, the body, share buttons, footer."""
    named = "".join(f'<meta name="{name}" content="{value}">' for name, value in metas)
    links = "".join(f'<li><a href="/c{n}">栏目{n}</a></li>' for n in range(9))
    return f"""<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}-示例市人民政府</title>{named}
<style>.x{{color:red}}</style><script>var s = "不要读脚本";</script></head><body>
<div class="header"><h1><a href="/">示例市人民政府门户网站</a></h1><form><input value="搜索"></form></div>
<div class="nav"><ul>{links}</ul></div><div class="crumbs">您的位置：<a>首页</a> &gt; <a>通知公告</a></div>
{body}
<div class="share"><a>微信</a><a>微博</a></div>
<div class="related"><h3>相关阅读</h3><ul><li><a>别的通报一</a></li><li><a>别的通报二</a></li><li><a>别的三</a></li></ul></div>
<footer><p>版权所有：示例市人民政府　备案号：示例ICP备00000001号</p><p style="display:none">看不见的字</p></footer>
</body></html>""".encode(charset, errors="xmlcharrefreplace")
