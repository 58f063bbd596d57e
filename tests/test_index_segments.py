"""Word counts in segments: scores are those of counts made anew, and what stays is neither written nor read again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_cluster import stored
from hypothesis import given, settings
from hypothesis import strategies as st

from index.archive import export_index, import_index
from index.config import IndexConfig
from index.counting import count_words
from index.embedding import open_embedder
from index.lexical import LexicalIndex
from index.repair import repair_index
from index.search import search
from index.segments import write_words
from index.store import open_index
from index.update import remove_notices, silent, update_index
from index.verify import verify_index

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

WORDS = "甲乙丙丁戊"
LISTED = IndexConfig(exact_up_to=0)


def opened(folder: Path) -> LexicalIndex:
    return LexicalIndex.open(folder, k1=1.5, b=0.75)


def written(
    folder: Path, passages: list[str], places: list[int], earlier: LexicalIndex | None, moved: list[int], *, ratio: int
) -> LexicalIndex:
    """Write `passages`, which have the numbers `places`, beside those of `earlier`, which are `moved`."""
    folder.mkdir()
    segments = earlier.segments if earlier else ()
    new: NDArray[np.int64] = np.array(places, dtype=np.int64)
    write_words(
        folder,
        count_words(list(map(list, passages))),
        new,
        segments,
        np.array(moved, dtype=np.int64),
        whole_up_to=0,
        ratio=ratio,
    )
    return opened(folder)


passage = st.text(WORDS, max_size=6)
change = st.tuples(st.lists(passage, max_size=4), st.sets(st.integers(0, 30)), st.randoms(use_true_random=False))


@settings(max_examples=15, deadline=None)
@given(st.lists(change, min_size=1, max_size=5), st.sampled_from([1, 2, 8]))
def test_scores_are_those_of_counts_made_anew(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[list[str], set[int], object]], ratio: int
) -> None:
    home = tmp_path_factory.mktemp("segments")
    held: list[str] = []
    index: LexicalIndex | None = None
    for step, (added, removed, chance) in enumerate(changes):
        kept = [number for number in range(len(held)) if number not in removed]
        size = len(kept) + len(added)
        order = list(range(size))
        chance.shuffle(order)  # type: ignore[attr-defined]
        # What stays keeps its order, as files in order of their names do.
        old, new = sorted(order[: len(kept)]), sorted(order[len(kept) :])
        moved = [-1] * len(held)
        for number, place in zip(kept, old, strict=True):
            moved[number] = place
        texts = [""] * size
        for place, text in zip([*old, *new], [*(held[number] for number in kept), *added], strict=True):
            texts[place] = text
        index = written(home / str(step), added, new, index, moved, ratio=ratio)
        held = texts
        anew = home / f"anew{step}"
        anew.mkdir()
        count_words(list(map(list, held))).save(anew)
        fresh = opened(anew)
        assert len(index) == len(held)
        for word in WORDS:
            assert index.passages_with(word) == fresh.passages_with(word)
            assert np.array_equal(index.scores([(word, 1.0), ("甲", 0.5)]), fresh.scores([(word, 1.0), ("甲", 0.5)]))


def test_a_small_addition_links_what_is_there_and_a_large_one_does_not(tmp_path: Path) -> None:
    base = written(tmp_path / "0", ["甲乙"] * 100, list(range(100)), None, [], ratio=8)
    assert [segment.folder.name for segment in base.segments] == ["0"]
    assert not (tmp_path / "0" / "numbers.npy").exists()
    grown = written(tmp_path / "1", ["丙"], [0], base, list(range(1, 101)), ratio=8)
    assert [len(segment.lengths) for segment in grown.segments] == [100, 1]
    assert (tmp_path / "1/0/passages.npy").samefile(tmp_path / "0/passages.npy")
    shrunk = written(tmp_path / "2", [], [], grown, [0, -1, *range(1, 100)], ratio=8)
    assert (tmp_path / "2/0/passages.npy").samefile(tmp_path / "0/passages.npy")
    assert shrunk.passages_with("乙") == 99
    assert shrunk.scores([("乙", 1.0)]).tolist()[:2] == [0.0, pytest.approx(shrunk.scores([("乙", 1.0)])[1])]
    merged = written(tmp_path / "3", ["丁"] * 30, list(range(30)), shrunk, list(range(30, 130)), ratio=8)
    assert len(merged.segments) == 1
    less = written(tmp_path / "4", [], [], shrunk, [*range(60), *[-1] * 40], ratio=8)
    assert sum(len(segment.lengths) for segment in less.segments) == 60
    assert less.passages_with("丙") == 1


def test_where_no_links_can_be_made_files_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError

    base = written(tmp_path / "0", ["甲乙"] * 100, list(range(100)), None, [], ratio=8)
    monkeypatch.setattr("os.link", refuse)
    grown = written(tmp_path / "1", ["丙"], [0], base, list(range(1, 101)), ratio=8)
    assert not (tmp_path / "1/0/passages.npy").samefile(tmp_path / "0/passages.npy")
    assert grown.passages_with("乙") == 100


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty notices."""
    folder = tmp_path / "notices"
    folder.mkdir()
    for number in range(30):
        put(folder, number)
    return folder


