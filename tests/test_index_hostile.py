"""Files made to do harm: each is read or refused in one line, in bounded time and memory."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from fakes_documents import MAIN, Part, numbered_docx, paragraph, raw_docx, zipped
from fakes_hostile import checked, guarded_reason, read_or_reason

from index.errors import ReadError
from index.readers import read_bytes
from index.readers.archive import member_name
from index.readers.guard import GuardedReader
from index.readers.limits import ARCHIVE_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
BOMB = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "哈哈">{LAUGHS}]>'
DEEP = 10_000


def document(body: str) -> bytes:
    return f'<w:document xmlns:w="{MAIN}"><w:body>{body}</w:body></w:document>'.encode()


@pytest.mark.parametrize("name", ["document", "styles", "numbering", "footnotes"])
def test_entities_in_word_files_are_refused(name: str) -> None:
    parts = {"[Content_Types].xml": b"<Types/>", "word/document.xml": document(paragraph("正文"))}
    parts[f"word/{name}.xml"] = f"{BOMB}<x>&a11;</x>".encode()
    with pytest.raises(ReadError, match="定义了实体"):
        read_bytes(zipped(parts), "a.docx")


def test_an_outside_entity_is_refused() -> None:
    text = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>'
    with pytest.raises(ReadError, match="定义了实体"):
        read_bytes(zipped({"word/document.xml": text.encode()}), "a.docx")


def test_entities_in_pages_are_not_expanded() -> None:
    page = f"{BOMB}<html><body><p>整改完成3项。&a11;</p></body></html>"
    assert "哈哈哈" not in read_or_reason(page.encode(), "a.html")


def test_a_word_file_that_unpacks_without_end_is_refused() -> None:
    data = zipped({"word/document.xml": b" " * (60 * 2**20)})
    assert len(data) < 2**20
    with pytest.raises(ReadError, match="解压后超过 48 MB"):
        read_bytes(data, "a.docx")


def test_an_archive_that_unpacks_without_end_is_refused() -> None:
    inner = b" " * (60 * 2**20)
    with pytest.raises(ReadError, match="压缩包解压后超过 256 MB"):
        read_bytes(zipped({f"{n}.txt": inner for n in range(6)}), "a.zip")


def test_a_size_that_is_claimed_is_not_believed() -> None:
    """The directory of the archive says 10 bytes; what comes out is 70 MB."""
    data = bytearray(zipped({"a.txt": b" " * (70 * 2**20), "b.txt": "乙县通报\n完成3项。".encode()}))
    for signature, place in ((b"PK\x01\x02", 24), (b"PK\x03\x04", 22)):
        at = data.find(signature)
        data[at + place : at + place + 4] = struct.pack("<I", 10)
    source = checked(read_bytes(bytes(data), "a.zip"))
    assert source.text == "乙县通报\n完成3项。\n"
    assert source.notes[0].startswith("a.txt：")


def test_archives_in_archives_end_somewhere() -> None:
    data = zipped({"甲.txt": "甲县通报\n完成3项。".encode()})
    for _ in range(ARCHIVE_DEPTH - 1):
        data = zipped({"内.zip": data})
    assert "完成3项" in checked(read_bytes(data, "a.zip")).text
    with pytest.raises(ReadError, match="嵌套超过 3 层"):
        read_bytes(zipped({"内.zip": data}), "a.zip")


def test_many_files_in_an_archive_are_refused() -> None:
    with pytest.raises(ReadError, match="2000 个"):
        read_bytes(zipped({f"{n}.txt": b"a" for n in range(2001)}), "a.zip")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("../../etc/甲.txt", "etc/甲.txt"),
        ("/etc/甲.txt", "etc/甲.txt"),
        ("C:\\Windows\\甲.txt", "Windows/甲.txt"),
        ("甲\x1b[31m\u202etxt.txt", "甲[31mtxt.txt"),
        ("./a/../甲.txt", "a/甲.txt"),
        ("甲\n乙.txt", "甲乙.txt"),
    ],
)
def test_names_in_archives_are_only_names(written: str, shown: str) -> None:
    data = zipped({written: "甲县通报\n完成3项。".encode()})
    source = checked(read_bytes(data, "a.zip"))
    assert [mark.name for mark in source.marks] == [shown]


def test_an_empty_name_and_hidden_files_are_left_out() -> None:
    data = zipped({"../..": b"a", "__MACOSX/甲.txt": b"a", ".甲.txt": b"a"})
    with pytest.raises(ReadError, match="没有文字"):
        read_bytes(data, "a.zip")


def test_names_in_gbk_are_read() -> None:
    data = zipped({"通报/甲县.txt": "甲县通报\n完成3项。".encode()}, names="gbk")
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert [member_name(entry) for entry in archive.infolist()] == ["通报/甲县.txt"]


def test_a_locked_file_in_an_archive_is_told() -> None:
    data = bytearray(zipped({"a.txt": b"abc", "b.txt": "乙县通报\n完成3项。".encode()}))
    for signature, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.find(signature) + place] |= 1
    assert read_bytes(bytes(data), "a.zip").notes == ("a.txt：有密码，无法读取",)


HOSTILE = {
    "deep.html": b"<html><body>" + b"<div>" * DEEP + "整改完成3项。".encode(),
    "deep-tables.html": b"<body>" + b"<table><tr><td>" * DEEP + "整改完成3项。".encode(),
    "deep-inline.html": b"<body><p>" + b"<b><i>" * DEEP + "整改完成3项。".encode(),
    "headings.html": b"<body>" + "".join(f"<h{n % 6 + 1}>标题{n}</h{n % 6 + 1}>" for n in range(DEEP)).encode(),
    "lists.html": b"<body>" + b"<ol><li>" * DEEP + "整改。".encode(),
    "wide.html": b"<body><table>" + b"<tr>" + b"<td>1</td>" * 500_000 + b"</tr><tr><td>2</td></tr></table>",
    "null.html": "<body><p>整改\x00完成\x003项。</p>".encode(),
    "half.html": "<body><p>整改&#xD800;完成&#xDFFF;3项&#0;。</p>".encode(),
    "turned.html": "<body><p>整改\u202e完成\u20663项。</p>".encode(),
    "attributes.html": b"<body>" + b"<p " + b"a=1 " * 200_000 + b">" + "整改。".encode(),
    "unclosed.html": b"<" * 200_000 + "整改。".encode(),
    "comment.html": b"<!--" * 100_000 + "整改。".encode(),
    "stops.html": ("<body><p>" + "一是" * 500_000 + "</p>").encode(),
    "deep.md": b">" * DEEP + " 整改完成3项。".encode(),
    "brackets.md": b"[" * 50_000 + "整改".encode() + b"](" * 50_000,
    "stars.md": b"*a **b " * 20_000 + "整改".encode(),
    "ticks.md": b"".join(b"`" * n + b"a" for n in range(1, 400)) + "整改".encode(),
    "headings.md": "".join(f"{'#' * (n % 6 + 1)} 标题{n}\n\n" for n in range(DEEP)).encode(),
    "table.md": b"|" * 20_000 + b"\n" + b"|-" * 20_000 + b"|\n" + "|整改".encode() * 20_000,
    "rows.md": b"|a|b|\n|-|-|\n" + "|甲|整改\\|*3*项|\n".encode() * 20_000,
    "null.md": "整改\x00完成3项。".encode(),
    "deep.docx": zipped({"word/document.xml": document("<w:sdt>" * DEEP + "</w:sdt>" * DEEP)}),
    "deep-runs.docx": zipped(
        {"word/document.xml": document("<w:p>" + "<w:ins>" * DEEP + "</w:ins>" * DEEP + "</w:p>")}
    ),
    "headings.docx": raw_docx(
        "".join(paragraph(f"标题{n}", properties=f'<w:outlineLvl w:val="{n % 9}"/>') for n in range(DEEP))
    ),
    "wide.docx": raw_docx("<w:tbl>" + "<w:tr>" + "<w:tc><w:p/></w:tc>" * 450_000 + "</w:tr></w:tbl>"),
    "numbers.docx": raw_docx(
        paragraph("整改", properties='<w:numPr><w:ilvl w:val="99999999999"/><w:numId w:val="-1"/></w:numPr>'),
        numbering=f'<w:numbering xmlns:w="{MAIN}"><w:num w:numId="-1"><w:abstractNumId w:val="7"/></w:num></w:numbering>',
    ),
    "styles.docx": raw_docx(
        paragraph("整改", properties='<w:pStyle w:val="a"/>'),
        styles=f'<w:styles xmlns:w="{MAIN}"><w:style w:styleId="a"><w:basedOn w:val="b"/></w:style>'
        '<w:style w:styleId="b"><w:basedOn w:val="a"/></w:style></w:styles>',
    ),
    "empty.docx": zipped({"a": b""}),
    "cut.docx": numbered_docx("通报", [Part("整改", 1)])[:-400],
    "self.zip": zipped({"a.docx": b"PK\x03\x04" * 90, "b.pdf": b"%PDF-1.7", "c.html": b"", "d.md": b"\x00" * 900}),
}


@pytest.fixture(scope="module")
def guarded() -> Iterator[GuardedReader]:
    reader = GuardedReader()
    yield reader
    reader.close()


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_read_or_refused(name: str, guarded: GuardedReader, tmp_path: Path) -> None:
    """In the process with its limits of memory and processor time, and never for want of them."""
    path = tmp_path / name
    path.write_bytes(HOSTILE[name])
    reason = guarded_reason(guarded, path)
    assert "\n" not in reason
    assert "读取中断" not in reason


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("null.html", "整改完成3项。\n"),
        ("half.html", "完成"),
        ("turned.html", "整改完成3项。\n"),
        ("deep.html", "整改完成3项。\n"),
    ],
)
def test_what_is_not_seen_is_not_in_the_text(name: str, text: str) -> None:
    assert text in read_bytes(HOSTILE[name], name).text


def test_half_a_pair_in_utf16_is_refused() -> None:
    data = b"\xff\xfe" + "整改".encode("utf-16-le") + b"\x00\xd8" + "完成".encode("utf-16-le")
    assert "utf-16-le" in read_or_reason(data, "a.txt")


def test_a_million_measures_and_nested_headings_in_text() -> None:
    read_or_reason(("一是" * 1_000_000).encode(), "a.txt")
    read_or_reason(
        "".join(f"{'（' * 1}{'一二三四五六七八九'[n % 9]}）标题{n}\n" for n in range(DEEP)).encode(), "a.txt"
    )
