"""What a sentence alone tells of its candidates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.candidates import find_candidates
from assistant.standing import Standing, standings
from assistant.types import Wanted
from index.analysis import fold

TEXT = fold("一是由云川市住房局牵头,改造老旧小区四十六个;二是委托岚江理工大学编制《规划》。")


def of(value: str, kind: str, wanted: Wanted) -> Standing:
    return next(one for one in standings(TEXT, wanted) if (one.value, one.candidate.kind) == (value, kind))


@pytest.mark.parametrize(
    ("value", "kind", "wanted", "clause"),
    [
        ("四十六个", "figure", Wanted.NUMBER, "改造老旧小区四十六个"),
        ("云川市住房局", "name", Wanted.ENTITY, "一是由云川市住房局牵头"),
        ("岚江理工大学", "name", Wanted.ENTITY, "二是委托岚江理工大学编制《规划》"),
    ],
)
def test_the_clause_around_a_candidate(value: str, kind: str, wanted: Wanted, clause: str) -> None:
    start, end = of(value, kind, wanted).clause
    assert TEXT[start:end] == clause


def test_a_name_that_is_handed_a_part_stands_clean() -> None:
    one = of("岚江理工大学", "name", Wanted.ENTITY)
    assert (one.agent, one.clean_name, one.typed) == (1.0, 1.0, 1.0)


def test_a_clause_is_no_name_and_no_figure() -> None:
    one = of("改造老旧小区四十六个", "clause", Wanted.NUMBER)
    assert (one.agent, one.clean_name, one.typed, one.figure_in_phrase) == (0.0, 0.0, 0.0, 0.0)


def test_nothing_stands_in_an_empty_sentence() -> None:
    assert standings("", Wanted.NUMBER) == ()


@given(st.text(alphabet="由云川市局,。;:《》“”改造46个2023年、", max_size=40), st.sampled_from(Wanted))
def test_every_candidate_stands_in_its_clause_once(text: str, wanted: Wanted) -> None:
    found = standings(text, wanted)
    assert [one.candidate for one in found] == find_candidates(text, 0, len(text), wanted)
    for one in found:
        assert one.value == text[one.candidate.start : one.candidate.end]
        assert 0 <= one.clause[0] <= one.candidate.start
        assert one.candidate.end <= one.clause[1] <= len(text)
        assert 0 <= one.order <= 1
        assert 0 < one.candidate_length <= 1
