"""Lanes that answer rows side by side: in this process, or in worker processes, with the order kept."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import IO, TYPE_CHECKING, Protocol

from assistant.errors import BatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from assistant.batch_files import Row

_AHEAD = 4
"""Rows a lane may be ahead of the one that is written next."""
_TRIES = 2
_START = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from assistant.batch_worker import main; main()"
"""A worker looks for modules where this process does, never in the folder it happens to stand in."""


class Lane(Protocol):
    """Answers one row at a time."""

    def answer(self, row: Row) -> bytes:
        """Return the line of the row's record."""

    def close(self) -> None:
        """Stop at once; a row being answered is given up."""


class CallLane:
    """A lane within this process."""

    def __init__(self, answer: Callable[[Row], bytes], *, stop: Callable[[], None] | None = None) -> None:
        """Take what answers a row, and what ends a call that is under way; without it the call ends by itself."""
        self.answer = answer
        self._stop = stop

    def close(self) -> None:
        """End the call under way, if there is a way to."""
        if self._stop is not None:
            self._stop()


class ProcessLane:
    """A lane in a process of its own, which ends with this one, however this one ends."""

    def __init__(self, arguments: Sequence[str], *, lost: Callable[[Row, str], bytes]) -> None:
        """`arguments` are those of `assistant.batch_worker`; `lost` gives the line of a row that kills the worker."""
        self._arguments = list(arguments)
        self._lost = lost
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def answer(self, row: Row) -> bytes:
        """Return the line of the row's record; a worker that dies over it is replaced, the second time given up.

        Raises BatchError if no worker can be started.
        """
        asked = json.dumps([row.id, row.question, list(row.history), dict(row.extra), row.problem]).encode() + b"\n"
        code = None
        for _ in range(_TRIES):
            if self._closed:
                break
            process = self._running()
            line = _exchange(process, asked)
            if line.endswith(b"\n"):
                return line
            code = _ended(process)
            self._process = None
        return self._lost(row, f"作答进程意外终止（代码 {code}），可能是内存不足")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            process = _started(self._arguments)
            told = process.stdout.readline() if process.stdout else b""
            if told != b"ready\n":
                code = _ended(process)
                reason = told.decode(errors="replace").strip() or f"退出代码 {code}"
                raise BatchError(f"作答进程启动失败：{reason}；可用 --workers 1 再试")
            self._process = process
        return self._process

    def close(self) -> None:
        """Kill the worker."""
        self._closed = True
        if self._process is not None:
            _ended(self._process)


def _ended(process: subprocess.Popen[bytes]) -> int:
    """Return the exit code of a worker, which is killed if it still runs."""
    process.kill()
    code = process.wait()
    for pipe in (process.stdin, process.stdout):
        with suppress(OSError):  # what it did not read any more
            if pipe is not None:
                pipe.close()
    return code


def _exchange(process: subprocess.Popen[bytes], asked: bytes) -> bytes:
    """Return what the worker says to `asked`; a worker that is gone says nothing."""
    asks: IO[bytes] | None = process.stdin
    says: IO[bytes] | None = process.stdout
    if asks is None or says is None:
        return b""
    try:
        asks.write(asked)
        asks.flush()
        return says.readline()
    except (OSError, ValueError):
        return b""


def _started(arguments: Sequence[str]) -> subprocess.Popen[bytes]:
    """Return a worker process; Ctrl-C in the terminal reaches this process only, which then stops its workers."""
    command = [sys.executable, "-c", _START, json.dumps([path or os.getcwd() for path in sys.path])]  # noqa: PTH109
    return subprocess.Popen(
        [*command, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"},
        process_group=0 if os.name == "posix" else None,
    )


@contextmanager
def opened_lanes(lanes: Iterable[Lane]) -> Iterator[list[Lane]]:
    """Yield the lanes, and close them all at the end."""
    with ExitStack() as stack:
        held = []
        for lane in lanes:
            stack.callback(lane.close)
            held.append(lane)
        yield held


def answer_in_order(rows: Iterable[Row], lanes: Sequence[Lane]) -> Generator[bytes, None, None]:
    """Yield the lines of the rows' records in the order of the rows, answered side by side in the lanes.

    No more than a few rows a lane are read ahead of the one yielded. One lane answers in this thread.
    """
    if len(lanes) == 1:
        yield from map(lanes[0].answer, rows)
        return
    free: queue.SimpleQueue[Lane] = queue.SimpleQueue()
    for lane in lanes:
        free.put(lane)

    def answer(row: Row) -> bytes:
        lane = free.get()
        try:
            return lane.answer(row)
        finally:
            free.put(lane)

    pool = ThreadPoolExecutor(len(lanes), thread_name_prefix="lane")
    try:
        ahead: deque[Future[bytes]] = deque()
        for row in rows:
            ahead.append(pool.submit(answer, row))
            if len(ahead) > _AHEAD * len(lanes):
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    except BaseException:
        # Whoever stops here does not wait for the rows ahead: their lanes are closed, so that they end.
        pool.shutdown(wait=False, cancel_futures=True)
        for lane in lanes:
            lane.close()
        raise
    finally:
        pool.shutdown(wait=True)
