from __future__ import annotations

import json
import stat
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_index import Bench, FakeEmbedder, state
from fake_terminal import invoke, one_line

from index.archive import ArchiveError, export_index, import_index, is_plain
from index.errors import IndexDamagedError, IndexFormatError, IndexMissingError
from index.lexicon import Lexicon
from index.manifest import FORMAT, numbered, write_values
from index.store import Index, open_index
from index.verify import verify_index

if TYPE_CHECKING:
    from collections.abc import Callable

A = "甲市通报\n改造小区12个。\n"
OLD = {number: Path(__file__).parent / "data" / f"index-format-{number}.zip" for number in (1, 2)}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.write(a=A, b="乙县通报\n新建学校两所。\n===\n丙区通报\n整治河道。\n")
    bench.update()
    return bench


def opened(directory: Path) -> Index:
    return open_index(directory, embedder=FakeEmbedder(), lexicon=Lexicon())


def test_what_comes_back_is_what_was_saved(bench: Bench, tmp_path: Path) -> None:
    export_index(bench.directory, tmp_path / "a.zip")
    generation, _ = import_index(tmp_path / "a.zip", tmp_path / "other")
    assert generation == "000001"
    assert state(opened(tmp_path / "other")) == state(bench.index())
    assert verify_index(tmp_path / "other") == []
    export_index(tmp_path / "other", tmp_path / "b.zip")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".tmp")] == []


def test_nothing_is_overwritten_unasked(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "a.zip"
    export_index(bench.directory, file)
    with pytest.raises(ArchiveError, match="--force"):
        export_index(bench.directory, file)
    export_index(bench.directory, file, force=True)
    bench.write(c="丁镇通报\n")
    bench.update()
    with pytest.raises(ArchiveError, match="--force"):
        import_index(file, bench.directory)
    assert len(bench.index().files) == 3
    assert import_index(file, bench.directory, force=True)[0] == "000003"
    assert len(bench.index().files) == 2
    assert numbered(bench.directory) == ["000002", "000003"]


def test_a_spoilt_index_is_not_saved(bench: Bench, tmp_path: Path) -> None:
    path = bench.index().folder / "texts.z"
    path.write_bytes(path.read_bytes().replace("小".encode(), "大".encode()))
    with pytest.raises(IndexDamagedError, match=r"texts\.z"):
        export_index(bench.directory, tmp_path / "a.zip")
    with pytest.raises(IndexMissingError):
        export_index(tmp_path / "none", tmp_path / "a.zip")
    with pytest.raises(ArchiveError, match="无法写入"):
        export_index(bench.directory, tmp_path / "none" / "a.zip")
    assert not (tmp_path / "a.zip").exists()


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("texts.z", True),
        ("lexical/words.txt", True),
        ("", False),
        ("/etc/passwd", False),
        ("../x", False),
        ("a/../../x", False),
        ("a/./x", False),
        ("a//x", False),
        ("C:x", False),
        ("a\\..\\x", False),
        ("a\0.txt", False),
        ("a\u202etxt", False),
        ("x ", False),
        ("x.", False),
        ("a/b/c/d/e", False),
    ],
)
def test_names_that_stay_below_their_folder(name: str, plain: bool) -> None:
    assert is_plain(name) is plain


def rewritten(file: Path, change: Callable[[zipfile.ZipInfo, bytes], tuple[zipfile.ZipInfo, bytes] | None]) -> Path:
    """Return a copy of the archive with each entry changed, or left out for None."""
    target = file.with_name("changed.zip")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry in source.infolist():
            fresh = zipfile.ZipInfo(entry.filename)
            fresh.external_attr = entry.external_attr
            fresh.compress_type = zipfile.ZIP_DEFLATED
            if (changed := change(fresh, source.read(entry))) is not None:
                archive.writestr(*changed)
    return target


def renamed(to: str) -> Callable[[zipfile.ZipInfo, bytes], tuple[zipfile.ZipInfo, bytes]]:
    def change(entry: zipfile.ZipInfo, data: bytes) -> tuple[zipfile.ZipInfo, bytes]:
        if entry.filename == "texts.z":
            entry.filename = to
        return entry, data

    return change


