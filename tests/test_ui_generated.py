"""A language model's answer in the page: offered, streamed beside the other answer, struck, stopped."""

from __future__ import annotations

import html
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import over
from fake_llm import FakeLlm, Served, Talk
from fakes_ui import QUESTION, ScriptedAssistant, shelf

from assistant.llm.answering import Writer
from assistant.llm.config import LlmConfig, Unsupported
from assistant.pipeline import Assistant
from ui.generated import with_writing
from ui.handlers import Desk, View
from ui.library import Library
from ui.markup import Html
from ui.words import words_of
from ui.writing import Line, State, Writing, request, requested

if TYPE_CHECKING:
    from pathlib import Path

INDUSTRY = "云川市2023年规上工业增加值是多少？"
RIGHT = "2023年云川市规上工业增加值386.4亿元[1]。"
WRONG = "2023年云川市规上工业增加值999.9亿元[1]。"


def desk_over(index: Path, llm: Any, **settings: Any) -> Desk:
    config = llm.config if hasattr(llm, "config") else LlmConfig(source="fake", **settings)
    assistant = Assistant(over(index).index, writer=Writer(llm, config=config))
    return Desk(Library(lambda: assistant), command="", pause=lambda _: None)


def text_of(view: View) -> str:
    return html.unescape(re.sub("<[^>]+>", "", view.talk))


def asked(desk: Desk, question: str = INDUSTRY) -> View:
    return list(desk.ask(question, (), "", "zh"))[-1]


def clicked(desk: Desk, view: View, turn: int = 0) -> View:
    return desk.act({"do": "write", "turn": str(turn)}, view.turns, "", "稿", "zh")


def test_without_a_model_nothing_is_offered() -> None:
    desk = Desk(Library(lambda: ScriptedAssistant(shelf())), command="", pause=lambda _: None)
    view = asked(desk, QUESTION)
    assert view.turns[0].writing is None
    assert 'data-do="write"' not in view.talk
    assert list(desk.ask(request(0), view.turns, "", "zh")) == []


def test_the_answer_grows_beside_the_other_and_ends_with_its_quotes(index: Path) -> None:
    desk = desk_over(index, FakeLlm([RIGHT, WRONG]), unsupported=Unsupported.STRIKE)
    first = asked(desk)
    assert 'data-do="write"' in first.talk
    view = clicked(desk, first)
    assert (view.pending, view.draft) == (request(0), "稿")
    views = list(desk.ask(view.pending, view.turns, "", "zh"))
    assert [one.busy for one in views] == [True] * (len(views) - 1) + [False]
    assert "正在作答" in text_of(views[0])
    last = views[-1]
    assert last.talk.count("386.4亿元") > first.talk.count("386.4亿元") + 1
    assert re.search("<del>[^<]*999.9亿元[^<]*</del>", last.talk)
    assert 'class="both"' in last.talk
    assert 'href="#written-0-1"' in last.talk
    assert 'data-do="open"' in last.talk.split('class="written"')[1]
    assert "首字" in text_of(last)
    assert last.turns[0].answer == first.turns[0].answer


def test_removed_sentences_are_left_out_unless_they_are_to_be_struck(index: Path) -> None:
    desk = desk_over(index, FakeLlm([RIGHT, WRONG]))
    last = list(desk.ask(request(0), asked(desk).turns, "", "zh"))[-1]
    assert "999.9" not in last.talk
    assert "删去没有原文依据的 1 句" in text_of(last)


@pytest.mark.parametrize("unsupported", list(Unsupported))
def test_what_falls_back_leaves_nothing_that_looks_like_an_answer(index: Path, unsupported: Unsupported) -> None:
    from assistant.errors import LlmError

    desk = desk_over(index, FakeLlm([RIGHT, LlmError("服务断开")]), unsupported=unsupported)
    writing = list(desk.ask(request(0), asked(desk).turns, "", "zh"))[-1].turns[0].writing
    assert writing is not None
    assert (writing.state, writing.citations) == (State.DONE, ())
    assert "服务断开" in writing.note
    assert all(line.reasons for line in writing.lines)


def test_stopping_ends_the_generation_at_the_server(index: Path) -> None:
    def endless(talk: Talk, _: dict[str, Any]) -> None:
        talk.begin()
        while True:
            talk.say(RIGHT)
            time.sleep(0.05)

    with Served(endless) as served:
        desk = desk_over(index, served.llm())
        views = desk.ask(request(0), asked(desk).turns, "", "zh")
        view = next(one for one in views if one.turns[0].writing and one.turns[0].writing.lines)
        assert desk.act({"do": "clear"}, view.turns, "", "", "zh").turns == view.turns
        stopped = desk.stop(view.turns, "", "zh")
        rest = list(views)
        assert served.broken.wait(5)
    assert len(rest) < 60
    assert "已停止语言模型作答" in text_of(stopped)
    assert "<del>" in stopped.talk
    assert stopped.turns[0].answer is not None


def test_an_unforeseen_error_is_told_and_ends_the_writing(index: Path) -> None:
    desk = desk_over(index, FakeLlm([RuntimeError("boom")]))
    last = list(desk.ask(request(0), asked(desk).turns, "", "zh"))[-1]
    assert not last.busy
    assert "RuntimeError" in text_of(last)


@pytest.mark.parametrize(
    "text", ["", "3", "\ue000write:", "\ue000write:-1", "\ue000write:x", "\ue000write:9999999", "x\ue000write:1"]
)
def test_only_a_request_is_one(text: str) -> None:
    assert requested(text) is None
    assert requested(request(12)) == 12


def test_a_request_for_a_turn_that_is_not_there_does_nothing(index: Path) -> None:
    desk = desk_over(index, FakeLlm([RIGHT]))
    assert list(desk.ask(request(7), (), "", "zh")) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_model_writes_is_text_and_never_markup(language: str) -> None:
    evil = "<img src=x onerror=alert(1)>[1]<script>"
    lines = (Line(evil), Line(evil, (evil,)))
    for state in State:
        writing = Writing(state, "t", lines, evil, 0.5, evil)
        markup = with_writing(0, Html("<p></p>"), writing, words_of(language))
        assert "<img" not in markup
        assert "<script" not in markup
