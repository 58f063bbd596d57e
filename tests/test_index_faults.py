"""Places that take nothing, and what lies in the way: one line, and nothing is lost that was good."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fake_index import Bench, FakeEmbedder, pipeline, state
from fakes_faults import room_for

from index.archive import ArchiveError, export_index, import_index
from index.errors import IndexDamagedError, IndexMissingError, NothingIndexedError
from index.preparing import Here
from index.publish import IndexWriteError
from index.readers import read_file
from index.repair import repair_index
from index.store import open_index
from index.update import silent, update_index
from index.verify import verify_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from index.config import IndexConfig
    from index.scan import Candidate

A = "甲市通报\n改造小区12个。\n"
B = "乙县通报\n新建学校两所。\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.write(a=A, b=B)
    bench.update()
    return bench


# --- in the way ---


def test_a_lock_that_is_a_folder_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.write(a=A)
    (bench.directory / ".lock").mkdir(parents=True)
    with pytest.raises(IndexWriteError, match="不能写入索引文件夹"):
        bench.update()


def test_a_pointer_that_is_a_folder_is_told(bench: Bench) -> None:
    (bench.directory / "CURRENT").unlink()
    (bench.directory / "CURRENT").mkdir()
    with pytest.raises(IndexDamagedError, match=r"CURRENT.*tongbao repair"):
        bench.update()
    with pytest.raises(IndexWriteError, match="CURRENT 是文件夹，不是文件；请把它移走"):
        repair_index(bench.directory, progress=silent, embedder=bench.embedder)
    (bench.directory / "CURRENT").rmdir()
    assert bench.update().unchanged == ("a.txt", "b.txt")


def test_a_file_where_generations_should_lie_is_told(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.write(a=A)
    bench.directory.mkdir()
    (bench.directory / "generations").write_text("我的文件", "utf-8")
    with pytest.raises(IndexWriteError, match="写入失败"):
        bench.update()
    assert (bench.directory / "generations").read_text("utf-8") == "我的文件"


def test_what_is_not_the_index_s_stays(bench: Bench, tmp_path: Path) -> None:
    """Whoever chose a folder of his own for the index lost what stood in its `generations`."""
    export_index(bench.directory, tmp_path / "a.zip")
    own = tmp_path / "own"
    (own / "generations" / "第一代").mkdir(parents=True)
    kept = (own / "稿.txt", own / "generations" / "第一代" / "稿.txt", own / "generations" / "说明")
    for path in kept:
        path.write_text("我的文件", "utf-8")
    import_index(tmp_path / "a.zip", own)
    for text in ("丙区通报\n整治河道。\n", A, B):
        bench.write(c=text)
        update_index([bench.notices], directory=own, embedder=FakeEmbedder(), pipeline=pipeline())
    assert [path.read_text("utf-8") for path in kept] == ["我的文件"] * 3
    assert verify_index(own) == []


def test_an_export_is_a_file(bench: Bench, tmp_path: Path) -> None:
    for force in (False, True):
        with pytest.raises(ArchiveError, match="是文件夹，应为文件"):
            export_index(bench.directory, tmp_path, force=force)
    with pytest.raises(ArchiveError, match="没有这个文件或文件夹"):
        export_index(bench.directory, tmp_path / "无" / "a.zip")
    with pytest.raises(ArchiveError, match="是文件夹，不是文件"):
        import_index(tmp_path, tmp_path / "other")


# --- no room ---


def test_an_export_that_finds_no_room_leaves_the_earlier_one(bench: Bench, tmp_path: Path) -> None:
    export_index(bench.directory, tmp_path / "a.zip")
    before = (tmp_path / "a.zip").read_bytes()
    with room_for(2000), pytest.raises(ArchiveError, match="无法写入"):
        export_index(bench.directory, tmp_path / "a.zip", force=True)
    assert (tmp_path / "a.zip").read_bytes() == before
    assert not list(tmp_path.glob(".a.zip*"))


def test_an_import_that_finds_no_room_leaves_the_earlier_index(bench: Bench, tmp_path: Path) -> None:
    export_index(bench.directory, tmp_path / "a.zip")
    before = state(bench.index())
    with room_for(200), pytest.raises(IndexWriteError, match=r"磁盘空间不足.*请腾出空间后再试"):
        import_index(tmp_path / "a.zip", bench.directory, force=True)
    assert state(bench.index()) == before
    assert not (bench.directory / "generations" / ".new").exists()


# --- a pointer that is lost ---


def test_without_its_pointer_an_index_is_not_begun_anew(bench: Bench, tmp_path: Path) -> None:
    """Indexing one folder threw away what the index held of others."""
    export_index(bench.directory, tmp_path / "a.zip")
    (bench.directory / "CURRENT").unlink()
    with pytest.raises(IndexMissingError, match="CURRENT 缺失；请运行 tongbao repair"):
        open_index(bench.directory)
    with pytest.raises(ArchiveError, match="已有索引"):
        import_index(tmp_path / "a.zip", bench.directory)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "c.txt").write_text("丙区通报\n整治河道。\n", "utf-8")
    assert bench.update(tmp_path / "more").added == ("c.txt",)
    assert [record["path"] for record in bench.index().files] == ["a.txt", "b.txt", "c.txt"]


def test_without_its_pointer_a_damaged_index_is_begun_anew(bench: Bench) -> None:
    """An older generation is not gone back to: it may hold what was removed since."""
    bench.write(c="丙区通报\n整治河道。\n")
    bench.update()
    (bench.notices / "a.txt").unlink()
    bench.update()
    (bench.directory / "CURRENT").unlink()
    (bench.directory / "generations" / "000003" / "texts.z").unlink()
    assert bench.update().added == ("b.txt", "c.txt")


# --- sources ---


class Vanishing(Here):
    """Prepares files when something has gone that was met and hashed."""

    def __init__(self, gone: Callable[[], object], config: IndexConfig) -> None:
        super().__init__(replace(pipeline(), read=lambda path, *, root: read_file(path, root=root)), config)
        self._gone = gone

    def expect(self, candidates: Sequence[Candidate]) -> None:
        assert candidates
        self._gone()


def test_a_file_that_goes_between_being_met_and_being_read(bench: Bench) -> None:
    bench.write(b=B + "再建一所。\n", c="丙区通报\n整治河道。\n")
    report = bench.update(elsewhere=lambda config, _: Vanishing((bench.notices / "b.txt").unlink, config))
    assert report.added == ("c.txt",)
    assert report.removed == ("b.txt",)
    assert [(name, "没有这个文件" in reason) for name, reason in report.failed] == [("b.txt", True)]
    assert [record["path"] for record in bench.index().files] == ["a.txt", "c.txt"]
    assert verify_index(bench.directory) == []


def test_a_folder_that_goes_while_it_is_indexed(tmp_path: Path) -> None:
    bench = Bench(tmp_path)
    bench.write(a=A, b=B)
    bench.update()
    before = state(bench.index())
    bench.write(a=A + "再改一个。\n", b=B + "再建一所。\n")
    with pytest.raises(NothingIndexedError, match=r"索引未改动；a\.txt：无法读取：没有这个文件"):
        bench.update(elsewhere=lambda config, _: Vanishing(lambda: shutil.rmtree(bench.notices), config))
    assert state(bench.index()) == before
