"""The encoding of Chinese text: told by its mark, its zero bytes, strict UTF-8, or what reads most like Chinese."""

from __future__ import annotations

import codecs
import functools
import re

from index.errors import ReadError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_PLAUSIBLE = re.compile("[\u4e00-\u9fff\u3000-\uff5e\x00-\x7f]")
_SAMPLE = 40_000
"""Bytes that are looked at to choose between two-byte encodings; cut after an ASCII byte, which ends a character."""
_FEW = 8
_MAX_DAMAGE = 0.05
"""Share of undecodable stretches up to which data counts as damaged UTF-8 rather than GB18030. GB18030 read as
UTF-8 has nearly one a character."""
_BIG5_LEAD = 0.08
"""How much more of a text must be common characters when read as Big5 than as GB18030. Of texts in either encoding
from 12 bytes on, decision 9 gives the figures."""
_FALLBACKS = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030", "x-gbk": "gb18030", "big5": "big5hkscs"}


def decode(data: bytes, *, declared: str = "") -> tuple[str, str]:
    """Return the text of `data` and its encoding; empty data gives an empty text.

    The order is byte order mark, UTF-16 without one, the encoding `declared` by the file if it fits, strict UTF-8,
    then GB18030 or Big5, whichever gives more of the common characters. Raises ReadError if nothing fits.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], encoding), encoding
    guess = _utf16_guess(data)
    if guess:
        return _strict(data, guess), guess
    if declared:
        text = _as_declared(data, declared)
        if text is not None:
            return text
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if _damaged_utf8(data):
            raise ReadError(f"UTF-8 文本在第 {error.start} 字节损坏或被截断") from error
        return _two_byte(data)


def _as_declared(data: bytes, declared: str) -> tuple[str, str] | None:
    """Return the text in the declared encoding, or None if it is unknown or does not fit."""
    name = declared.strip().lower()
    try:
        encoding = codecs.lookup(_FALLBACKS.get(name, name)).name
        return data.decode(encoding), encoding
    except (LookupError, UnicodeDecodeError, ValueError, TypeError):
        return None


def _two_byte(data: bytes) -> tuple[str, str]:
    """Return `data` read as GB18030, or as Big5 if that gives clearly more common characters."""
    sample = _sample(data)
    if _common_share(sample, "big5hkscs") > _common_share(sample, "gb18030") + _BIG5_LEAD:
        try:
            return data.decode("big5hkscs"), "big5hkscs"
        except UnicodeDecodeError:
            pass
    return _strict(data, "gb18030"), "gb18030"


def _sample(data: bytes) -> bytes:
    """Return the beginning of `data`, ended where no character is cut: after a line feed or another low byte."""
    if len(data) <= _SAMPLE:
        return data
    end = max(data.rfind(b"\n", 0, _SAMPLE), data.rfind(b" ", 0, _SAMPLE)) + 1
    return data[: end or _SAMPLE]


def _common_share(data: bytes, encoding: str) -> float:
    """Return the share of common characters among those beyond ASCII in `data` read as `encoding`; 0 if it does not fit."""
    try:
        text = data.decode(encoding, errors="strict" if len(data) < _SAMPLE else "ignore")
    except UnicodeDecodeError:
        return 0.0
    beyond = [char for char in text if char > "\x7f"]
    common = _common_characters()
    return sum(1 for char in beyond if char in common) / len(beyond) if beyond else 0.0


@functools.cache
def _common_characters() -> frozenset[str]:
    """Return the characters that both standards list by frequency: GB 2312 level 1, Big5 level 1, and punctuation."""
    simplified = _rows("gb2312", 0xB0, 0xD7)
    traditional = _rows("big5", 0xA4, 0xC6)
    return frozenset(simplified) | frozenset(traditional[:_BIG5_LEVEL_1]) | frozenset(_PUNCTUATION)


_BIG5_LEVEL_1 = 5401
_PUNCTUATION = "，。、；：？！“”‘’（）《》〈〉「」『』【】—…·　％０１２３４５６７８９"


def _rows(encoding: str, first: int, last: int) -> str:
    """Return the characters with lead bytes from `first` to `last`, in their order."""
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    return "".join(
        bytes((lead, trail)).decode(encoding, errors="ignore") for lead in range(first, last + 1) for trail in trails
    )


def _damaged_utf8(data: bytes) -> bool:
    """Return whether `data`, which is not valid UTF-8, was meant to be: GB18030 would read it as other characters."""
    text = data[:100_000].decode("utf-8", errors="replace")
    beyond_ascii = sum(1 for char in text if char > "\x7f")
    return text.count("\ufffd") <= max(1, _MAX_DAMAGE * beyond_ascii) and beyond_ascii > _FEW


def _strict(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise ReadError(
            f"无法按 {encoding} 解码（第 {error.start} 字节）；支持 UTF-8、UTF-16、GB18030、Big5"
        ) from error


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
