"""Which files an indexing takes, and the name that each has in the index."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from index.readers import ADVICE

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterator, Sequence


PAGES = "pages"
"""Folder of an index that holds the pages fetched for it; they are named by host and path."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file to index."""

    location: Path
    """Absolute path."""
    root: Path
    """The folder that was named, or the folder of a file that was."""

    @property
    def relative(self) -> str:
        """Path below the root, with forward slashes."""
        return self.location.relative_to(self.root).as_posix()


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

    A folder is searched to its depth for files with one of `suffixes`; hidden ones, symbolic links to folders and
    what lies below `without`, the index itself, are passed over. Links that lead out of the folder, and names that are
    no text, are refused; documents of kinds that are not read are told. A file that is named is taken whatever its suffix.
    """
    candidates: dict[Path, Candidate] = {}
    folders, missing = list[Path](), list[Path]()
    refused: dict[str, str] = {}
    others: dict[str, str] = {}
    for path in map(_absolute, paths):
        if path.is_dir():
            folders.append(path)
            for found in _files(path, {*suffixes, *ADVICE}, _absolute(without), refused):
                if found.suffix.lower() not in suffixes:
                    others[_shown(found.relative_to(path))] = f"未读取，{ADVICE[found.suffix.lower()]}"
                elif reason := _fault(found, path):
                    refused[_shown(found.relative_to(path))] = reason
                else:
                    candidates.setdefault(found, Candidate(found, path))
        elif path.is_file():
            if reason := _fault(path, path.parent):
                refused[_shown(path)] = reason
            else:
                pages = _absolute(without) / PAGES
                root = pages if path.is_relative_to(pages) else path.parent
                candidates.setdefault(path, Candidate(path, root))
        elif path.exists():
            refused[_shown(path)] = "不是普通文件"
        else:
            missing.append(path)
    return Scan(
        tuple(candidates.values()), tuple(folders), tuple(missing), tuple(refused.items()), tuple(others.items())
    )


def _fault(path: Path, root: Path) -> str:
    """Return why a file is not taken, or an empty string."""
    if not path.resolve().is_relative_to(root.resolve()):
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


def _files(folder: Path, suffixes: Collection[str], without: Path, refused: dict[str, str]) -> Iterator[Path]:
    """Yield the files below `folder`; folders that cannot be listed go into `refused`."""

    def note(error: OSError) -> None:
        refused[_shown(Path(error.filename))] = f"无法读取：{error.strerror or error}"

    for parent, inner, names in os.walk(folder, onerror=note):
        place = Path(parent)
        inner[:] = sorted(name for name in inner if not name.startswith(".") and place / name != without)
        for name in sorted(names):
            path = place / name
            if not name.startswith(".") and path.suffix.lower() in suffixes and path.is_file():
                yield path


def free_name(candidate: Candidate, taken: Container[str]) -> str:
    """Return the name of a new file: its relative path, with the name of its root before it if that is `taken`.

    If that is taken too, a number follows the root's name.
    """
    name, number = candidate.relative, 1
    while name in taken:
        prefix = candidate.root.name if number == 1 else f"{candidate.root.name}-{number}"
        name, number = f"{prefix}/{candidate.relative}", number + 1
    return name
