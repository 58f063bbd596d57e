"""Archives (.zip): the files inside, each read by its own reader, one after the other in order of name."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from index.errors import ReadError
from index.readers.draft import Draft
from index.readers.limits import ARCHIVE_BYTES, ARCHIVE_DEPTH, ARCHIVE_MEMBERS, FILE_BYTES
from index.readers.package import open_zip, unpack

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable

    from index.types import SourceFile

    Read = Callable[[bytes, str], SourceFile]
    """Reads the bytes of a file by its name; raises ReadError."""

_UTF8_NAME = 0x800
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
_DRIVE = re.compile(r"^[A-Za-z]:")
_LONGEST_NAME = 200


class Budget:
    """What an archive may still unpack to, shared with the archives inside it."""

    def __init__(self) -> None:
        self.left = ARCHIVE_BYTES
        self.members = ARCHIVE_MEMBERS

    def take(self, size: int) -> None:
        """Count `size` unpacked bytes. Raises ReadError if that was too much."""
        self.left -= size
        if self.left < 0:
            raise ReadError(f"压缩包解压后超过 {ARCHIVE_BYTES // 2**20} MB 的上限")


def read_zip(data: bytes, *, path: str, read: Read, suffixes: frozenset[str]) -> SourceFile:
    """Return the texts of all files in an archive as one, each marked with its name.

    Files that cannot be read or are of no known kind are told in the notes. Raises ReadError if the archive is
    damaged, beyond a limit, or holds nothing that can be read.
    """
    return _read(data, path, read, suffixes, 1, Budget())


def _read(data: bytes, path: str, read: Read, suffixes: frozenset[str], depth: int, budget: Budget) -> SourceFile:
    if len(data) > FILE_BYTES:
        raise ReadError(f"文件有 {len(data) // 2**20} MB，超过 {FILE_BYTES // 2**20} MB 的上限")
    if depth > ARCHIVE_DEPTH:
        raise ReadError(f"压缩包嵌套超过 {ARCHIVE_DEPTH} 层")
    container = open_zip(data, what="zip")
    draft = Draft()
    others = 0
    for name, entry in sorted(_members(container, budget), key=lambda pair: pair[0]):
        suffix = PurePosixPath(name).suffix.lower()
        if suffix not in suffixes:
            others += 1
            continue
        inner = unpack_within(container, entry, budget, name, draft)
        if inner is None:
            continue
        try:
            if suffix == ".zip":
                found = _read(inner, name, read, suffixes, depth + 1, budget)
            else:
                found = read(inner, name)
        except ReadError as error:
            draft.note(f"{name}：{error}")
            continue
        draft.take(found, name=name)
    if others:
        draft.note(f"另有 {others} 个文件不是可读的类型，已略过")
    return draft.source(path=path, sha256=hashlib.sha256(data).hexdigest(), encoding="zip")


def unpack_within(
    container: zipfile.ZipFile, entry: zipfile.ZipInfo, budget: Budget, name: str, draft: Draft
) -> bytes | None:
    """Return the bytes of a file, or None with a note if they cannot be had; raises ReadError beyond the budget."""
    limit = min(FILE_BYTES, budget.left)
    try:
        data = unpack(container, entry, limit=limit)
    except ReadError as error:
        if limit < FILE_BYTES and "上限" in str(error):
            raise ReadError(f"压缩包解压后超过 {ARCHIVE_BYTES // 2**20} MB 的上限") from error
        # What was unpacked before the end was reached is counted in full: nothing is gained by many such files.
        budget.take(limit if "上限" in str(error) else 0)
        draft.note(f"{name}：{error}")
        return None
    budget.take(len(data))
    return data


def _members(container: zipfile.ZipFile, budget: Budget) -> list[tuple[str, zipfile.ZipInfo]]:
    """Return the files of an archive with names that are safe to show; folders and hidden files are left out."""
    entries = container.infolist()
    budget.members -= len(entries)
    if budget.members < 0:
        raise ReadError(f"压缩包中的文件超过 {ARCHIVE_MEMBERS} 个的上限")
    found = []
    for entry in entries:
        name = member_name(entry)
        hidden = any(part.startswith(".") or part == "__MACOSX" for part in name.split("/"))
        if name and not entry.filename.endswith("/") and not hidden:
            found.append((name, entry))
    return found


def member_name(entry: zipfile.ZipInfo) -> str:
    """Return the path of a file in an archive: in its true encoding, without steps upwards, drives or controls.

    Names that are not marked as UTF-8 were written in UTF-8 all the same, or in GB18030.
    """
    name = entry.orig_filename
    if not entry.flag_bits & _UTF8_NAME:
        raw = name.encode("cp437", errors="replace")
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
            except UnicodeDecodeError:
                continue
            break
    name = _CONTROL.sub("", name).replace("\\", "/")
    parts = [part for part in _DRIVE.sub("", name).split("/") if part not in {"", ".", ".."}]
    return "/".join(parts)[-_LONGEST_NAME:]
