"""Any extractive model of transformers tells where in a text the bare answer stands."""

from __future__ import annotations

import functools
import itertools
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fake_assistant import broken, made
from hypothesis import given, settings
from hypothesis import strategies as st
from test_assistant_rerank import CHARACTERS, PLAIN, write_bert, write_cross_encoder

from assistant import load_assistant
from assistant.config import AssistantConfig
from assistant.pipeline import Assistant
from assistant.rerank import CrossEncoderReranker
from assistant.spans import ShippedSpans, best_span
from assistant.transformer_reader import TransformersSpans
from assistant.types import Status
from assistant.upgrades import Models
from index.analysis import fold
from index.embedding import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from assistant.spans import SpanScorer, SpanScores

ASKED = "关停作坊几家?"
TEXTS = ("关停作坊45家,改造老旧小区36个。", "𠮷unknown 字 wifi覆盖率98%", "", " \n ", "完成了。", "关停作坊45家。" * 90)
PROSE = "阿光在老码头开了一家面馆。面馆的招牌菜是葱油拌面。每天清早由他的徒弟小满负责揉面。\n"
QUESTIONS = ["云川市2023年规上工业增加值是多少？", "临渚区由谁牵头？", "云川市怎么整改扬尘？", "岚江省出台了什么文件？"]


@pytest.fixture(scope="module")
def extractor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_bert(tmp_path_factory.mktemp("extractor") / "model", "BertForQuestionAnswering")


@functools.cache
def opened(folder: Path) -> TransformersSpans:
    return TransformersSpans.open(str(folder))


def sound(found: SpanScores, text: str) -> bool:
    """Whether the words stand in the text, in order, none of them empty, each with its two scores."""
    ordered = all(before[1] <= after[0] for before, after in itertools.pairwise(found.places))
    within = all(0 <= start < end <= len(text) for start, end in found.places)
    return ordered and within and len(found.places) == len(found.starts) == len(found.ends)


def test_words_lie_within_their_text(extractor: Path) -> None:
    scorer = opened(extractor)
    found = [scorer.scores(ASKED, text) for text in TEXTS]
    assert all(sound(one, text) for one, text in zip(found, TEXTS, strict=True))
    assert [len(one.places) for one in found[2:5]] == [0, 0, 4]
    assert [TEXTS[0][start:end] for start, end in found[0].places] == [*TEXTS[0]]
    assert all(one.starts.dtype == one.ends.dtype == np.float32 for one in found)


def test_an_empty_text_has_no_span(extractor: Path) -> None:
    scorer = opened(extractor)
    assert best_span(scorer, ASKED, "") == best_span(scorer, ASKED, " ") == (0, 0)
    assert sound(scorer.scores("", TEXTS[0]), TEXTS[0])


def test_a_long_text_is_read_from_its_beginning(extractor: Path) -> None:
    found = opened(extractor).scores(ASKED, TEXTS[-1])
    assert 300 < len(found.places) < len(TEXTS[-1])
    assert found.places[0] == (0, 1)


