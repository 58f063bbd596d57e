from __future__ import annotations

import itertools
from collections import Counter

import pytest

from assistant.grounding import Source
from eval.grounding import HALVES, judge, share_right
from eval.grounding_sets import GroundingCase, load_cases

FAITHFUL = load_cases("faithful")
PLANTED = load_cases("planted")
LATER = HALVES[2:]
LATER_FAITHFUL = tuple(case for half in LATER for case in load_cases(f"{half}_faithful"))
LATER_PLANTED = tuple(case for half in LATER for case in load_cases(f"{half}_planted"))
SHORT = 4
"""Every how many cases of a large batch are judged here; python -m eval.grounding judges all."""
LARGE = 100


def of_half(cases: tuple[GroundingCase, ...], half: str) -> list[GroundingCase]:
    return [case for case in cases if case.half == half]


def short(cases: list[GroundingCase]) -> list[GroundingCase]:
    return cases[::SHORT] if len(cases) >= LARGE else cases


def test_the_sets_are_as_large_and_varied_as_promised() -> None:
    assert len(FAITHFUL) >= 200
    assert len(PLANTED) >= 200
    assert len({case.sources[0].text for case in FAITHFUL}) >= 12
    kinds = Counter(case.error for case in PLANTED)
    assert {"figure", "unit", "mark", "invented", "negation", "place", "year", "title", "body", "swap"} <= set(kinds)
    assert {case.half for case in (*FAITHFUL, *PLANTED, *LATER_FAITHFUL, *LATER_PLANTED)} == set(HALVES)
    texts = [case.answer for case in (*FAITHFUL, *PLANTED, *LATER_FAITHFUL, *LATER_PLANTED)]
    assert len(set(texts)) == len(texts)


def test_no_passage_is_shared_by_the_halves() -> None:
    halves = [
        {one.text for case in of_half((*FAITHFUL, *LATER_FAITHFUL), half) for one in case.sources} for half in HALVES
    ]
    assert all(halves)
    assert not any(one & other for one, other in itertools.combinations(halves, 2))


def test_the_fresh_batches_are_as_large_and_varied_as_promised() -> None:
    for half in ("fifth", "sixth"):
        planted = of_half(LATER_PLANTED, half)
        assert len(of_half(LATER_FAITHFUL, half)) >= 200
        assert len(planted) >= 200
        assert len({case.error for case in planted}) >= 12


@pytest.mark.parametrize(
    ("half", "floor"),
    [
        ("dev", 0.94),
        ("test", 0.94),
        ("third", 0.94),
        ("fourth", 0.92),
        ("fifth", 0.88),
        ("sixth", 0.86),
        ("seventh", 0.84),
        ("eighth", 0.9),
        ("ninth", 0.8),
    ],
)
def test_faithful_paraphrases_pass(half: str, floor: float) -> None:
    assert share_right(judge(short(of_half((*FAITHFUL, *LATER_FAITHFUL), half)))) >= floor


@pytest.mark.parametrize(
    ("half", "floor"),
    [
        ("dev", 0.94),
        ("test", 0.9),
        ("third", 0.92),
        ("fourth", 0.88),
        ("fifth", 0.92),
        ("sixth", 0.83),
        ("seventh", 0.86),
        ("eighth", 0.9),
        ("ninth", 0.8),
    ],
)
def test_planted_errors_are_caught(half: str, floor: float) -> None:
    assert share_right(judge(short(of_half((*PLANTED, *LATER_PLANTED), half)))) >= floor


def test_an_answer_without_sentences_is_not_right() -> None:
    source = Source(1, "聘用管护员415人。")
    empty = GroundingCase("x", "dev", (source,), "")
    missing = GroundingCase("y", "dev", (source,), "聘用管护员415人[1]。", error="figure", wrong=3)
    assert [outcome.right for outcome in judge([empty, missing])] == [False, False]
    assert share_right([]) == 0.0
