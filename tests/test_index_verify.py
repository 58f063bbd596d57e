import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fake_index import FakeEmbedder, pipeline

from index.dense import FaissStore
from index.errors import IndexDamagedError, IndexMissingError
from index.manifest import stored_files, write_values
from index.passage_table import PassageTable
from index.store import open_index
from index.tables import TextTable
from index.update import update_index
from index.verify import verify_index


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    notices = tmp_path / "notices"
    notices.mkdir()
    (notices / "a.txt").write_text("甲市通报\n改造小区12个。\n===\n乙县通报\n整治河道。\n", "utf-8")
    update_index([notices], directory=tmp_path / "index", pipeline=pipeline(), embedder=FakeEmbedder())
    return tmp_path / "index"


def generation(directory: Path) -> Path:
    return directory / "generations" / "000001"


def reseal(directory: Path) -> None:
    """Write sizes and checksums anew, so that only what the files say can give a fault away."""
    path = generation(directory) / "manifest.json"
    values = json.loads(path.read_text("utf-8"))
    path.unlink()
    stored = stored_files(generation(directory))
    values["stored"] = {name: {"size": file.size, "sha256": file.sha256} for name, file in stored.items()}
    write_values(generation(directory), values)


def whats(directory: Path) -> str:
    return "\n".join(f"{problem.where} {problem.what}" for problem in verify_index(directory))


def test_sound_index_has_no_problems(directory: Path) -> None:
    assert verify_index(directory) == []
    reseal(directory)
    assert verify_index(directory) == []


def test_missing_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissingError):
        verify_index(tmp_path)


def test_one_flipped_byte_in_any_file_is_found(directory: Path) -> None:
    stored = json.loads((generation(directory) / "manifest.json").read_text("utf-8"))["stored"]
    for name, entry in stored.items():
        path = generation(directory) / name
        sound = path.read_bytes()
        for place in {0, entry["size"] // 2, entry["size"] - 1} if sound else ():
            path.write_bytes(sound[:place] + bytes([sound[place] ^ 1]) + sound[place + 1 :])
            assert [problem.where for problem in verify_index(directory)] == [name]
        path.write_bytes(sound)
    assert verify_index(directory) == []


def test_missing_file_and_spoilt_manifest(directory: Path) -> None:
    copy = shutil.copytree(directory, directory.parent / "copy")
    (generation(directory) / "dense" / "vectors.faiss").unlink()
    assert whats(directory) == "dense/vectors.faiss 缺失"
    (generation(copy) / "manifest.json").write_text("{", "utf-8")
    assert "manifest.json" in whats(copy)
    (copy / "CURRENT").write_text("?", "ascii")
    assert "CURRENT" in whats(copy)


def replace_vectors(directory: Path, vectors: np.ndarray) -> None:
    store = FaissStore(vectors.shape[1])
    store.add(vectors)
    store.save(generation(directory) / "dense")
    reseal(directory)


@pytest.mark.parametrize(("value", "reason"), [(np.nan, "nan"), (np.inf, "inf"), (2.0, "应为 1"), (0.0, "")], ids=str)
def test_vectors_are_unit_zero_or_wrong(directory: Path, value: float, reason: str) -> None:
    vectors = np.zeros((4, 16), np.float32)
    vectors[:, 0] = 1
    vectors[2, 0] = value
    replace_vectors(directory, vectors)
    problems = verify_index(directory)
    assert len(problems) == (1 if reason else 0)
    assert all(reason in problem.what for problem in problems)


def test_number_and_width_of_vectors(directory: Path) -> None:
    replace_vectors(directory, np.eye(3, 16, dtype=np.float32))
    assert "向量数应为 4，实为 3" in whats(directory)
    replace_vectors(directory, np.eye(4, 8, dtype=np.float32))
    assert "向量维数应为 16，实为 8" in whats(directory)


def test_passage_outside_its_notice(directory: Path) -> None:
    folder = generation(directory)
    rows = np.load(folder / "passages.npy")
    rows[0] = [0, 0, 3, 999]
    rows[2, 2:] = [0, 4]
    rows[3, 2:] = [20, 20]
    PassageTable.write(folder, rows, np.diff(np.load(folder / "notice_passages.npy")))
    reseal(directory)
    found = verify_index(directory)
    assert len(found) == 3
    assert all("不在通报" in problem.what for problem in found)


@pytest.mark.parametrize("column", [None, 0, 1, 2, 3])
def test_a_passage_in_another_place_is_noticed_when_it_is_read(directory: Path, column: int | None) -> None:
    """The heading path that a search shows beside a passage, and its notice, were looked at by `verify` only."""
    folder = generation(directory)
    name = "notice_passages.npy" if column is None else "passages.npy"
    held = np.load(folder / name)
    if column is None:
        held[1] += 1
    else:
        held[1, column] += 1
    np.save(folder / name, held)
    passages = open_index(directory).passages
    with pytest.raises(IndexDamagedError, match=r"passages\.npy 第 [123] 行的内容已被改动"):
        list(passages)


def test_rows_of_passages_in_another_order_are_noticed(directory: Path) -> None:
    path = generation(directory) / "passages.npy"
    np.save(path, np.load(path)[[1, 0, 2, 3]])
    with pytest.raises(IndexDamagedError, match="第 1 行"):
        list(open_index(directory).passages)


def test_sums_of_another_number_are_refused_on_opening(directory: Path) -> None:
    path = generation(directory) / "passages.sums.npy"
    np.save(path, np.load(path)[:-1])
    reseal(directory)
    with pytest.raises(IndexDamagedError, match="无法打开"):
        open_index(directory)


def test_notices_out_of_place(directory: Path) -> None:
    folder = generation(directory)
    rows = [
        row.replace('"end":18', '"end":98').replace('"start":18', '"start":17')
        for row in TextTable.open(folder, "notices")
    ]
    TextTable.write(folder, "notices", rows, summed=True)
    reseal(directory)
    text = whats(directory)
    assert "超出 a.txt" in text
    assert "空隙或重叠" in text


def test_a_row_that_its_sum_does_not_fit(directory: Path) -> None:
    path = generation(directory) / "notices.txt"
    path.write_bytes(path.read_bytes().replace(b'"end":18', b'"end":17'))
    reseal(directory)
    assert "notices.txt 第 1 行的内容已被改动" in whats(directory)


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("passages", lambda array: array + 3, "不存在的段落"),
        ("passages", lambda array: array[:-1], "长度不一"),
        ("block_starts", lambda array: np.r_[array[:1], array[:1], array[2:]], "没有出现次数"),
        ("block_words", lambda array: array + 999, "不存在的词"),
        ("lengths", lambda array: array[:-1], "词项段落数"),
    ],
)
def test_words_that_do_not_fit(directory: Path, name: str, change: object, reason: str) -> None:
    path = generation(directory) / "lexical" / f"{name}.npy"
    assert callable(change)
    np.save(path, change(np.load(path)))
    reseal(directory)
    assert reason in whats(directory)
