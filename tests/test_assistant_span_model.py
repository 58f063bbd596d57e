import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.span_model import SpanModel
from assistant.span_words import FEATURES, WordTable, cut_words, word_features, word_kind
from assistant.spans import ShippedSpans, SpanScores, best_span
from index.embedding import shipped_embedder
from training.span_data import Batches, Example, example_of
from training.span_network import SpanNetwork, arrays_of
from training.span_questions import MadeQuestion

QUESTION = "云川市改造了多少个老旧小区?"
TEXTS = ("云川市完成老旧小区改造36个,惠及居民1.2万户。", "Wi-Fi覆盖率达到98%;群众满意。", "是")
CHARACTERS = "云川市改造了多少个老旧小区完成惠及居民"


@pytest.fixture(scope="module")
def network() -> SpanNetwork:
    torch.manual_seed(3)
    made = SpanNetwork(len(CHARACTERS) + 2)
    made.load_state_dict({name: value.half().float() for name, value in made.state_dict().items()})
    return made.eval()


@pytest.fixture(scope="module")
def folder(network: SpanNetwork, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("span")
    numbers = {char: at + 2 for at, char in enumerate(CHARACTERS)}
    scale = Batches(_examples(), shipped_embedder(), numbers).scale
    np.savez(folder / "weights.npz", scale=np.float32(scale), **arrays_of(network))
    (folder / "characters.json").write_text(json.dumps(CHARACTERS), "utf-8")
    return folder


def _examples() -> list[Example]:
    return [example for text in TEXTS if (example := example_of(MadeQuestion(QUESTION, text, 0, len(text))))]


def test_numpy_computes_what_torch_computes(network: SpanNetwork, folder: Path) -> None:
    model = SpanModel.open(folder)
    examples = _examples()
    batches = Batches(examples, shipped_embedder(), model.table.numbers)
    with torch.no_grad():
        starts, ends = network(*batches.tensors([(one.question, one.words) for one in examples]))
    for row, example in enumerate(examples):
        start, end = model.scores(example.question, example.words)
        words = len(example.words)
        np.testing.assert_allclose(start, starts[row, :words].numpy(), atol=2e-4)
        np.testing.assert_allclose(end, ends[row, :words].numpy(), atol=2e-4)


def test_what_was_read_before_changes_no_score(folder: Path) -> None:
    fresh, used = SpanModel.open(folder), SpanModel.open(folder)
    examples = _examples()
    for one in (*examples, *examples[::-1]):
        used.scores(one.words, one.question)
        used.scores(one.question, one.words)
    for one in examples:
        for mine, other in zip(
            used.scores(one.question, one.words), fresh.scores(one.question, one.words), strict=True
        ):
            assert mine.tolist() == other.tolist()


def test_a_table_of_words_remembers_few_and_tells_the_same() -> None:
    numbers = {char: at + 2 for at, char in enumerate(CHARACTERS)}
    small, large = (WordTable(shipped_embedder(), 0.5, numbers, most_words=most) for most in (3, 10_000))
    for words in (["云川", "小区", "", "云川"], ["改造", "36"], [], ["云川", "市", "、", "改造", "户"], ["小区"]):
        found, expected = small.look_up(words), large.look_up(words)
        for part in ("scaled", "unit", "characters"):
            rows = getattr(found, part)
            assert rows.tolist() == getattr(expected, part).tolist()
            assert len(rows) == len(words)
    means = shipped_embedder().means(["云川", "改造"])
    np.testing.assert_array_equal(large.look_up(["云川", "改造"]).scaled, means * np.float32(0.5))
    assert large.look_up(["云川", ""]).characters.tolist() == [[2, 2, 3], [0, 0, 0]]
    assert not large.look_up([""]).unit.any()


@pytest.mark.parametrize(("question", "words"), [([], ["字"]), (["字"], []), ([], [])])
def test_nothing_to_read_gives_zeros(folder: Path, question: list[str], words: list[str]) -> None:
    start, end = SpanModel.open(folder).scores(question, words)
    assert start.tolist() == end.tolist() == [0.0] * len(words)


def test_the_best_span_of_a_text_without_words_is_empty(folder: Path) -> None:
    model = SpanModel.open(folder)
    assert best_span(ShippedSpans(model), QUESTION, " \n ") == (0, 0)
    start, end = best_span(ShippedSpans(model), QUESTION, TEXTS[0])
    assert 0 <= start < end <= len(TEXTS[0])


@given(st.text(alphabet="云川市36个,。 \nab%、\u3000零", max_size=40))
@settings(max_examples=60, deadline=None)
def test_words_cover_all_but_white_space(text: str) -> None:
    places = cut_words(text)
    assert all(a < b for a, b in places)
    assert all(end <= start for (_, end), (start, _) in itertools.pairwise(places))
    covered = {at for a, b in places for at in range(a, b)}
    assert {at for at, char in enumerate(text) if not char.isspace()} <= covered


@pytest.mark.parametrize(
    ("word", "kind"), [("", 0), ("36", 1), (",", 2), ("。", 3), ("Wi", 4), ("%", 5), ("三十", 6), ("云川", 7)]
)
def test_kinds_of_words(word: str, kind: int) -> None:
    assert word_kind(word) == kind


def test_features_tell_what_the_question_says() -> None:
    found = word_features(["改造", "多少", "小区"], ["小区", "改建", "", "多少"])
    assert found.shape == (4, FEATURES)
    assert found[0, :2].tolist() == [1, 1]
    assert found[1, :2].tolist() == [0, 0.5]
    assert not found[2].any()
    assert not found[3, :2].any()  # a question word tells nothing


@dataclass(frozen=True, slots=True, eq=False)
class Scripted:
    """Scores one character a word with given probabilities."""

    starts: list[float]
    ends: list[float]

    def scores(self, question: str, text: str) -> SpanScores:
        del question
        places = tuple((at, at + 1) for at in range(len(text)))
        return SpanScores(places, np.array(self.starts, np.float32), np.array(self.ends, np.float32))


def test_the_best_span_is_the_likeliest_stretch() -> None:
    assert best_span(Scripted([1, 7, 1, 1], [1, 1, 7, 1]), "", "甲乙丙丁") == (1, 3)
    assert best_span(Scripted([1, 1, 1, 9], [9, 1, 1, 1]), "", "甲乙丙丁") in ((0, 1), (3, 4))  # never backwards


def test_the_best_span_has_no_marks_at_its_edges() -> None:
    assert best_span(Scripted([9, 5, 3, 2], [2, 3, 5, 9]), "", ",乙丙。") == (1, 3)
    assert best_span(Scripted([9, 1], [9, 1]), "", "。丙") == (1, 2)
    assert best_span(Scripted([9], [9]), "", "。") == (0, 0)
