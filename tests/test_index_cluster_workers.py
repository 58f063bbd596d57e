"""Files prepared by a real scheduler and two worker processes, one of which is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_cluster import indexed, notices, stored

from index.cluster import connected
from index.update import update_index

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest.importorskip("distributed", reason="the extra [dask] is not installed")

PATIENCE = 60.0


class Cloud:
    """A scheduler and two worker processes on this machine."""

    def __init__(self, home: Path) -> None:
        self._home = home
        self.processes = [self._start("scheduler", "--port", "0", "--host", "127.0.0.1")]
        self.address = self._address()
        for number in (1, 2):
            kept = str(home / f"worker{number}")
            more = ("--no-nanny", "--nthreads", "1", "--local-directory", kept, "--name", f"w{number}")
            self.processes.append(self._start("worker", self.address, *more))

    def _start(self, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments, "--no-dashboard"]
        with (self._home / f"{kind}.log").open("ab") as log:
            return subprocess.Popen(command, stderr=log, stdout=log)

    def _address(self) -> str:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            told = (self._home / "scheduler.log").read_text("utf-8", "replace")
            if "Scheduler at:" in told:
                return told.split("Scheduler at:")[1].split()[0]
            time.sleep(0.05)
        raise AssertionError("the scheduler did not start")

    def close(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def cloud(tmp_path: Path) -> Iterator[Cloud]:
    home = tmp_path / "cloud"
    home.mkdir()
    started = Cloud(home)
    yield started
    started.close()


def test_a_worker_killed_in_mid_run_leaves_no_trace_in_the_index(cloud: Cloud, tmp_path: Path) -> None:
    folder = notices(tmp_path / "many", 60)
    lost: list[str] = []
    with connected(cloud.address) as client:
        client.wait_for_workers(2, timeout=PATIENCE)

        def kill(stage: str, done: int, total: int) -> None:
            if stage == "读取" and done > total // 4 and not lost:
                victim = cloud.processes[1]
                address = next(one for one, pid in client.run(os.getpid).items() if pid == victim.pid)
                held = [key for keys in client.has_what([address]).values() for key in keys]
                lost.extend([*held, *(key for keys in client.processing([address]).values() for key in keys)])
                os.kill(victim.pid, signal.SIGKILL)
                victim.wait()

        there = indexed(client, [folder], tmp_path / "there", progress=kill)
        apart = _children(cloud.processes[2].pid)
    assert lost, "the worker had nothing in hand when it was killed"
    assert there == update_index([folder], directory=tmp_path / "here")
    assert stored(tmp_path / "there") == stored(tmp_path / "here")
    # What foreign code takes apart is read in a process of its own there too.
    assert "index.readers.worker" in apart


def _children(pid: int) -> str:
    """Return the command lines of the processes that the one with this number started."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(stat.read_text("utf-8", "replace").rsplit(")", 1)[1].split()[1]) == pid:
                found.append((stat.parent / "cmdline").read_text("utf-8", "replace"))
        except OSError:
            continue
    return "\n".join(found)
