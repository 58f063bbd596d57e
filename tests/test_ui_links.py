from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.scope import Scope
from ui.links import Address, notice_link, question_link, read_address

_TEXT = st.text(st.characters(codec="utf-8"), min_size=1, max_size=50).map(str.strip).filter(bool)


_YEAR = st.none() | st.integers(1000, 9999)
_NAMES = st.lists(_TEXT, max_size=3, unique=True).map(tuple)


@given(_TEXT, st.builds(Scope, _NAMES, _NAMES, _YEAR, _YEAR))
def test_a_question_survives_its_link(question: str, scope: Scope) -> None:
    assert read_address(question_link(question, scope=scope)) == Address(question=question, scope=scope)


@given(_TEXT, st.integers(0, 10**9), st.integers(1, 10**6))
def test_a_place_survives_its_link(notice: str, start: int, length: int) -> None:
    link = notice_link(notice, start=start, end=start + length)
    assert read_address(link) == Address(notice=notice, start=start, end=start + length)


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("", Address()),
        ("?", Address()),
        ("?notice=n&start=-4&end=x", Address(notice="n")),
        ("?notice=n&start=１２&end=99999999999999", Address(notice="n")),
        ("?" + "&".join(f"a{i}=1" for i in range(500)), Address()),
        ("?q=a&unit=+&from=23&to=x&in=", Address(question="a")),
        ("?q=%ff", Address(question="\ufffd")),
    ],
)
def test_unreadable_parts_count_as_not_said(search: str, expected: Address) -> None:
    assert read_address(search) == expected


@given(st.text())
def test_any_address_is_read(search: str) -> None:
    assert isinstance(read_address(search), Address)
