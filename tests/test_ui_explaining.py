"""How an answer came about, folded out under it: only when asked for, escaped, in both languages."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import over
from fakes_ui import ScriptedAssistant, shelf

from index.errors import IndexDamagedError
from ui.explaining import explained, explanation
from ui.handlers import Desk, View
from ui.library import Library
from ui.turns import Turn
from ui.words import words_of

if TYPE_CHECKING:
    from pathlib import Path

INDUSTRY = "云川市2023年规上工业增加值是多少？"
COMPARED = "云川市和临渚区各改造了多少个老旧小区？"
STRANGE = "青岩市2023年新建了几所学校？"
ABOUT = "云川市的整改联系电话是什么？"
EVIL = "<img src=x onerror=alert(1)>${alert(2)}"


@pytest.fixture
def desk(index: Path) -> Desk:
    return Desk(Library(lambda: over(index)), command="", pause=lambda _: None)


def asked(desk: Desk, *questions: str) -> View:
    view = View((), desk.talk((), "zh"), desk.talk((), "zh"))
    for question in questions:
        view = list(desk.ask(question, view.turns, "", "zh"))[-1]
    return view


def clicked(desk: Desk, view: View, turn: int = 0, language: str = "zh") -> View:
    return desk.act({"do": "explain", "turn": str(turn)}, view.turns, "", "稿", language)


def text_of(markup: str) -> str:
    return html.unescape(re.sub("<[^>]+>", " ", markup))


def test_nothing_is_told_or_kept_unless_asked_for(desk: Desk) -> None:
    view = asked(desk, INDUSTRY)
    assert view.turns[0].explanation is None
    assert 'class="explained"' not in view.talk
    assert 'data-do="explain"' in view.talk
    assert 'aria-expanded="false"' in view.talk


def test_an_answer_is_explained_and_folded_away_again(desk: Desk) -> None:
    first = asked(desk, INDUSTRY)
    told = clicked(desk, first)
    folded = text_of(told.talk.split('class="explained"')[1])
    for part in ("数量", "云川市", "BM25", "余弦", "386.4亿元", "把握", "门槛", "检索", "ms"):
        assert part in folded, part
    assert told.draft == "稿"
    assert told.turns[0].answer == first.turns[0].answer
    assert "此后" not in folded
    again = clicked(desk, told)
    assert again.turns == first.turns
    assert again.talk == first.talk


@pytest.mark.parametrize(
    ("question", "chinese", "english"),
    [
        (INDUSTRY, "达到门槛", "so it is given"),
        (COMPARED, "逐个单位作答", "Each unit was answered by itself"),
        (STRANGE, "没有收录通报", "No notice of that place"),
        (ABOUT, "由规则直接读出", "is read by rule"),
    ],
)
def test_why_it_was_chosen_or_refused_in_both_languages(desk: Desk, question: str, chinese: str, english: str) -> None:
    view = asked(desk, question)
    assert chinese in text_of(clicked(desk, view).talk)
    spoken = text_of(clicked(desk, view, language="en").talk)
    assert english in spoken
    assert "How it was understood" in spoken


def test_a_later_question_is_explained_with_what_came_before(desk: Desk) -> None:
    told = clicked(desk, asked(desk, INDUSTRY, "那2022年呢？"), turn=1)
    assert told.turns[0].explanation is None
    understood = (told.turns[1].explanation or {})["understood"]
    assert understood["units"] == ["云川市"]
    assert 'id="explained-1"' in told.talk


def test_a_turn_that_is_not_there_or_not_done_is_left_alone(desk: Desk) -> None:
    view = asked(desk, INDUSTRY)
    assert clicked(desk, view, turn=7).turns == view.turns
    unfinished = replace(view, turns=(replace(view.turns[0], shown=3),))
    assert clicked(desk, unfinished).turns == unfinished.turns
    failed = Turn("？", error="不能回答")
    assert explained(failed, (), Library(lambda: ScriptedAssistant(shelf()))) == failed


def test_newer_notices_and_failures_are_told(index: Path) -> None:
    def broken() -> Any:
        raise IndexDamagedError("索引已损坏")

    view = asked(Desk(Library(lambda: over(index)), command="", pause=lambda _: None), INDUSTRY)
    older = replace(view.turns[0], generation="000000")
    words = words_of("zh")
    assert "此后" not in explanation(0, view.turns[0], words)
    assert "通报有了更新" in explanation(0, explained(older, (), Library(lambda: over(index))), words)
    assert "索引已损坏" in explanation(0, explained(older, (), Library(broken)), words)


def test_what_is_hostile_stays_text() -> None:
    turn = Turn("？", explanation=_hostile(EVIL))
    made = explanation(0, turn, words_of("en"))
    assert "<img" not in made
    assert html.escape(EVIL) in made
    assert 'class="warning"' in made


def _hostile(evil: str) -> dict[str, Any]:
    """Return an explanation with hostile text wherever text stands."""
    term = {"word": evil, "weight": 0.5, "wordings": [evil]}
    place = {"file": evil, "start": 1, "end": 2}
    scores = {"rank": 1, "score": 1.0, "bm25": 2.0, "cosine": 0.5}
    read = {"value": evil, "kind": evil, "sentence": evil, "score": 1.0, "strongest": [{"feature": evil, "share": 1.0}]}
    return {
        "changed": True,
        "understood": {
            **dict.fromkeys(("question", "wanted", "counter", "context"), evil),
            **{key: [evil] for key in ("units", "other_places", "years")},
            "comparison": True,
            "indicator_words": [term],
        },
        "stages_ms": {evil: 1.0},
        "readings": [
            {
                "units": [evil],
                "notices_searched": 1,
                "candidates": [place | scores | {"section": [evil]}],
                "evidence": [place | read],
                "by_rule": False,
            }
        ],
        "decision": {"because": "not_found", "detail": evil, "confidence": 0.1, "threshold": 0.4},
    }
