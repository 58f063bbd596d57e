"""Gold files of any bytes, lines and values: loaded, or refused with a line for each problem; never a crash."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from fakes_chance import examples
from hypothesis import given
from hypothesis import strategies as st

from eval.errors import GoldError
from eval.gold import Kind, load_gold
from eval.texts import FolderTexts

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "甲市整改通报\n关停作坊45家，投入1260万元。\n"
GOOD: dict[str, Any] = {
    "id": "a",
    "question": "甲市关了多少作坊？",
    "type": "fact_number",
    "answers": ["45家"],
    "answer_items": ["45家"],
    "history": ["先"],
    "unit": "甲市",
    "verdict": "",
    "near_misses": ["1260万元"],
    "evidence": [{"file": "甲.txt", "quote": "关停作坊45家"}, {"file": "甲.txt", "start": 0, "end": 4, "sha256": None}],
}
WORDS = st.sampled_from(["", " ", "甲.txt", "../甲.txt", "\0", "\ud800", "\n", "甲" * 300, "45家", "是", "a\nb", *Kind])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*GOOD, "file", "quote", "start"]), inner)
    ),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("gold")
    (home / "甲.txt").write_text(TEXT, "utf-8")
    return home


def loaded(folder: Path, data: bytes) -> tuple[str, ...]:
    """Return the problems of a gold file of these bytes, each one line that can be printed."""
    path = folder.parent / f"{folder.name}.jsonl"
    path.write_bytes(data)
    refused = None
    try:
        questions = load_gold(path, FolderTexts(folder))
    except GoldError as error:
        refused = error
    if refused is not None:
        str(refused).encode("utf-8")
        assert refused.problems
        assert all(problem.strip() and len(problem.splitlines()) == 1 for problem in refused.problems)
        return refused.problems
    assert all(one.id.strip() and one.question.strip() for one in questions)
    json.dumps([one.to_record() for one in questions], ensure_ascii=False).encode("utf-8")
    return ()


@given(st.sampled_from([*GOOD, "level"]), VALUES)
@examples(200)
def test_any_value_of_any_field(folder: Path, name: str, value: Any) -> None:
    loaded(folder, json.dumps({**GOOD, name: value}).encode())


@given(st.sampled_from(["file", "quote", "start", "end", "sha256"]), VALUES)
@examples(100)
def test_any_value_of_any_field_of_the_evidence(folder: Path, name: str, value: Any) -> None:
    evidence = [{**one, name: value} for one in GOOD["evidence"]]
    loaded(folder, json.dumps({**GOOD, "evidence": evidence}).encode())


@given(st.data())
@examples(200)
def test_mutated_bytes(folder: Path, data: st.DataObject) -> None:
    found = bytearray((json.dumps(GOOD, ensure_ascii=False) + "\n").encode() * 2)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(found)))
        found[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    loaded(folder, bytes(found))


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("[" * 100_000, "嵌套太深"),
        ('{"id": ' * 100_000, "嵌套太深"),
        ('{"id": ' + "7" * 5000 + "}", "数字太长"),
        (json.dumps({**GOOD, "id": "\ud800"}), "代理字符"),
        (json.dumps({**GOOD, "evidence": [{"file": "\0", "quote": "x"}]}), "没有文件"),
        (json.dumps({**GOOD, "evidence": [{"file": "长" * 5000, "quote": "x"}]}), "没有文件"),
        (json.dumps({**GOOD, "type": "a\nb"}), "a b"),
    ],
)
def test_what_fuzzing_found(folder: Path, line: str, told: str) -> None:
    (problem,) = loaded(folder, line.encode())[:1]
    assert told in problem


def test_the_good_line_is_good(folder: Path) -> None:
    assert loaded(folder, json.dumps(GOOD).encode()) == ()
