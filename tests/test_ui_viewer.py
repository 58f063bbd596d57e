from __future__ import annotations

import html
import re

import pytest
from fakes_ui import HOSTILE, NOTICE, Shelf
from hypothesis import given
from hypothesis import strategies as st

from ui.viewer import marked, missing, viewer
from ui.words import words_of

WORDS = words_of("zh")
SHELF = Shelf.of(qinghe=NOTICE, hostile=HOSTILE)


def _made(number: int, *, place: tuple[int, int] = (-1, -1), others: tuple[tuple[int, int], ...] = ()) -> str:
    notice = SHELF.notices[number]
    return viewer(notice, SHELF.sections(notice.id), SHELF.text(notice.file), WORDS, place=place, others=others)


def _text(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


@pytest.mark.parametrize("number", [0, 1])
def test_the_whole_notice_is_shown_once(number: int) -> None:
    notice = SHELF.notices[number]
    body = _made(number).split('class="text">')[1]
    expected = "".join(line for line in SHELF.text(notice.file)[notice.start : notice.end].split("\n") if line.strip())
    assert _text(body) == expected


def test_the_cited_place_is_marked_and_current() -> None:
    start = NOTICE.index("2023年完成")
    made = _made(0, place=(start, start + 13), others=((start + 14, start + 20),))
    assert f'class="current" id="place-{start}-{start + 13}"' in made
    assert made.count("<mark") == 2
    assert 'data-step="1"' in made


def test_a_quote_over_several_lines_is_marked_in_each_with_one_anchor() -> None:
    start, end = NOTICE.index("2024年完成改造63"), NOTICE.index("更换供水")
    made = _made(0, place=(start, end))
    assert made.count(f'id="place-{start}-{end}"') == 1
    assert made.count("<mark") == 3


@pytest.mark.parametrize("place", [(0, 10**6), (9, 9), (5, 2)])
def test_a_place_outside_says_so(place: tuple[int, int]) -> None:
    made = _made(0, place=place)
    assert WORDS["place_missing"] in made
    assert "<mark" not in made


def test_the_tree_names_every_heading() -> None:
    tree = _made(0).split("</nav>")[0]
    for heading in (
        "一、反馈问题的整改情况",
        "（一）民生保障方面",
        "1.办好群众实事",
        "（2）着力解决供水管网老化的问题",
    ):
        assert heading in tree


def test_a_notice_that_is_not_held() -> None:
    assert WORDS["notice_missing"] in missing(WORDS)


@given(st.text("ab<&", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=5))
def test_marking_neither_loses_nor_doubles_text(text: str, spans: list[tuple[int, int]]) -> None:
    made = marked(text, 0, len(text), sorted(spans), (0, 1))
    assert _text(made) == text
