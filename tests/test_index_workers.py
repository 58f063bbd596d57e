"""Files prepared by worker processes of this machine: the index is that of one process, whatever happens to them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fake_cluster import notices, stored
from fake_index import FakeEmbedder
from fake_terminal import invoke

from index import workers
from index.cluster_worker import Errand
from index.errors import WorkerError
from index.manifest import current_generation
from index.update import UpdateReport, update_index
from index.workers import Workers, local_workers, workers_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from index.config import IndexConfig
    from index.embedding import Embedder

MEBI = 2**20
PATIENCE = 60.0


class Inline(Executor):
    """Does what it is given at once, unless that holds a file over which it dies; then it is broken for good."""

    def __init__(self, count: int, deadly: Callable[[list[str]], bool]) -> None:
        self.count = count
        self.parcels: list[list[str]] = []
        self._deadly = deadly
        self._broken = False

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **options: Any) -> Future[Any]:
        if self._broken:
            raise BrokenProcessPool
        names = [one.name for one in (arguments[0] if arguments else ()) if isinstance(one, Errand)]
        self.parcels.append(names)
        future: Future[Any] = Future()
        if self._deadly(names):
            self._broken = True
            future.set_exception(BrokenProcessPool())
        else:
            future.set_result(function(*arguments, **options))
        return future


class Shop:
    """Makes such executors, and remembers them."""

    def __init__(self, deadly: Callable[[list[str]], bool] = lambda _: False) -> None:
        self.pools: list[Inline] = []
        self._deadly = deadly

    def __call__(self, count: int) -> Inline:
        self.pools.append(Inline(count, self._deadly))
        return self.pools[-1]

    def index(self, folder: Path, directory: Path, **options: Any) -> UpdateReport:
        return update_index([folder], directory=directory, elsewhere=self.workers, **options)

    def workers(self, config: IndexConfig, embedder: Embedder) -> Workers:
        return Workers(config, embedder, jobs=2, files=4, pool=self)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return notices(tmp_path / "notices", 9)


def test_a_worker_killed_in_mid_run_leaves_no_trace_in_the_index(tmp_path: Path) -> None:
    folder = notices(tmp_path / "many", 40)
    killed: list[int] = []

    def kill(stage: str, done: int, total: int) -> None:
        if stage == "读取" and done > total // 4 and not killed:
            victim = multiprocessing.active_children()[0]
            victim.kill()
            victim.join()
            killed.append(victim.pid or 0)

    with local_workers(2, files=2) as elsewhere:
        there = update_index([folder], directory=tmp_path / "there", elsewhere=elsewhere, progress=kill)
    assert killed
    assert multiprocessing.active_children() == []
    assert there == update_index([folder], directory=tmp_path / "here")
    assert stored(tmp_path / "there") == stored(tmp_path / "here")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks at processes in /proc")
def test_workers_end_with_a_writer_that_is_killed(tmp_path: Path) -> None:
    folder = notices(tmp_path / "many", 200)
    command = [sys.executable, "-m", "assistant", "index", str(folder), "--index", str(tmp_path / "index")]
    writer = subprocess.Popen([*command, "--jobs", "2"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        helpers = _await(lambda: [pid for pid in _children(writer.pid) if "spawn_main" in _command(pid)])
        assert helpers
    finally:
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
    assert _await(lambda: not any("spawn_main" in _command(pid) for pid in helpers))


def _await(look: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while not (found := look()) and time.monotonic() < until:
        time.sleep(0.02)
    return found


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def test_the_index_is_the_same_byte_for_byte_and_so_is_the_report(folder: Path, tmp_path: Path) -> None:
    shop = Shop()
    there = shop.index(folder, tmp_path / "there")
    assert there == update_index([folder], directory=tmp_path / "here")
    assert there.failed[0][0] == "broken.pdf"
    assert stored(tmp_path / "there") == stored(tmp_path / "here")
    assert [(pool.count, [len(parcel) for parcel in pool.parcels]) for pool in shop.pools] == [(2, [4, 4, 3])]


def test_the_first_new_files_of_an_index_go_to_workers_and_so_do_later_ones(folder: Path, tmp_path: Path) -> None:
    shop = Shop()
    shop.index(folder, tmp_path / "there")
    for number in (1, 2):
        (folder / f"new{number}.txt").write_text(f"云川市通报第{number}号\n整改完成{number}项。\n", "utf-8")
    shop.index(folder, tmp_path / "there")
    assert shop.pools[-1].parcels == [["broken.pdf", "new1.txt", "new2.txt"]]
    update_index([folder], directory=tmp_path / "here")
    assert stored(tmp_path / "there") == stored(tmp_path / "here")


def test_files_that_get_another_name_are_cut_here(tmp_path: Path) -> None:
    folders = [notices(tmp_path / name, 2) for name in ("a", "b")]
    (folders[1] / "001.txt").write_text("云川市通报\n整改完成5项。\n", "utf-8")
    shop = Shop()
    there = update_index(folders, directory=tmp_path / "there", elsewhere=shop.workers)
    assert there == update_index(folders, directory=tmp_path / "here")
    assert stored(tmp_path / "there") == stored(tmp_path / "here")


def test_a_file_over_which_workers_die_is_refused_and_the_others_are_not(folder: Path, tmp_path: Path) -> None:
    shop = Shop(lambda names: "002.txt" in names)
    report = shop.index(folder, tmp_path / "index")
    assert dict(report.failed)["002.txt"].startswith("读取时工作进程接连中断")
    assert len(report.added) == 9
    (folder / "002.txt").unlink()
    update_index([folder], directory=tmp_path / "here")
    assert stored(tmp_path / "index") == stored(tmp_path / "here")


def test_where_no_process_can_be_had_no_file_is_blamed(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="--jobs 1") as caught:
        Shop(lambda _: True).index(folder, tmp_path / "index")
    assert "\n" not in str(caught.value)
    assert current_generation(tmp_path / "index") is None


def test_a_model_of_another_kind_is_left_to_the_writer(folder: Path, tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    Shop().index(folder, tmp_path / "there", embedder=embedder)
    update_index([folder], directory=tmp_path / "here", embedder=embedder)
    assert stored(tmp_path / "there") == stored(tmp_path / "here")


@pytest.mark.parametrize(
    ("sizes", "jobs", "cores", "wanted"),
    [
        ([], None, 4, 0),
        ([9 * MEBI], None, 4, 0),
        ([1000] * 100, None, 4, 0),
        ([MEBI] * 5, None, 4, 2),
        ([MEBI] * 500, None, 1, 0),
        ([MEBI] * 500, None, 64, 8),
        ([MEBI] * 500, 1, 4, 0),
        ([1000] * 3, 2, 1, 2),
        ([1000], 4, 4, 0),
        ([1000] * 3, 9, 4, 3),
    ],
)
def test_how_many_workers_pay(
    sizes: list[int], jobs: int | None, cores: int, wanted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "usable_cores", lambda: cores)
    assert workers_for(sizes, jobs) == wanted


def test_the_command_takes_a_number_of_processes_and_not_two_ways_at_once(folder: Path, tmp_path: Path) -> None:
    (folder / "broken.pdf").unlink()
    assert invoke("index", str(folder), "--jobs", "1", index=tmp_path / "index").exit_code == 0
    for other in (["--watch"], ["--dask", "tcp://127.0.0.1:8786"], ["--jobs", "0"]):
        assert invoke("index", str(folder), "--jobs", "2", *other, index=tmp_path / "index").exit_code == 2
