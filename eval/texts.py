"""Where the texts of the cited files come from: an index, or a folder of notices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from index.errors import TongbaoError

if TYPE_CHECKING:
    from pathlib import Path


class Texts(Protocol):
    """Whatever can give the decoded text of a file; offsets of gold evidence and citations count its code points."""

    def text(self, file: str) -> str:
        """Return the text of `file`; raise KeyError or a TongbaoError if there is none."""
        ...


class FolderTexts:
    """The text files of a folder, decoded as the index decodes them (BOM, strict UTF-8, GB18030)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, str] = {}

    def text(self, file: str) -> str:
        """Return the text of `file`, newlines normalised to LF; raise KeyError if it is not in the folder."""
        if file not in self._known:
            path = (self._folder / file).resolve()
            if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
                raise KeyError(file)
            self._known[file] = _decode(path.read_bytes())
        return self._known[file]


def text_or_none(texts: Texts, file: str) -> str | None:
    """Return the text of `file`, or None if the source does not know it."""
    try:
        return texts.text(file)
    except (KeyError, TongbaoError):
        return None


def _decode(data: bytes) -> str:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _lf(data.decode(encoding))
    try:
        return _lf(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _lf(data.decode("gb18030", errors="replace"))


def _lf(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
