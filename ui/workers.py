"""The web processes behind one page: started, watched, started again when they die, ended with the page."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.errors import WorkerError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_HOME = Path(__file__).parents[1]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from ui.worker import main; main()"
COMMAND = (sys.executable, "-P", "-c", _START, str(_HOME))
"""A web process, whatever lies in the folder that the page is started in."""
_FIRST_WAIT, _LONGEST_WAIT = 0.2, 30.0
"""Seconds before a process that died is started again: doubled while it does not come to serving."""
_PATIENCE = 3.0
"""Seconds that a process has to end before it is killed."""


@dataclass(frozen=True, slots=True, eq=False)
class Worker:
    """A web process that is serving; the one that follows it in its place is another."""

    number: int
    """Its place, from 1."""
    port: int
    """Where it listens, on this machine only."""
    process: subprocess.Popen[bytes]


class Workers:
    """Keeps `count` web processes running; may be asked by several threads.

    Each is `command`, given the settings as a line of JSON; it serves when it answers with its port, and ends when its
    stdin does.
    """

    def __init__(
        self,
        count: int,
        settings: Mapping[str, Any],
        *,
        tell: Callable[[str], None],
        command: Sequence[str] = COMMAND,
    ) -> None:
        self._count = count
        self._settings = settings
        self._command = command
        self._tell = tell
        self._lock = threading.Lock()
        self._serving: dict[int, Worker] = {}
        self._running: set[subprocess.Popen[bytes]] = set()
        self._ended = threading.Event()

    def living(self) -> tuple[Worker, ...]:
        """Return the processes that are serving, by their places."""
        with self._lock:
            return tuple(self._serving[number] for number in sorted(self._serving))

    def start(self) -> None:
        """Start all and return once all serve; raises WorkerError with the reason of the first that cannot."""
        begun = [(number, self._spawn()) for number in range(1, self._count + 1)]
        try:
            for number, process in begun:
                self._take(number, process)
        except WorkerError:
            self.close()
            raise
        for number, process in begun:
            threading.Thread(target=self._watch, args=(number, process), name=f"worker-{number}", daemon=True).start()

    def close(self) -> None:
        """End all processes; those that do not end by themselves are killed."""
        self._ended.set()
        with self._lock:
            running = list(self._running)
            self._serving.clear()
        for process in running:
            if process.stdin is not None and not process.stdin.closed:
                process.stdin.close()
        deadline = time.monotonic() + _PATIENCE
        for process in running:
            try:
                process.wait(max(deadline - time.monotonic(), 0))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()

    def _spawn(self) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C is for the parent, which ends its workers itself.
        process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)
        with self._lock:
            self._running.add(process)
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(self._settings).encode("ascii") + b"\n")
            process.stdin.flush()
        except OSError:
            pass  # it has died already: what reads its answer will tell
        return process

    def _take(self, number: int, process: subprocess.Popen[bytes]) -> None:
        """Let the process serve as soon as it says that it can; raises WorkerError if it never does."""
        assert process.stdout is not None
        said = process.stdout.readline()
        told: dict[str, Any] = json.loads(said) if said.endswith(b"\n") else {}
        if "port" not in told:
            raise WorkerError(told.get("error") or f"网页进程 {number} 没有启动：{_end_of(process)}")
        with self._lock:
            if not self._ended.is_set():
                self._serving[number] = Worker(number, int(told["port"]), process)

    def _watch(self, number: int, process: subprocess.Popen[bytes]) -> None:
        """Start the process of that place again whenever it ends, until all are ended."""
        wait = _FIRST_WAIT
        while True:
            reason = _end_of(process)
            self._forget(number, process)
            if self._ended.is_set():
                return
            self._tell(f"网页进程 {number} 意外结束（{reason}），正在重新启动")
            if self._ended.wait(wait):
                return
            process = self._spawn()
            try:
                self._take(number, process)
                wait = _FIRST_WAIT
            except WorkerError:
                wait = min(2 * wait, _LONGEST_WAIT)
            if self._ended.is_set():
                process.kill()

    def _forget(self, number: int, process: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._serving.pop(number, None)
            self._running.discard(process)
        for stream in (process.stdin, process.stdout):
            if stream is not None and not self._ended.is_set():
                _shut(stream)


def _shut(stream: Any) -> None:
    try:
        stream.close()
    except OSError:
        return


def _end_of(process: subprocess.Popen[bytes]) -> str:
    """Wait for the end of a process and return how it ended."""
    code = process.wait()
    return f"信号 {-code}" if code < 0 else f"退出码 {code}"
