"""One page of a PDF as lines with their places, by PDFium: what is written on it, and whether it is a scan."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from index.errors import ReadError
from index.readers.limits import PDF_PAGE_CHARS
from index.readers.pdf_lines import Char, Page, lines_of
from index.readers.pdf_tables import table_rows

if TYPE_CHECKING:
    from collections.abc import Iterator

_RADICALS = (0x2E80, 0x2FE0)
_FEW_CHARS = 10
"""Characters up to which a page with a large image counts as a scan: a number or a stamp may be set on it as text."""
_IMAGE_SHARE = 0.4
_UNMAPPED_SHARE = 0.3
_MOST_OBJECTS = 20_000
_MOST_DEPTH = 4


def read_page(page: Any, number: int) -> Page:
    """Return a page of PDFium's as ours, numbered `number`. Raises ReadError for one with too many characters."""
    import pypdfium2

    width, height = page.get_size()
    try:
        text_page = page.get_textpage()
    except pypdfium2.PdfiumError:
        return Page(number, width, height, (), damaged=True)
    try:
        chars = list(_chars(text_page.raw, page))
    finally:
        text_page.close()
    visible = [char for char in chars if not char.text.isspace()]
    unmapped = {text for text in {char.text for char in visible} if _is_unmapped(text)}
    if sum(1 for char in visible if char.text in unmapped) > _UNMAPPED_SHARE * len(visible):
        return Page(number, width, height, (), unmapped=True)
    if unmapped:
        chars = [char for char in chars if char.text not in unmapped]
    images, rules = _drawings(page, width * height)
    scanned = len(visible) <= _FEW_CHARS and images > _IMAGE_SHARE
    if scanned:
        return Page(number, width, height, (), scanned=True)
    tables, rest = table_rows(chars, rules)
    return Page(number, width, height, lines_of(rest, tables))


def _chars(text_page: Any, page: Any) -> Iterator[Char]:
    """Yield the characters of a page in the order of its content, with their boxes; a line end is a newline."""
    from pypdfium2 import raw

    count = raw.FPDFText_CountChars(text_page)
    if count > PDF_PAGE_CHARS:
        raise ReadError(f"PDF 的一页有 {count} 个字符，超过 {PDF_PAGE_CHARS} 的上限")
    left, bottom, _, _ = _shift(page)
    box = raw.FS_RECTF()
    high = 0
    for place in range(max(count, 0)):
        code = raw.FPDFText_GetUnicode(text_page, place)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code, high = (0x10000 + ((high - 0xD800) << 10) + code - 0xDC00, 0) if high else (0xFFFD, 0)
        if code in (0, 0xFFFE, 0xFFFF) or code > 0x10FFFF:
            continue
        if code in (10, 13):
            yield Char("\n", 0, 0, 0, 0)
            continue
        if not raw.FPDFText_GetLooseCharBox(text_page, place, box):
            continue
        text = chr(code)
        if _RADICALS[0] <= code < _RADICALS[1]:
            text = unicodedata.normalize("NFKC", text)
        yield Char(text, box.left - left, box.right - left, box.bottom - bottom, box.top - bottom)


def _shift(page: Any) -> tuple[float, float, float, float]:
    """Return the box of a page whose lower left corner is where its coordinates begin."""
    import pypdfium2

    try:
        box: tuple[float, float, float, float] = page.get_cropbox()
    except pypdfium2.PdfiumError:
        return 0.0, 0.0, 0.0, 0.0
    return box


def _is_unmapped(text: str) -> bool:
    """Return whether a character stands for none: a private one, a control or the sign of replacement."""
    return text == "\ufffd" or unicodedata.category(text[0]) in {"Co", "Cn", "Cc", "Cs"}


def _drawings(page: Any, area: float) -> tuple[float, list[tuple[float, float, float, float]]]:
    """Return the share of the page that images cover, and the ruling lines as boxes (left, bottom, right, top)."""
    import pypdfium2
    from pypdfium2 import raw

    covered, rules = 0.0, []
    left, bottom, _, _ = _shift(page)
    try:
        for number, thing in enumerate(page.get_objects(max_depth=_MOST_DEPTH)):
            if number >= _MOST_OBJECTS:
                break
            if thing.type not in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_PATH):
                continue
            x0, y0, x1, y1 = thing.get_bounds()
            if thing.type == raw.FPDF_PAGEOBJ_IMAGE:
                covered += max(0.0, x1 - x0) * max(0.0, y1 - y0)
            else:
                rules.append((x0 - left, y0 - bottom, x1 - left, y1 - bottom))
    except pypdfium2.PdfiumError:
        return covered / area if area else 0.0, rules
    return covered / area if area else 0.0, rules
