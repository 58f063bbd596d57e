"""Any bytes as a file of questions, any text as a question: an answer or one line that says why not, never a crash."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

import pytest
from fake_assistant import broken, over
from fakes_chance import examples
from hypothesis import example, given
from hypothesis import strategies as st

from assistant.batch_files import read_questions
from assistant.errors import BatchError, QuestionError

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = (".txt", ".csv", ".tsv", ".jsonl", ".xlsx")
ODD = "云川市2023年多少个？\u202e\u2066\u200f\u0000\ud800\udfff\ufeff\u3000\U0010ffff\n\t\"',;|{}[]《》“”=+-@"
PARTS = st.sampled_from(
    ["问题", "question", "编号", "云川市改造了几个小区？", '"', "'", ",", ";", "\t", "\n", "\r\n", "sep=;\n"]
)


@given(data=st.binary(max_size=300), suffix=st.sampled_from(SUFFIXES))
@examples(150)
def test_any_bytes_as_questions(tmp_path_factory: pytest.TempPathFactory, data: bytes, suffix: str) -> None:
    read(tmp_path_factory.getbasetemp() / f"fuzz{suffix}", data)


@given(parts=st.lists(PARTS, max_size=30), suffix=st.sampled_from((".csv", ".tsv", ".txt")))
@examples(150)
def test_any_table_as_questions(tmp_path_factory: pytest.TempPathFactory, parts: list[str], suffix: str) -> None:
    read(tmp_path_factory.getbasetemp() / f"fuzz{suffix}", "".join(parts).encode())


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=ODD, max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "question", "history", "x"]), inner)
    ),
    max_leaves=8,
)


@given(values=st.lists(VALUES, min_size=1, max_size=5))
@example(values=[{"question": ""}])
@example(values=[{"question": " "}])
@examples(150)
def test_any_json_as_questions(tmp_path_factory: pytest.TempPathFactory, values: list[object]) -> None:
    text = "\n".join(json.dumps(value) for value in values)
    read(tmp_path_factory.getbasetemp() / "fuzz.jsonl", text.encode())


def read(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        rows = read_questions(path).rows
    except BatchError as error:
        told = str(error)
    else:
        told = ""
        assert rows
        assert all(row.problem or row.question for row in rows)
    assert "\n" not in told


@given(st.text(alphabet=ODD, max_size=40))
@examples(60)
def test_any_text_as_a_question(index: Path, text: str) -> None:
    assistant = over(index)
    with contextlib.suppress(QuestionError):
        assert broken(assistant.ask(text, history=[text[::-1]]), assistant) == []


@pytest.mark.parametrize(
    "text", ["《" * 900, "一是" * 450, "2023年" * 150, "\u202e" * 999, "1" * 999, "比" * 900 + "？"]
)
def test_questions_made_to_be_slow(index: Path, text: str) -> None:
    with contextlib.suppress(QuestionError):
        assert over(index).ask(text).answer