def linked(entry: zipfile.ZipInfo, data: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    if entry.filename == "texts.z":
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        return entry, b"/etc/passwd"
    return entry, data


def flipped(entry: zipfile.ZipInfo, data: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    return entry, bytes([data[0] ^ 1]) + data[1:] if entry.filename == "texts.z" else data


def bomb(entry: zipfile.ZipInfo, data: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    """A file of zeros, listed in the manifest with its true size."""
    size = 1 << 26
    if entry.filename == "manifest.json":
        values = json.loads(data)
        values["stored"]["texts.z"]["size"] = size
        return entry, json.dumps(values).encode()
    return entry, bytes(size) if entry.filename == "texts.z" else data


def broken_manifest(entry: zipfile.ZipInfo, data: bytes) -> tuple[zipfile.ZipInfo, bytes]:
    return entry, b"[" * 100_000 if entry.filename == "manifest.json" else data


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (renamed("../texts.z"), "不允许的文件名"),
        (renamed("/tmp/texts.z"), "不允许的文件名"),
        (renamed("a\\..\\texts.z"), "不允许的文件名"),
        (renamed("other.txt"), "清单不符"),
        (renamed("marks.txt"), "不允许的文件名"),
        (linked, "不是普通文件"),
        (flipped, "校验和"),
        (bomb, "压缩炸弹"),
        (broken_manifest, "已损坏"),
        (lambda entry, data: None if entry.filename == "texts.z" else (entry, data), "清单不符"),
        (lambda entry, data: None if entry.filename == "manifest.json" else (entry, data), "不是 tongbao export"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_tricks_are_refused_and_leave_nothing(
    bench: Bench,
    tmp_path: Path,
    change: Callable[[zipfile.ZipInfo, bytes], tuple[zipfile.ZipInfo, bytes] | None],
    reason: str,
) -> None:
    export_index(bench.directory, tmp_path / "a.zip")
    file = rewritten(tmp_path / "a.zip", change)
    before = state(bench.index())
    for directory in (tmp_path / "fresh", bench.directory):
        with pytest.raises(ArchiveError, match=reason):
            import_index(file, directory, force=True)
    assert numbered(tmp_path / "fresh") == []
    assert not (tmp_path / "fresh" / "generations" / ".new").exists()
    assert state(bench.index()) == before
    assert not (tmp_path / "texts.z").exists()


def test_checksums_that_fit_do_not_make_offsets_right(bench: Bench, tmp_path: Path) -> None:
    import numpy as np

    from index.manifest import read_manifest, stored_files
    from index.passage_table import PassageTable

    folder = bench.index().folder
    rows = np.load(folder / "passages.npy")
    rows[0] = [0, 0, 3, 999]
    PassageTable.write(folder, rows, np.diff(np.load(folder / "notice_passages.npy")))
    values = json.loads((folder / "manifest.json").read_text("utf-8"))
    (folder / "manifest.json").unlink()
    values["stored"] = {n: {"size": f.size, "sha256": f.sha256} for n, f in stored_files(folder).items()}
    write_values(folder, values)
    assert read_manifest(folder).counts.files == 2
    export_index(bench.directory, tmp_path / "a.zip")
    with pytest.raises(ArchiveError, match="处问题"):
        import_index(tmp_path / "a.zip", tmp_path / "other")


@pytest.mark.parametrize("data", [b"", b"PK", b"x" * 1000, b"PK\x05\x06" + bytes(18)])
def test_what_is_no_archive(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(data)
    with pytest.raises(ArchiveError, match=r"a\.zip"):
        import_index(tmp_path / "a.zip", tmp_path / "index")
    with pytest.raises(ArchiveError, match="找不到"):
        import_index(tmp_path / "none.zip", tmp_path / "index")
    with pytest.raises(ArchiveError, match="无法读取"):
        import_index(tmp_path, tmp_path / "index")


def test_every_cut_archive_is_refused(bench: Bench, tmp_path: Path) -> None:
    export_index(bench.directory, tmp_path / "a.zip")
    data = (tmp_path / "a.zip").read_bytes()
    for share in range(20):
        (tmp_path / "cut.zip").write_bytes(data[: len(data) * share // 20])
        with pytest.raises(ArchiveError):
            import_index(tmp_path / "cut.zip", tmp_path / "other")
    assert numbered(tmp_path / "other") == []


def test_a_format_of_the_future_is_refused(bench: Bench, tmp_path: Path) -> None:
    export_index(bench.directory, tmp_path / "a.zip")

    def change(entry: zipfile.ZipInfo, data: bytes) -> tuple[zipfile.ZipInfo, bytes]:
        return entry, json.dumps(
            json.loads(data) | {"format": 99}
        ).encode() if entry.filename == "manifest.json" else data

    with pytest.raises(IndexFormatError, match="99"):
        import_index(rewritten(tmp_path / "a.zip", change), tmp_path / "other")


def test_the_command_line(tmp_path: Path, index: Path) -> None:
    file = tmp_path / "备份.zip"
    assert "已导出到" in "".join(invoke("export", file, index=index).stdout.split())
    told = invoke("import", file, index=tmp_path / "back").stdout
    assert "5份通报" in "".join(told.split())  # lines break by the length of the path
    assert invoke("verify", index=tmp_path / "back").exit_code == 0
    for words in (["export", file], ["import", file], ["import", tmp_path / "none"]):
        result = invoke(*words, index=tmp_path / "back")
        assert result.exit_code == 1
        assert one_line(result.stderr)
    assert invoke("import", file, "--force", index=tmp_path / "back").exit_code == 0


# --- formats 1 and 2 ---


@pytest.fixture(params=OLD)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def old(version: int, tmp_path: Path) -> Path:
    """Return an index as the version before copies and versions wrote it, or the one before packed tables."""
    with zipfile.ZipFile(OLD[version]) as archive:
        archive.extractall(tmp_path / "old")
    return tmp_path / "old"


def test_an_index_of_an_old_format_still_answers(old: Path, version: int) -> None:
    assert open_index(old).manifest.format == version
    assert verify_index(old) == []
    assert "12个" in invoke("ask", "澄浦市改造老旧小区多少个？", index=old).stdout
    assert "澄浦市" in invoke("notices", "list", index=old).stdout


def test_an_index_of_an_old_format_is_rewritten_by_the_next_update(old: Path, tmp_path: Path) -> None:
    before = opened_texts(old)
    (tmp_path / "b.txt").write_text("云川市通报\n新建学校两所。\n", "utf-8")
    assert invoke("index", tmp_path / "b.txt", index=old).exit_code == 0
    assert open_index(old).manifest.format == FORMAT
    assert opened_texts(old).items() >= before.items()
    assert verify_index(old) == []


def test_repair_rewrites_an_old_format_without_the_sources(old: Path) -> None:
    before = opened_texts(old)
    assert "改写为新格式" in invoke("repair", index=old).stdout
    index = open_index(old)
    assert (index.manifest.format, opened_texts(old)) == (FORMAT, before)
    assert "无需修复" in invoke("repair", index=old).stdout


def opened_texts(directory: Path) -> dict[str, str]:
    index = open_index(directory)
    return {record["path"]: index.text(record["path"]) for record in index.files}
