"""Passages within the units asked about, and never outside a filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import asked, over

from assistant.retrieval import DEPTH, LookUp, look_up, mentions_elsewhere
from assistant.sentences import SentenceStore

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant


def find(assistant: Assistant, question: str, *, only: frozenset[str] | None = None, at_least: int = 0) -> LookUp:
    understood = asked(question, assistant)
    store = SentenceStore(assistant.index)
    units = understood.places.units
    return look_up(assistant.index, understood, store, units=units, only=only, at_least=at_least)


def ids(assistant: Assistant, unit: str) -> frozenset[str]:
    return frozenset(notice.id for notice in assistant.index.notices if notice.unit == unit)


def test_a_named_unit_is_searched_alone(index: Path) -> None:
    assistant = over(index)
    found = find(assistant, "云川市2023年规上工业增加值是多少？")
    own = ids(assistant, "云川市")
    assert found.notices == own
    assert {hit.passage.notice for hit in found.hits} == own


def test_others_that_name_the_unit_follow_and_are_marked(index: Path) -> None:
    assistant = over(index)
    found = find(assistant, "澄浦市的巡视是什么时候开始的？")
    foreign = [hit for hit in found.read if hit.passage.notice not in ids(assistant, "澄浦市")]
    assert {hit.passage.notice for hit in foreign} <= found.probe.foreign
    assert all("澄浦" in hit.passage.text for hit in foreign)
    assert not set(foreign) & set(found.hits)


def test_without_a_unit_everything_is_searched(index: Path) -> None:
    found = find(over(index), "改造了几个老旧小区？")
    assert found.notices is None
    assert len({hit.passage.file for hit in found.hits}) > 1
    assert found.probe.foreign == frozenset()


@pytest.mark.parametrize("question", ["改造了几个小区？", "云川市改造了几个小区？", "临渚区改造了几个小区？"])
def test_a_filter_is_never_left(index: Path, question: str) -> None:
    assistant = over(index)
    own = ids(assistant, "云川市")
    found = find(assistant, question, only=own)
    assert {hit.passage.notice for hit in (*found.hits, *found.read)} <= own
    assert find(assistant, question, only=frozenset()).read == ()


def test_as_many_passages_as_the_record_lists(index: Path) -> None:
    assistant = over(index)
    assert len(find(assistant, "整改").hits) == DEPTH
    found = find(assistant, "整改", at_least=30)
    assert len(found.hits) == 30
    assert len(found.read) == DEPTH


@pytest.mark.parametrize(
    ("name", "mentioned"),
    [("松泉县", True), ("白汀县", False), ("银汀市", False), ("鹤岗市", False), ("云川县", False)],
)
def test_places_that_a_notice_mentions(index: Path, name: str, mentioned: bool) -> None:
    assistant = over(index)
    assert mentions_elsewhere(assistant.index, name, assistant.gazetteer) is mentioned
