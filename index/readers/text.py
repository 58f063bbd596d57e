"""Plain text in any Chinese encoding."""

from __future__ import annotations

import hashlib
import re

from index.errors import ReadError
from index.readers.encodings import decode
from index.readers.limits import FILE_BYTES
from index.types import SourceFile

_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_VISIBLE = re.compile(r"[^\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_MAX_CONTROL_SHARE = 0.01


def read_text(data: bytes, *, path: str) -> SourceFile:
    """Return the decoded text with newlines normalised to LF and nothing else changed.

    Raises `ReadError` for empty or binary data, and for an encoding that is none of UTF-8, UTF-16, GB18030 and Big5.
    """
    if len(data) > FILE_BYTES:
        raise ReadError(f"文件有 {len(data) // 2**20} MB，超过 {FILE_BYTES // 2**20} MB 的上限")
    text, encoding = decode(data)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if len(_CONTROL.findall(text[:100_000])) > _MAX_CONTROL_SHARE * min(len(text), 100_000):
        raise ReadError("不是文本文件（含有大量控制字符）")
    if not _VISIBLE.search(text):
        raise ReadError("文件是空的")
    return SourceFile(path=path, text=text, sha256=hashlib.sha256(data).hexdigest(), encoding=encoding)
