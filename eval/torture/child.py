"""What the processes under torture do; each runs in a process of its own, which may be killed."""

from __future__ import annotations

import itertools
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.torture.world import STATES, contents, contents_of, lay_out
from index.config import IndexConfig
from index.errors import TongbaoError
from index.publish import IndexWriteError
from index.search import search
from index.store import open_index
from index.update import update_index
from index.verify import verify_index

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

NOBODY = 65534
_QUESTION = "老旧小区改造了多少处？"
__all__ = ["NOBODY", "as_nobody", "ask_once", "read_on", "write_limited", "write_on"]


def write_on(folder: str, directory: str, prefix: str, until: float, channel: Connection) -> None:
    """Index one state of `folder` after the other until the moment `until` or the end of this process.

    Each update is announced by its duration in seconds; the first message says that the process is ready.
    """
    from eval.torture.warm import EMBEDDER as embedder  # noqa: N811 - loaded before the fork

    channel.send(0.0)
    for number in itertools.count():
        if time.time() >= until:
            return
        lay_out(Path(folder), STATES[number % 2], prefix=prefix)
        began = time.perf_counter()
        update_index([Path(folder)], directory=Path(directory), embedder=embedder, config=IndexConfig(lock_timeout=600))
        channel.send(time.perf_counter() - began)


def read_on(directory: str, prefixes: tuple[str, ...], until: float, channel: Connection) -> None:
    """Open, check and search the index until the moment `until`; send the numbers of rounds and of generations.

    Whatever goes wrong is sent as a line instead. An index opened earlier is read again in each round.
    """
    from eval.torture.warm import EMBEDDER as embedder  # noqa: N811 - loaded before the fork

    allowed = {frozenset().union(*states) for states in itertools.product(*(_states(one) for one in prefixes))}
    kept, rounds, generations = None, 0, set()
    try:
        while time.time() < until:
            index = open_index(directory, embedder=embedder)
            for opened in (index, kept or index):
                if contents(opened) not in allowed:
                    raise AssertionError(f"generation {opened.generation} was never committed")
                for hit in search(opened, _QUESTION, top_k=5):
                    passage = hit.passage
                    if opened.text(passage.file)[passage.start : passage.end] != passage.text:
                        raise AssertionError(f"passage {passage.id} is no slice")
            generations.add(index.generation)
            kept = index if rounds % 7 == 0 else kept
            rounds += 1
    except Exception as error:  # noqa: BLE001 - the reader's failure is the finding
        channel.send(f"{type(error).__name__}: {error}")
        return
    channel.send((rounds, len(generations)))


def _states(prefix: str) -> list[frozenset[tuple[str, str]]]:
    return [contents_of(state, prefix=prefix) for state in STATES]


def ask_once(directory: str, channel: Connection) -> None:
    """Ask one question and send `answered`, or the name of the known error; another error or a crash sends nothing."""
    from assistant.edge import opened

    try:
        with opened(Path(directory)) as assistant:
            assistant.ask("青岩市老旧小区改造了多少处？")
            channel.send("answered")
    except TongbaoError as error:
        channel.send(type(error).__name__)


def write_limited(folder: str, directory: str, most: int, channel: Connection) -> None:
    """Index `folder` while no file may grow beyond `most` bytes; send whether the index was written."""
    from eval.torture.warm import EMBEDDER as embedder  # noqa: N811 - loaded before the fork

    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    try:
        update_index([Path(folder)], directory=Path(directory), embedder=embedder)
        channel.send(True)
    except IndexWriteError:
        channel.send(False)


def as_nobody(folder: str, directory: str, channel: Connection) -> None:
    """Index `folder`, then open the index while one file of it after the other cannot be read, without a user's rights.

    Sends the failures that the update told, the error that ended it, and the files whose loss nobody noticed.
    """
    from eval.torture.warm import EMBEDDER as embedder  # noqa: N811 - loaded before the fork

    # Once without the index in question: modules are loaded while they can be read.
    with tempfile.TemporaryDirectory() as elsewhere:
        update_index([Path(folder)], directory=Path(elsewhere), embedder=embedder)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    told: dict[str, Any] = {"failed": (), "error": "", "held": 0, "unnoticed": []}
    try:
        told["failed"] = update_index([Path(folder)], directory=Path(directory), embedder=embedder).failed
    except TongbaoError as error:
        told["error"] = str(error)
    for path in sorted(path for path in open_index(directory).folder.rglob("*") if path.is_file()):
        told["held"] += 1
        told["unnoticed"] += [] if _is_missed(path, Path(directory)) else [path.name]
    channel.send(told)


def _is_missed(path: Path, directory: Path) -> bool:
    """Return whether `verify` names `path` while it cannot be read, and reading the index ends in no strange error."""
    mode = path.stat().st_mode
    path.chmod(0)
    try:
        problems = verify_index(directory)
        contents(open_index(directory))
    except TongbaoError:
        return True
    finally:
        path.chmod(mode)
    return any(problem.where.endswith(path.name) for problem in problems)
