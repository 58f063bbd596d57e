"""Files that a browser sent: where they lie until they are taken, and what is allowed of them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.errors import UploadError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LONGEST_NAME = 120
_NO_NAME = "未命名"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be sent at once."""

    files: int
    megabytes: int
    """Of one file."""

    @property
    def bytes(self) -> int:
        """Upper size of one file in bytes."""
        return self.megabytes * 2**20


NOTICE_LIMITS = Limits(files=20, megabytes=20)
QUESTION_LIMITS = Limits(files=1, megabytes=5)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A file that was sent, or why it was not."""

    name: str
    """Its name on the sender's machine: for showing, never for a path."""
    path: Path | None = None
    """Where it lies; None if it was not sent."""
    problem: str = ""
    """Key of the words that tell why the browser did not send it."""

    @property
    def suffix(self) -> str:
        """The suffix of the name in small letters, with its dot; empty if it has none."""
        return Path(self.name).suffix.lower()

    def forget(self) -> None:
        """Remove what was sent."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)


def arrivals(action: Mapping[str, Any], *, room: Path, problems: Sequence[str]) -> tuple[Arrival, ...]:
    """Return the files that a browser says it sent, in its order; what is no such saying gives none.

    `room` is the only folder in which they can lie, `problems` the words that a browser may give for a file that
    it did not send. Raises `UploadError` for a path outside `room`.
    """
    listed = action.get("files")
    found = []
    for entry in listed if isinstance(listed, list) else []:
        if not isinstance(entry, dict):
            continue
        name = shown_name(str(entry.get("name", "")))
        problem = str(entry.get("problem") or "")
        if problem:
            found.append(Arrival(name, problem=problem if problem in problems else problems[0]))
        else:
            found.append(Arrival(name, _inside(str(entry.get("path", "")), room)))
    return tuple(found)


def shown_name(name: str) -> str:
    r"""Return the last part of a file's name without control and direction characters, of bearable length.

    >>> shown_name("C:\\文件\\通报\u202e.txt"), shown_name("../../etc/passwd"), shown_name(" ")
    ('通报.txt', 'passwd', '未命名')
    """
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(char for char in last if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Zl", "Zp"}).strip()
    if len(plain) > _LONGEST_NAME:
        plain = plain[: _LONGEST_NAME - 12] + "…" + plain[-11:]
    return plain or _NO_NAME


def _inside(path: str, room: Path) -> Path:
    """Return the path of a plain file below `room`; raises `UploadError` for any other."""
    try:
        found, home = Path(path).resolve(strict=True), room.resolve(strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise UploadError("找不到上传的文件，请重新上传") from error
    if not path or not found.is_relative_to(home) or not found.is_file():
        raise UploadError("上传的文件不在接收文件夹内，已拒绝")
    return found
