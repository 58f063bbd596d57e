"""Valid files with bytes flipped, cut out or doubled: each is read or refused in one line."""

from __future__ import annotations

import random
import zipfile
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from fakes_chance import examples
from fakes_documents import Part, Pdf, numbered_docx, zipped
from fakes_hostile import guarded_reason, read_or_reason
from hypothesis import given
from hypothesis import strategies as st

from index.readers import read_bytes
from index.readers.guard import GuardedReader

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def guarded() -> Iterator[GuardedReader]:
    reader = GuardedReader()
    yield reader
    reader.close()


SEEDS = {
    "a.docx": numbered_docx("甲县通报", [Part("整改", 1), Part("", rows=(("a", "b"), ("c", "d"))), Part("完成3项。")]),
    "a.html": "<html><head><title>甲县通报</title></head><body><div class=x><p>整改</p><table><tr><td>1<td>2<tr><td>3<td>4"
    "</table></div></body></html>".encode(),
    "a.md": "# 甲县通报\n\n1. 整改\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> 完成 **3项**。`x` [y](z)\n".encode(),
    "a.txt": "甲县通报\n一、整改\n完成3项。\n".encode("gb18030"),
    "a.zip": zipped({"甲.txt": "甲县通报\n完成3项。".encode(), "b.html": "<p>整改完成。</p>".encode()}),
    "a.pdf": Pdf().title("甲县通报").text("一、整改").table((("a", "b"), ("c", "d")), widths=(99, 99)).done(),
}


def mutated(data: bytes, seed: int, cuts: int) -> bytes:
    """Return `data` with bytes flipped, cut out, doubled or replaced by others of it."""
    chance = random.Random(seed)
    found = bytearray(data)
    for _ in range(cuts):
        at = chance.randrange(len(found) + 1)
        length = chance.choice((1, 1, 2, 4, 30))
        other = chance.randrange(len(data))
        piece = chance.choice(
            (b"", chance.randbytes(length), data[other : other + length], b"\xff" * length, b"<" * length)
        )
        found[at : at + chance.choice((0, length))] = piece
    return bytes(found)


@examples(60)
@given(st.sampled_from([name for name in SEEDS if name != "a.pdf"]), st.integers(0, 2**32), st.integers(1, 12))
def test_mutated_files_are_read_or_refused(name: str, seed: int, cuts: int) -> None:
    read_or_reason(mutated(SEEDS[name], seed, cuts), name)


def test_an_entry_without_a_name_is_left_out() -> None:
    """Found by the random form of the test above."""
    whole = zipped({"Q": "甲县通报\n完成3项。".encode(), "b.txt": "整改完成。".encode()})
    assert read_bytes(whole.replace(b"Q", b"\0"), "a.zip").text == "整改完成。\n"


@examples(40)
@given(st.integers(0, 2**32), st.integers(1, 12), st.sampled_from(["document", "numbering", "styles"]))
def test_mutated_parts_of_word_files_are_read_or_refused(seed: int, cuts: int, part: str) -> None:
    with zipfile.ZipFile(BytesIO(SEEDS["a.docx"])) as archive:
        parts = {entry: archive.read(entry) for entry in archive.namelist()}
    parts[f"word/{part}.xml"] = mutated(parts[f"word/{part}.xml"], seed, cuts)
    read_or_reason(zipped(parts), "a.docx")


@examples(60)
@given(st.integers(0, 2**32), st.integers(1, 12))
def test_mutated_pdfs_are_read_or_refused(
    guarded: GuardedReader, tmp_path_factory: pytest.TempPathFactory, seed: int, cuts: int
) -> None:
    path = tmp_path_factory.mktemp("mutated") / "a.pdf"
    path.write_bytes(mutated(SEEDS["a.pdf"], seed, cuts))
    assert "读取中断" not in guarded_reason(guarded, path)


@examples(40)
@given(st.text(), st.sampled_from(["a.html", "a.md", "a.txt"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    read_or_reason(text.encode("utf-8", errors="surrogatepass"), name)
