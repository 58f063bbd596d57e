"""Sentences cut from passages, and what is kept of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_assistant import made, over

from assistant.sentences import SentenceStore
from index.analysis import fold

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant

NOTICE = """中共甲安市委关于整改进展情况的通报

一、2022年整改情况

（一）着力解决路灯不亮的问题。新装路灯920盏！“亮灯工程”已完工；2023年计划再装50盏。资金从何而来？由市财政局安排。
"""


@pytest.fixture
def assistant(tmp_path: Path) -> Assistant:
    return made(tmp_path, 甲安=NOTICE)


def test_sentences_are_slices_of_their_file(index: Path) -> None:
    opened = over(index).index
    sentences = SentenceStore(opened).of(list(opened.passages))
    assert len(sentences) > 100
    for sentence in sentences:
        slice_ = opened.text(sentence.passage.file)[sentence.start : sentence.end]
        assert sentence.text == fold(slice_)
        assert sentence.passage.start <= sentence.start < sentence.end <= sentence.passage.end
        assert not slice_[0].isspace()
        assert sentence.before == fold(opened.text(sentence.passage.file)[sentence.passage.start : sentence.start])
        assert len(sentence.words) == len(sentence.vectors)


def test_nothing_but_blanks_is_left_out(index: Path) -> None:
    opened = over(index).index
    store = SentenceStore(opened)
    for passage in opened.passages:
        covered = "".join(opened.text(s.passage.file)[s.start : s.end] for s in store.of([passage]))
        bare = "".join(covered.split())
        assert set("".join(passage.text.split())) - set(bare) <= set("。!?;！？；”’」）")


def test_a_sentence_ends_at_its_mark_and_knows_the_last_year_before_it(assistant: Assistant) -> None:
    store = SentenceStore(assistant.index)
    sentences = [sentence for passage in assistant.index.passages for sentence in store.of([passage])]
    years = {sentence.text: sentence.inherited_year for sentence in sentences}
    assert years["“亮灯工程”已完工;"] == "2022"
    assert years["2023年计划再装50盏。"] == "2022"
    assert years["资金从何而来?"] == "2023"
    assert years["由市财政局安排。"] == "2023"


def test_the_headings_stand_beside_the_sentence(assistant: Assistant) -> None:
    store = SentenceStore(assistant.index)
    (found,) = [one for p in assistant.index.passages for one in store.of([p]) if one.text.startswith("新装路灯")]
    assert "2022年整改情况" in found.headings
    assert "着力解决路灯不亮的问题" in found.headings


def test_a_sentence_and_each_of_its_clauses_have_a_vector(assistant: Assistant) -> None:
    for found in SentenceStore(assistant.index).of(list(assistant.index.passages)):
        assert found.directions.shape == (1 + len(found.clauses), assistant.index.embedder.dimensions)
        assert np.isfinite(found.directions).all()
        assert list(found.clauses) == sorted(set(found.clauses))


def test_what_is_kept_is_what_was_cut(assistant: Assistant) -> None:
    passages = list(assistant.index.passages)
    store, forgetful = SentenceStore(assistant.index), SentenceStore(assistant.index, limit=0)
    assert store.of(passages) == store.of(passages)
    again = [forgetful.of(passages) for _ in range(2)]
    assert [[s.text for s in row] for row in again] == [[s.text for s in store.of(passages)]] * 2
    assert store.of([]) == []


def test_what_was_asked_for_last_is_kept_and_no_more_than_the_limit(index: Path) -> None:
    opened = over(index).index
    first, *others = opened.passages[:8]
    store = SentenceStore(opened, limit=3)
    kept = store.of([first])
    for passage in others:
        store.of([passage])
        assert store.of([first])[0] is kept[0]
    store.of(others)
    assert store.of([first])[0] is not kept[0]


def test_too_many_words_are_forgotten_and_sentences_keep_theirs(assistant: Assistant) -> None:
    passages = list(assistant.index.passages)
    store, large = SentenceStore(assistant.index, most_words=1), SentenceStore(assistant.index)
    for _ in range(2):
        found = [sentence for passage in passages for sentence in store.of([passage, passage])]
        for one, other in zip(found, [s for p in passages for s in large.of([p, p])], strict=True):
            np.testing.assert_array_equal(one.vectors, other.vectors)
            np.testing.assert_array_equal(one.directions, other.directions)


def test_vectors_of_words(assistant: Assistant) -> None:
    store = SentenceStore(assistant.index)
    assert store.word_vectors([]).shape == (0, assistant.index.embedder.dimensions)
    rows = store.word_vectors(["路灯", "路灯", "小区"])
    assert np.array_equal(rows[0], rows[1])
    assert not np.array_equal(rows[0], rows[2])
