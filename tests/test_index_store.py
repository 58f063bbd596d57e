import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from fake_index import FakeEmbedder, pipeline

from index.config import IndexConfig
from index.errors import IndexDamagedError, IndexFormatError, IndexMissingError, ModelMismatchError
from index.lexicon import Lexicon
from index.store import Index, open_index
from index.update import update_index

TEXTS = {
    "b.txt": "乙市通报\n改造小区12个。\n",
    "a.txt": "甲市通报\n整治河道𠀀三条。\n建设学校一所。\n===\n丙县通报\n清欠账款。\n",
}


def build(tmp_path: Path, texts: dict[str, str] = TEXTS) -> Path:
    notices = tmp_path / "notices"
    notices.mkdir(exist_ok=True)
    for name, text in texts.items():
        (notices / name).write_text(text, "utf-8")
    update_index([notices], directory=tmp_path / "index", pipeline=pipeline(), embedder=FakeEmbedder())
    return tmp_path / "index"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return build(tmp_path)


@pytest.fixture
def index(directory: Path) -> Index:
    return open_index(directory, embedder=FakeEmbedder(), lexicon=Lexicon())


def test_notices_in_order_of_files_and_places(index: Index) -> None:
    assert [(notice.file, notice.unit) for notice in index.notices] == [
        ("a.txt", "甲市通"),
        ("a.txt", "丙县通"),
        ("b.txt", "乙市通"),
    ]
    assert index.notice(index.notices[1].id) == index.notices[1]
    assert index.notices[0].contact == (("电话", "0100-1234567"),)
    assert index.notices[-1].period == ("2024-01-01", "2024-02-01")
    assert [notice.file for notice in index.notices[1:]] == ["a.txt", "b.txt"]


def test_text_is_the_whole_decoded_file(index: Index) -> None:
    assert {file: index.text(file) for file in TEXTS} == TEXTS


def test_passages_are_slices(index: Index) -> None:
    assert len(index.passages) == 7 == len(index.lexical) == len(index.vector_store)
    for passage in index.passages:
        assert passage.text == TEXTS[passage.file][passage.start : passage.end]
    assert index.passages[2].path == ("建设学校",)


def test_passages_of_a_notice_in_document_order(index: Index) -> None:
    first = index.passages_of(index.notices[0].id)
    assert [passage.text.strip() for passage in first] == ["甲市通报", "整治河道𠀀三条。", "建设学校一所。"]
    assert {passage.notice for passage in first} == {index.notices[0].id}
    assert sum(len(index.passages_of(notice.id)) for notice in index.notices) == len(index.passages)


def test_sections_cover_the_notice(index: Index) -> None:
    for notice in index.notices:
        sections = index.sections(notice.id)
        assert sections[0].start == notice.start
        assert sections[-1].end == notice.end
        assert sections[0].path == (notice.title,)


def test_passage_numbers(index: Index) -> None:
    ids = [notice.id for notice in index.notices]
    assert index.passage_numbers([]).tolist() == []
    assert index.passage_numbers(["unknown"]).tolist() == []
    assert index.passage_numbers([ids[2], ids[0], ids[0]]).tolist() == [0, 1, 2, 5, 6]


def test_unknown_names(index: Index) -> None:
    for look in (index.notice, index.sections, index.passages_of, index.text):
        with pytest.raises(KeyError):
            look("unknown")
    with pytest.raises(IndexError):
        index.passages[7]


def test_missing_index(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(IndexMissingError, match="tongbao index"):
            open_index(folder)
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(IndexMissingError):
        open_index(tmp_path / "file")


def generation(directory: Path) -> Path:
    return directory / "generations" / (directory / "CURRENT").read_text("ascii").strip()


def files_of(directory: Path) -> list[str]:
    return list(json.loads((generation(directory) / "manifest.json").read_text("utf-8"))["stored"])


def test_every_file_is_missed(directory: Path, tmp_path: Path) -> None:
    names = files_of(directory)
    assert len(names) > 15
    for name in [*names, "manifest.json"]:
        copy = tmp_path / "copy"
        shutil.copytree(directory, copy)
        (generation(copy) / name).unlink()
        with pytest.raises(IndexDamagedError, match="tongbao verify") as caught:
            open_index(copy)
        assert name in str(caught.value)
        shutil.rmtree(copy)


def test_every_change_of_size_is_noticed(directory: Path, tmp_path: Path) -> None:
    for name in files_of(directory):
        copy = tmp_path / "copy"
        shutil.copytree(directory, copy)
        with (generation(copy) / name).open("ab") as file:
            file.write(b"x")
        with pytest.raises(IndexDamagedError, match="大小应为") as caught:
            open_index(copy)
        assert name in str(caught.value)
        shutil.rmtree(copy)


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "{}", '{"format": 1}', '{"format": 1, "config": 3}'])
def test_spoilt_manifest(directory: Path, content: str) -> None:
    (generation(directory) / "manifest.json").write_text(content, "utf-8")
    with pytest.raises(IndexDamagedError, match=r"manifest\.json"):
        open_index(directory)


def test_other_format(directory: Path) -> None:
    path = generation(directory) / "manifest.json"
    values = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(values | {"format": 99}), "utf-8")
    with pytest.raises(IndexFormatError, match="99"):
        open_index(directory)


@pytest.mark.parametrize("content", [b"", b"../../elsewhere", b"\xff\xfe", b"000009"])
def test_spoilt_pointer(directory: Path, content: bytes) -> None:
    (directory / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamagedError):
        open_index(directory)


def test_other_model_is_refused(directory: Path) -> None:
    with pytest.raises(ModelMismatchError, match="tongbao index"):
        open_index(directory, embedder=FakeEmbedder(seed=1))


def test_search_settings_may_change_but_build_settings_stay(directory: Path) -> None:
    config = open_index(directory, config=IndexConfig(k1=0.5, passage_size=100)).config
    assert (config.k1, config.passage_size) == (0.5, 400)


def test_reader_keeps_its_generation_while_writers_publish(tmp_path: Path) -> None:
    directory = build(tmp_path)
    reader = open_index(directory, embedder=FakeEmbedder(), lexicon=Lexicon())
    for number in range(3):
        build(tmp_path, {"b.txt": f"乙市通报\n第{number}版。\n"})
    kept = sorted(path.name for path in (directory / "generations").iterdir())
    assert kept == ["000003", "000004"]
    assert reader.generation == "000001"
    assert reader.text("b.txt") == TEXTS["b.txt"]
    assert [passage.text for passage in reader.passages_of(reader.notices[2].id)] == ["乙市通报\n", "改造小区12个。\n"]
    assert reader.lexical.search([("小区", 1.0)], 5)[0].tolist() == [6]
    vector = FakeEmbedder().encode(["改造小区"])[0]
    assert len(reader.vector_store.query((), vector).best(3).vector[0]) == 3
    assert np.isfinite(reader.vector_store.vectors(np.arange(7))).all()
    assert open_index(directory).text("b.txt") == "乙市通报\n第2版。\n"


def test_notices_of_a_file_and_those_about_a_unit(index: Index) -> None:
    assert [notice.unit for notice in index.notices_of("a.txt")] == ["甲市通", "丙县通"]
    assert list(index.notices_with_unit) == list(index.notices)
    assert not index.superseded
    assert sorted(index.current_ids) == sorted(notice.id for notice in index.notices)
    with pytest.raises(KeyError):
        index.notices_of("unknown")
