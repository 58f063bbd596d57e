"""Which sources were met, and how they stood then, so that those that stand so still need not be read.

As git does with its index, a file counts as unchanged if size, time of change, time of its inode's change, inode and device
are those of the time when its bytes were hashed. Whoever puts other bytes under old times (`cp -p`, `touch`, a restored
backup) alters the inode's time, which no program can set. A file that was altered less than two seconds before it was met
may be altered again within the same tick of its clock: it is read next time. On Windows, which keeps no such time, all are.

`DIR/seen.bin` is a memory and no part of the index: where it is missing or spoilt, files are read. It holds two digests for
each file, of its place, and of its place with how it stood and its SHA-256, after a digest of all of them.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

from index.events import event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

FILE = "seen.bin"
_MAGIC = b"tongbao seen 1\n"
_SIZE = 16
"""Bytes of a digest."""
_SETTLED_NS = 2_000_000_000
"""Age from which a change is told from the next by its time, in nanoseconds: file systems count in two seconds at the coarsest."""


class Seen:
    """How the sources of an index stood."""

    def __init__(self, marks: dict[bytes, bytes]) -> None:
        """Take by the digest of each place the digest of what was there."""
        self._before = marks
        self._now: dict[bytes, bytes] = {}

    @classmethod
    def open(cls, directory: Path) -> Seen:
        """Return what is remembered beside the index at `directory`; nothing if that is missing or spoilt."""
        try:
            data = (directory / FILE).read_bytes()
        except OSError:
            return cls({})
        head, body = data[: len(_MAGIC) + _SIZE], data[len(_MAGIC) + _SIZE :]
        if head != _MAGIC + _digest(body) or len(body) % (2 * _SIZE):
            return cls({})
        pairs = (body[start : start + 2 * _SIZE] for start in range(0, len(body), 2 * _SIZE))
        return cls({pair[:_SIZE]: pair[_SIZE:] for pair in pairs})

    def holds(self, location: str, found: os.stat_result | None, sha256: str) -> bool:
        """Return whether the file at `location` stood as `found` when its bytes had this SHA-256."""
        mark = _mark(location, found, sha256)
        return bool(mark) and self._before.get(_digest(location.encode())) == mark

    def note(self, location: str, found: os.stat_result | None, sha256: str) -> None:
        """Remember the SHA-256 of a file that stood as `found` before its bytes were read."""
        if mark := _mark(location, found, sha256):
            self._now[_digest(location.encode())] = mark

    def save(self, directory: Path, locations: Iterable[str]) -> None:
        """Write what is known of the files at `locations`, and forget others; what cannot be written is told in the log."""
        places = {_digest(location.encode()) for location in locations}
        marks = {place: mark for place, mark in (self._before | self._now).items() if place in places}
        if marks == self._before:
            return
        body = b"".join(place + mark for place, mark in sorted(marks.items()))
        beside = directory / f"{FILE}.new"
        try:
            beside.write_bytes(_MAGIC + _digest(body) + body)
            beside.replace(directory / FILE)
        except OSError as error:
            event("index", "seen_not_written", level="warning", failure=error)


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_SIZE).digest()


def _mark(location: str, found: os.stat_result | None, sha256: str) -> bytes:
    """Return the digest of all that has to stay the same; b'' where that cannot be told."""
    if found is None or os.name == "nt":
        return b""
    stood = (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev)
    return _digest(f"{location}\0{stood}\0{sha256}".encode())


def settled(file: Path | os.DirEntry[str]) -> os.stat_result | None:
    """Return how `file` stands; None if it was altered so lately that it may be altered again at the same time."""
    try:
        found = file.stat()
    except OSError:
        return None  # it is gone or hidden; whoever reads it is told so
    return found if max(found.st_mtime_ns, found.st_ctime_ns) < time.time_ns() - _SETTLED_NS else None
