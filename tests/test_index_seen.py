"""Sources that stand as they were met are not read, and no change is missed for it."""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
from fake_index import FakeEmbedder, pipeline
from fake_terminal import invoke

from index.seen import FILE, Seen, settled
from index.store import open_index
from index.update import UpdateReport, update_index

if TYPE_CHECKING:
    from pathlib import Path

LONG_AGO = time.time_ns() - 3_600_000_000_000
FIRST, OTHER = "甲市通报\n改造小区12个。\n", "甲市通报\n改造小区34个。\n"


class Folder:
    """Two notices and their index; counts how often a source is read to be hashed."""

    def __init__(self, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.home = home
        self.notices = home / "notices"
        self.directory = home / "index"
        self.notices.mkdir()
        self.path = self.notices / "a.txt"
        self.path.write_text(FIRST, "utf-8")
        (self.notices / "b.txt").write_text("乙县通报\n新建学校两所。\n", "utf-8")
        self.hashed: list[str] = []
        self._patch = monkeypatch
        self.wait()

    def wait(self) -> None:
        """Let the clock be an hour ahead, so that what was written counts as settled; times of files stay as they are."""
        ahead = time.time_ns() + 3_600_000_000_000
        self._patch.setattr("index.seen.time.time_ns", lambda: ahead)

    def update(self, **options: Any) -> UpdateReport:
        self.hashed.clear()
        from index import plan

        digest = plan._digest
        with self._patch.context() as patch:

            def counted(candidate: Any) -> str:
                self.hashed.append(candidate.relative)
                return digest(candidate)

            patch.setattr("index.plan._digest", counted)
            return update_index(
                [self.notices], directory=self.directory, pipeline=pipeline(), embedder=FakeEmbedder(), **options
            )

    def text(self) -> str:
        return open_index(self.directory).text("a.txt")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return Folder(tmp_path, monkeypatch)


def test_files_that_stand_as_they_were_met_are_not_read(folder: Folder) -> None:
    first = folder.update()
    assert folder.hashed == ["a.txt", "b.txt"]
    again = folder.update()
    assert folder.hashed == []
    assert (again.unchanged, again.generation) == (("a.txt", "b.txt"), first.generation)
    folder.update(check_contents=True)
    assert folder.hashed == ["a.txt", "b.txt"]


def _over(folder: Folder) -> None:
    folder.path.write_text(OTHER, "utf-8")


def _over_with_old_times(folder: Folder) -> None:
    old = folder.path.stat()
    folder.path.write_text(OTHER, "utf-8")
    os.utime(folder.path, ns=(old.st_atime_ns, old.st_mtime_ns))


def _copied_over_with_times(folder: Folder) -> None:
    other = folder.home / "other.txt"
    other.write_text(OTHER, "utf-8")
    old = folder.path.stat()
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    shutil.copy2(other, folder.path)


def _put_in_its_place(folder: Folder) -> None:
    other = folder.home / "other.txt"
    other.write_text(OTHER, "utf-8")
    old = folder.path.stat()
    os.utime(other, ns=(old.st_atime_ns, old.st_mtime_ns))
    other.replace(folder.path)


@pytest.mark.parametrize("change", [_over, _over_with_old_times, _copied_over_with_times, _put_in_its_place])
def test_other_words_of_the_same_size_are_not_missed(folder: Folder, change: Any) -> None:
    folder.update()
    time.sleep(0.02)  # a tick of the file system's clock
    change(folder)
    folder.wait()
    report = folder.update()
    assert report.changed == ("a.txt",)
    assert folder.text() == OTHER


def test_a_change_within_the_tick_of_the_one_before_is_not_missed(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    found = folder.path.stat()
    assert settled(folder.path) is None
    folder.update()
    # As if no tick lay between: the very same numbers, with other words.
    seen = Seen.open(folder.directory)
    assert not seen.holds(str(folder.path), found, open_index(folder.directory).files[0]["sha256"])
    folder.path.write_text(OTHER, "utf-8")
    assert folder.update().changed == ("a.txt",)


def test_a_touched_file_is_read_once_more_and_then_remembered(folder: Folder) -> None:
    folder.update()
    os.utime(folder.path)
    folder.wait()
    assert folder.update().changed == ()
    assert folder.hashed == ["a.txt"]
    folder.update()
    assert folder.hashed == []


@pytest.mark.parametrize("spoil", [lambda data: data[:0], lambda data: data[:-1], lambda data: data[:-1] + b"x"])
def test_a_spoilt_memory_is_no_memory(folder: Folder, spoil: Any) -> None:
    folder.update()
    path = folder.directory / FILE
    path.write_bytes(spoil(path.read_bytes()))
    folder.update()
    assert folder.hashed == ["a.txt", "b.txt"]
    path.unlink()
    folder.update()
    assert folder.hashed == ["a.txt", "b.txt"]


def test_a_memory_of_another_index_or_place_is_of_no_use(folder: Folder) -> None:
    folder.update()
    moved = folder.notices.rename(folder.home / "moved")
    folder.notices = moved
    report = folder.update()
    assert folder.hashed == ["a.txt", "b.txt"]
    assert (report.added, report.removed) == ((), ())
    (moved / "b.txt").unlink()
    folder.update()
    assert (folder.directory / FILE).stat().st_size < 100


def test_where_it_cannot_be_written_the_index_is_right_all_the_same(folder: Folder) -> None:
    (folder.directory / f"{FILE}.new").mkdir(parents=True)
    folder.update()
    folder.update()
    assert folder.hashed == ["a.txt", "b.txt"]


def test_the_command_reads_contents_if_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(FIRST, "utf-8")
    for option in ([], ["--check-contents"]):
        assert invoke("index", str(tmp_path / "a.txt"), *option, index=tmp_path / "index").exit_code == 0
