from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest
from fake_terminal import invoke, one_line
from fake_versions import notice, write

from assistant.watching import watch_paths
from index.errors import TongbaoError
from index.store import open_index
from ui.library import Library

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PATIENCE = 90


def waited(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        try:
            if condition():
                return True
        except TongbaoError:
            pass
        time.sleep(0.1)
    return False


def held(directory: Path) -> set[str]:
    return {record["path"] for record in open_index(directory).files}


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """Yield a folder and the index that follows it."""
    folder, directory, stop = write(tmp_path / "notices", a=notice()), tmp_path / "index", threading.Event()
    watcher = threading.Thread(target=watch_paths, args=([folder],), kwargs={"directory": directory, "stop": stop})
    watcher.start()
    try:
        assert waited(lambda: held(directory) == {"a.txt"})
        yield folder, directory
    finally:
        stop.set()
        watcher.join(_PATIENCE)
    assert not watcher.is_alive()


def test_the_index_follows_its_folder(followed: tuple[Path, Path], capfd: pytest.CaptureFixture[str]) -> None:
    folder, directory = followed
    write(folder, sub__b=notice("云川市", seed=5))
    assert waited(lambda: held(directory) == {"a.txt", "sub/b.txt"})
    (folder / "坏.txt").write_bytes(bytes(range(256)) * 10)
    (folder / "a.txt").rename(folder / "c.txt")
    assert waited(lambda: held(directory) == {"c.txt", "sub/b.txt"})
    write(folder, c=notice(lifts=99))
    assert waited(lambda: "电梯99部" in open_index(directory).text("c.txt"))
    (folder / "sub" / "b.txt").unlink()
    assert waited(lambda: held(directory) == {"c.txt"})
    (folder / "c.txt").unlink()
    (folder / "坏.txt").unlink()
    assert waited(lambda: held(directory) == set())
    assert capfd.readouterr().err.count("失败 坏.txt") == 1


def test_the_page_follows_too(followed: tuple[Path, Path]) -> None:
    from assistant.pipeline import load_assistant

    folder, directory = followed
    library = Library(lambda: load_assistant(directory))
    assert [one.file for one in library.current().notices] == ["a.txt"]
    write(folder, b=notice("云川市", seed=5))
    assert waited(lambda: len(library.current().notices) == 2)


def test_ctrl_c_ends_it_cleanly(tmp_path: Path) -> None:
    folder, directory = write(tmp_path / "notices", a=notice()), tmp_path / "index"
    command = [sys.executable, "-m", "assistant", "index", str(folder), "--watch", "--index", str(directory)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
    try:
        assert waited(lambda: held(directory) == {"a.txt"})
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=_PATIENCE)
    finally:
        process.kill()
    assert (process.returncode, err) == (0, "")
    assert out.endswith("已停止监视\n")
    assert invoke("verify", index=directory).exit_code == 0


def test_nothing_to_watch(tmp_path: Path) -> None:
    result = invoke("index", tmp_path / "none", "--watch", index=tmp_path / "index")
    assert result.exit_code == 1
    assert one_line(result.stderr)
