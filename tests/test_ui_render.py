from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from fakes_ui import COMPARE, FOLLOW_UP, HOSTILE_QUESTION, LIST, QUESTION, ScriptedAssistant, shelf
from hypothesis import given
from hypothesis import strategies as st

from assistant.config import OLDER_ON_REQUEST
from assistant.types import Answer, Status
from ui.evidence import cited, nearest
from ui.library import Opened
from ui.markup import Html
from ui.render import confidence, conversation, with_marks
from ui.sources import api_panel, notices_panel, sources_panel
from ui.turns import Turn
from ui.words import words_of

WORDS = words_of("zh")
_ALLOWED = """a article b blockquote button dd details div dl dt h1 h2 h3 header input li mark nav ol output p pre q
section span strong summary table tbody td th thead time tr ul"""


class _Seen(HTMLParser):
    """Keeps the elements and attributes that a browser would make."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, list[tuple[str, str | None]]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, attrs))


def _turn(question: str, *, unit: str = "") -> Turn:
    assistant = ScriptedAssistant(shelf())
    opened = Opened(assistant, tuple(assistant.index.notices))
    answer = assistant.ask(question)
    found = cited(answer, opened) if answer.status is Status.ANSWERED else nearest(answer, opened)
    return Turn(question, unit, answer, sources=found, searched=2, units=opened.units())


def _shown(turn: Turn) -> Html:
    return conversation((turn,), WORDS, welcome=Html())


def test_no_turns_show_the_welcome() -> None:
    assert conversation((), WORDS, welcome=Html("<p>w</p>")) == "<p>w</p>"


def test_marks_link_to_sources_that_exist_only() -> None:
    made = with_marks("甲[1]乙[2]丙[x]", 3, [1], WORDS)
    assert 'href="#source-3-1"' in made
    assert made.count("<a ") == 1
    assert "乙[2]丙[x]" in made


@given(st.text())
def test_text_without_marks_is_only_escaped(text: str) -> None:
    made = with_marks(text, 0, [], WORDS)
    assert "<" not in made


def test_an_answer_has_marks_confidence_and_tools() -> None:
    made = _shown(_turn(QUESTION))
    assert "青禾市2023年完成改造<strong>46个</strong>小区。" in made
    assert 'data-n="1"' in made
    assert "把握较大" in made
    assert "93%" in made
    assert 'data-do="retry"' in made


def test_a_list_is_a_table_with_a_source_a_row_and_is_not_said_twice() -> None:
    made = _shown(_turn(LIST))
    assert '<table class="listed">' in made
    assert len(re.findall(r"<td><a class=\"mark\"", made)) == 2
    assert made.split("data-copy-text")[0].count("逐个小区编制改造方案") == 1


def test_a_comparison_has_a_row_a_unit_each_with_its_own_source() -> None:
    made = _shown(_turn(COMPARE))
    rows = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td><td>.*?data-n="(\d)"', made)
    assert rows == [("青禾市", "1260万元", "1"), ("恶意县", "88万元", "2")]


def test_an_item_without_a_source_has_an_empty_cell() -> None:
    turn = _turn(LIST)
    assert turn.answer
    made = _shown(replace(turn, answer=replace(turn.answer, items=("别处的事",))))
    assert "<td>别处的事</td><td></td>" in made


def test_a_refusal_says_what_was_searched_which_units_are_held_and_what_is_near() -> None:
    made = _shown(_turn("没有的事"))
    assert "reply refused" in made
    for said in ("全部 2 份通报", "青禾市", "恶意县", "最接近的段落 3 条"):
        assert said in made
    assert "把握" not in made


def test_many_units_are_cut_and_counted() -> None:
    made = _shown(replace(_turn("没有的事"), units=tuple(f"甲{i}县" for i in range(40))))
    assert "甲11县" in made
    assert "甲12县" not in made
    assert "等 40 个" in made


def test_the_stand_alone_question_is_shown_only_if_it_differs() -> None:
    assert "青禾市2024年改造了多少个老旧小区？" in _shown(_turn(FOLLOW_UP))
    assert "理解为" not in _shown(_turn(QUESTION))


def test_notes_about_versions_stand_below_the_answer_with_the_page_s_own_way_to_the_older_one() -> None:
    turn = _turn(QUESTION)
    assert turn.answer
    assert 'class="notes"' not in _shown(turn)
    note = f"[1] 出自较新的版本；旧版未用：<b>旧.txt（2024-01-15）{OLDER_ON_REQUEST}"
    made = _shown(replace(turn, answer=replace(turn.answer, notes=(note,))))
    (shown,) = re.findall(r'<ul class="notes">(.*?)</ul>', made)
    assert shown.startswith('<li>注：<a class="mark" href="#source-0-1"')
    assert "旧版未用：&lt;b&gt;旧.txt（2024-01-15）（要查旧版，请在“查阅范围”中勾选那一份）" in shown
    assert "--all-versions" not in made


@pytest.mark.parametrize(
    ("value", "said"), [(1.0, "把握较大"), (0.8, "把握较大"), (0.5, "把握一般"), (0.0, "把握较小"), (7.0, "100%")]
)
def test_confidence_in_words_and_number(value: float, said: str) -> None:
    assert said in confidence(value, WORDS)


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn("问"), "正在查阅"),
        (Turn("问", error="索引损坏"), "索引损坏"),
        (Turn("问", stopped=True), "已停止"),
        (Turn("问", answer=Answer("问", Status.ANSWERED, "一二三四"), shown=2), "一二"),
        (Turn("问", answer=Answer("问", Status.ANSWERED, "一二三四"), shown=2, stopped=True), "已停止"),
    ],
)
def test_unfinished_failed_and_stopped_turns(turn: Turn, said: str) -> None:
    made = _shown(turn)
    assert said in made
    assert "四</p>" not in made


@pytest.mark.parametrize("question", [HOSTILE_QUESTION, "没有的事<svg onload=alert(1)>"])
def test_hostile_text_makes_no_element_and_no_link_away(question: str) -> None:
    turn = _turn(question)
    panels = _shown(turn) + sources_panel(0, turn, WORDS, focus=1) + notices_panel(shelf().notices, WORDS)
    seen = _Seen()
    seen.feed(panels)
    assert {name for name, _ in seen.elements} <= set(_ALLOWED.split())
    attributes = [pair for _, pairs in seen.elements for pair in pairs]
    assert not [name for name, _ in attributes if name.startswith("on") or name in {"src", "style"}]
    assert all((value or "")[0] in "?#" for name, value in attributes if name == "href")


def test_sources_name_title_unit_date_path_and_mark_the_answer() -> None:
    made = sources_panel(0, _turn(QUESTION), WORDS, focus=1)
    for said in (
        "中共青禾市委关于巡视整改进展情况的通报",
        "青禾市",
        "2024-05-06",
        "1.办好群众实事",
        "<mark>46个</mark>",
    ):
        assert said in made
    assert 'class="current"' in made
    assert "不是答案" not in made


def test_nearest_passages_are_told_apart_from_sources() -> None:
    made = sources_panel(0, _turn("没有的事"), WORDS)
    assert "不是答案" in made
    assert 'class="number"' not in made


def test_a_turn_without_sources_and_an_empty_shelf() -> None:
    assert WORDS["no_sources"] in sources_panel(0, Turn("问", error="x"), WORDS)
    assert "<li>" not in notices_panel([], WORDS)


def test_the_endpoints_are_described() -> None:
    made = api_panel(WORDS)
    assert all(name in made for name in ("/ask", "/search", "/notices"))


def test_each_answer_can_be_saved_by_itself_and_rated() -> None:
    made = _shown(_turn(QUESTION))
    assert made.count('data-deed="export"') >= 2
    assert 'data-deed="export" data-form=".docx" data-turn="0"' in made
    assert made.count('data-deed="rate"') == 2
