from __future__ import annotations

from dataclasses import replace

import pytest
from fakes_ui import shelf
from hypothesis import given
from hypothesis import strategies as st

from assistant.scope import Scope
from ui.chooser import chooser
from ui.scopes import read_scope, told, write_scope
from ui.words import words_of

WORDS = words_of("zh")
NOTICES = tuple(shelf().notices)
_NAMES = st.lists(st.text(min_size=1, max_size=20).map(str.strip).filter(bool), max_size=4, unique=True).map(tuple)
_YEAR = st.none() | st.integers(1000, 9999)


@given(st.builds(Scope, _NAMES, _NAMES, _YEAR, _YEAR))
def test_a_scope_survives_its_way_through_the_browser(scope: Scope) -> None:
    assert read_scope(write_scope(scope)) == scope


@given(st.text() | st.from_regex(r'\{"(units|notices|from|to)": .{0,20}\}'))
def test_whatever_a_browser_sends_is_read(text: str) -> None:
    assert isinstance(read_scope(text), Scope)


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "{", '{"units": "青禾市"}', '{"from": "02023", "notices": [1, "", "  "]}']
)
def test_what_is_no_choice_counts_as_not_chosen(text: str) -> None:
    assert read_scope(text) == Scope()


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (Scope(), ""),
        (Scope(units=("甲市",)), "甲市"),
        (Scope(units=("甲", "乙", "丙", "丁")), "甲、乙、丙等 4 个单位"),
        (Scope(units=("甲市",), notices=("n",)), "甲市和选定的 1 份通报"),
        (Scope(first_year=2023, last_year=2023), "2023 年"),
        (Scope(units=("甲市",), first_year=2022, last_year=2023), "甲市，2022—2023 年"),
        (Scope(first_year=2022), "2022 年起"),
        (Scope(last_year=2022), "到 2022 年"),
    ],
)
def test_a_scope_in_words(scope: Scope, said: str) -> None:
    assert told(scope, WORDS) == said


def test_the_closed_chooser_only_counts() -> None:
    made = chooser(NOTICES, Scope(), WORDS)
    assert "全部 2 份通报" in made
    assert "<ul" not in made
    assert "没有符合的通报" in chooser(NOTICES, Scope(first_year=2090), WORDS)
    assert "全部 0 份通报" in chooser((), Scope(), WORDS)


def test_the_tree_lists_units_with_counts_and_their_notices() -> None:
    twice = (*NOTICES, replace(NOTICES[0], id="other", published="", feedback_date=""))
    made = chooser(twice, Scope(units=("青禾市",), notices=(NOTICES[1].id,), last_year=2024), WORDS, unfolded=True)
    assert made.count("data-unit=") == 2
    assert '<span>青禾市</span><span class="n">2</span>' in made
    assert made.count('type="checkbox"') == 5
    assert made.count(" checked") == 4
    assert '<option value="2024" selected>2024</option>' in made
    assert "日期不详" in made


def test_names_and_titles_are_shown_letter_for_letter() -> None:
    hostile = replace(NOTICES[0], unit="<img src=x onerror=alert(1)>", title='"><script>alert(2)</script>', id='"x')
    made = chooser([hostile], Scope(units=(hostile.unit,)), WORDS, unfolded=True)
    assert "<img" not in made
    assert "<script" not in made
    assert '"x' not in made.replace("&quot;x", "")
