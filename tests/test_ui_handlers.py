from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fakes_ui import COMPARE, FOLLOW_UP, NOTICE, QUESTION, Line, ScriptedAssistant, Shelf, shelf

from assistant.scope import Scope
from index.errors import IndexMissingError
from ui.examples import examples
from ui.handlers import Desk, Turns, View
from ui.library import Library, Opened
from ui.scopes import read_scope, write_scope

if TYPE_CHECKING:
    from ui.library import Assistant

COMMAND = "tongbao index 通报"
EVERYTHING = Scope()


def _desk(assistant: ScriptedAssistant | None = None) -> Desk:
    return Desk(Library(lambda: assistant or ScriptedAssistant(shelf())), command=COMMAND, pause=lambda _seconds: None)


def _asked(desk: Desk, *questions: str, scope: Scope = EVERYTHING) -> View:
    turns: Turns = ()
    for question in questions:
        *_, view = desk.ask(question, turns, write_scope(scope), "zh")
        turns = view.turns
    return view


def test_opening_lists_what_is_held() -> None:
    opening = _desk().open("", "zh-CN")
    assert "全部 2 份通报" in opening.chooser
    assert "收录 2 份通报" in opening.header
    assert "想了解哪份通报" in opening.view.talk
    assert "中共青禾市委" in opening.view.side


def test_opening_a_shared_question_asks_it_in_its_scope() -> None:
    opening = _desk().open("?q=改造了多少&unit=青禾市&from=2023", "zh")
    assert opening.view.pending == "改造了多少"
    assert read_scope(opening.view.scope) == Scope(units=("青禾市",), first_year=2023)
    assert "已选 1 份通报" in opening.chooser


def test_opening_a_shared_place_shows_it() -> None:
    desk = _desk()
    notice = shelf().notices[0]
    start = NOTICE.index("46个")
    assert (
        f'id="place-{start}-{start + 3}"'
        in desk.open(f"?notice={notice.id}&start={start}&end={start + 3}", "zh").view.side
    )
    assert "找不到这份通报" in desk.open("?notice=gone", "zh").view.side


def test_without_an_index_the_page_says_what_to_run() -> None:
    def load() -> Assistant:
        raise IndexMissingError("x 里没有索引")

    desk = Desk(Library(load), command=COMMAND, pause=lambda _seconds: None)
    view = desk.open("", "zh").view
    assert "x 里没有索引" in view.talk
    assert COMMAND in view.talk
    assert "x 里没有索引" in _asked(desk, QUESTION).talk
    assert "x 里没有索引" in desk.act({"do": "open", "notice": "n"}, (), "", "", "zh").side
    assert COMMAND in desk.act({"do": "clear"}, (), "", "", "zh").talk


def test_an_index_without_notices_says_what_to_run() -> None:
    assert COMMAND in _desk(ScriptedAssistant(Shelf.of())).open("", "zh").view.talk


def test_an_answer_appears_step_by_step() -> None:
    views = list(_desk().ask(QUESTION, (), "", "zh"))
    assert "正在查阅" in views[0].talk
    lengths = [view.turns[-1].shown for view in views[1:-1]]
    assert lengths == sorted(lengths, key=lambda length: length or 0)
    assert views[-1].turns[-1].shown is None
    assert [view.busy for view in views] == [True] * (len(views) - 1) + [False]
    assert "<mark>46个</mark>" in views[-1].side


@pytest.mark.parametrize("question", ["", "  \n"])
def test_a_blank_question_changes_nothing(question: str) -> None:
    assert list(_desk().ask(question, (), "", "zh")) == []


def test_earlier_questions_are_passed_on() -> None:
    assistant = ScriptedAssistant(shelf())
    view = _asked(_desk(assistant), QUESTION, FOLLOW_UP)
    assert assistant.asked[-1] == (FOLLOW_UP, (QUESTION,), None)
    assert "青禾市2024年改造了多少个老旧小区？" in view.talk


def test_the_scope_is_passed_on_and_one_that_matches_nothing_never_widens() -> None:
    assistant = ScriptedAssistant(shelf())
    desk = _desk(assistant)
    assert "青禾市：1 份通报" in _asked(desk, "没有的事", scope=Scope(units=("青禾市",))).talk
    assert assistant.asked[-1][2] == Scope(units=("青禾市",))
    count = len(assistant.asked)
    for scope, told in (
        (Scope(units=("月球",)), "“月球”没有符合的通报"),
        (Scope(first_year=2090), "“2090 年起”没有符合的通报"),
    ):
        assert told in _asked(desk, QUESTION, scope=scope).talk
    assert len(assistant.asked) == count