def test_a_long_question_leaves_half_of_the_room_to_the_text(extractor: Path) -> None:
    scorer = opened(extractor)
    found = scorer.scores(ASKED * 100, TEXTS[-1])
    assert len(found.places) == scorer.longest - scorer.longest // 2 - 3
    cut = scorer.scores((ASKED * 100)[: scorer.longest // 2], TEXTS[-1])
    np.testing.assert_array_equal(found.starts, cut.starts)
    assert all(sound(scorer.scores("x" * 5000, text), text) for text in TEXTS)


@pytest.mark.parametrize(("family", "room"), [("Bert", 64), ("Roberta", 62)])
def test_a_model_of_few_positions_reads_as_much_as_it_has(tmp_path: Path, family: str, room: int) -> None:
    head = f"{family}ForQuestionAnswering"
    scorer = opened(write_bert(tmp_path / "m", head, family=family, max_position_embeddings=64))
    assert len(scorer.scores(ASKED, TEXTS[-1]).places) == room - len(ASKED) - 3


@given(st.text(alphabet=CHARACTERS + PLAIN + " \n\u3000𠮷é", max_size=40))
@settings(max_examples=40)
def test_any_text_has_sound_scores_and_a_best_span(extractor: Path, text: str) -> None:
    scorer = opened(extractor)
    assert sound(scorer.scores(ASKED, text), text)
    start, end = best_span(scorer, ASKED, text)
    assert 0 <= start <= end <= len(text)
    assert text[start:end].strip() == text[start:end]


@pytest.mark.parametrize(("opener", "what"), [(TransformersSpans.open, "阅读"), (CrossEncoderReranker.open, "重排")])
@pytest.mark.parametrize("kind", ["missing", "empty", "file", "config"])
def test_what_is_no_model_is_told_in_one_line(
    tmp_path: Path, kind: str, opener: Callable[[str], object], what: str
) -> None:
    path = tmp_path / kind
    if kind == "file":
        path.write_text("x", "utf-8")
    elif kind != "missing":
        path.mkdir()
    if kind == "config":
        (path / "config.json").write_text("{", "utf-8")
    with pytest.raises(ModelError) as caught:
        opener(str(path))
    told = str(caught.value)
    assert told.startswith(f"{what}模型 {path} 无法读取：")
    assert "\n" not in told


def test_a_model_of_another_task_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="qa_outputs") as caught:
        TransformersSpans.open(str(write_bert(tmp_path / "m", "BertForMaskedLM")))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("tokenizer", ["", "{}", "[]", '{"added_tokens": []}', '{"added_tokens": [], "model": {}}'])
def test_a_damaged_tokenizer_is_told(tmp_path: Path, tokenizer: str) -> None:
    folder = write_bert(tmp_path / "m", "BertForQuestionAnswering")
    (folder / "tokenizer.json").write_text(tokenizer, "utf-8")
    with pytest.raises(ModelError, match=r"阅读模型 .* 无法读取：.") as caught:
        TransformersSpans.open(str(folder))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("damage", ["cut", "other shapes"])
def test_damaged_weights_are_told(tmp_path: Path, damage: str) -> None:
    folder = write_bert(tmp_path / "m", "BertForQuestionAnswering")
    if damage == "cut":
        (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:5000])
    else:
        config = json.loads((folder / "config.json").read_text("utf-8"))
        (folder / "config.json").write_text(json.dumps({**config, "intermediate_size": 48}), "utf-8")
    with pytest.raises(ModelError, match=r"阅读模型 .* 无法读取：.") as caught:
        TransformersSpans.open(str(folder))
    assert "\n" not in str(caught.value)


def test_the_models_are_those_that_were_chosen(extractor: Path, tmp_path: Path) -> None:
    shipped = Models(AssistantConfig())
    assert shipped.reranker is None
    assert isinstance(shipped.spans, ShippedSpans)
    assert shipped.spans is shipped.spans
    chosen = Models(AssistantConfig(extractor=str(extractor)))
    assert isinstance(chosen.spans, TransformersSpans)
    with pytest.raises(ModelError, match="none"):
        Models(AssistantConfig(extractor=str(tmp_path / "none")))


def test_an_assistant_with_both_models_keeps_the_contract(index: Path, extractor: Path, tmp_path: Path) -> None:
    cross_encoder = write_cross_encoder(tmp_path / "cross")
    config = AssistantConfig(reranker=str(cross_encoder), extractor=str(extractor), threshold=0.0)
    assistant = load_assistant(index, config=config)
    assert isinstance(assistant.models.reranker, CrossEncoderReranker)
    answers = [assistant.ask(question) for question in QUESTIONS]
    assert [broken(answer, assistant) for answer in answers] == [[]] * len(answers)
    assert any(answer.status is Status.ANSWERED and answer.citations for answer in answers)


class Heard:
    """Passes on to a scorer what it is asked; remembers it."""

    def __init__(self, inner: SpanScorer) -> None:
        self.inner = inner
        self.texts: list[str] = []

    def scores(self, question: str, text: str) -> SpanScores:
        self.texts.append(text)
        return self.inner.scores(question, text)


def test_in_plain_prose_the_extractor_has_a_say_in_the_bare_answer(extractor: Path, tmp_path: Path) -> None:
    plain = made(tmp_path, 面馆=PROSE)
    heard = Heard(opened(extractor))
    models: Any = SimpleNamespace(reranker=None, spans=heard)
    assistant = Assistant(plain.index, config=AssistantConfig(threshold=0.0), models=models)
    answer = assistant.ask("面馆的招牌菜是什么？")
    assert answer.status is Status.ANSWERED
    assert broken(answer, assistant) == []
    assert heard.texts
    assert all(text in fold(PROSE) for text in heard.texts)
    assert answer.short_answer
    assert answer.short_answer in PROSE


def test_the_environment_names_the_extractor(index: Path, extractor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TONGBAO_EXTRACTOR", str(extractor))
    assert isinstance(load_assistant(index).models.spans, TransformersSpans)
    # Settings handed over in code are not overruled.
    assert isinstance(load_assistant(index, config=AssistantConfig()).models.spans, ShippedSpans)
