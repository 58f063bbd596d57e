"""PDF files with text: pages in reading order, without headers, footers and page numbers, lines joined to paragraphs."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from index.errors import ReadError
from index.marks import MarkKind
from index.readers.draft import Draft
from index.readers.limits import FILE_BYTES, PDF_PAGES
from index.readers.pdf_layout import paragraphs, with_common_width, without_running_lines
from index.readers.pdf_lines import Page
from index.readers.pdf_page import read_page

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.types import SourceFile

_MAGIC = b"%PDF-"
_MAGIC_WITHIN = 1024
_PASSWORD = 4
"""FPDF_ERR_PASSWORD."""
_LISTED = 12


def read_pdf(data: bytes, *, path: str) -> SourceFile:
    """Return the text of a PDF with its pages marked; pages without text are told in the notes.

    Raises ReadError if the file is locked or damaged, or if no page has text.
    """
    if len(data) > FILE_BYTES:
        raise ReadError(f"文件有 {len(data) // 2**20} MB，超过 {FILE_BYTES // 2**20} MB 的上限")
    if _MAGIC not in data[:_MAGIC_WITHIN]:
        raise ReadError("不是有效的 PDF 文件")
    pages = _pages(data)
    draft = Draft()
    _put_pages(draft, with_common_width(without_running_lines(pages)))
    silent = _silent(pages)
    if silent and not draft.length:
        raise ReadError(f"PDF 共 {len(pages)} 页，{silent}；请先做文字识别（OCR），再索引识别后的文件")
    if not draft.length:
        raise ReadError("PDF 中没有文字")
    if silent:
        draft.note(f"{silent}，未能索引；需要时请先做文字识别（OCR）")
    return draft.source(path=path, sha256=hashlib.sha256(data).hexdigest(), encoding="pdf")


def _pages(data: bytes) -> list[Page]:
    """Return the pages of the document in `data`."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == _PASSWORD or "password" in str(error).lower():
            raise ReadError("PDF 有密码，无法读取；请另存为没有密码的文件") from error
        raise ReadError("PDF 已损坏，无法读取") from error
    try:
        count = len(document)
        if count > PDF_PAGES:
            raise ReadError(f"PDF 有 {count} 页，超过 {PDF_PAGES} 页的上限")
        if not count:
            raise ReadError("PDF 已损坏，没有一页可读")
        return [_page(document, number) for number in range(count)]
    finally:
        document.close()


def _page(document: Any, number: int) -> Page:
    """Return page `number`, counted from 0; one that cannot be opened is told as damaged."""
    import pypdfium2

    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return Page(number + 1, 0, 0, (), damaged=True)
    try:
        return read_page(page, number + 1)
    finally:
        page.close()


def _put_pages(draft: Draft, pages: Sequence[Page]) -> None:
    """Add the paragraphs of each page; one that is broken by the page's end goes on in the next."""
    unfinished, width = False, 0
    for page in pages:
        start = draft.length
        for number, block in enumerate(paragraphs(page)):
            if block.rows:
                # A table as wide as the one that the page before ended with goes on in it.
                if number or len(block.rows[0]) != width:
                    draft.begin_table()
                for row in block.rows:
                    draft.add_row(row)
            elif number == 0 and unfinished and not block.indented:
                start -= 1
                draft.join(block.text)
            else:
                draft.add(block.text)
            unfinished, width = block.unfinished, len(block.rows[-1]) if block.rows else 0
        draft.mark(MarkKind.PAGE, start, draft.length, number=page.number)


def _silent(pages: Sequence[Page]) -> str:
    """Return which pages have no text although something is on them, or an empty string."""
    kinds = (
        ("是扫描图像，没有文字", [page.number for page in pages if page.scanned]),
        ("的文字没有对应的字符，读不出", [page.number for page in pages if page.unmapped]),
        ("已损坏", [page.number for page in pages if page.damaged]),
    )
    return "，".join(f"第 {_listed(numbers)} 页{what}" for what, numbers in kinds if numbers)


def _listed(numbers: Sequence[int]) -> str:
    """Return page numbers as a list, runs as 3–7; a long list is cut short with its count."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    words = [f"{run[0]}–{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs]
    return "、".join(words[:_LISTED]) + (f" 等 {len(numbers)}" if len(words) > _LISTED else "")
