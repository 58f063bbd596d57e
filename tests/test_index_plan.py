"""Which files an update takes, keeps, renames and drops."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from fake_index import Bench, state

from index.errors import IndexMissingError
from index.update import UpdateReport, remove_notices
from index.verify import verify_index

A = "甲市通报\n改造小区12个。\n"
B = "乙县通报\n新建学校两所。\n===\n丙区通报\n整治河道。\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_bad_files_are_reported_and_the_rest_indexed(bench: Bench) -> None:
    bench.write(a=A, blank=" \n")
    (bench.notices / "binary.txt").write_bytes(b"\xff\xff")
    (bench.notices / "other.pdf").write_bytes(b"%PDF")
    report = bench.update()
    assert report.added == ("a.txt",)
    assert report.failed == (("binary.txt", "不是 UTF-8"), ("blank.txt", "文件是空的"))


def test_missing_path_is_reported(bench: Bench) -> None:
    bench.write(a=A)
    absent = bench.home / "absent"
    report = bench.update(bench.notices, absent)
    assert report.failed == ((str(absent), "找不到该文件或文件夹"),)


def test_file_that_turned_bad_is_no_longer_answered(bench: Bench) -> None:
    bench.write(a=A, b=B)
    bench.update()
    bench.write(a=" ")
    report = bench.update()
    assert (report.removed, report.failed) == (("a.txt",), (("a.txt", "文件是空的"),))
    assert {notice.file for notice in bench.index().notices} == {"b.txt"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_file_that_cannot_be_opened_stays(bench: Bench) -> None:
    bench.write(a=A, b=B)
    bench.update()
    (bench.notices / "a.txt").chmod(0)
    report = bench.update()
    assert report.failed[0][0] == "a.txt"
    assert report.removed == ()
    assert len(bench.index().files) == 2


def test_folders_hidden_files_and_the_index_itself(bench: Bench) -> None:
    bench.directory = bench.notices / "index"
    bench.write(a=A)
    for place in (".hidden/x.txt", "sub/deep/B.TXT", ".y.txt"):
        path = bench.notices / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(B, "utf-8")
    assert bench.update().added == ("a.txt", "sub/deep/B.TXT")
    assert bench.update().unchanged == ("a.txt", "sub/deep/B.TXT")


def test_single_file_then_its_folder(bench: Bench) -> None:
    bench.write(a=A, b=B)
    assert bench.update(bench.notices / "a.txt").added == ("a.txt",)
    report = bench.update(bench.notices, bench.notices / "a.txt")
    assert (report.added, report.unchanged) == (("b.txt",), ("a.txt",))


def test_files_elsewhere_stay(bench: Bench) -> None:
    bench.write(a=A)
    bench.update()
    other = bench.home / "other"
    other.mkdir()
    (other / "b.txt").write_text(B, "utf-8")
    assert bench.update(other).added == ("b.txt",)
    (other / "b.txt").unlink()
    (other / "c.txt").write_text("丁镇通报\n", "utf-8")
    assert bench.update(other) == UpdateReport(added=("c.txt",), removed=("b.txt",), generation="000003")
    assert [record["path"] for record in bench.index().files] == ["a.txt", "c.txt"]


def test_same_name_in_two_folders(bench: Bench) -> None:
    roots = [bench.home / name / "notices" for name in ("x", "y", "z")]
    for number, root in enumerate(roots):
        root.mkdir(parents=True)
        (root / "a.txt").write_text(f"甲市通报\n第{number}件。\n", "utf-8")
    report = bench.update(*roots)
    assert report.added == ("a.txt", "notices-2/a.txt", "notices/a.txt")
    assert bench.update(*reversed(roots)).unchanged == report.added
    (roots[2] / "a.txt").write_text("甲市通报\n第九件。\n", "utf-8")
    assert bench.update(roots[2]).changed == ("notices-2/a.txt",)
    assert "第九件" in bench.index().text("notices-2/a.txt")


def test_equal_copy_of_a_file_is_not_added_twice(bench: Bench) -> None:
    bench.write(a=A)
    copy = bench.home / "copy"
    shutil.copytree(bench.notices, copy)
    assert bench.update(bench.notices, copy).added == ("a.txt",)
    assert bench.update(copy).unchanged == ("a.txt",)
    assert bench.update(copy).generation == "000001"


def test_moved_folder_is_recognised(bench: Bench) -> None:
    bench.write(**{"sub/a": A, "b": B, "c": "丁镇通报\n"})
    bench.update()
    bench.embedder.encoded = 0
    moved = bench.notices.rename(bench.home / "moved")
    (moved / "c.txt").unlink()
    report = bench.update(moved)
    assert report == UpdateReport(unchanged=("b.txt", "sub/a.txt"), removed=("c.txt",), generation="000002")
    assert bench.embedder.encoded == 0
    assert bench.index().files[0]["location"] == str(moved / "b.txt")


def test_remove_notice_and_file(bench: Bench) -> None:
    bench.write(a=A, b=B)
    bench.update()
    first = next(notice for notice in bench.index().notices if notice.file == "b.txt")
    options: dict[str, Any] = {"directory": bench.directory, "embedder": bench.embedder}
    assert remove_notices([first.id, "none"], **options) == UpdateReport(
        changed=("b.txt",), failed=(("none", "索引中没有这个通报或文件"),), generation="000002"
    )
    assert [notice.unit for notice in bench.index().notices] == ["甲市通", "丙区通"]
    assert verify_index(bench.directory) == []
    assert remove_notices(["a.txt"], **options).removed == ("a.txt",)
    last = bench.index().notices[0].id
    assert remove_notices([last], **options).removed == ("b.txt",)
    assert (len(bench.index().notices), len(bench.index().passages)) == (0, 0)
    assert verify_index(bench.directory) == []
    assert bench.update().added == ("a.txt", "b.txt")


def test_indexing_brings_a_removed_notice_back(bench: Bench) -> None:
    bench.write(b=B)
    bench.update()
    before = state(bench.index())
    remove_notices([bench.index().notices[0].id], directory=bench.directory, embedder=bench.embedder)
    assert bench.update().changed == ("b.txt",)
    assert state(bench.index()) == before


def test_removing_nothing_publishes_nothing(bench: Bench) -> None:
    bench.write(a=A)
    bench.update()
    report = remove_notices(["none"], directory=bench.directory, embedder=bench.embedder)
    assert (report.generation, len(report.failed)) == ("000001", 1)
    with pytest.raises(IndexMissingError):
        remove_notices(["none"], directory=bench.home / "absent")
    assert not (bench.home / "absent").exists()
