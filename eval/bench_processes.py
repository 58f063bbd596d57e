"""Whole processes, timed from their start to their end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_SHOWN = 200


class BenchmarkError(TongbaoError):
    """A command under measurement failed; the message holds the last line that it wrote."""


@dataclass(frozen=True, slots=True)
class ProcessRun:
    """One process from start to end."""

    seconds: float
    """By the clock."""
    cpu_s: float
    """Processor time of all threads, steadier than `seconds` on a busy machine; 0 where the system does not tell."""
    peak_mb: float
    """Largest resident size; 0 where the system does not tell. Linux counts that of the caller at the start with it."""


def time_process(
    command: Sequence[str], *, log: Path, cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> ProcessRun:
    """Return time and memory of `command`; what it writes goes to the file `log`.

    Raises:
        BenchmarkError: it ended with another code than 0.

    """
    with log.open("wb") as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, cwd=cwd, env=environment
        )
        cpu_s, peak_mb = _wait(process)
        seconds = time.perf_counter() - began
    if process.returncode:
        lines = log.read_text("utf-8", "replace").strip().splitlines() or ["（没有输出）"]
        name = " ".join(command[1:4])
        raise BenchmarkError(f"{name} 以 {process.returncode} 退出：{lines[-1][:_SHOWN]}")
    return ProcessRun(seconds, cpu_s, peak_mb)


def _wait(process: subprocess.Popen[bytes]) -> tuple[float, float]:
    """Wait for the end of `process` and return its processor time in seconds and its largest resident size in MB."""
    if not hasattr(os, "wait4"):
        process.wait()
        return 0.0, 0.0
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    peak_mb = usage.ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    return usage.ru_utime + usage.ru_stime, float(peak_mb)
