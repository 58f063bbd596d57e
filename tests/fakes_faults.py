"""Disks that are full and places that are closed, as tests meet them without a disk of their own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import sysconfig
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOBODY = 65534
_HOUSE = Path(__file__).parents[1]


@contextlib.contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes meanwhile, as a full disk or a quota would not; skip where the system cannot."""
    resource = pytest.importorskip("resource", reason="limits of POSIX systems")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@dataclass(frozen=True, slots=True)
class Powerless:
    """Calls the command line as a user whom rights bind, in a folder that such a user may reach."""

    home: Path
    python: str

    def __call__(self, *words: object) -> subprocess.CompletedProcess[str]:
        return _as_nobody([self.python, "-m", "assistant", *map(str, words)], cwd=self.home)

    @contextlib.contextmanager
    def closed(self, path: Path) -> Iterator[None]:
        """Take all rights to `path` away meanwhile."""
        before = path.stat().st_mode
        path.chmod(0)
        try:
            yield
        finally:
            path.chmod(before)


@contextlib.contextmanager
def powerless() -> Iterator[Powerless]:
    """Yield the command line as such a user; skip where there is none, or where that user cannot reach the program."""
    if os.name == "nt":
        pytest.skip("rights of POSIX systems")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)
        # The interpreter of the tests may lie in the superuser's own folder.
        pythons = (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}")
        code = "import assistant.cli, index.update, sys; sys.stdout.write('reached')"
        found = [python for python in pythons if _as_nobody([python, "-c", code], cwd=home).stdout == "reached"]
        if not found:
            pytest.skip("a user without rights cannot run the program here")
        yield Powerless(home, found[0])


def give_away(place: Path) -> None:
    """Let the user without rights own `place` and all below it."""
    if os.geteuid() == 0:
        for path in (place, *place.rglob("*")):
            os.chown(path, _NOBODY, _NOBODY)


def _as_nobody(command: list[str], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Return what became of a command; one that this user cannot start ends with 126, as in a shell."""
    who: dict[str, Any] = {"user": _NOBODY, "group": _NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    places = (str(_HOUSE), sysconfig.get_path("purelib"), os.environ.get("PYTHONPATH", ""))
    path = os.pathsep.join(filter(None, places))
    env = os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(cwd)}
    try:
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, cwd=cwd, env=env, **who)
    except OSError as error:
        return subprocess.CompletedProcess(command, 126, "", str(error))
