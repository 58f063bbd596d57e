"""Which files an indexing takes, and the name that each has in the index."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.readers import ADVICE
from index.reasons import reason_of
from index.seen import settled

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Sequence


_PASSED_OVER = (".", "~$")
"""How hidden files begin, and those that Word keeps beside a document while it is open."""
_LOOP = "符号链接绕成了圈，未读取"
_SPECIAL = "不是普通文件（是管道或设备），未读取"
PAGES = "pages"
"""Folder of an index that holds the pages fetched for it; they are named by host and path."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to index."""

    location: Path
    """Absolute path."""
    root: Path
    """The folder that was named, or the folder of a file that was."""
    stood: os.stat_result | None = None
    """How it stood when it was met; None if that tells nothing, see `index.seen.settled`."""

    @property
    def relative(self) -> str:
        """Path below the root, with forward slashes."""
        below = str(self.location)[len(str(self.root)) :].lstrip(os.sep)
        return below if os.sep == "/" else below.replace(os.sep, "/")


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found at the paths given."""

    candidates: tuple[Candidate, ...]
    folders: tuple[Path, ...]
    """The folders that were named, absolute."""
    missing: tuple[Path, ...]
    """Paths where there is nothing."""
    refused: tuple[tuple[str, str], ...] = ()
    """Pairs of path and why it is not read."""
    others: tuple[tuple[str, str], ...] = ()
    """Pairs of a document in a folder that is of a kind not read, and what to do with it."""


def scan(paths: Sequence[Path], *, suffixes: Collection[str], without: Path) -> Scan:
    """Return the files at `paths`, each once, those of a folder in order of name; no paths give an empty scan.

    A folder is searched to its depth for files with one of `suffixes`; hidden ones, Word's lock files, symbolic links to
    folders and what lies below `without`, the index itself, are passed over. Links that lead out of the folder or
    nowhere, pipes, devices, and names that are no text, are refused; documents of kinds that are not read are told. A
    file that is named is taken whatever its suffix.
    """
    candidates: dict[Path, Candidate] = {}
    folders, missing = list[Path](), list[Path]()
    refused: dict[str, str] = {}
    others: dict[str, str] = {}
    for path in _places(paths, refused):
        if path.is_dir():
            folders.append(path)
            for entry in _files(path, {*suffixes, *ADVICE}, _absolute(without), refused):
                found, suffix = Path(entry.path), _suffix(entry)
                if suffix not in suffixes:
                    others[_shown(found.relative_to(path))] = f"未读取，{ADVICE[suffix]}"
                elif reason := _fault(found, path, is_link=entry.is_symlink()):
                    refused[_shown(found.relative_to(path))] = reason
                else:
                    candidates.setdefault(found, Candidate(found, path, settled(entry)))
        elif path.is_file():
            if reason := _fault(path, path.parent, is_link=True):
                refused[_shown(path)] = reason
            else:
                pages = _absolute(without) / PAGES
                root = pages if path.is_relative_to(pages) else path.parent
                candidates.setdefault(path, Candidate(path, root, settled(path)))
        elif path.exists():
            refused[_shown(path)] = _SPECIAL
        else:
            missing.append(path)
    return Scan(
        tuple(candidates.values()), tuple(folders), tuple(missing), tuple(refused.items()), tuple(others.items())
    )


def _places(paths: Sequence[Path], refused: dict[str, str]) -> Iterator[Path]:
    """Yield the absolute paths; links that lead to themselves, and what lies in a closed folder, go into `refused`."""
    for path in paths:
        try:
            found = _absolute(path)
            found.stat()
        except PermissionError as error:
            refused[_shown(path)] = f"无法读取：{reason_of(error)}"
        except (FileNotFoundError, NotADirectoryError):
            yield found
        except (RuntimeError, OSError):
            refused[_shown(path)] = _LOOP
        else:
            yield found


def _fault(path: Path, root: Path, *, is_link: bool) -> str:
    """Return why a file is not taken, or an empty string; the folders between it and its root are no links."""
    if is_link and not path.resolve().is_relative_to(root.resolve()):
        return "符号链接指向文件夹之外，未读取"
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError:
        return "文件名不是有效的 UTF-8，请改名后再索引"
    return ""


def _shown(path: Path) -> str:
    """Return a path as text that can be written."""
    return path.as_posix().encode("utf-8", errors="replace").decode("utf-8")


def _absolute(path: Path) -> Path:
    return path.expanduser().resolve()


def _files(
    folder: Path, suffixes: Collection[str], without: Path, refused: dict[str, str]
) -> Iterator[os.DirEntry[str]]:
    """Yield the files below `folder`, those of a folder before its folders; what cannot be listed goes into `refused`."""
    waiting = [str(folder)]
    while waiting:
        place = waiting.pop()
        try:
            with os.scandir(place) as found:
                entries = sorted(
                    (one for one in found if not one.name.startswith(_PASSED_OVER)), key=lambda one: one.name
                )
        except OSError as error:
            refused[_shown(Path(place))] = f"无法读取：{reason_of(error)}"
            continue
        folders = [entry.path for entry in entries if entry.is_dir(follow_symlinks=False)]
        waiting += [inner for inner in reversed(folders) if inner != str(without)]
        for entry in entries:
            if _suffix(entry) not in suffixes:
                continue
            if _is_file(entry):
                yield entry
            elif reason := _why_no_file(Path(entry.path)):
                refused[_shown(Path(entry.path).relative_to(folder))] = reason


def _why_no_file(path: Path) -> str:
    """Return what stands at `path`, which is called like a document and is no file; nothing for a folder."""
    try:
        return "" if stat.S_ISDIR(path.stat().st_mode) else _SPECIAL
    except FileNotFoundError:
        return "符号链接指向的文件不存在"
    except OSError as error:
        return _LOOP if error.errno == errno.ELOOP else f"无法读取：{reason_of(error)}"


def _is_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False) or (entry.is_symlink() and Path(entry.path).is_file())


def _suffix(entry: os.DirEntry[str]) -> str:
    """Return the suffix in lower case, as `Path.suffix` finds it: thirty times as fast, once for each file there is."""
    dot = entry.name.rfind(".")
    return entry.name[dot:].lower() if 0 < dot < len(entry.name) - 1 else ""


def free_name(candidate: Candidate, taken: Container[str]) -> str:
    """Return the name of a new file: its relative path, with the name of its root before it if that is `taken`.

    If that is taken too, a number follows the root's name.
    """
    name, number = candidate.relative, 1
    while name in taken:
        prefix = candidate.root.name if number == 1 else f"{candidate.root.name}-{number}"
        name, number = f"{prefix}/{candidate.relative}", number + 1
    return name
