"""What the bytes of a file look like, whatever it is called: told to those whose file cannot be read as what its name says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SIGNS: Mapping[bytes, tuple[str, str]] = {
    b"\x89PNG\r\n\x1a\n": ("图片", ""),
    b"\xff\xd8\xff": ("图片", ""),
    b"GIF8": ("图片", ""),
    b"BM": ("图片", ""),
    b"II*\x00": ("图片", ""),
    b"MM\x00*": ("图片", ""),
    b"%PDF-": ("PDF", ".pdf"),
    b"\xd0\xcf\x11\xe0": ("旧版 Office 文件（.doc、.xls、.wps）", ""),
    b"Rar!": ("压缩文件（.rar）", ""),
    b"7z\xbc\xaf\x27\x1c": ("压缩文件（.7z）", ""),
    b"{\\rtf": ("RTF", ""),
    b"\xff\xfe\x00\x00": ("UTF-32 编码的文本", ""),
    b"\x00\x00\xfe\xff": ("UTF-32 编码的文本", ""),
}
"""First bytes, what begins with them, and the suffix under which it is read, if it is."""
_ADVICE = {
    "图片": "请先做文字识别（OCR）",
    "旧版 Office 文件（.doc、.xls、.wps）": "请另存为 .docx",
    "RTF": "请另存为 .docx",
    "压缩文件（.rar）": "请解压后再索引",
    "压缩文件（.7z）": "请解压后再索引",
    "UTF-32 编码的文本": "请另存为 UTF-8",
}
_MARKUP = re.compile(rb"\s*<(?:!doctype html|html|head|body)[\s>]", re.IGNORECASE)
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_LOOKED_AT = 4096


def hint(data: bytes, suffix: str) -> str:
    """Return what to do with a file called `suffix` that looks like another kind; nothing if it does not.

    >>> hint(b"%PDF-1.7", ".docx"), hint(b"%PDF-1.7", ".pdf"), hint(b"", ".pdf")
    ('内容像是 PDF，请把扩展名改为 .pdf', '', '文件是空的')
    """
    if not data:
        return "文件是空的"
    kind, own = _kind(data[:_LOOKED_AT])
    if not kind or own == suffix or (own == ".html" and suffix == ".htm"):
        return ""
    space = "" if kind[0] > "\x7f" else " "
    return f"内容像是{space}{kind}，{_ADVICE.get(kind) or f'请把扩展名改为 {own}'}"


def _kind(head: bytes) -> tuple[str, str]:
    """Return what `head` looks like, and the suffix under which it is read."""
    for sign, found in _SIGNS.items():
        if head.startswith(sign):
            return found
    if head.startswith(b"PK\x03\x04"):
        if b"word/" in head or b"[Content_Types].xml" in head:
            return "Word 或其他新版 Office 文件", ".docx"
        return "压缩文件", ".zip"
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return "网页", ".html"
    return ("纯文本", ".txt") if head.strip() and not _BINARY.search(head) else ("", "")
