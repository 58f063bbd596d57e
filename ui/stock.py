"""The folder of uploaded files: each under a name of our own, with a note of where it came from beside it."""

from __future__ import annotations

import json
import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ui.errors import UploadError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_WAIT_SECONDS = 600.0
"""Twenty large PDF files take some minutes."""
_OWN_NAME = re.compile(r"[0-9a-f]{24}\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an uploaded file came from."""

    name: str
    """Its name on the sender's machine."""
    user: str
    """The account that sent it; empty where nobody logs in."""
    at: str
    """Moment of sending, ISO, UTC."""


class Stock:
    """The uploaded files in one folder, which is made when the first comes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def room(self) -> Path:
        """Return the folder, made if absent."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder

    @contextmanager
    def reserved(self, *, timeout: float = _WAIT_SECONDS) -> Iterator[None]:
        """Keep other web processes from adding and removing files meanwhile.

        Raises `UploadError` after `timeout` seconds of waiting for one of them.
        """
        from filelock import FileLock, Timeout

        home = self._folder.parent
        home.mkdir(parents=True, exist_ok=True)
        lock = FileLock(home / f".{self._folder.name}.lock", timeout=timeout)
        try:
            lock.acquire()
        except Timeout as error:
            raise UploadError("其他人正在添加或移除通报，等待过久；请稍后再试") from error
        try:
            yield
        finally:
            lock.release()

    def path(self, name: str) -> Path:
        """Return where the file of that name of our own lies; raises `UploadError` for any other name."""
        if not _OWN_NAME.fullmatch(name):
            raise UploadError("不是上传的文件")
        return self._folder / name

    def put(self, sent: Path, name: str, *, original: str, user: str) -> None:
        """Store a copy of the file at `sent` with a note of its origin; one of that name is replaced."""
        target = self.path(name)
        self.room()
        partial = target.with_name(f".{name}.part")
        shutil.copyfile(sent, partial)
        partial.replace(target)
        origin = {"name": original, "user": user, "at": datetime.now(UTC).isoformat(timespec="seconds")}
        _note_of(target).write_text(json.dumps(origin, ensure_ascii=False) + "\n", "utf-8")

    def drop(self, name: str) -> None:
        """Remove the file of that name and its note; a name that is none of ours is left alone."""
        if _OWN_NAME.fullmatch(name):
            self.path(name).unlink(missing_ok=True)
            _note_of(self.path(name)).unlink(missing_ok=True)

    def origin(self, name: str) -> Origin | None:
        """Return where the file came from; None if it was not uploaded or its note is gone."""
        own = name.split("/")[0]
        if not _OWN_NAME.fullmatch(own):
            return None
        try:
            values = json.loads(_note_of(self.path(own)).read_text("utf-8"))
            return Origin(str(values["name"]), str(values["user"]), str(values["at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def original(self, name: str) -> str:
        """Return the name on the sender's machine of a file in the index; its own name if it was not uploaded."""
        origin = self.origin(name)
        return origin.name if origin else name


def _note_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")
