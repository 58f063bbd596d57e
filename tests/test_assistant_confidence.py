"""Confidence is a probability, and certain only for what is read by rule."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_assistant import asked, over
from hypothesis import given
from hypothesis import strategies as st

from assistant.compose.draft import Draft
from assistant.confidence import CERTAIN, SIGNALS, Calibration, signals_of
from assistant.pipeline import Assistant
from assistant.types import Status

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.reading import Reading

QUESTIONS = [
    "云川市2023年改造了几个小区？",
    "临渚区由谁牵头？",
    "岚江省港口岸线出台了什么文件？",
    "云川市怎么整改扬尘？",
]


def test_the_shipped_calibration() -> None:
    shipped = Calibration.open()
    assert len(shipped.weights) == len(SIGNALS) == len(set(SIGNALS))
    assert np.isfinite([*shipped.weights, shipped.bias]).all()
    assert 0 < shipped.threshold < CERTAIN < 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_signals_are_finite_and_judged_as_a_probability(index: Path, question: str) -> None:
    assistant = over(index)
    reading = assistant.read(asked(question, assistant))
    assert reading.draft is not None
    assert reading.draft.best is not None
    signals = signals_of(reading.draft.best, reading.found.probe, reading.ranked)
    assert len(signals) == len(SIGNALS)
    assert np.isfinite(signals).all()
    assert 0 < reading.confidence < 1
    alone = signals_of(reading.draft.best, reading.found.probe, reading.ranked[:1])
    assert np.isfinite(alone).all()


def test_rules_are_certain_and_nothing_is_nothing(index: Path) -> None:
    assistant = over(index)
    reading = assistant.read(asked(QUESTIONS[0], assistant))
    shipped = Calibration.open()
    assert shipped.judge(Draft("", certain=True), reading.found.probe, ()) == CERTAIN
    assert shipped.judge(Draft(""), reading.found.probe, ()) == 0.0


@functools.cache
def read_once(index: Path) -> Reading:
    assistant = over(index)
    return assistant.read(asked(QUESTIONS[0], assistant))


@given(st.lists(st.floats(-3, 3), min_size=len(SIGNALS), max_size=len(SIGNALS)), st.floats(-1e6, 1e6))
def test_any_weights_give_a_probability(index: Path, weights: list[float], bias: float) -> None:
    reading = read_once(index)
    assert reading.draft is not None
    judged = Calibration(tuple(weights), bias, 0.5).judge(reading.draft, reading.found.probe, reading.ranked)
    assert 0 <= judged <= 1


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_threshold_decides_between_answer_and_refusal(index: Path, question: str) -> None:
    opened = over(index)
    every = Assistant(opened.index, config=replace(opened.config, threshold=0.0)).ask(question)
    none = Assistant(opened.index, config=replace(opened.config, threshold=1.01)).ask(question)
    assert (every.status, none.status) == ("answered", "no_answer")
    assert none.reason == "low_confidence"
    assert every.confidence == none.confidence
    assert none.citations == ()
    assert every.retrieved == none.retrieved


@pytest.mark.parametrize(
    "question",
    [
        "云川市建了多少个充电桩？",
        "云川市常住人口有多少？",
        "临渚区森林覆盖率是多少？",
        "云川市地铁通到几号线了？",
        "临渚区的博物馆怎么样，有数字吗？",
    ],
)
def test_what_no_notice_mentions_is_declined(index: Path, question: str) -> None:
    answer = over(index).ask(question)
    assert answer.status is Status.NO_ANSWER
    assert not answer.citations


def test_a_heavy_term_that_is_said_nowhere_shows_in_the_signals(index: Path) -> None:
    assistant = over(index)
    at = SIGNALS.index("unsaid")
    said, unsaid = (
        _signals(assistant.read(asked(question, assistant)))[at : at + 2]
        for question in ("云川市2023年改造了几个小区？", "云川市改造小区用挖掘机花了多少？")
    )
    assert all(few < many for few, many in zip(said, unsaid, strict=True))


def _signals(reading: Reading) -> tuple[float, ...]:
    assert reading.draft is not None
    assert reading.draft.best is not None
    return signals_of(reading.draft.best, reading.found.probe, reading.ranked)
