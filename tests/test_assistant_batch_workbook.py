from __future__ import annotations

import contextlib
import io
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from fake_batch import questions_in, workbook
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.batch_files import read_questions
from assistant.batch_workbook import workbook_sheets
from assistant.errors import BatchError

if TYPE_CHECKING:
    from pathlib import Path


def altered(content: bytes, part: str, change: Any) -> bytes:
    """Return a workbook with one part changed, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        names = old.namelist()
        for name in [*names, *([] if part in names else [part])]:
            data = old.read(name) if name in names else b""
            new.writestr(name, change(data) if name == part else data)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = "<!DOCTYPE a [{}]>".format(
    "".join(f'<!ENTITY a{n + 1} "&a{n};&a{n};&a{n};&a{n};">' for n in range(30)) + '<!ENTITY a0 "ha">'
).encode()


def hostile_workbooks() -> dict[str, bytes]:
    good = workbook([("问题",), ("甲？",)])
    rows = b'<sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>\xe9\x97\xae\xe9\xa2\x98</t></is></c></row>'
    far = b'<row r="999999999999999"><c r="A999999999999999"><v>1</v></c></row></sheetData>'
    wide = b'<row r="2"><c r="ZZZZZZZ2"><v>1</v></c></row></sheetData>'

    def with_rows(more: bytes) -> bytes:
        def change(data: bytes) -> bytes:
            start, end = data.index(b"<sheetData"), data.index(b"</sheetData>") + len(b"</sheetData>")
            return data[:start] + rows + more + data[end:]

        return altered(good, SHEET, change)

    return {
        "zip bomb": altered(good, SHEET, lambda data: data.replace(b"</worksheet>", b" " * 140_000_000)),
        "bomb in another part": altered(good, "xl/media/image1.png", lambda _: bytes(140_000_000)),
        "laughs": altered(good, SHEET, lambda data: data.replace(b"<worksheet", LAUGHS + b"<worksheet", 1)),
        "laughs in strings": altered(good, "xl/sharedStrings.xml", lambda data: LAUGHS + data),
        "outside entity": altered(
            good, "xl/workbook.xml", lambda data: b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + data
        ),
        "far row": with_rows(far),
        "far column": with_rows(wide),
        "many parts": many_parts(),
        "cut off": good[: len(good) // 2],
        "old": b"\xd0\xcf\x11\xe0" + bytes(600),
        "empty zip": b"PK\x05\x06" + bytes(18),
        "not xml": altered(good, SHEET, lambda _: b"\x00\xff"),
        "no such sheet": altered(good, "xl/_rels/workbook.xml.rels", lambda _: b"<Relationships/>"),
    }


def many_parts() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(3_000):
            archive.writestr(f"p{number}.xml", b"")
    return out.getvalue()


def test_hostile_workbooks_are_refused_in_a_line_and_at_once(tmp_path: Path) -> None:
    for name, content in hostile_workbooks().items():
        began = time.monotonic()
        path = questions_in(tmp_path, "q.xlsx", content)
        with pytest.raises(BatchError) as told:
            read_questions(path)
        assert "\n" not in str(told.value), name
        assert time.monotonic() - began < 120, name  # under a second on a machine with nothing else to do


@given(st.binary(max_size=200))
def test_any_bytes_as_a_workbook(data: bytes) -> None:
    for content in (data, b"PK\x03\x04" + data):
        with pytest.raises(BatchError):
            list(map(list, workbook_sheets(content, name="q.xlsx")))


GOOD = workbook([("问题", "备注"), ("甲？", 1), ("乙？", "x")])


@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255)), min_size=1, max_size=8))
@settings(max_examples=60)
def test_flipped_bytes_in_a_workbook(flips: list[tuple[int, int]]) -> None:
    data = bytearray(GOOD)
    for place, value in flips:
        data[place] = value
    with contextlib.suppress(BatchError):
        assert len([row for sheet in workbook_sheets(bytes(data), name="q.xlsx") for row in sheet]) <= 3
