"""Word counts in blocks: across the border of two, large counts, merging, and what is written is what is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.counting import count_words
from index.errors import IndexDamagedError
from index.lexical import LexicalIndex
from index.postings import BLOCK, Postings, merge, open_blocks, places_in, unite
from index.tables import Rows, TextTable

if TYPE_CHECKING:
    from pathlib import Path

SIZE = BLOCK + 5


@pytest.fixture(scope="module")
def two_blocks() -> Postings:
    """Every passage holds 常; some hold another word, and one holds 常 seventeen times."""
    documents = [["常"] for _ in range(SIZE)]
    documents[3] = ["常"] * 17
    documents[BLOCK - 1] = ["常", "末"]
    documents[BLOCK] = ["常", "首", "首"]
    return count_words(documents)


def test_a_word_is_found_on_both_sides_of_the_border(two_blocks: Postings, tmp_path: Path) -> None:
    two_blocks.save(tmp_path)
    assert [block.first for block in open_blocks(tmp_path)] == [0, BLOCK]
    lexical = LexicalIndex.open(tmp_path, k1=1.5, b=0.75)
    assert [lexical.passages_with(word) for word in ("常", "末", "首", "无")] == [SIZE, 1, 1, 0]
    assert lexical.search([("首", 1.0), ("末", 1.0)], 5)[0].tolist() == [BLOCK, BLOCK - 1]
    assert lexical.search([("常", 1.0)], 1)[0].tolist() == [3]
    for mine, other in zip(lexical.segments[0].postings().columns(), two_blocks.columns(), strict=True):
        np.testing.assert_array_equal(mine, other)


def test_merging_moves_passages_over_the_border(two_blocks: Postings) -> None:
    new = count_words([["新", "常"]])
    moved = merge([(two_blocks, np.arange(SIZE) + 1), (new, np.array([0]))], SIZE + 1)
    words, passages, counts = moved.columns()
    held = {word.decode(): passages[words == number] for number, word in enumerate(moved.words)}
    assert (held["末"].tolist(), held["首"].tolist(), held["新"].tolist()) == ([BLOCK], [BLOCK + 1], [0])
    assert len(held["常"]) == SIZE + 1
    assert counts[passages == 4].tolist() == [17]


@given(st.lists(st.lists(st.integers(1, 40), min_size=1, max_size=4), max_size=9))
def test_counts_come_back_as_written(tmp_path_factory: pytest.TempPathFactory, repeats: list[list[int]]) -> None:
    folder = tmp_path_factory.mktemp("counts")
    documents = [[name for name, times in zip("甲乙丙丁", row, strict=False) for _ in range(times)] for row in repeats]
    counted = count_words(documents)
    counted.save(folder)
    again = LexicalIndex.open(folder, k1=1.5, b=0.75).segments[0].postings()
    assert list(again.words) == list(counted.words)
    for mine, other in zip(again.columns(), counted.columns(), strict=True):
        np.testing.assert_array_equal(mine, other)


words = st.lists(st.sampled_from([b"a", b"b", b"c", b"d", b"e"]), unique=True).map(sorted)


@given(st.lists(words, max_size=3))
def test_united_words_are_sorted_and_numbered(lists: list[list[bytes]]) -> None:
    united, ranks = unite(lists)
    assert united == sorted({word for one in lists for word in one})
    for one, numbers in zip(lists, ranks, strict=True):
        assert [united[number] for number in numbers.tolist()] == one


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("was_packed", [False, True])
def test_rows_are_taken_over(tmp_path: Path, packed: bool, was_packed: bool) -> None:
    TextTable.write(tmp_path, "old", ["甲", "", "丙丁", "戊"], packed=was_packed)
    old = TextTable.open(tmp_path, "old")
    TextTable.write(tmp_path, "new", ["始", Rows(old, 1, 3), b"\xe4\xb9\x99", Rows(old, 0, 1)], packed=packed)
    new = TextTable.open(tmp_path, "new")
    assert list(new) == ["始", "", "丙丁", "乙", "甲"]
    assert [new[number] for number in range(len(new))] == list(new)


@pytest.mark.parametrize("packed", [False, True])
def test_an_altered_row_of_a_table_with_sums_is_told(tmp_path: Path, packed: bool) -> None:
    TextTable.write(tmp_path, "t", ["甲" * 50, "", "乙"], packed=packed, summed=True)
    path = tmp_path / ("t.z" if packed else "t.txt")
    path.write_bytes(path.read_bytes()[:-1] + b"\x00")
    table = TextTable.open(tmp_path, "t")
    assert [table[0], table[1]] == ["甲" * 50, ""]
    with pytest.raises(IndexDamagedError, match=r"t\.(txt|z) 第 3 行的内容已被改动"):
        table[2]
    with pytest.raises(IndexDamagedError, match="第 3 行"):
        list(table)


@pytest.mark.parametrize("summed", [False, True])
def test_rows_that_are_taken_over_have_sums(tmp_path: Path, summed: bool) -> None:
    """Generations written before there were sums have none."""
    TextTable.write(tmp_path, "old", ["甲", "", "丙丁"], summed=summed)
    old = TextTable.open(tmp_path, "old")
    TextTable.write(tmp_path, "new", ["始", Rows(old, 0, 3)], summed=True)
    assert list(TextTable.open(tmp_path, "new")) == ["始", "甲", "", "丙丁"]
    (tmp_path / "new.txt").write_text("始乙丙丁", "utf-8")
    with pytest.raises(IndexDamagedError, match="第 2 行"):
        TextTable.open(tmp_path, "new")[1]
    assert TextTable.open(tmp_path, "new", checked=False)[1] == "乙"


def test_sums_of_another_table_are_refused(tmp_path: Path) -> None:
    TextTable.write(tmp_path, "t", ["甲", "乙"], summed=True)
    np.save(tmp_path / "t.sums.npy", np.zeros(3, np.uint32))
    with pytest.raises(ValueError, match="3 sums of 2 rows"):
        TextTable.open(tmp_path, "t")


def test_a_spoilt_packed_row_is_told(tmp_path: Path) -> None:
    TextTable.write(tmp_path, "t", ["甲" * 50], packed=True)
    path = tmp_path / "t.z"
    path.write_bytes(path.read_bytes()[:-3] + b"abc")
    with pytest.raises(ValueError, match="row 0 is spoilt"):
        TextTable.open(tmp_path, "t")[0]


@given(st.lists(st.integers(0, 2**32 - 1), unique=True), st.lists(st.integers(0, 2**32 - 1), min_size=1))
def test_a_number_is_found_where_it_stands_or_would(numbers: list[int], wanted: list[int]) -> None:
    ascending = np.array(sorted(numbers), np.uint32)
    assert places_in(ascending, wanted).tolist() == [sum(one < value for one in numbers) for value in wanted]
