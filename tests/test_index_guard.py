"""PDFs with loops, and the process that files are read in."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fakes_documents import Pdf, raw_docx

from index.errors import ReadError
from index.readers import read_bytes
from index.readers.guard import GuardedReader
from index.readers.limits import CPU_SECONDS, MEMORY_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def guarded() -> Iterator[GuardedReader]:
    reader = GuardedReader()
    yield reader
    reader.close()


def pdf_of(*objects: str, trailer: str = "") -> bytes:
    """Return a PDF of numbered objects with a table of where they stand."""
    out = bytearray(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    own = trailer.replace("START", str(start))
    out += f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{own}>>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(out)


CATALOG = "<</Type/Catalog/Pages 2 0 R>>"
LOOPS = {
    "pages of themselves": pdf_of(CATALOG, "<</Type/Pages/Kids[2 0 R]/Count 5>>"),
    "pages in a ring": pdf_of(CATALOG, "<</Type/Pages/Kids[3 0 R]/Count 9>>", "<</Type/Pages/Kids[2 0 R]/Count 9>>"),
    "a table before itself": pdf_of(CATALOG, "<</Type/Pages/Kids[]/Count 0>>", trailer="/Prev START"),
    "a form in itself": pdf_of(
        CATALOG,
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        "<</Length 4>>stream\n/X Do\nendstream",
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 4/Resources<</XObject<</X 5 0 R>>>>>>stream\n/X Do\nendstream",
    ),
    "a parent of itself": pdf_of(
        CATALOG, "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 3 0 R/MediaBox 3 0 R/Contents 3 0 R>>"
    ),
    "a billion pages": pdf_of(CATALOG, "<</Type/Pages/Kids[3 0 R]/Count 999999999>>", "<</Type/Page/Parent 2 0 R>>"),
    "deep arrays": pdf_of(CATALOG, "<</Type/Pages/Kids" + "[" * 50_000 + "]" * 50_000 + "/Count 1>>"),
    "nothing": b"%PDF-1.7\n%%EOF",
    "cut off": Pdf().text("整改完成3项。").done()[:700],
    "a locked one": Pdf(password="geheim").text("整改完成3项。").done(),
    "only scans": Pdf(foot="").scan().page().scan().done(),
}


@pytest.mark.parametrize("name", LOOPS)
def test_a_pdf_with_loops_is_refused(name: str, guarded: GuardedReader, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(LOOPS[name])
    with pytest.raises(ReadError) as caught:
        guarded(path, root=tmp_path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a locked one", "PDF 有密码，无法读取；请另存为没有密码的文件"),
        ("only scans", "PDF 共 2 页，第 1–2 页是扫描图像，没有文字；请先做文字识别（OCR），再索引识别后的文件"),
        ("nothing", "PDF 已损坏，无法读取"),
    ],
)
def test_the_reason_is_told(name: str, reason: str) -> None:
    with pytest.raises(ReadError) as caught:
        read_bytes(LOOPS[name], "a.pdf")
    assert str(caught.value) == reason


def test_a_reading_that_takes_too_long_is_ended_and_the_next_one_works(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("甲县通报\n\n完成3项。", encoding="utf-8")
    reader = GuardedReader(wall_seconds=0.0)
    with pytest.raises(ReadError, match="读取中断"):
        reader(path, root=tmp_path)
    reader.close()
    reader = GuardedReader()
    try:
        assert reader(path, root=tmp_path).text == "甲县通报\n完成3项。\n"
        process = reader._process
        assert process is not None
        process.kill()
        process.wait()
        assert reader(path, root=tmp_path).text == "甲县通报\n完成3项。\n"
    finally:
        reader.close()


@pytest.mark.skipif(not Path("/proc/self/limits").is_file(), reason="limits are told by Linux only")
def test_the_process_that_reads_has_limits(guarded: GuardedReader, tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("甲县通报", encoding="utf-8")
    guarded(path, root=tmp_path)
    assert guarded._process is not None
    limits = Path(f"/proc/{guarded._process.pid}/limits").read_text("ascii")
    lines = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert int(lines["Max address space"]) == MEMORY_BYTES
    assert CPU_SECONDS <= int(lines["Max cpu time"]) < 1000


def test_a_file_that_needs_too_much_is_refused_and_the_next_one_read(guarded: GuardedReader, tmp_path: Path) -> None:
    """Seven million empty paragraphs, 60 KB packed: more than a gigabyte of nodes, or more than five seconds."""
    path, other = tmp_path / "a.docx", tmp_path / "b.md"
    path.write_bytes(raw_docx("<w:p/>" * 7_000_000))
    other.write_text("甲县通报", encoding="utf-8")
    with pytest.raises(ReadError, match="内存"):
        guarded(path, root=tmp_path)
    assert guarded(other, root=tmp_path).text == "甲县通报\n"


def test_the_process_ends_with_its_reader(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("甲县通报", encoding="utf-8")
    reader = GuardedReader()
    reader(path, root=tmp_path)
    process = reader._process
    assert process is not None
    del reader
    assert process.poll() is not None


def test_asking_starts_no_process_and_loads_no_reader() -> None:
    code = "import sys; import assistant.cli, assistant.pipeline, index.store; print([m for m in sys.modules if 'readers' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
