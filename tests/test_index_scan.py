from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from fake_terminal import invoke

from index.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

NOTICE = "中共青禾县委关于巡察整改情况的通报\n一、整改情况\n更换管网120公里。\n"


def names(folder: Path) -> list[str]:
    found = scan([folder], suffixes={".txt"}, without=folder / "index")
    return [candidate.relative for candidate in found.candidates]


def test_links_that_stay_inside_are_taken_and_others_refused(tmp_path: Path) -> None:
    folder, outside = tmp_path / "notices", tmp_path / "outside.txt"
    folder.mkdir()
    outside.write_text("秘密", "utf-8")
    (folder / "a.txt").write_text(NOTICE, "utf-8")
    (folder / "b.txt").symlink_to(folder / "a.txt")
    (folder / "c.txt").symlink_to(outside)
    (folder / "d.txt").symlink_to("/etc/passwd")
    (folder / "e.txt").symlink_to(folder / "e.txt")
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    assert names(folder) == ["a.txt", "b.txt"]
    refused = scan([folder], suffixes={".txt"}, without=tmp_path / "index").refused
    outside_of_it = "符号链接指向文件夹之外，未读取"
    assert set(refused) == {("c.txt", outside_of_it), ("d.txt", outside_of_it), ("e.txt", "符号链接绕成了圈，未读取")}
    result = invoke("index", folder, index=tmp_path / "index")
    assert result.exit_code == 1
    assert "失败 c.txt：符号链接指向文件夹之外" in result.stderr


def test_a_link_that_is_named_itself_is_taken(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NOTICE, "utf-8")
    (tmp_path / "inner").mkdir()
    link = tmp_path / "inner" / "b.txt"
    link.symlink_to(tmp_path / "a.txt")
    assert [c.relative for c in scan([link], suffixes={".txt"}, without=tmp_path / "index").candidates] == ["a.txt"]


def test_documents_of_other_kinds_are_told(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    for name in ("a.txt", "旧.doc", "扫描.JPG", "Thumbs.db", ".隐.doc"):
        (folder / name).write_text(NOTICE, "utf-8")
    result = invoke("index", folder, index=tmp_path / "index")
    assert result.exit_code == 0
    assert sorted(result.stderr.splitlines()) == [
        "注意 扫描.JPG：未读取，图片请先做文字识别（OCR）",
        "注意 旧.doc：未读取，请另存为 .docx",
    ]


@pytest.mark.parametrize("name", ["换\n行.txt", "转\u202etxt.txt", "响\x07.txt", "-rf.txt", "空 格 .txt"])
def test_odd_names_are_kept_and_never_printed_as_they_are(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    (folder / name).write_text(NOTICE, "utf-8")
    assert names(folder) == [name]
    result = invoke("index", folder, index=tmp_path / "index")
    assert result.exit_code == 0, result.output
    assert not {"\u202e", "\x07", "\n行"} & set(result.stdout)
    assert len(result.stdout.splitlines()) == 2
    asked = invoke("ask", "青禾县更换了多少公里管网？", index=tmp_path / "index")
    assert "120公里" in asked.stdout


@pytest.mark.skipif(os.name != "posix", reason="names of bytes")
def test_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    (folder / "a.txt").write_text(NOTICE, "utf-8")
    with open(os.fsencode(folder) + b"/" + "通报.txt".encode("gbk"), "wb") as file:  # noqa: PTH123
        file.write(NOTICE.encode())
    result = invoke("index", folder, index=tmp_path / "index")
    assert result.exit_code == 1
    assert "文件名不是有效的 UTF-8" in result.stderr
    assert "新增 1" in result.stdout


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    folder.mkdir()
    os.mkfifo(folder / "a.txt")
    assert names(folder) == []
    result = invoke("index", folder / "a.txt", index=tmp_path / "index")
    assert result.exit_code == 1
    assert "不是普通文件" in result.stderr


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
def test_what_is_called_like_a_document_and_is_no_file_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "notices"
    (folder / "夹.txt").mkdir(parents=True)
    (folder / "a.txt").write_text(NOTICE, "utf-8")
    (folder / "断.txt").symlink_to(folder / "没有.txt")
    os.mkfifo(folder / "管.txt")
    (folder / "~$a.docx").write_bytes(b"\x05name")
    assert names(folder) == ["a.txt"]
    refused = scan([folder], suffixes={".txt", ".docx"}, without=tmp_path / "index").refused
    assert set(refused) == {
        ("断.txt", "符号链接指向的文件不存在"),
        ("管.txt", "不是普通文件（是管道或设备），未读取"),
    }


def test_a_link_to_itself_that_is_named_is_told(tmp_path: Path) -> None:
    loop = tmp_path / "环.txt"
    loop.symlink_to(loop)
    result = invoke("index", loop, index=tmp_path / "index")
    assert result.exit_code == 1
    assert "环.txt：符号链接绕成了圈" in result.stderr


def test_a_file_in_the_place_of_an_index_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(NOTICE, "utf-8")
    result = invoke("ask", "更换了多少管网？", index=tmp_path / "a.txt")
    assert "a.txt 是文件，不是索引文件夹" in result.stderr
