"""Where the texts of the cited files come from: an index, or a folder of notices."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from index.errors import TongbaoError

if TYPE_CHECKING:
    from pathlib import Path

    from index.types import Notice, SourceFile


class Texts(Protocol):
    """Whatever can give the decoded text of a file; offsets of gold evidence and citations count its code points."""

    def text(self, file: str) -> str:
        """Return the text of `file`; raise KeyError or a TongbaoError if there is none."""
        ...


class FolderTexts:
    """The notices of a folder, decoded as the index decodes them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, SourceFile] = {}

    def text(self, file: str) -> str:
        """Return the text of `file`, newlines normalised to LF.

        Raises:
            KeyError: it is not in the folder.
            ReadError: it cannot be decoded.

        """
        return self._source(file).text

    def notices(self) -> tuple[Notice, ...]:
        """Return the notices of all files of the folder that can be read, in order of name."""
        from index.notices import parse_notices
        from index.readers import SUFFIXES

        found: list[Notice] = []
        for path in sorted(self._folder.rglob("*")):
            if path.suffix.lower() in SUFFIXES and path.is_file():
                with contextlib.suppress(TongbaoError):
                    source = self._source(path.relative_to(self._folder).as_posix())
                    found.extend(notice for notice, _ in parse_notices(source))
        return tuple(found)

    def _source(self, file: str) -> SourceFile:
        from index.readers import read_file

        if file not in self._known:
            try:
                path = (self._folder / file).resolve()
                inside = path.is_relative_to(self._folder.resolve()) and path.is_file()
            except (OSError, ValueError) as error:  # a name that no file can have
                raise KeyError(file) from error
            if not inside:
                raise KeyError(file)
            self._known[file] = read_file(path, root=self._folder.resolve())
        return self._known[file]


def text_or_none(texts: Texts, file: str) -> str | None:
    """Return the text of `file`, or None if the source does not know it."""
    try:
        return texts.text(file)
    except (KeyError, TongbaoError):
        return None
