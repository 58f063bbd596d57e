from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from fake_terminal import QUESTION, SAMPLES, invoke, one_line

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_what_an_indexing_reports(tmp_path: Path) -> None:
    notices = shutil.copytree(SAMPLES, tmp_path / "notices")
    directory = tmp_path / "index"
    assert invoke("index", notices, index=directory).stdout.endswith("新增 4，更新 0，未变 0，移除 0，失败 0\n")
    names = sorted(path.name for path in notices.iterdir())
    (notices / names[0]).unlink()
    with (notices / names[1]).open("ab") as file:
        file.write(b"\n2024\n")
    result = invoke("index", notices, index=directory)
    assert result.stdout.splitlines()[-1] == "新增 0，更新 1，未变 2，移除 1，失败 0"
    assert f"~ {names[1]}" in result.stdout
    assert f"- {names[0]}" in result.stdout


def test_bad_files_are_told_one_by_one_and_the_rest_is_indexed(tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLES, tmp_path / "notices")
    (folder / "a空.txt").write_text("\n  \n", "utf-8")
    (folder / "b零.txt").write_bytes(b"")
    (folder / "c二进制.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "d文件夹.txt").mkdir()
    (folder / "e只有标题.txt").write_text("一、整改情况\n（一）民生方面\n1.办好实事\n", "utf-8")
    (folder / "f长行.txt").write_text("甲市整改通报\n" + "投入1260万元，关停作坊45家。" * 110_000, "utf-8")
    result = invoke("index", folder, index=tmp_path / "index")
    failed = result.stderr.splitlines()
    assert result.exit_code == 1
    assert [line.split("：")[0] for line in failed[:3]] == ["失败 a空.txt", "失败 b零.txt", "失败 c二进制.txt"]
    assert all(line.startswith("失败 ") and line.count("：") >= 1 for line in failed)
    assert "+ f长行.txt" in result.stdout
    assert invoke("ask", QUESTION, index=tmp_path / "index").exit_code == 0


@pytest.mark.parametrize(
    "build", [lambda folder: folder / "none", lambda folder: folder, lambda folder: folder / "a.txt"]
)
def test_nothing_to_index_keeps_what_there_is(index: Path, tmp_path: Path, build: Callable[[Path], Path]) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    if build(folder).suffix:
        build(folder).write_bytes(b"")
    fresh = invoke("index", build(folder), index=tmp_path / "fresh")
    assert fresh.exit_code == 1
    assert one_line(fresh.stderr)
    copy = shutil.copytree(index, tmp_path / "copy")
    assert invoke("index", build(folder), index=copy).exit_code == 1
    assert "共 5 份通报" in invoke("notices", "list", index=copy).stdout


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="the superuser reads everything")
def test_an_unreadable_file(tmp_path: Path) -> None:
    folder = shutil.copytree(SAMPLES, tmp_path / "notices")
    (folder / "锁.txt").write_text("甲", "utf-8")
    (folder / "锁.txt").chmod(0)
    result = invoke("index", folder, index=tmp_path / "index")
    assert result.exit_code == 1
    assert "失败 锁.txt：无法读取" in result.stderr


def test_a_model_that_is_not_there(tmp_path: Path) -> None:
    result = invoke("index", SAMPLES, "--model", tmp_path / "none", index=tmp_path / "index")
    assert result.exit_code == 1
    assert one_line(result.stderr)


# --- indexes that cannot be used ---


def spoil(path: Path) -> None:
    """Turn every byte of `path`, keeping its size."""
    path.write_bytes(bytes(byte ^ 0xFF for byte in path.read_bytes()))


def missing(folder: Path, _: Path) -> Path:
    return folder / "none"


def foreign(folder: Path, _: Path) -> Path:
    (folder / "照片.jpg").write_bytes(b"x")
    return folder


def a_file(folder: Path, _: Path) -> Path:
    (folder / "文件").write_bytes(b"x")
    return folder / "文件"


def half_deleted(folder: Path, index: Path) -> Path:
    copy = shutil.copytree(index, folder / "copy")
    next(copy.glob("generations/*/texts*")).unlink()
    return copy


def no_manifest(folder: Path, index: Path) -> Path:
    copy = shutil.copytree(index, folder / "copy")
    next(copy.glob("generations/*/manifest.json")).write_text("{", "utf-8")
    return copy


def other_format(folder: Path, index: Path) -> Path:
    copy = shutil.copytree(index, folder / "copy")
    path = next(copy.glob("generations/*/manifest.json"))
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"format": 99}), "utf-8")
    return copy


def no_generation(folder: Path, index: Path) -> Path:
    copy = shutil.copytree(index, folder / "copy")
    shutil.rmtree(copy / "generations")
    return copy


@pytest.mark.parametrize(
    "spoilt",
    [missing, foreign, a_file, half_deleted, no_manifest, other_format, no_generation],
    ids=lambda f: f.__name__,
)
def test_an_index_that_cannot_be_used_is_told_with_what_to_run(
    tmp_path: Path, index: Path, spoilt: Callable[[Path, Path], Path]
) -> None:
    directory = spoilt(tmp_path, index)
    questions = tmp_path / "q.txt"
    questions.write_text("谁？\n", "utf-8")
    for words in (
        ["ask", "谁？"],
        ["search", "谁？"],
        ["notices", "list"],
        ["verify"],
        ["batch", questions, tmp_path / "o.csv"],
    ):
        result = invoke(*words, index=directory)
        assert result.exit_code == 1, words
        assert one_line(result.stderr)
        assert str(directory) in result.stderr
        assert "tongbao index" in result.stderr
    assert not (tmp_path / "o.csv").exists()


def test_bytes_that_were_altered_are_blamed(tmp_path: Path, index: Path) -> None:
    """Whatever reading them leads to: an answer from what is left, or one line that says which file."""
    files = [path for path in index.glob("generations/*/**/*") if path.is_file() and path.name != "manifest.json"]
    for number, path in enumerate(files):
        copy = shutil.copytree(index, tmp_path / str(number))
        spoil(copy / path.relative_to(index))
        result = invoke("ask", QUESTION, index=copy)
        assert result.exit_code in {0, 1}, path
        assert result.exit_code == 0 or one_line(result.stderr)
        assert "程序内部错误" not in result.stderr, path
