"""How the page bears many people: `python -m ui.load --index DIR`, also `make bench-web`.

The page runs as a process of its own and is asked through its endpoint; every answer is compared with the one
that the assistant gives in this process.
"""

from __future__ import annotations

import argparse
import http.client
import itertools
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.pipeline import Assistant

_NUMBERING = re.compile(r"\A[^\u4e00-\u9fff]*(?:[一二三四五六七八九十]+[、)）])?")
_ASKED = ("{}做了什么？", "{}投入了多少资金？", "{}采取了哪些措施？", "{}是什么时候完成的？", "{}由哪个部门负责？")
_PATIENCE = 120.0
_KB = 1024


@dataclass(slots=True)
class Tally:
    """What a round of questions gave."""

    seconds: list[float] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    mixed: list[str] = field(default_factory=list)


def questions_of(assistant: Assistant, count: int) -> list[str]:
    """Return `count` different questions about the headings of the notices; no headings give repeated plain ones."""
    named = [
        f"{notice.unit}在{_NUMBERING.sub('', section.heading)}方面"
        for notice in assistant.index.notices
        for section in assistant.index.sections(notice.id)
        if section.heading and not section.furniture
    ]
    made = dict.fromkeys(form.format(about) for form in _ASKED for about in named or ["整改"])
    return list(itertools.islice(itertools.cycle(made), count))


def ask(port: int, question: str) -> dict[str, Any]:
    """Return the record that the page answers with; raises OSError or ValueError if it does not."""
    record: dict[str, Any] = call(port, "ask", question, [], "", 10, [], 0, 0)
    return record


def call(port: int, endpoint: str, *inputs: object) -> Any:
    """Return what an endpoint of the page gives; raises OSError or ValueError if it gives nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        body = json.dumps({"data": inputs})
        connection.request("POST", f"/gradio_api/call/{endpoint}", body, {"Content-Type": "application/json"})
        event = json.loads(connection.getresponse().read())["event_id"]
        connection.request("GET", f"/gradio_api/call/{endpoint}/{event}")
        told = connection.getresponse().read().decode("utf-8")
    finally:
        connection.close()
    kind, _, data = told.partition("\ndata: ")
    if kind != "event: complete":
        raise ValueError(told[:200])
    return json.loads(data)[0]


def ask_at_once(port: int, expected: dict[str, dict[str, Any]], *, clients: int) -> Tally:
    """Return what asking all questions gave, `clients` people asking at the same time, each one after another."""
    tally = Tally()
    waiting = iter(list(expected))
    lock = threading.Lock()

    def client() -> None:
        while True:
            with lock:
                question = next(waiting, None)
            if question is None:
                return
            begun = time.perf_counter()
            try:
                record = ask(port, question)
            except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
                tally.failed.append(f"{question}: {error!r}")
                continue
            tally.seconds.append(time.perf_counter() - begun)
            if timeless(record) != expected[question]:
                tally.mixed.append(question)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tally


def timeless(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record without the time it took, as it reads after its way through JSON."""
    kept = {name: value for name, value in record.items() if name != "elapsed_ms"}
    plain: dict[str, Any] = json.loads(json.dumps(kept))
    return plain


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the page, ask, and print what it took; return 1 if an answer failed or was another question's."""
    parser = argparse.ArgumentParser(prog="python -m ui.load", description="网页在多人同时使用时的表现")
    parser.add_argument("--index", required=True, help="索引文件夹")
    parser.add_argument("--clients", type=int, default=30)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args(arguments)
    try:
        return _measure(chosen.index, clients=chosen.clients, count=chosen.questions, rounds=chosen.rounds)
    except (TongbaoError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _measure(index: str, *, clients: int, count: int, rounds: int) -> int:
    from assistant import load_assistant

    assistant = load_assistant(index)
    expected = {question: timeless(assistant.ask(question).to_record()) for question in questions_of(assistant, count)}
    port = free_port()
    begun = time.perf_counter()
    page = subprocess.Popen([sys.executable, "-m", "ui", "--index", index, "--port", str(port)])
    bad = 0
    try:
        _wait_for(port, page)
        took, spent = time.perf_counter() - begun, _processor_seconds(page.pid)
        say(f"start to first byte      {took:6.2f} s, {spent:.2f} s of processor; {circumstances()}")
        begun = time.perf_counter()
        ask(port, next(iter(expected)))
        say(f"first answer after that  {time.perf_counter() - begun:6.2f} s")
        for round_ in range(1, rounds + 1):
            before = _processor_seconds(page.pid)
            tally = ask_at_once(port, expected, clients=clients)
            bad += len(tally.failed) + len(tally.mixed)
            spent = (_processor_seconds(page.pid) - before) / len(expected)
            for line in _lines(tally, round_, page.pid, spent):
                say(line)
    finally:
        page.terminate()
        page.wait()
    return 1 if bad else 0


def _lines(tally: Tally, round_: int, pid: int, spent: float) -> Iterator[str]:
    times = sorted(tally.seconds) or [float("nan")]
    p95 = times[min(int(0.95 * len(times)), len(times) - 1)]
    yield (
        f"round {round_}: {len(tally.seconds)} answers, {len(tally.failed)} errors, {len(tally.mixed)} mixed up; "
        f"median {statistics.median(times):.2f} s, p95 {p95:.2f} s, slowest {times[-1]:.2f} s; "
        f"{spent * 1000:.0f} ms of processor an answer; memory {_memory(pid)}; {circumstances()}"
    )
    yield from tally.failed[:3]
    yield from tally.mixed[:3]


def _wait_for(port: int, page: subprocess.Popen[bytes]) -> None:
    while page.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            connection.request("GET", "/")
            connection.getresponse().read(1)
        except OSError:
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()
    raise OSError("the page ended before it could be asked")


def free_port() -> int:
    """Return a port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _memory(pid: int) -> str:
    """Return the resident memory of a process, where the system tells it."""
    try:
        status = Path(f"/proc/{pid}/status").read_text("ascii")
    except OSError:
        return "unknown"
    return f"{int(status.split('VmRSS:')[1].split()[0]) // _KB} MB"


def _processor_seconds(pid: int) -> float:
    try:
        spent = Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[11:13]
    except OSError:
        return float("nan")
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def circumstances() -> str:
    """Return how busy the machine is."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


def say(line: str) -> None:
    """Print a line of the report at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main())
