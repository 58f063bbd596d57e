"""A process with all that it starts: its time, and the most memory that they held together."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from eval.bench_processes import BenchmarkError, ProcessRun

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

_PROC = Path("/proc")
_EVERY = 0.1
_KIBI = 1024
_SHOWN = 200


def run_tree(command: Sequence[str], *, log: Path, good: Collection[int] = (0,)) -> ProcessRun:
    """Return clock and processor time of `command` and the largest resident size of it and its descendants together.

    Looked at every 0.1 s; pages that processes share are counted once for each. 0 MB where there is no /proc. Raises
    BenchmarkError if it ended with another code than the `good` ones.
    """
    environment = {name: value for name, value in os.environ.items() if name != "TONGBAO_INDEX"}
    before = os.times()
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment)
        peak = _Peak(process.pid)
        peak.start()
        process.wait()
        seconds = time.perf_counter() - began
    after = os.times()
    peak.stop()
    if process.returncode not in good:
        last = (log.read_text("utf-8", "replace").strip().splitlines() or [""])[-1]
        raise BenchmarkError(f"{' '.join(command[1:4])} 以 {process.returncode} 退出：{last[:_SHOWN]}")
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return ProcessRun(seconds, cpu, peak.kilobytes / _KIBI)


class _Peak(threading.Thread):
    """Looks at a process and its descendants until told to stop."""

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self._done = threading.Event()
        self.kilobytes = 0

    def run(self) -> None:
        while not self._done.wait(_EVERY):
            self.kilobytes = max(self.kilobytes, resident_of(self._root))

    def stop(self) -> None:
        self._done.set()
        self.join()


def resident_of(root: int) -> int:
    """Return the resident size in kB of the process `root` and all its descendants; 0 if there is none."""
    waiting, total = [root], 0
    while waiting:
        number = waiting.pop()
        total += _resident(number)
        waiting.extend(_children(number))
    return total


def _children(number: int) -> Iterable[int]:
    try:
        tasks = list((_PROC / str(number) / "task").iterdir())
        return [int(child) for task in tasks for child in (task / "children").read_text("ascii").split()]
    except OSError:
        return []


def _resident(number: int) -> int:
    try:
        status = (_PROC / str(number) / "status").read_text("utf-8", "replace")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")), 0)
