"""Looks at what a reader gives for a file that is made to do harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from index.errors import ReadError
from index.notices import parse_notices
from index.passages import cut_passages
from index.readers import read_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from index.readers.guard import GuardedReader
    from index.types import SourceFile


def checked(source: SourceFile) -> SourceFile:
    """Return `source` after a look at all that the index relies on."""
    assert source.text.strip()
    source.text.encode("utf-8")
    "".join(source.notes).encode("utf-8")
    for mark in source.marks:
        assert 0 <= mark.start < mark.end <= len(source.text)
    for notice, sections in parse_notices(source):
        assert sections[0].start == notice.start
        assert sections[-1].end == notice.end
        cut_passages(source, notice, sections, size=400)
    return source


def read_or_reason(data: bytes, name: str) -> str:
    """Return the text, or the reason why there is none, in one line."""
    try:
        return checked(read_bytes(data, name)).text
    except ReadError as error:
        reason = str(error)
    assert "\n" not in reason
    return reason


def guarded_reason(guarded: GuardedReader, path: Path) -> str:
    """Return why the file at `path` is refused, or an empty string for one that is read."""
    try:
        checked(guarded(path, root=path.parent))
    except ReadError as error:
        return str(error)
    return ""
