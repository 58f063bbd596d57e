"""Candidates read from the best passages, best first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_assistant import asked, made, over
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.evidence import Evidence, Reader
from assistant.features import NAMES
from assistant.retrieval import look_up
from assistant.sentences import SentenceStore
from assistant.types import Wanted

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant


def read(assistant: Assistant, question: str) -> list[Evidence]:
    store = SentenceStore(assistant.index)
    understood = asked(question, assistant)
    found = look_up(assistant.index, understood, store, units=understood.places.units)
    return Reader.open().read(found.probe, found.read, store)


QUESTIONS = [
    "云川市2023年改造了几个小区？",
    "临渚区由谁牵头？",
    "岚江省出台了什么文件？",
    "云川市怎么整改扬尘？",
    "说说整改",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_best_sentence_comes_first_and_holds_its_candidates(index: Path, question: str) -> None:
    ranked = read(over(index), question)
    assert ranked
    best: dict[tuple[int, int], float] = {}
    for item in ranked:
        place = (item.rank, item.sentence.start)
        best[place] = max(item.score, best.get(place, item.score))
    assert list(best.values()) == sorted(best.values(), reverse=True)
    for item in ranked:
        assert item.sentence.start <= item.start < item.end <= item.sentence.end
        assert np.isfinite(item.features).all()
        assert item.feature("passage_score") == pytest.approx(item.hit.score)
        assert item.sentence.passage == item.hit.passage


@pytest.mark.parametrize("question", QUESTIONS)
def test_reading_twice_gives_the_same(index: Path, question: str) -> None:
    one, other = read(over(index), question), read(over(index), question)
    assert [(item.start, item.end, item.score) for item in one] == [(i.start, i.end, i.score) for i in other]


def test_the_shipped_weights_name_every_feature_and_are_finite() -> None:
    reader = Reader.open()
    assert "*" in reader.weights
    assert set(reader.weights) <= {"*", *map(str, Wanted)}
    for row in reader.weights.values():
        assert row.shape == (len(NAMES),)
        assert np.isfinite(row).all()


def test_a_feature_that_is_not_known_is_an_error(index: Path) -> None:
    with pytest.raises(KeyError, match="nothing"):
        read(over(index), QUESTIONS[0])[0].feature("nothing")


def test_no_passages_give_no_evidence(index: Path) -> None:
    assistant = over(index)
    store = SentenceStore(assistant.index)
    found = look_up(assistant.index, asked("改造", assistant), store, units=(), only=frozenset())
    assert found.hits == ()
    assert Reader.open().read(found.probe, [], store) == []


def test_titles_and_the_closing_block_are_never_evidence(tmp_path: Path) -> None:
    text = "中共甲安市委关于巡视整改进展情况的通报\n\n现通报如下，已改造小区四个。\n\n联系电话：0599-5550001\n\n中共甲安市委\n\n2024年6月19日\n"
    for item in read(made(tmp_path, 甲安=text), "甲安市的通报改造了几个小区？"):
        assert "关于巡视整改进展情况的通报" not in item.sentence.text
        assert not item.sentence.text.startswith("联系电话")


@settings(max_examples=30)
@given(st.text(alphabet="云川市临渚区改造小区2023年多少个哪家什么？怎么办", min_size=1, max_size=16))
def test_any_question_is_read_without_error(index: Path, text: str) -> None:
    for item in read(over(index), f"问{text}")[:20]:
        assert np.isfinite(item.score)
