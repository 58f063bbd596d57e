from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from fake_index import Bench, pipeline, state
from fake_terminal import QUESTION, SAMPLES, invoke, one_line

from index.errors import IndexMissingError
from index.manifest import numbered
from index.repair import RepairReport, repair_index
from index.update import remove_notices, silent
from index.verify import verify_index

if TYPE_CHECKING:
    from pathlib import Path

A = "甲市通报\n改造小区12个。\n"
B = "乙县通报\n新建学校两所。\n===\n丙区通报\n整治河道。\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.write(a=A, b=B)
    bench.update()
    return bench


def repair(bench: Bench) -> RepairReport:
    return repair_index(bench.directory, progress=silent, pipeline=pipeline(), embedder=bench.embedder)


def spoil(path: Path) -> None:
    path.write_bytes(bytes(byte ^ 0x55 for byte in path.read_bytes()) or b"x")


def files(bench: Bench) -> list[str]:
    folder = bench.index().folder
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_sound_index_is_left_alone(bench: Bench) -> None:
    assert repair(bench) == RepairReport(generation="000001")
    assert numbered(bench.directory) == ["000001"]


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        repair_index(tmp_path / "none", progress=silent)


@pytest.mark.parametrize("gone", [False, True], ids=["altered", "gone"])
def test_any_damaged_file_is_named_and_restored_from_the_sources(bench: Bench, gone: bool) -> None:
    sound = state(bench.index())
    for name in files(bench):
        path = bench.index().folder / name
        path.unlink() if gone else spoil(path)
        assert name in [problem.where for problem in verify_index(bench.directory)]
        report = repair(bench)
        if name == "manifest.json":
            assert "清单已损坏" in report.lost[0][1]
        elif name == "files.txt":
            # With the list of files everything that it says is gone: it is told that two are lost.
            assert "2 个文件的记录已损坏" in report.lost[0][1]
            shutil.rmtree(bench.directory)
            bench.update()
            continue
        else:
            assert report.lost == ()
        assert [name for name, _ in report.restored] == ["a.txt", "b.txt"]
        assert verify_index(bench.directory) == []
        assert state(bench.index()) == sound


@pytest.mark.parametrize("name", ["dense/vectors.faiss", "lexical/words.txt", "passages.npy", "kinship/kin.npy"])
def test_without_sources_the_texts_of_the_index_serve(bench: Bench, name: str) -> None:
    sound = state(bench.index())
    shutil.rmtree(bench.notices)
    (bench.index().folder / name).unlink()
    report = repair(bench)
    assert report.restored == (("a.txt", "索引"), ("b.txt", "索引"))
    assert report.lost == ()
    assert state(bench.index()) == sound


def test_without_sources_the_generation_before_serves_for_what_is_the_same(bench: Bench) -> None:
    bench.write(c="丁镇通报\n修路。\n")
    bench.update()
    shutil.rmtree(bench.notices)
    spoil(bench.index().folder / "texts.z")
    report = repair(bench)
    assert report.restored == (("a.txt", "上一版"), ("b.txt", "上一版"))
    assert [name for name, _ in report.lost] == ["c.txt"]
    assert "已不存在" in report.lost[0][1]
    assert bench.index().text("a.txt") == A


def test_what_was_removed_does_not_come_back(bench: Bench) -> None:
    index = bench.index()
    remove_notices(["a.txt", index.notices[1].id], directory=bench.directory, embedder=bench.embedder)
    kept = state(bench.index())
    spoil(bench.index().folder / "dense" / "vectors.faiss")
    assert repair(bench).restored == (("b.txt", "来源"),)
    assert state(bench.index()) == kept
    spoil(bench.index().folder / "notices.txt")
    report = repair(bench)
    assert report.restored == ()
    assert "无法分辨" in dict(report.lost)["b.txt"]


def test_a_source_that_changed_meanwhile(bench: Bench) -> None:
    bench.write(a="甲市通报\n改造小区20个。\n")
    spoil(bench.index().folder / "texts.z")
    report = repair(bench)
    assert dict(report.restored) == {"a.txt": "来源（内容已比索引新）", "b.txt": "来源"}
    assert bench.index().text("a.txt") == "甲市通报\n改造小区20个。\n"


@pytest.mark.parametrize("content", [None, b"", b"?", b"000009\n"])
def test_a_lost_pointer_is_set_to_the_newest_sound_generation(bench: Bench, content: bytes | None) -> None:
    bench.write(c="丁镇通报\n修路。\n")
    bench.update()
    pointer = bench.directory / "CURRENT"
    pointer.unlink() if content is None else pointer.write_bytes(content)
    assert repair(bench) == RepairReport(damaged=("CURRENT",), generation="000002")
    assert len(bench.index().files) == 3
    pointer.unlink()
    spoil(bench.directory / "generations" / "000002" / "texts.z")
    assert repair(bench).generation == "000001"


def test_nothing_to_be_had(bench: Bench) -> None:
    shutil.rmtree(bench.notices)
    spoil(bench.index().folder / "texts.z")
    report = repair(bench)
    assert (report.generation, report.restored, len(report.lost)) == ("", (), 2)


def test_the_command_line(tmp_path: Path, index: Path) -> None:
    directory = shutil.copytree(index, tmp_path / "index")
    assert "无需修复" in invoke("repair", index=directory).stdout
    answer = invoke("ask", QUESTION, index=directory).stdout
    spoil(next(directory.glob("generations/*/dense/vectors.faiss")))
    assert "tongbao repair" in invoke("verify", index=directory).stderr
    result = invoke("repair", index=directory)
    assert result.exit_code == 0
    assert "损坏：dense/vectors.faiss" in result.stdout
    assert "恢复：云川市.txt（来源）" in result.stdout
    assert invoke("ask", QUESTION, index=directory).stdout == answer
    spoil(next(directory.glob("generations/000002/files.txt")))
    shutil.rmtree(directory / "generations" / "000001")
    result = invoke("repair", index=directory)
    assert result.exit_code == 1
    assert one_line(result.stderr)
    assert "tongbao repair 通报文件夹" in result.stderr
    assert invoke("repair", SAMPLES, index=directory).exit_code == 0
    assert invoke("ask", QUESTION, index=directory).stdout == answer
