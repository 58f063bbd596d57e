"""Readers turn a file into decoded text. `SUFFIXES` says which files a folder scan takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from index.errors import ReadError
from index.readers.text import read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from index.types import SourceFile


class Reader(Protocol):
    """Turns the bytes of one file into decoded text; raises `ReadError` with a reason."""

    def __call__(self, data: bytes, *, path: str) -> SourceFile:
        """Return the decoded file."""


_READERS: Mapping[str, Reader] = {".txt": read_text}

SUFFIXES: frozenset[str] = frozenset(_READERS)


def read_file(path: Path, *, root: Path) -> SourceFile:
    """Return the decoded file at `path`, named relative to `root`.

    Raises `ReadError` if the file cannot be opened, is empty, is binary, or has an unknown suffix.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise ReadError(f"不支持的文件类型 {path.suffix or '（无扩展名）'}，可用：{'、'.join(sorted(SUFFIXES))}")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ReadError(f"无法读取：{error.strerror or error}") from error
    relative = path.relative_to(root) if path.is_relative_to(root) else path
    return reader(data, path=relative.as_posix())


__all__ = ["SUFFIXES", "ReadError", "Reader", "read_file"]