def test_a_question_that_is_asked_again_brings_its_scope() -> None:
    desk = _desk()
    scope = write_scope(Scope(units=("青禾市",)))
    *_, view = desk.ask(QUESTION, (), scope, "zh")
    assert desk.act({"do": "retry", "turn": "0"}, view.turns, "", "", "zh").scope == scope
    assert desk.act({"do": "close"}, view.turns, "x", "", "zh").scope == "x"


def test_clicks() -> None:
    desk = _desk()
    turns = _asked(desk, QUESTION, COMPARE).turns

    def act(**action: str) -> View:
        return desk.act(action, turns, "", "draft", "zh")

    assert 'class="current"' in act(do="show", turn="1", n="2").side
    assert "46个" in act(do="show", turn="0").side
    source = turns[1].sources[1]
    opened = act(do="open", notice=source.notice, start=str(source.start), end=str(source.end), turn="1")
    assert f"place-{source.start}-{source.end}" in opened.side
    assert len(opened.turns) == 2
    assert "来源" in act(do="close").side
    assert (act(do="retry", turn="0").turns, act(do="retry", turn="0").pending) == ((), QUESTION)
    assert (act(do="edit", turn="1").turns, act(do="edit", turn="1").draft) == (turns[:1], COMPARE)
    assert act(do="undo", turn="1").turns == turns[:1]
    assert act(do="example", question="例").pending == "例"
    assert act(do="clear").turns == ()
    assert "/ask" in act(do="api").side
    assert act(do="show", turn="99").turns == turns
    assert act(do="nonsense", turn="-1").draft == "draft"


def test_while_an_answer_appears_nothing_else_is_asked_or_undone() -> None:
    desk = _desk()
    views = list(desk.ask(QUESTION, (), "", "zh"))
    partly = views[3].turns
    assert desk.send("下一问", partly) == ("", "下一问")
    assert desk.send("下一问", views[-1].turns) == ("下一问", "")
    assert desk.send("下一问", desk.stop(partly, "", "zh").turns) == ("下一问", "")
    for action in ("undo", "clear", "retry", "example"):
        view = desk.act({"do": action, "turn": "0", "question": "例"}, partly, "", "d", "zh")
        assert (view.turns, view.pending) == (partly, "")
    assert "46个" in desk.act({"do": "show", "turn": "0"}, partly, "", "", "zh").side


def test_a_fault_of_the_program_is_told_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    broken = ScriptedAssistant(shelf(), {QUESTION: Line("x", "x", ("没有这句话",))})
    view = _asked(_desk(broken), QUESTION)
    assert "程序内部出错（AssertionError）" in view.talk
    assert "没有这句话" in caplog.text


def test_stopping_keeps_what_was_shown() -> None:
    desk = _desk()
    views = list(desk.ask(QUESTION, (), "", "zh"))
    stopped = desk.stop(views[4].turns, "", "zh")
    assert "已停止" in stopped.talk
    assert 'data-do="retry"' in stopped.talk
    assert "已停止" not in desk.stop(views[-1].turns, "", "zh").talk
    assert "已停止" in desk.stop(views[0].turns, "", "zh").talk


def test_examples_are_asked_before_they_are_offered() -> None:
    assistant = ScriptedAssistant(shelf())
    opened = Opened(assistant, tuple(assistant.index.notices))
    assert examples(opened) == ()
    question = "青禾市2023年更换供水管网多少公里？"
    assert question in [asked[0] for asked in assistant.asked]
    line = Line("2023年更换供水管网120公里。[1]", "120公里", ("2023年更换供水管网120公里",))
    agreeable = ScriptedAssistant(shelf(), {question: line})
    (example,) = examples(Opened(agreeable, tuple(agreeable.index.notices)))
    assert (example.kind, example.question) == ("number", question)
    wrong = ScriptedAssistant(shelf(), {question: replace(line, short="1260万元")})
    assert examples(Opened(wrong, tuple(wrong.index.notices))) == ()
    assert question in _desk(agreeable).open("", "zh").view.talk
