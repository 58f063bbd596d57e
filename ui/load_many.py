"""How several web processes behind one port do: `python -m ui.load_many --index DIR`, also `make bench-workers`.

Told are answers a second, memory with what the processes share, and how a new generation comes into use while people
ask. The notice for that is added to a copy of the index.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import shutil
import statistics
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import TongbaoError
from ui.load import ask, ask_at_once, call, circumstances, questions_of, say, timeless
from ui.memory import Footprint, footprint, mapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import uvicorn

    from ui.workers import Workers

_ADDED = "中共测试县委关于巡察整改进展情况的通报\n\n一、整改情况\n第{number}次测试共整改问题{number}个。\n"
_PATIENCE = 60.0
_WARM = 3
_MB = 1024


@contextmanager
def served_together(directory: Path, *, workers: int, **options: Any) -> Iterator[tuple[int, Workers]]:
    """Yield the port of a page that `workers` processes serve on the index at `directory`, and the processes.

    `options` are those of `ui.app.serve`. All end with the block.
    """
    from ui.front import listening, relayed, settings
    from ui.shared import Shared
    from ui.workers import Workers

    home, taken = Path(tempfile.mkdtemp(prefix="tongbao-web-")), listening("127.0.0.1", 0)
    told = settings(directory, Shared.within(home, workers=workers), options=options)
    running = Workers(workers, told, tell=say)
    servers: list[uvicorn.Server] = []
    thread = threading.Thread(target=lambda: asyncio.run(relayed(running, taken, servers.append)), daemon=True)
    try:
        running.start()
        thread.start()
        yield taken.getsockname()[1], running
    finally:
        for server in servers:
            server.should_exit = True
        if thread.ident is not None:
            thread.join(_PATIENCE)
        running.close()
        taken.close()
        shutil.rmtree(home, ignore_errors=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve, ask and publish, and print how that went; return 1 if an answer failed or was another question's."""
    parser = argparse.ArgumentParser(prog="python -m ui.load_many", description="多个网页进程的表现")
    parser.add_argument("--index", required=True, type=Path, help="索引文件夹")
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--questions", type=int, default=300)
    chosen = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as home:
            copy = Path(home) / "index"
            shutil.copytree(chosen.index, copy)
            return sum(_measure(copy, count, chosen.clients, chosen.questions) for count in chosen.workers) and 1
    except (TongbaoError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _measure(directory: Path, workers: int, clients: int, count: int) -> int:
    """Print the figures of so many processes and return the number of bad answers."""
    from assistant import load_assistant

    assistant = load_assistant(directory)
    expected = {question: timeless(assistant.ask(question).to_record()) for question in questions_of(assistant, count)}
    begun = time.perf_counter()
    with served_together(directory, workers=workers) as (port, running):
        say(f"{workers} processes: serving after {time.perf_counter() - begun:.2f} s; {circumstances()}")
        for question in list(expected)[: _WARM * workers]:
            ask(port, question)
        begun = time.perf_counter()
        tally = ask_at_once(port, expected, clients=clients)
        seconds = time.perf_counter() - begun
        times = sorted(tally.seconds) or [float("nan")]
        say(
            f"  {len(times) / seconds:.1f} answers a second, {len(tally.failed)} errors, {len(tally.mixed)} mixed up; "
            f"median {statistics.median(times):.2f} s, p95 {times[int(0.95 * (len(times) - 1))]:.2f} s; {circumstances()}"
        )
        _tell_memory(directory, running)
        return len(tally.failed) + len(tally.mixed) + _renew(directory, port, running, list(expected), clients)


def _tell_memory(directory: Path, running: Workers) -> None:
    whole, index = Footprint(), Footprint()
    for worker in running.living():
        whole += footprint(worker.process.pid)
        index += mapped(worker.process.pid, directory)
    for name, held in (("memory", whole), ("of it index files", index)):
        say(
            f"  {name}: {held.resident / _MB:.0f} MB resident, {held.proportional / _MB:.0f} MB with shared pages "
            f"counted once, {held.own / _MB:.0f} MB of single processes"
        )


def _renew(directory: Path, port: int, running: Workers, questions: Sequence[str], clients: int) -> int:
    """Publish a generation while people ask, print when each process answers from it, and return the failures."""
    from index.update import update_index

    ended, failed, answered = threading.Event(), [], []

    def client(first: int) -> None:
        number = first
        while not ended.is_set():
            try:
                ask(port, questions[number % len(questions)])
                answered.append(number)
            except Exception as error:  # noqa: BLE001 - whatever it was, a question was dropped
                failed.append(f"{questions[number % len(questions)]}: {error!r}")
            number += clients

    threads = [threading.Thread(target=client, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    added = directory.parent / f"added-{time.monotonic_ns()}.txt"
    added.write_text(_ADDED.format(number=added.name), "utf-8")
    update_index([added], directory=directory)
    published = time.perf_counter()
    found = [_until_held(worker.port, added.name, published) for worker in running.living()]
    ended.set()
    for thread in threads:
        thread.join()
    shown = ", ".join(f"{seconds:.2f} s ({stale} stale)" for seconds, stale in found)
    say(f"  new generation while {clients} ask: told after {shown}; {len(answered)} answers, {len(failed)} dropped")
    for line in failed[:3]:
        say(f"    {line}")
    return len(failed)


def _until_held(port: int, file: str, since: float) -> tuple[float, int]:
    """Return how long after `since` the process at `port` first told that it holds `file`, and how often it did not."""
    for stale in itertools.count():
        held = any(notice["file"] == file for notice in call(port, "notices"))
        if held or time.perf_counter() - since > _PATIENCE:
            return time.perf_counter() - since, stale
    raise AssertionError("counting has no end")


if __name__ == "__main__":
    raise SystemExit(main())
