from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from fakes_ui import COMPARE, QUESTION, ScriptedAssistant, shelf
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Retrieved
from index.marks import Place
from ui.evidence import cited, nearest, spans_of
from ui.library import Opened
from ui.sources import sources_panel
from ui.turns import Turn
from ui.words import words_of


def _opened() -> Opened:
    assistant = ScriptedAssistant(shelf())
    return Opened(assistant, tuple(assistant.index.notices))


@given(st.text("ab１1亿元%", max_size=30), st.lists(st.text("ab１1亿元%", max_size=4), max_size=6))
def test_spans_are_in_order_inside_and_apart(quote: str, wanted: list[str]) -> None:
    spans = spans_of(quote, wanted)
    assert all(0 <= start < end <= len(quote) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_a_citation_gets_date_marks_and_surroundings_of_its_section() -> None:
    opened = _opened()
    (source,) = cited(opened.assistant.ask(QUESTION), opened)
    text = opened.assistant.index.text("qinghe.txt")
    assert text[source.start : source.end] == source.quote
    assert [source.quote[start:end] for start, end in source.marks] == ["46个"]
    assert source.date == "2024-05-06"
    assert source.before.endswith("停车设施。")
    assert source.after == ""


def test_a_source_names_page_and_row_where_there_are_any() -> None:
    opened = _opened()
    answer = opened.assistant.ask(QUESTION)
    (plain,) = cited(answer, opened)
    placed = replace(answer, citations=(replace(answer.citations[0], place=Place(page=3, table=1, row=5)),))
    (source,) = cited(placed, opened)
    assert (plain.place, source.place) == ("", "第 3 页 表 1 第 5 行")
    panel = sources_panel(0, Turn(QUESTION, answer=placed, sources=(source,)), words_of("zh"))
    assert "第 3 页 表 1 第 5 行" in panel


def test_values_of_a_comparison_are_marked_without_the_unit() -> None:
    opened = _opened()
    sources = cited(opened.assistant.ask(COMPARE), opened)
    assert [source.quote[start:end] for source in sources for start, end in source.marks] == ["1260万元", "88万元"]


def test_a_citation_of_a_notice_that_is_gone_keeps_its_quote() -> None:
    opened = _opened()
    answer = opened.assistant.ask(QUESTION)
    (source,) = cited(answer, replace(opened, notices=()))
    assert source.quote == answer.citations[0].quote
    assert (source.before, source.after, source.date) == ("", "", "")


def test_nearest_passages_are_slices_without_number_and_skip_unknown_places() -> None:
    opened = _opened()
    answer = opened.assistant.ask("没有的事")
    answer = replace(answer, retrieved=(Retrieved("gone.txt", 0, 5, 0.9), *answer.retrieved))
    found = nearest(answer, opened)
    assert len(found) == 2
    for source in found:
        file = next(notice.file for notice in opened.notices if notice.id == source.notice)
        assert source.n == 0
        assert opened.assistant.index.text(file)[source.start : source.end] == source.quote
