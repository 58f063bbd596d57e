"""A batch that is killed: at every moment at which it touches a file, and at random ones (`make kill` takes a hundred)."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import pytest
from fake_batch import Scripted, questions_in, records, run
from fake_index import Bench
from fake_terminal import QUESTION

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and processes of POSIX")
KILLS = int(os.environ.get("TONGBAO_KILLS", "3"))
QUESTIONS = 10_000 if KILLS > 10 else 2_000
TEXT = "一\n坏\n未知\n四\n五\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.write(甲="甲市通报\n一、整改\n关停45家\n")
    bench.update()
    return bench


def killed_at(moment: int, folder: Path, index: Any, questions: Path, output: Path, **options: Any) -> bool:
    """Run a batch in a child that kills itself when it touches `folder` for the `moment`-th time; return if it did."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads that numpy may have started
        child = os.fork()
    if child == 0:
        seen = 0

        def watch(name: str, arguments: tuple[Any, ...]) -> None:
            nonlocal seen
            if name in ("open", "os.rename", "os.remove", "os.truncate") and str(folder) in repr(arguments):
                seen += 1
                if seen == moment:
                    os.kill(os.getpid(), signal.SIGKILL)

        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        sys.addaudithook(watch)
        try:
            run(Scripted(index), questions, output, **options)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.xlsx"])
@pytest.mark.parametrize("old", [False, True])
def test_killed_at_every_touch_of_a_file(tmp_path: Path, bench: Bench, name: str, old: bool) -> None:
    index = bench.index()
    questions = questions_in(tmp_path, "q.txt", TEXT)
    whole = tmp_path / f"whole.{name}"
    run(Scripted(index), questions, whole)
    moments = 0
    for moment in range(1, 60):
        folder = tmp_path / f"run{moment}"
        folder.mkdir()
        output = folder / name
        if old:  # a finished run of other questions with the same numbers lies there
            run(Scripted(index), questions_in(tmp_path, "old.txt", "甲\n乙\n丙\n丁\n戊\n"), output)
        if not killed_at(moment, folder, index, questions, output, restart=old):
            break
        moments += 1
        # Killed before its first word on disk, a restart has not begun: it is begun again.
        begun = not old or json.loads((folder / f".{name}.resume").read_text("utf-8"))["questions"] == digest(questions)
        assert run(Scripted(index), questions, output, resume=begun, restart=not begun) == 1, moment
        assert output.read_bytes() == whole.read_bytes(), moment
        assert sorted(one.name for one in folder.iterdir()) == [f".{name}.resume", name], moment
    assert moments >= 6


def digest(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def answers(path: Path) -> list[dict[str, Any]]:
    return [{name: value for name, value in one.items() if name != "elapsed_ms"} for one in records(path)]


def batch(index: Path, questions: Path, output: Path, *more: str) -> subprocess.Popen[bytes]:
    words = ["batch", questions, output, "--index", index, *more]
    return subprocess.Popen([sys.executable, "-m", "assistant", *map(str, words)], stderr=subprocess.PIPE)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    asked = [QUESTION, "云川市聘用了多少名管护员？", "青岩市2023年新建了几所学校？", "整改联系电话是什么？", "？"]
    lines = [json.dumps({"question": asked[n % len(asked)], "n": n}, ensure_ascii=False) for n in range(60)]
    return questions_in(tmp_path_factory.mktemp("many"), "q.jsonl", "\n".join(lines))


@pytest.fixture(scope="module")
def expected(index: Path, many: Path) -> list[dict[str, Any]]:
    output = many.with_name("whole.jsonl")
    with batch(index, many, output, "--workers", "1") as running:
        assert running.wait(120) == 1
        assert running.stderr is not None
    return answers(output)


def test_killed_at_random_moments(
    index: Path, many: Path, expected: list[dict[str, Any]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(7)
    output = tmp_path / "out.jsonl"
    killed = finished = 0
    while killed < KILLS:
        running = batch(index, many, output, "--resume", "--workers", str(chance.choice((1, 2))))
        wait_until_begun(output, running)
        time.sleep(chance.random() ** 2 * 2)
        running.kill()
        _, told = running.communicate(timeout=60)
        if running.returncode == -signal.SIGKILL:
            killed += 1
        else:
            finished += 1
            assert running.returncode == 1, told
            assert answers(output) == expected, told
            output.unlink()
    with batch(index, many, output, "--resume") as running:
        running.communicate(timeout=120)
    assert answers(output) == expected
    with capsys.disabled():
        if KILLS > 10:
            sys.stdout.write(f"\n{killed} kills, {finished + 1} runs finished: no row lost, doubled or changed\n")


def wait_until_begun(output: Path, running: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    before = output.stat().st_size if output.exists() else 0
    while running.poll() is None and time.monotonic() < deadline:
        if output.exists() and output.stat().st_size != before:
            return
        time.sleep(0.005)


def test_workers_give_the_same_records_in_the_same_order(
    index: Path, many: Path, expected: list[dict[str, Any]], tmp_path: Path
) -> None:
    output = tmp_path / "out.jsonl"
    with batch(index, many, output, "--workers", "3") as running:
        running.communicate(timeout=120)
    assert running.returncode == 1
    assert answers(output) == expected


def test_workers_end_with_the_run(index: Path, many: Path, tmp_path: Path) -> None:
    running = batch(index, many, tmp_path / "out.jsonl", "--workers", "2")
    wait_until_begun(tmp_path / "out.jsonl", running)
    children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    if not children.exists():
        running.kill()
        running.communicate()
        pytest.skip("the system does not tell a process's children")
    workers = [int(one) for task in children.parents[1].iterdir() for one in (task / "children").read_text().split()]
    running.kill()
    running.communicate(timeout=60)
    deadline = time.monotonic() + 30
    while any(alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert len(workers) == 2
    assert not any(alive(worker) for worker in workers)


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_two_runs_do_not_write_one_output(index: Path, many: Path, tmp_path: Path) -> None:
    questions, output = tmp_path / "long.jsonl", tmp_path / "out.jsonl"
    questions.write_text(40 * (many.read_text("utf-8").rstrip() + "\n"), "utf-8")
    with batch(index, questions, output, "--workers", "1") as running:
        try:
            wait_until_begun(output, running)
            with batch(index, questions, output, "--resume") as other:
                _, told = other.communicate(timeout=60)
            assert running.poll() is None
        finally:
            running.kill()
            running.communicate()
    assert other.returncode == 1
    assert "另一个程序" in told.decode()


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_many_questions_in_bounded_memory(tmp_path: Path, bench: Bench, name: str) -> None:
    import resource

    questions = questions_in(tmp_path, "q.txt", "甲市关停多少家？\n" * QUESTIONS)
    index = bench.index()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            run(Scripted(index), questions, tmp_path / name)
            grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            (tmp_path / "grown").write_text(str(grown))
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    # In KiB: the questions are held, the answers are not; what openpyxl brings when imported is counted too.
    assert int((tmp_path / "grown").read_text()) < (30_000 if QUESTIONS == 10_000 else 16_000)
