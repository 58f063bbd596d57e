"""Each way in which a server fails, from the question on: the extractive answer stays, with one line, and no key in a log."""

from __future__ import annotations

import logging
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import over
from fake_llm import Served, Talk

from assistant.llm.answering import Writer
from assistant.llm.types import Fault
from assistant.pipeline import Assistant
from assistant.types import Mode

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Script = Callable[[Talk, dict[str, Any]], None]

INDUSTRY = "云川市2023年规上工业增加值是多少？"
RIGHT = "2023年云川市规上工业增加值386.4亿元[1]。"
KEY = "sk-secret-of-mine-1234"
BOUNDS = {"pause_seconds": 0.4, "first_token_seconds": 0.6, "total_seconds": 0.9}


def died(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.say(RIGHT)


def garbage(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.raw(b"data: {not json\n\n")


def empty(talk: Talk, _: dict[str, Any]) -> None:
    talk.reply("")


def too_long(talk: Talk, _: dict[str, Any]) -> None:
    talk.status(400, f"maximum context length is 4096 tokens {KEY}")


def no_first_piece(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    time.sleep(1)


def a_pause(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.say(RIGHT)
    time.sleep(1)


def slow_drip(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    for _count in range(60):
        talk.say("云")
        time.sleep(0.05)


def status(code: int) -> Script:
    return lambda talk, _: talk.status(code, f"no {KEY}", Retry_After="0")


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        (died, Fault.DIED),
        (garbage, Fault.GARBAGE),
        (empty, Fault.EMPTY),
        (too_long, Fault.CONTEXT),
        (no_first_piece, Fault.TIMEOUT),
        (a_pause, Fault.TIMEOUT),
        (slow_drip, Fault.TIMEOUT),
        (status(401), Fault.UNAUTHORIZED),
        (status(429), Fault.BUSY),
        (status(503), Fault.BROKEN),
    ],
    ids=["died", "garbage", "empty", "too long", "no first piece", "a pause", "slow drip", "401", "429", "503"],
)
def test_each_fault_leaves_the_extractive_answer_and_one_line(
    index: Path, caplog: pytest.LogCaptureFixture, script: Script, fault: Fault
) -> None:
    with caplog.at_level(logging.DEBUG), Served(script) as served:
        llm = served.llm(key=KEY, **BOUNDS)
        assistant = Assistant(over(index).index, writer=Writer(llm, config=llm.config))
        answer = assistant.ask(INDUSTRY, mode=Mode.LLM)
        extractive = assistant.ask(INDUSTRY)
    assert any(value.endswith(KEY) for value in served.headers[0].values()), "the key goes to the server"
    assert answer.mode is Mode.EXTRACTIVE
    assert replace(answer, generation=None, elapsed_ms=0) == replace(extractive, elapsed_ms=0)
    assert answer.generation is not None
    assert answer.generation.fault == fault
    assert "已改用摘录式回答" in answer.generation.note
    assert "\n" not in answer.generation.note
    assert KEY not in answer.generation.note
    assert KEY not in caplog.text
