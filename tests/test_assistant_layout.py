from __future__ import annotations

import io
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from assistant.layout import Paragraph, cells, printable, wrap, write

if TYPE_CHECKING:
    import pytest

TEXTS = st.text(alphabet=st.sampled_from("整改，。（）“”《》abc 12.5%\u0301"), max_size=120)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def written(*paragraphs: Paragraph, width: int = 20, stream: io.StringIO | None = None) -> str:
    stream = stream or io.StringIO()
    write(paragraphs, stream, width=width)
    return stream.getvalue()


@given(TEXTS, st.integers(8, 40), st.integers(0, 4), st.integers(0, 4))
def test_lines_cover_the_text_and_fit(text: str, width: int, first: int, rest: int) -> None:
    lines = wrap(text, width=width, first=first, rest=rest)
    assert "".join(text[start:end] for start, end in lines) == text
    for number, (start, end) in enumerate(lines):
        assert cells(text[start:end]) + (rest if number else first) <= width


def test_punctuation_clings_to_what_it_closes_or_opens() -> None:
    text = "一二三四五六七八九，十（百）千"
    lines = [text[start:end] for start, end in wrap(text, width=18)]
    assert lines == ["一二三四五六七八", "九，十（百）千"]
    assert [text[a:b] for a, b in wrap("一二三（百）", width=8)] != ["一二三（", "百）"]


def test_latin_words_stay_whole_unless_wider_than_a_line() -> None:
    text = "整改2023年 jiwei@example.cn"
    assert [text[a:b] for a, b in wrap(text, width=16)] == ["整改2023年 ", "jiwei@example.cn"]
    assert len(wrap("a" * 50, width=20)) == 3


def test_edges_of_wrapping() -> None:
    assert wrap("", width=10) == [(0, 0)]
    assert wrap("整", width=1) == [(0, 1)]


def test_control_characters_are_shown_as_such_and_lengths_stay() -> None:
    text = "甲\x1b[31m乙\u202e丙\n丁\ud800"
    shown = printable(text)
    assert len(shown) == len(text)
    assert shown == "甲\ufffd[31m乙\ufffd丙 丁\ufffd"


def test_plain_where_there_is_no_terminal() -> None:
    text = written(Paragraph("一二三四五", "bold", indent=2, hanging=2, marks=((1, 2, "red"),)), width=8)
    assert text == "  一二三\n    四五\n"


def test_styles_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    paragraph = Paragraph("一二三四五六", indent=1, marks=((2, 5, "bold"),))
    assert written(paragraph, width=9, stream=Terminal()) == " 一二\x1b[1m三四\x1b[0m\n \x1b[1m五\x1b[0m六\n"
    assert written(Paragraph("[red]x[/red] :smile:"), stream=Terminal()) == "[red]x[/red] :smile:\n"


def test_a_blank_paragraph_is_an_empty_line() -> None:
    assert written(Paragraph(), Paragraph("甲")) == "\n甲\n"
