"""Who is logged in, known to all web processes of a page: a small file for each login in a folder of the owner's."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, MutableMapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Logins(MutableMapping[str, str]):
    """Account names by token, in the place of Gradio's own dictionary; a token that is no string is known to nobody."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __getitem__(self, token: str) -> str:
        return self._read(self._path(token))[1]

    def __setitem__(self, token: str, name: str) -> None:
        path = self._path(token)
        partial = path.with_suffix(".part")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump([token, name], file)
        partial.replace(path)

    def __delitem__(self, token: str) -> None:
        try:
            self._path(token).unlink()
        except FileNotFoundError:
            raise KeyError(token) from None

    def __iter__(self) -> Iterator[str]:
        for path in sorted(self._folder.glob("*.json")):
            try:
                yield self._read(path)[0]
            except KeyError:
                continue  # another process logged that one out meanwhile

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _path(self, token: object) -> Path:
        """Return the file of a token, named by its hash: a token comes from a browser and may be any text."""
        return self._folder / f"{hashlib.sha256(str(token).encode('utf-8', 'replace')).hexdigest()}.json"

    def _read(self, path: Path) -> tuple[str, str]:
        """Return token and account of a login. Raises KeyError if there is none."""
        try:
            token, name = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise KeyError(path.name) from None
        return str(token), str(name)
