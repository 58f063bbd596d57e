"""Tables of Markdown are found where the library finds them, and give the same cells."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import pytest
from fakes_calls import calls_for
from fakes_chance import examples
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from index.readers.markdown import read_markdown
from index.readers.markdown_tables import ROWS, read_tables_by_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

HEAD = "| 村 | 户 |\n|---|---:|\n"
PARTS = [
    "|",
    "|",
    " ",
    "\n",
    "\n\n",
    "甲村",
    "12",
    "\\|",
    "**",
    "`",
    "> ",
    "- ",
    "1. ",
    "    ",
    "# ",
    "---|---\n",
    HEAD,
]


def own(text: str) -> list[list[list[str]]]:
    parser = MarkdownIt("commonmark").enable("table")
    read_tables_by_row(parser)
    return [token.meta[ROWS] for token in parser.parse(text) if token.type == ROWS]


def of_the_library(text: str) -> list[list[list[str]]]:
    tables: list[list[list[str]]] = []
    tokens: Sequence[Token] = MarkdownIt("commonmark").enable("table").parse(text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif before is not None and before.type in {"th_open", "td_open"}:
            tables[-1][-1].append(token.content)
    return tables


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("", []),
        ("甲 | 乙", []),
        (HEAD, [[["村", "户"]]]),
        (HEAD + "| 甲村 |\n| 乙村 | 3 | 4 |\n", [[["村", "户"], ["甲村", ""], ["乙村", "3"]]]),
        (HEAD + "甲\\|乙 | 3\n\n正文\n", [[["村", "户"], ["甲|乙", "3"]]]),
        ("> " + HEAD.replace("\n", "\n> ", 1) + "> 甲村 | 3\n正文", [[["村", "户"], ["甲村", "3"]]]),
        (f"```\n{HEAD}```\n", []),
        (HEAD + "| 甲村 | 3 |\n# 标题\n", [[["村", "户"], ["甲村", "3"]]]),
    ],
)
def test_tables(text: str, tables: list[list[list[str]]]) -> None:
    assert own(text) == tables == of_the_library(text)


@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join))
@examples(150)
def test_any_text_has_the_tables_that_the_library_finds(text: str) -> None:
    assert own(text) == of_the_library(text)
    assert own(HEAD + text) == of_the_library(HEAD + text)


def test_the_grammar_inside_cells_is_taken_out() -> None:
    text = read_markdown((HEAD + "| **甲村** [东](x) | `3`&amp;4 |\n").encode(), path="a.md").text
    assert text == "村 | 户\n甲村 东 | 3&4\n"


def test_a_row_costs_little() -> None:
    """50,000 rows took 4 s of processor time: nearly all that a file may take."""
    read = functools.partial(read_markdown, path="a.md")
    few, many = (calls_for(read, (HEAD + "| 甲村 | 3 |\n" * count).encode()) for count in (100, 600))
    assert many - few < 500 * 130
