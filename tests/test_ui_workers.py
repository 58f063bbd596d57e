"""How web processes are started, watched and ended, with processes of a few lines."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from index.errors import TongbaoError
from ui.app import check_workers
from ui.errors import WorkerError
from ui.load import free_port
from ui.workers import Workers

if TYPE_CHECKING:
    from collections.abc import Callable

FAKE = (sys.executable, str(Path(__file__).with_name("fake_web_process.py")))
PATIENCE = 60.0


def until(met: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not met():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return Path(f"/proc/{pid}/stat").read_text("utf-8").rsplit(")", 1)[1].split()[0] != "Z"


def answer(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=PATIENCE) as told:
        return int(told.read())


def test_a_process_that_dies_is_started_again_in_its_place_and_told_in_one_line() -> None:
    lines: list[str] = []
    workers = Workers(2, {}, tell=lines.append, command=FAKE)
    try:
        workers.start()
        first, second = workers.living()
        assert [first.number, second.number] == [1, 2]
        assert answer(first.port) == first.process.pid
        os.kill(first.process.pid, signal.SIGKILL)
        until(lambda: len(workers.living()) == 2 and workers.living()[0] is not first)
        again, same = workers.living()
        assert same is second
        assert answer(again.port) == again.process.pid != first.process.pid
        assert lines == ["网页进程 1 意外结束（信号 9），正在重新启动"]
    finally:
        workers.close()
    assert workers.living() == ()
    assert not any(is_running(one.process.pid) for one in (again, second))


@pytest.mark.parametrize(
    ("settings", "line"), [({"fails": "账号文件不能用"}, "账号文件不能用"), ({"dies": True}, "退出码 3")]
)
def test_a_process_that_cannot_start_ends_them_all_with_its_reason(settings: dict[str, object], line: str) -> None:
    workers = Workers(2, settings, tell=lambda _: None, command=FAKE)
    with pytest.raises(WorkerError, match=line):
        workers.start()
    assert workers.living() == ()


@pytest.mark.parametrize("count", [0, -1, 65])
def test_a_number_of_processes_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(TongbaoError, match="--workers"):
        check_workers(count)


SERVING = """
import sys
from ui.front import serve_many
where = {"host": "127.0.0.1", "port": int(sys.argv[2])}
try:
    serve_many(sys.argv[1], **where, workers=2, options={}, model=(None, None), command=sys.argv[3:])
except KeyboardInterrupt:
    sys.exit(7)
"""


@pytest.mark.parametrize("way", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_all_processes_end_with_the_page(tmp_path: Path, way: signal.Signals) -> None:
    port = free_port()
    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", SERVING, str(tmp_path), str(port), *FAKE]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env=surroundings) as page:
        assert page.stderr is not None
        line = page.stderr.readline().decode()
        assert line == f"通报问答：http://127.0.0.1:{port}（2 个网页进程）\n"
        pids = {answer(port) for _ in range(4)}
        assert len(pids) == 2
        page.send_signal(way)
        code = page.wait(PATIENCE)
        until(lambda: not any(map(is_running, pids)))
        assert page.stderr.read() == b""
    if way is not signal.SIGKILL:
        assert code == 7
        assert list(tmp_path.iterdir()) == []
