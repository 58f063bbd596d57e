"""Plain text in UTF-8 (with or without BOM), UTF-16 or GB18030."""

from __future__ import annotations

import codecs
import hashlib
import re

from index.errors import ReadError
from index.types import SourceFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_PLAUSIBLE = re.compile("[\u4e00-\u9fff\u3000-\uff5e\x00-\x7f]")
_VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MAX_BYTES = 64 * 1024 * 1024
_MAX_CONTROL_SHARE = 0.01
_FEW = 8
_MAX_DAMAGE = 0.05
"""Share of undecodable stretches up to which data counts as damaged UTF-8 rather than GB18030. GB18030 read as
UTF-8 has nearly one a character."""


def read_text(data: bytes, *, path: str) -> SourceFile:
    """Return the decoded text with newlines normalised to LF and nothing else changed.

    The order is byte order mark, UTF-16 without one (told by its zero bytes), strict UTF-8, GB18030:
    statistical detection takes short GBK texts for Korean. Raises `ReadError` for empty or binary data.
    """
    if len(data) > _MAX_BYTES:
        raise ReadError(f"文件有 {len(data) // 2**20} MB，超过 {_MAX_BYTES // 2**20} MB 的上限")
    text, encoding = _decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(_CONTROL.findall(text[:100_000])) > _MAX_CONTROL_SHARE * min(len(text), 100_000):
        raise ReadError("不是文本文件（含有大量控制字符）")
    if not _VISIBLE.search(text):
        raise ReadError("文件是空的")
    return SourceFile(path=path, text=text, sha256=hashlib.sha256(data).hexdigest(), encoding=encoding)


def _decode(data: bytes) -> tuple[str, str]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding), encoding
    guess = _utf16_guess(data)
    if guess:
        return _strict(data, guess), guess
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _damaged_utf8(data):
            raise ReadError(f"UTF-8 文本在第 {error.start} 字节损坏或被截断") from error
        return _strict(data, "gb18030"), "gb18030"


def _damaged_utf8(data: bytes) -> bool:
    """Return whether `data`, which is not valid UTF-8, was meant to be: GB18030 would read it as other characters."""
    text = data[:100_000].decode("utf-8", errors="replace")
    beyond_ascii = sum(1 for char in text if char > "\x7f")
    return text.count("\ufffd") <= max(1, _MAX_DAMAGE * beyond_ascii) and beyond_ascii > _FEW


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(f"无法按 {encoding} 解码（第 {error.start} 字节）；支持 UTF-8、UTF-16、GB18030") from error


def _utf16_guess(data: bytes) -> str:
    """Return the UTF-16 variant that BOM-less `data` seems to be in, or an empty string.

    Chinese official text always holds line feeds, digits or ASCII, whose high byte is zero in UTF-16.
    """
    head = data[:4096]
    if len(data) % 2 or b"\x00" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > even and _mostly_text(data, "utf-16-le"):
        return "utf-16-le"
    if even > odd and _mostly_text(data, "utf-16-be"):
        return "utf-16-be"
    return ""


def _mostly_text(data: bytes, encoding: str) -> bool:
    text = data[:4096].decode(encoding, errors="replace")
    plausible = len(_PLAUSIBLE.findall(text))
    return plausible > 0.9 * len(text) and not _CONTROL.search(text)
