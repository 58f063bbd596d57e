from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.markup import Html, escape, join, tag


@given(st.text(), st.text())
def test_text_stays_text_in_content_and_attribute(content: str, attribute: str) -> None:
    made = tag("p", content, title=attribute)
    found = re.fullmatch(r'<p title="([^"<>]*)">([^<>]*)</p>', made, re.DOTALL)
    assert found
    assert html.unescape(found[1]) == html.unescape(html.escape(attribute))
    assert html.unescape(found[2]) == html.unescape(html.escape(content))


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", " ?x", "http://evil.example", "//evil.example", "", "\n?x", "data:text/html,x"]
)
def test_a_link_off_the_page_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="begin with"):
        tag("a", "x", href=target)


def test_markup_is_kept_text_is_escaped() -> None:
    assert join([Html("<b>x</b>"), "<b>"]) == "<b>x</b>&lt;b&gt;"
    assert escape(Html("<i>")) == "<i>"


def test_none_and_false_attributes_are_left_out_and_void_elements_have_no_end() -> None:
    assert tag("input", type="search", class_=None, disabled=False, hidden=True) == '<input type="search" hidden>'
