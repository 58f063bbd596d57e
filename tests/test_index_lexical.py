from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.counting import count_words
from index.lexical import LexicalIndex
from index.postings import merge

DOCUMENTS = [
    ["老旧", "小区", "改造"],
    ["小区", "小区"],
    [],
    ["改造", "资金", "_资金", "改造"],
    ["改造", "老旧", "小区"],
]


def saved(folder: Path, documents: list[list[str]], *, k1: float = 1.5, b: float = 0.75) -> LexicalIndex:
    folder.mkdir(exist_ok=True)
    count_words(documents).save(folder)
    return LexicalIndex.open(folder, k1=k1, b=b)


@pytest.fixture
def lexical(tmp_path: Path) -> LexicalIndex:
    return saved(tmp_path, DOCUMENTS)


def test_scores_equal_those_of_bm25s(lexical: LexicalIndex) -> None:
    import bm25s

    reference = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
    reference.index(DOCUMENTS, show_progress=False)
    for query in (["小区"], ["老旧", "改造", "资金"], ["改造", "改造"]):
        mine = lexical.scores([(word, 1.0) for word in query])
        np.testing.assert_allclose(mine, reference.get_scores(query), rtol=1e-5)


def test_search_orders_by_score_then_number(lexical: LexicalIndex) -> None:
    ids, scores = lexical.search([("老旧", 1.0)], 10)
    assert ids.tolist() == [0, 4]
    assert scores[0] == scores[1]
    assert lexical.search([("老旧", 1.0)], 1)[0].tolist() == [0]


def test_weights_are_linear(lexical: LexicalIndex) -> None:
    whole, half = lexical.scores([("资金", 1.0)]), lexical.scores([("资金", 0.5)])
    np.testing.assert_allclose(half * 2, whole)


@pytest.mark.parametrize(
    ("query", "allowed", "expected"),
    [
        ([], None, []),
        ([("没有", 1.0)], None, []),
        ([("没有", 1.0), ("资金", 1.0)], None, [3]),
        ([("小区", 1.0)], [], []),
        ([("小区", 1.0)], [2, 3], []),
        ([("小区", 1.0)], [4, 0, 0], [0, 4]),
    ],
)
def test_edges(
    lexical: LexicalIndex, query: list[tuple[str, float]], allowed: list[int] | None, expected: list[int]
) -> None:
    restriction = None if allowed is None else np.array(allowed, dtype=np.int64)
    assert lexical.search(query, 10, allowed=restriction)[0].tolist() == expected
    assert lexical.search(query, 0, allowed=restriction)[0].tolist() == []


def test_idf_falls_with_frequency_and_is_largest_for_unknown_words(lexical: LexicalIndex) -> None:
    assert lexical.idf("没有") > lexical.idf("资金") > lexical.idf("老旧") > lexical.idf("改造") > 0
    assert lexical.passages_with("改造") == 3
    assert lexical.passages_with("") == 0


def test_empty_index(tmp_path: Path) -> None:
    empty = saved(tmp_path, [])
    assert len(empty) == 0
    assert empty.search([("小区", 1.0)], 5)[0].tolist() == []
    assert empty.idf("小区") > 0


def test_passages_without_words(tmp_path: Path) -> None:
    assert saved(tmp_path, [[], []]).search([("小区", 1.0)], 5)[0].tolist() == []


def test_open_index_outlives_its_files(tmp_path: Path) -> None:
    lexical = saved(tmp_path / "l", DOCUMENTS)
    for path in (tmp_path / "l").iterdir():
        path.unlink()
    assert lexical.search([("资金", 1.0)], 5)[0].tolist() == [3]


word = st.sampled_from(["甲", "乙", "丙丁", "a", "_甲乙", "𠀀", "\uffee"])
document = st.lists(word, max_size=6)


@given(st.lists(document, max_size=8), st.lists(document, max_size=4), st.data())
def test_merging_equals_counting_anew(kept: list[list[str]], new: list[list[str]], data: st.DataObject) -> None:
    size = len(kept) + len(new)
    order = data.draw(st.permutations(range(size)))
    places = np.array(order, dtype=np.int64)
    dropped = np.array(data.draw(st.lists(st.booleans(), min_size=len(kept), max_size=len(kept))), dtype=bool)
    places_kept = np.where(dropped, -1, places[: len(kept)])
    merged = merge([(count_words(kept), places_kept), (count_words(new), places[len(kept) :])], size)
    documents: list[list[str]] = [[] for _ in range(size)]
    for place, words in zip([*places_kept.tolist(), *places[len(kept) :].tolist()], [*kept, *new], strict=True):
        if place >= 0:
            documents[place] = words
    anew = count_words(documents)
    assert merged.words == anew.words
    np.testing.assert_array_equal(merged.lengths, anew.lengths)
    for mine, other in zip(merged.columns(), anew.columns(), strict=True):
        np.testing.assert_array_equal(mine, other)
