"""Folders without rights, full disks and files in the way: what the command line tells, and what it leaves as it was."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_batch import Scripted, questions_in, records, run
from fake_index import Bench
from fake_terminal import QUESTION, SAMPLES, one_line, process
from fakes_faults import Powerless, give_away, powerless, room_for

from assistant.errors import BatchError
from index.store import open_index

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def nobody(index: Path) -> Iterator[Powerless]:
    """Yield the command line of a user without rights, beside an index and notices that others may read."""
    with powerless() as called:
        shutil.copytree(index, called.home / "ix")
        shutil.copytree(SAMPLES, called.home / "notices")
        (called.home / "q.txt").write_text("云川市2023年规上工业增加值比上一年增长多少?\n", "utf-8")
        for path in (called.home, *called.home.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
        (called.home / "own").mkdir()
        give_away(called.home / "own")
        if not _is_bound(called):
            pytest.skip("this user may write where no rights are given")
        yield called


def _is_bound(called: Powerless) -> bool:
    """Close what only its owner may write, for a user who is not the superuser and owns all of it."""
    for name in ("ix", "."):
        (called.home / name).chmod(0o555)
    return called("index", "notices", "--index", "new").returncode == 1


# --- an index that may be read and not written ---


@pytest.mark.parametrize(
    "words",
    [
        ["index", "notices", "--index", "ix"],
        ["index", "notices", "--index", "new"],
        ["notices", "remove", "云川市.txt", "--index", "ix"],
        ["batch", "q.txt", "o.csv", "--index", "ix"],
        ["export", "o.zip", "--index", "ix"],
        ["ask", QUESTION, "--index", "ix", "--log-file", "o.log"],
    ],
    ids=lambda words: words[0],
)
def test_where_nothing_may_be_written_one_line_tells_where(nobody: Powerless, words: list[str]) -> None:
    done = nobody(*words)
    assert done.returncode == 1
    assert one_line(done.stderr)
    assert "没有权限；请检查权限，或换一个位置" in done.stderr
    assert any(name in done.stderr for name in ("ix", "new", "o.csv", "o.zip", "o.log"))
    assert sorted(path.name for path in nobody.home.iterdir()) == ["ix", "notices", "own", "q.txt"]


def test_an_index_that_may_be_read_only_is_asked_and_saved(nobody: Powerless) -> None:
    assert nobody("ask", QUESTION, "--index", "ix").returncode == 0
    assert nobody("batch", "q.txt", "own/o.csv", "--index", "ix").returncode == 0
    assert nobody("export", "own/a.zip", "--index", "ix").returncode == 0
    refused = nobody("import", "own/a.zip", "--force", "--index", "ix")
    assert refused.returncode == 1
    assert refused.stderr.startswith("不能写入索引文件夹 ix")


# --- what may not be read ---


@pytest.mark.parametrize("name", ["generations", "CURRENT", "texts.z"])
def test_an_index_that_may_not_be_read_is_not_called_damaged(nobody: Powerless, name: str) -> None:
    """It was advised to delete it."""
    home = nobody.home / "ix"
    with nobody.closed(open_index(home).folder / name if name == "texts.z" else home / name):
        done = nobody("ask", QUESTION, "--index", "ix")
        looked = nobody("verify", "--index", "ix")
        saved = nobody("export", "own/b.zip", "--index", "ix") if name == "texts.z" else done
    for one in (done, saved, looked):
        assert one.returncode == 1
        assert "没有权限" in one.stdout + one.stderr
        assert "删除" not in one.stdout + one.stderr
    assert one_line(done.stderr)
    assert one_line(saved.stderr)
    assert not (nobody.home / "own" / "b.zip").exists()


def test_a_source_that_may_not_be_read_is_told_and_the_rest_is_indexed(nobody: Powerless) -> None:
    """One in a closed folder ended the whole run."""
    with nobody.closed(nobody.home / "notices"):
        done = nobody("index", "notices/云川市.txt", "q.txt", "--index", "own/ix")
    assert done.returncode == 1
    assert "新增 1" in done.stdout
    assert one_line(done.stderr)
    assert "失败 notices/云川市.txt：无法读取：没有权限" in done.stderr


def test_files_given_that_may_not_be_read_are_a_failure_in_one_line(nobody: Powerless) -> None:
    """The parser's refusal was of several lines, in English, and said bad usage."""
    with nobody.closed(nobody.home / "q.txt"):
        for words in (["batch", "q.txt", "own/p.csv"], ["import", "q.txt"]):
            done = nobody(*words, "--index", "own/none" if words[0] == "import" else "ix")
            assert done.returncode == 1, words
            assert one_line(done.stderr)
            assert "q.txt" in done.stderr
            assert "没有权限" in done.stderr


# --- a batch without room ---


@pytest.fixture
def fake(tmp_path: Path) -> Scripted:
    bench = Bench(tmp_path)
    bench.write(甲="甲市通报\n一、整改\n关停45家\n")
    bench.update()
    return Scripted(bench.index())


@pytest.mark.parametrize("name", ["o.jsonl", "o.csv", "o.xlsx", "o.txt"])
def test_a_batch_that_runs_out_of_room_goes_on_from_there(tmp_path: Path, fake: Scripted, name: str) -> None:
    questions = questions_in(tmp_path, "q.txt", "".join(f"甲市第{number}问？\n" for number in range(30)))
    for room in (0, 700, 3000, 9000):
        with room_for(room), pytest.raises(BatchError, match=rf"输出 \S*{name} 写入失败：文件超过.*--resume"):
            run(fake, questions, tmp_path / name, resume=room > 0)
    done = (tmp_path / (name if name == "o.jsonl" else f".{name}.rows")).read_bytes().count(b"\n")
    fake.asked.clear()
    assert run(fake, questions, tmp_path / name, resume=True) == 0
    assert len(fake.asked) == 30 - done < 30
    run(fake, questions, tmp_path / f"whole{name}")
    if name != "o.xlsx":
        assert (tmp_path / name).read_bytes() == (tmp_path / f"whole{name}").read_bytes()
    if name == "o.jsonl":
        assert [one["id"] for one in records(tmp_path / name)] == [f"q{number}" for number in range(1, 31)]
    assert not list(tmp_path.glob(".*.part"))


# --- a log without room ---


@pytest.mark.skipif(not FULL.exists(), reason="there is no /dev/full")
def test_a_log_that_cannot_be_written_on_is_told_once(index: Path) -> None:
    """Each line of the log was a trace of Python's on stderr."""
    done = process("ask", QUESTION, "--log-level", "debug", "--log-file", FULL, "--index", index)
    assert done.returncode == 0
    assert "[1]" in done.stdout
    assert one_line(done.stderr)
    assert "日志 /dev/full 写入失败" in done.stderr
    assert "磁盘空间不足；请腾出空间后再试" in done.stderr
