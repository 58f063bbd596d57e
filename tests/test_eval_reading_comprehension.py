"""Reading comprehension sets and their official measures."""

from __future__ import annotations

import json
import lzma
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.types import Answer, Retrieved, Status
from eval.errors import ReportError
from eval.official import longest_common_run, mixed_segments, official_exact_match, official_f1
from eval.reading_comprehension import load_reading_set, measure_open, parse_reading_set, write_passages

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ARTICLES: list[dict[str, Any]] = [
    {
        "paragraphs": [
            {
                "context": "甲城在河边，乙城在山上。",
                "qas": [
                    {"id": "1", "question": "甲城在哪？", "answers": [{"text": "河边", "answer_start": 3}] * 2},
                    {"id": "2", "question": "乙城在哪？", "answers": [{"text": "山上", "answer_start": 9}]},
                ],
            }
        ]
    },
    {
        "paragraphs": [
            {"context": "丙城在海边。", "qas": []},
            {"context": "甲城在河边，乙城在山上。", "qas": []},
        ]
    },
]


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", []),
        ("，。", []),
        ("光荣和ω-force", ["光", "荣", "和", "ωforce"]),
        ("于2019年3.5万", ["于", "2019", "年", "3.5", "万"]),
        ("New York市", ["new", "york", "市"]),
        ("《书》(上)", ["书", "(", "上", ")"]),
    ],
)
def test_segments_by_hand(text: str, segments: list[str]) -> None:
    assert mixed_segments(text) == segments


@pytest.mark.parametrize(
    ("prediction", "answers", "f1", "exact"),
    [
        ("河边", ["河边"], 1.0, 1.0),
        ("河，边。", ["河边"], 1.0, 1.0),
        ("在河边", ["河边"], 0.8, 0.0),  # run 2 of 3 and of 2: 2 * (2/3) * 1 / (5/3)
        ("河的边", ["河边"], 0.4, 0.0),  # the longest run is one segment: 2 * (1/3) * (1/2) / (5/6)
        ("山上", ["河边", "山上的城"], 2 / 3, 0.0),
        ("ABC", ["abc"], 1.0, 1.0),
        ("海", ["河边"], 0.0, 0.0),
        ("", ["河边"], 0.0, 0.0),
        ("河边", [], 0.0, 0.0),
    ],
)
def test_official_measures_by_hand(prediction: str, answers: list[str], f1: float, exact: float) -> None:
    assert official_f1(prediction, answers) == pytest.approx(f1)
    assert official_exact_match(prediction, answers) == exact


@given(st.text(alphabet="甲乙丙丁", max_size=12), st.text(alphabet="甲乙丙丁", max_size=12))
def test_the_longest_run_is_the_longest_substring(one: str, other: str) -> None:
    runs = (
        end - start for start in range(len(one)) for end in range(start + 1, len(one) + 1) if one[start:end] in other
    )
    assert longest_common_run(one, other) == max(runs, default=0)


def test_a_set_is_read_packed_or_not(tmp_path: Path) -> None:
    plain, packed = tmp_path / "set.json", tmp_path / "set.json.xz"
    plain.write_text(json.dumps({"data": ARTICLES}), encoding="utf-8")
    packed.write_bytes(lzma.compress(plain.read_bytes()))
    data = load_reading_set(plain)
    assert load_reading_set(packed) == data
    assert len(data.passages) == 2
    assert data.questions[0].answers == ("河边",)
    assert data.passages[data.questions[1].passage].startswith("甲城")
    assert parse_reading_set([]).questions == ()


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"data": [{}]}', b'{"data": 3}'])
def test_what_is_no_set(tmp_path: Path, content: bytes) -> None:
    for name in ("set.json", "set.json.xz"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ReportError):
            load_reading_set(tmp_path / name)
    with pytest.raises(ReportError, match="读不出"):
        load_reading_set(tmp_path / "none.json")


class Fake:
    """Knows the second question only."""

    def ask(self, question: str, *, history: Sequence[str], top_k: int) -> Answer:
        assert not history
        places = (Retrieved("p00001.txt", 0, 5, 0.9), Retrieved("p00000.txt", 0, 5, 0.8))[:top_k]
        if question.startswith("甲"):
            return Answer(question, Status.NO_ANSWER, "没有找到。", retrieved=places)
        return Answer(question, Status.ANSWERED, "在山上[1]", retrieved=places[1:])


def test_open_questions() -> None:
    measured = measure_open(Fake(), parse_reading_set(ARTICLES).questions)
    means = {name: round(one.mean, 3) for name, one in measured.items()}
    assert means == {
        "hit@1": 0.5,
        "hit@5": 1.0,
        "hit@10": 1.0,
        "exact match": 0.0,
        "F1": 0.4,
        "answered": 0.5,
        "F1 if answered": 0.8,
    }
    assert measure_open(Fake(), ()) == {}


def test_passages_become_files(tmp_path: Path) -> None:
    data = parse_reading_set(ARTICLES)
    write_passages(data.passages, tmp_path / "passages")
    write_passages(data.passages, tmp_path / "passages")
    names = sorted(path.name for path in (tmp_path / "passages").iterdir())
    assert names == ["p00000.txt", "p00001.txt"]
    assert (tmp_path / "passages" / names[1]).read_text("utf-8") == "丙城在海边。"
