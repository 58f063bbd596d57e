"""Reading comprehension sets and their official measures."""

from __future__ import annotations

import json
import lzma
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer import Typer
from typer.testing import CliRunner

from assistant.scope import Scope
from assistant.types import Answer, Retrieved, Status
from eval.errors import ReportError
from eval.official import longest_common_run, mixed_segments, official_exact_match, official_f1
from eval.reading_comprehension import Way, main, measure
from eval.reading_sets import load_reading_set, parse_reading_set, write_passages

if TYPE_CHECKING:
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
    """Knows the second question only; openly it finds the wrong passage first."""

    def __init__(self) -> None:
        self.kept_to: list[Scope | None] = []

    def ask(self, question: str, *, top_k: int, scope: Scope | None) -> Answer:
        self.kept_to.append(scope)
        places = (Retrieved("p00001.txt", 0, 5, 0.9), Retrieved("p00000.txt", 0, 5, 0.8))[:top_k]
        if question.startswith("甲"):
            return Answer(question, Status.NO_ANSWER, "没有找到。", retrieved=places)
        return Answer(question, Status.ANSWERED, "在山上[1]", retrieved=places[1:])


NOTICES = {"p00000.txt": ("n0",)}


def test_open_questions() -> None:
    fake = Fake()
    measured = measure(Way("open", fake, given=False), parse_reading_set(ARTICLES).questions, notices=NOTICES)
    means = {name: round(one.mean, 3) for name, one in measured.items()}
    assert means == {
        "EM": 0.0,
        "F1": 0.4,
        "answered": 0.5,
        "F1 if answered": 0.8,
        "hit@1": 0.5,
        "hit@5": 1.0,
        "hit@10": 1.0,
    }
    assert fake.kept_to == [None, None]
    assert measure(Way("open", fake, given=False), (), notices=NOTICES) == {}


def test_a_given_passage_is_all_that_is_searched() -> None:
    fake, heard = Fake(), list[int]()
    questions = parse_reading_set(ARTICLES).questions
    measured = measure(Way("given", fake, given=True), questions, notices=NOTICES, progress=heard.append)
    assert list(measured) == ["EM", "F1", "answered", "F1 if answered"]
    assert fake.kept_to == [Scope(notices=("n0",))] * 2
    assert heard == [1, 2]


def test_passages_become_files(tmp_path: Path) -> None:
    folder = tmp_path / "passages"
    write_passages({"p00000.txt": "旧的", "p00007.txt": "别的一套"}, folder)
    data = parse_reading_set(ARTICLES)
    write_passages(data.passages, folder)
    write_passages(data.passages, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["p00000.txt", "p00001.txt"]
    assert (folder / "p00000.txt").read_text("utf-8") == "甲城在河边，乙城在山上。"


def test_a_traditional_set_becomes_simplified_and_its_answers_stay_in_the_passage() -> None:
    article = {
        "paragraphs": [
            {
                "context": "乾隆皇帝在後宮。乾燥的麵條。",
                "qas": [
                    {"id": "1", "question": "誰在後宮？", "answers": [{"text": "乾隆皇帝", "answer_start": 0}]},
                    {"id": "2", "question": "什麼麵條？", "answers": [{"text": "乾燥", "answer_start": 99}]},
                ],
            }
        ]
    }
    data = parse_reading_set([article], simplified=True)
    assert data.passages == {"p00000.txt": "乾隆皇帝在后宫。干燥的面条。"}
    assert [one.question for one in data.questions] == ["谁在后宫？", "什么面条？"]
    assert [one.answers for one in data.questions] == [("乾隆皇帝",), ("干燥",)]
    assert parse_reading_set([article]).questions[0].answers == ("乾隆皇帝",)


def test_a_sample_is_the_same_for_a_seed_and_keeps_every_passage() -> None:
    data = parse_reading_set(ARTICLES)
    assert data.sample(None) == data.sample(2) == data.sample(99) == data
    one = data.sample(1, seed=4)
    assert one == data.sample(1, seed=4)
    assert len(one.questions) == 1
    assert one.passages == data.passages


def test_the_command_measures_a_set_in_three_ways(tmp_path: Path) -> None:
    path = tmp_path / "set.json"
    articles = [
        {
            "paragraphs": [
                {
                    "context": "甲河大橋全長1260米。",
                    "qas": [{"id": "1", "question": "甲河大橋全長多少米？", "answers": [{"text": "1260米"}]}],
                }
            ]
        },
        {"paragraphs": [{"context": "乙山的茶園有三百畝，種的是綠茶。", "qas": []}]},
    ]
    path.write_text(json.dumps({"data": articles}), encoding="utf-8")
    app = Typer()
    app.command()(main)
    words = [str(path), "--index-dir", str(tmp_path / "index"), "--simplified", "--sample", "5"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "2 passages, 1 questions" in result.output
    blocks = {block.split("\n")[0]: block for block in result.output.split("\n\n")[1:]}
    assert list(blocks) == ["open", "given", "given, forced"]
    assert "EM             1.000" in blocks["given, forced"]
    assert "hit@1          1.000" in blocks["open"]
    assert "hit@" not in blocks["given"]
    broken = CliRunner().invoke(app, [str(tmp_path / "none.json"), "--index-dir", str(tmp_path)])
    assert broken.exit_code == 1
    assert "读不出" in broken.output