def put(folder: Path, number: int, *, lifts: int = 0) -> None:
    text = f"第{number}县委关于整改情况的通报\n\n一、整改情况\n1.加装电梯{lifts or number + 3}部。\n2.改造管网{number}公里。\n"
    (folder / f"{number:03}.txt").write_text(text, "utf-8")


def test_an_index_in_segments_answers_as_one_made_anew(folder: Path, tmp_path: Path) -> None:
    embedder, directory = open_embedder(None), tmp_path / "index"
    update_index([folder], directory=directory, config=LISTED, embedder=embedder)
    first = open_index(directory).folder
    put(folder, 7, lifts=888)
    put(folder, 31)
    (folder / "012.txt").unlink()
    update_index([folder], directory=directory, embedder=embedder)
    index = open_index(directory, embedder=embedder)
    assert len(index.lexical.segments) == 2
    assert (index.folder / "lexical/0/words.txt").samefile(first / "lexical/words.txt")
    assert verify_index(directory) == []
    update_index([folder], directory=tmp_path / "anew", config=LISTED, embedder=embedder)
    anew = open_index(tmp_path / "anew", embedder=embedder)
    assert list(index.passages) == list(anew.passages)
    for question in ("加装电梯888部", "第12县", "改造管网31公里", "电梯"):
        mine, other = search(index, question, top_k=99), search(anew, question, top_k=99)
        assert {hit.passage: hit.lexical for hit in mine} == {hit.passage: hit.lexical for hit in other}
        assert not any("012" in hit.passage.file for hit in mine)


def test_an_index_in_segments_is_exported_imported_and_repaired(folder: Path, tmp_path: Path) -> None:
    embedder, directory = open_embedder(None), tmp_path / "index"
    update_index([folder], directory=directory, config=LISTED, embedder=embedder)
    put(folder, 31)
    update_index([folder], directory=directory, embedder=embedder)
    export_index(directory, tmp_path / "x.zip")
    import_index(tmp_path / "x.zip", tmp_path / "other")
    assert stored(tmp_path / "other") == stored(directory)
    spoilt = open_index(directory).folder / "lexical/0/passages.npy"
    data = bytearray(spoilt.read_bytes())
    data[-1] ^= 1
    shutil.copy(spoilt, tmp_path / "kept")
    spoilt.write_bytes(data)
    assert [problem.where for problem in verify_index(directory)] == ["lexical/0/passages.npy"]
    report = repair_index(directory, progress=silent, embedder=embedder)
    assert (report.damaged, report.lost) == (("lexical/0/passages.npy",), ())
    assert verify_index(directory) == []
    assert next(hit.passage.file for hit in search(open_index(directory), "第31县")) == "031.txt"


def test_what_is_removed_by_hand_leaves_no_word(folder: Path, tmp_path: Path) -> None:
    embedder, directory = open_embedder(None), tmp_path / "index"
    (folder / "005.txt").write_text("云川市通报\n独一无二的珊瑚礁。\n", "utf-8")
    update_index([folder], directory=directory, config=LISTED, embedder=embedder)
    put(folder, 31)
    update_index([folder], directory=directory, embedder=embedder)
    remove_notices(["005.txt"], directory=directory, embedder=embedder)
    index = open_index(directory)
    assert "珊瑚礁".encode() not in b"".join(path.read_bytes() for path in index.folder.rglob("*") if path.is_file())
    assert index.lexical.passages_with("珊瑚礁") == 0
