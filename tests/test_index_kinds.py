"""A file that is called what it is not is refused with what to do."""

from __future__ import annotations

import errno

import pytest
from fakes_documents import zipped

from index.errors import ReadError
from index.readers import read_bytes
from index.reasons import reason_of

PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00\xff" * 500
NOTICE = "云川市通报\n整改完成3项。"


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (PICTURE, "a.txt", "内容像是图片，请先做文字识别（OCR）"),
        (PICTURE, "a.docx", "内容像是图片"),
        (b"%PDF-1.7 \x00\x01", "a.docx", "内容像是 PDF，请把扩展名改为 .pdf"),
        (NOTICE.encode(), "a.pdf", "内容像是纯文本，请把扩展名改为 .txt"),
        (f"<html><body>{NOTICE}".encode(), "a.docx", "内容像是网页，请把扩展名改为 .html"),
        (zipped({"[Content_Types].xml": b"", "word/document.xml": b"\x00" * 900}), "a.txt", "请把扩展名改为 .docx"),
        (zipped({"a.txt": NOTICE.encode()}), "a.pdf", "内容像是压缩文件，请把扩展名改为 .zip"),
        (
            b"\xd0\xcf\x11\xe0" + b"\x00\x01" * 900,
            "a.txt",
            "内容像是旧版 Office 文件（.doc、.xls、.wps），请另存为 .docx",
        ),
        (NOTICE.encode("utf-32"), "a.txt", "内容像是 UTF-32 编码的文本，请另存为 UTF-8"),
        (b"{\\rtf1\x00}", "a.docx", "内容像是 RTF，请另存为 .docx"),
        (b"", "a.docx", "文件是空的"),
    ],
)
def test_what_a_file_looks_like_is_told(data: bytes, name: str, told: str) -> None:
    with pytest.raises(ReadError, match="；") as caught:
        read_bytes(data, name)
    assert str(caught.value).endswith(told) or told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("data", "name", "reason"),
    [
        (b"", "a.txt", "文件是空的"),
        (b"%PDF-1.7", "a.pdf", "PDF 已损坏，无法读取"),
        (b"\xd0\xcf\x11\xe0", "a.docx", "文件有密码，或是旧版 Word 格式（.doc）；请另存为无密码的 .docx"),
    ],
)
def test_nothing_is_added_where_nothing_is_to_be_said(data: bytes, name: str, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(data, name)
    assert str(caught.value) == reason


def test_reasons_of_the_system_are_told_in_chinese() -> None:
    assert reason_of(IsADirectoryError(errno.EISDIR, "Is a directory")) == "是文件夹，不是文件"
    assert reason_of(OSError(errno.EDOM, "Numerical argument out of domain")) == "Numerical argument out of domain"
    assert reason_of(OSError("timed out")) == "timed out"
