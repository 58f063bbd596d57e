"""Readers turn a file into decoded text. `SUFFIXES` says which files a folder scan takes.

Every reader is imported when a file of its kind is met. `index.readers.guard` reads the same in a process of its own.
"""

from __future__ import annotations

import importlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Protocol, cast

from index.errors import ReadError
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from index.types import SourceFile


class Reader(Protocol):
    """Turns the bytes of one file into decoded text; raises `ReadError` with a reason."""

    def __call__(self, data: bytes, *, path: str) -> SourceFile:
        """Return the decoded file."""


_READERS: Mapping[str, tuple[str, str]] = {
    ".txt": ("text", "read_text"),
    ".md": ("markdown", "read_markdown"),
    ".html": ("html", "read_html"),
    ".htm": ("html", "read_html"),
    ".docx": ("word", "read_docx"),
    ".pdf": ("pdf", "read_pdf"),
}
"""Modules of this package and their readers."""
_ARCHIVE = ".zip"

SUFFIXES: frozenset[str] = frozenset((*_READERS, _ARCHIVE))
GUARDED: frozenset[str] = SUFFIXES - {".txt"}
"""What other people's code takes apart: read in a process of its own."""
ADVICE: Mapping[str, str] = {
    ".doc": "请另存为 .docx",
    ".wps": "请另存为 .docx",
    ".rtf": "请另存为 .docx",
    ".odt": "请另存为 .docx",
    ".ofd": "请转换为 PDF",
    ".rar": "请解压后再索引",
    ".7z": "请解压后再索引",
    **dict.fromkeys((".xls", ".xlsx", ".et", ".ppt", ".pptx"), "请转换为 PDF 或 .docx"),
    **dict.fromkeys((".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"), "图片请先做文字识别（OCR）"),
}
"""What to do with documents of kinds that are not read; a folder that holds some is told so."""


def read_file(path: Path, *, root: Path) -> SourceFile:
    """Return the decoded file at `path`, named relative to `root`.

    Raises `ReadError` if the file cannot be opened, is empty, is binary, or has an unknown suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        advice = ADVICE.get(suffix) or f"可用：{'、'.join(sorted(SUFFIXES))}"
        raise ReadError(f"不支持的文件类型 {path.suffix or '（无扩展名）'}，{advice}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"无法读取：{reason_of(error)}") from error
    relative = path.relative_to(root) if path.is_relative_to(root) else path
    return read_bytes(data, relative.as_posix())


def read_bytes(data: bytes, path: str) -> SourceFile:
    """Return the decoded file that `data` holds, read by the suffix of `path`. Raises ReadError."""
    suffix = PurePosixPath(path).suffix.lower()
    if suffix == _ARCHIVE:
        from index.readers.archive import read_zip

        return read_zip(data, path=path, read=read_bytes, suffixes=SUFFIXES)
    module, name = _READERS[suffix]
    reader = cast("Reader", getattr(importlib.import_module(f"index.readers.{module}"), name))
    try:
        return reader(data, path=path)
    except ReadError as error:
        from index.readers.kinds import hint

        told = hint(data, suffix)
        if not told or told in str(error) or "请" in str(error):
            raise
        raise ReadError(f"{error}；{told}") from error


__all__ = ["ADVICE", "GUARDED", "SUFFIXES", "ReadError", "Reader", "read_bytes", "read_file"]
