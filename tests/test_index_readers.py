from __future__ import annotations

import codecs
import os
import random
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ReadError, TongbaoError
from index.readers import SUFFIXES, read_file
from index.readers.text import read_text

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "中共云川市委关于巡视整改进展情况的通报\n（一）新建𣲘塘小学，投入3.5亿元。\n"


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (TEXT.encode("gb18030"), "gb18030"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.replace("\n", "\r\n").encode(), "utf-8"),
        (TEXT.replace("\n", "\r").encode("gb18030"), "gb18030"),
        (TEXT.replace("\n", "\r\n").encode("utf-16-be"), "utf-16-be"),
    ],
)
def test_every_encoding_and_newline_gives_the_same_text(data: bytes, encoding: str) -> None:
    source = read_text(data, path="a.txt")
    assert source.text == TEXT
    assert source.encoding == encoding
    assert len(source.sha256) == 64


@pytest.mark.parametrize("text", ["巡察", "通报", "联通", "一、", "整改。"])
def test_short_gb18030_is_not_taken_for_another_encoding(text: str) -> None:
    assert read_text(text.encode("gb18030"), path="a.txt").text == text


@settings(deadline=None)
@given(st.text(alphabet="一二三关于整改通报情况（），。、0123456789\n 𣲘臺", min_size=1))
def test_utf8_and_gb18030_come_back_as_written(text: str) -> None:
    if text.strip():
        assert read_text(text.encode(), path="a.txt").text == text
        assert read_text(codecs.BOM_UTF16_BE + text.encode("utf-16-be"), path="a.txt").text == text


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"  \r\n\t ",
        codecs.BOM_UTF8,
        codecs.BOM_UTF16_LE,
        "\u3000\u3000\n".encode(),
        "\u200b\u200e\ufeff".encode(),
    ],
)
def test_nothing_to_read_is_an_empty_file(data: bytes) -> None:
    with pytest.raises(ReadError, match="空"):
        read_text(data, path="a.txt")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x01\x00\x08\x06" * 20,
        b"PK\x03\x04\x14\x00\x06\x00\x08\x00" * 50,
        bytes(range(256)) * 10,
        b"\x00" * 1000,
        random.Random(7).randbytes(5000),
        codecs.BOM_UTF16_LE + "字".encode("utf-16-le") + b"\x01",
        codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"),
    ],
)
def test_binary_data_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(TongbaoError) as caught:
        read_text(data, path="a.txt")
    assert "\n" not in str(caught.value)


def test_truncated_utf8_is_refused_and_not_read_as_other_characters() -> None:
    data = ("整改进展情况" * 50).encode()
    with pytest.raises(ReadError, match="第 897 字节"):
        read_text(data[:-1], path="a.txt")
    with pytest.raises(ReadError, match="损坏"):
        read_text(data[:300] + b"\xff" + data[300:], path="a.txt")


def test_a_few_null_bytes_are_kept() -> None:
    text = "整改" * 200 + "\x00" + "完成"
    assert read_text(text.encode(), path="a.txt").text == text


def test_a_line_of_5_mb_is_read_at_once() -> None:
    data = ("整改" * 833_334).encode()
    started = time.process_time()
    assert len(read_text(data, path="a.txt").text) == 1_666_668
    assert time.process_time() - started < 1


def test_a_file_above_the_limit_is_refused_with_both_figures() -> None:
    with pytest.raises(ReadError, match=r"65 MB.*64 MB"):
        read_text(b"a" * (65 * 2**20), path="a.txt")


def test_read_file_names_the_file_relative_to_the_root(tmp_path: Path) -> None:
    (tmp_path / "下级").mkdir()
    path = tmp_path / "下级" / "甲.TXT"
    path.write_text(TEXT, encoding="utf-8")
    assert read_file(path, root=tmp_path).path == "下级/甲.TXT"
    assert ".txt" in SUFFIXES


def test_unreadable_files_are_refused_in_one_line(tmp_path: Path) -> None:
    folder = tmp_path / "x.txt"
    folder.mkdir()
    other = tmp_path / "x.exe"
    other.write_bytes(b"a")
    bare = tmp_path / "x"
    bare.write_bytes(b"a")
    for path in (folder, tmp_path / "gone.txt", other, bare):
        with pytest.raises(ReadError) as caught:
            read_file(path, root=tmp_path)
        assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text(TEXT, encoding="utf-8")
    path.chmod(0)
    with pytest.raises(ReadError, match="无法读取"):
        read_file(path, root=tmp_path)
