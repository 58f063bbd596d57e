"""Passages in the order that a cross-encoder gives them."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fake_terminal import QUESTION, invoke, one_line
from hypothesis import given
from hypothesis import strategies as st

from assistant import load_assistant
from assistant.config import AssistantConfig
from assistant.rerank import SHARE, CrossEncoderReranker, reranked
from assistant.retrieval import DEPTH
from index.embedding import ModelError
from index.types import Hit, Passage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

CHARACTERS = "云川市规上工业增加值关停作坊家改造老旧小区个几多少年完成了谁由牵头,，。？?"
PLAIN = "abcdefghijklmnopqrstuvwxyz0123456789.%"
TEXTS = ("关停作坊45家", "改造老旧小区36个", "")


class Says:
    """Gives the scores that it was made with; remembers what it was asked."""

    def __init__(self, *scores: float) -> None:
        self.given = np.array(scores, np.float32)
        self.asked: list[tuple[str, list[str]]] = []

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked.append((question, list(texts)))
        return self.given[: len(texts)]


def hits_of(*scores: float) -> list[Hit]:
    passages = [Passage(f"p{n}", "n", "a.txt", n, n + 1, f"文{n}", (f"题{n}", "节")) for n in range(len(scores))]
    return [Hit(passage, score, 1.0, 1.0) for passage, score in zip(passages, scores, strict=True)]


def names(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.id for hit in hits]


def write_bert(folder: Path, head: str, *, family: str = "Bert", **options: Any) -> Path:
    """Write a random model of two narrow layers with a tokenizer of single characters; `head` names its class."""
    import torch
    import transformers

    of: Any = transformers
    pieces = [*CHARACTERS, *PLAIN, *(f"##{char}" for char in PLAIN)]
    words = {word: n for n, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(pieces)])}
    of.BertTokenizerFast(vocab=words).save_pretrained(folder)
    torch.manual_seed(5)
    config = getattr(of, f"{family}Config")(
        vocab_size=len(words),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        initializer_range=0.5,
        **options,
    )
    getattr(of, head)(config).save_pretrained(folder)
    return folder


def write_cross_encoder(folder: Path, *, labels: int = 1) -> Path:
    return write_bert(folder, "BertForSequenceClassification", num_labels=labels)


@pytest.fixture(scope="module")
def cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cross_encoder(tmp_path_factory.mktemp("cross") / "model")


def test_the_reranker_outweighs_the_search_and_what_it_says_is_mixed_in() -> None:
    says = Says(-4.0, 0.0, 4.0)
    found = reranked(says, "问", hits_of(9.0, 6.0, 3.0))
    assert names(found) == ["p2", "p1", "p0"]
    assert [hit.score for hit in found] == pytest.approx([SHARE, 0.5, 1 - SHARE])
    assert says.asked == [("问", ["题0 节 文0", "题1 节 文1", "题2 节 文2"])]


def test_equal_hits_keep_their_order() -> None:
    assert names(reranked(Says(1, 1, 1), "问", hits_of(2, 2, 2))) == ["p0", "p1", "p2"]
    assert names(reranked(Says(0, 1, 0, 1), "问", hits_of(2, 2, 2, 2))) == ["p1", "p3", "p0", "p2"]
    # A model that tells nothing apart leaves the order of the search.
    assert names(reranked(Says(7, 7, 7), "问", hits_of(3, 2, 1))) == ["p0", "p1", "p2"]


def test_no_hits_ask_nothing() -> None:
    says = Says()
    assert reranked(says, "问", []) == ()
    assert says.asked == []


def test_scores_that_are_no_numbers_leave_the_order_of_the_search() -> None:
    found = reranked(Says(0.0, float("nan"), 2.0), "问", hits_of(3, 2, 1))
    assert names(found) == ["p0", "p1", "p2"]
    assert np.isfinite([hit.score for hit in found]).all()


@given(st.lists(st.tuples(st.floats(-1e4, 1e4, width=32), st.floats(0, 50, width=32)), min_size=1, max_size=20))
def test_every_hit_stays_once_with_a_score_in_order(pairs: list[tuple[float, float]]) -> None:
    hits = hits_of(*(searched for _, searched in pairs))
    found = reranked(Says(*(score for score, _ in pairs)), "问", hits)
    assert sorted(names(found)) == sorted(names(hits))
    assert all(0 <= hit.score <= 1 + 1e-6 for hit in found)
    assert all(before.score >= after.score for before, after in itertools.pairwise(found))
    assert {(hit.passage, hit.lexical, hit.dense) for hit in found} == {(hit.passage, 1.0, 1.0) for hit in hits}


def test_a_cross_encoder_gives_each_text_one_score(cross_encoder: Path) -> None:
    model = CrossEncoderReranker.open(str(cross_encoder))
    scores = model.scores("关停作坊几家？", TEXTS)
    assert scores.shape == (3,)
    assert scores.dtype == np.float32
    assert len(set(scores.tolist())) == 3
    alone = np.concatenate([model.scores("关停作坊几家？", [text]) for text in TEXTS])
    np.testing.assert_allclose(scores, alone, atol=1e-5)
    assert model.scores("关停作坊几家？", []).shape == (0,)
    assert np.isfinite(model.scores("关停" * 400, ["作坊45家" * 400, "。"])).all()


@pytest.mark.parametrize(
    ("head", "options", "named"),
    [
        ("BertForSequenceClassification", {"num_labels": 3}, "3 个分数"),
        ("BertForQuestionAnswering", {}, "BertForQuestionAnswering"),
        ("BertForMaskedLM", {}, "BertForMaskedLM"),
        ("BertModel", {}, "BertModel"),
    ],
)
def test_a_model_that_gives_no_score_a_pair_is_refused_on_opening(
    tmp_path: Path, head: str, options: dict[str, Any], named: str
) -> None:
    with pytest.raises(ModelError, match=named) as caught:
        CrossEncoderReranker.open(str(write_bert(tmp_path / "m", head, **options)))
    assert "\n" not in str(caught.value)


def test_cut_weights_are_told_in_one_line(tmp_path: Path) -> None:
    folder = write_cross_encoder(tmp_path / "m")
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:5000])
    with pytest.raises(ModelError, match=r"重排模型 .* 无法读取：.") as caught:
        CrossEncoderReranker.open(str(folder))
    assert "\n" not in str(caught.value)


def test_the_environment_names_the_reranker(index: Path, cross_encoder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = load_assistant(index).ask(QUESTION)
    monkeypatch.setenv("TONGBAO_RERANKER", str(cross_encoder))
    assistant = load_assistant(index)
    assert isinstance(assistant.models.reranker, CrossEncoderReranker)
    places = assistant.ask(QUESTION).retrieved
    scores = [place.score for place in places]
    assert scores == sorted(scores, reverse=True)
    assert 0 <= min(scores) <= max(scores) <= 1 + 1e-6
    order = [(place.file, place.start) for place in places]
    assert order != [(place.file, place.start) for place in plain.retrieved]
    # Opened once, kept when the index is read anew.
    assert assistant.refreshed().models is assistant.models


def test_the_command_tells_of_a_reranker_that_is_not_there(
    index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "none"
    given = invoke("ask", QUESTION, "--reranker", folder, index=index)
    monkeypatch.setenv("TONGBAO_RERANKER", str(folder))
    for result in (given, invoke("ask", QUESTION, index=index)):
        assert result.exit_code == 1
        assert str(folder) in result.stderr
        assert one_line(result.stderr)
        assert result.stdout == ""


def test_search_shows_the_order_of_the_reranker(index: Path, cross_encoder: Path) -> None:
    plain = load_assistant(index, config=AssistantConfig())
    assistant = load_assistant(index, config=AssistantConfig(reranker=str(cross_encoder)))
    found = assistant.search(QUESTION, top_k=DEPTH)
    assert sorted(names(found)) == sorted(names(plain.search(QUESTION, top_k=DEPTH)))
    assert names(found) != names(plain.search(QUESTION, top_k=DEPTH))
    assert names(assistant.search(QUESTION, top_k=3)) == names(found)[:3]
    assert assistant.search(QUESTION, top_k=0) == []
