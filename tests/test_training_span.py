import random
from pathlib import Path

import pytest
import torch

from index.embedding import shipped_embedder
from training.everyday import Everyday
from training.span_data import Batches, character_numbers, drawn_batches, example_of, examples_of
from training.span_questions import MadeQuestion, answer_spans, ask_for, make_questions
from training.span_trainer import SpanTrainer, Stage

TEXT = (
    "云川市住房和城乡建设局印发《云川市老旧小区改造实施方案》,明确2024年改造小区36个。"
    "市财政安排补助资金1.2亿元,由云川城建集团负责施工。\n"
    "截至2024年9月底,已有21个小区完工,居民满意率达到97.5%;其余小区将在年底前交付使用,方便群众出行。"
)
TEXTS = [TEXT, TEXT.replace("云川", "沐江").replace("36", "48"), TEXT.replace("小区", "厂房")]


def _made(count: int = 12, seed: int = 1) -> list[MadeQuestion]:
    return list(make_questions(TEXTS, Everyday(), count=count, seed=seed))


def test_the_answer_stands_in_the_text_and_not_in_the_question_word() -> None:
    made = _made()
    assert made
    for one in made:
        assert 0 <= one.start < one.end <= len(one.text)
        assert len(one.question) >= 5
        assert not one.text[one.start : one.end].isspace()


def test_the_same_seed_makes_the_same_questions() -> None:
    assert _made() == _made()
    assert _made() != _made(seed=2)


def test_at_most_four_questions_come_from_one_text() -> None:
    assert len(list(make_questions([TEXT], Everyday(), count=50, seed=1))) <= 4


@pytest.mark.parametrize("texts", [[], [""], ["短句。"]])
def test_texts_without_a_fit_sentence_make_nothing(texts: list[str]) -> None:
    assert list(make_questions(texts, Everyday(), count=5, seed=1)) == []


def test_kinds_of_stretches_that_are_asked_for() -> None:
    kinds = {kind for _, _, kind in answer_spans("市财政安排补助资金1.2亿元,由云川城建集团按《办法》于2024年9月发放。")}
    assert kinds == {"figure", "date", "title", "name", "clause"}


def test_a_gap_that_leaves_too_little_makes_no_question() -> None:
    assert ask_for("共36个。", (1, 4), "figure", random.Random(1), Everyday()) == ""


def test_an_answer_of_white_space_makes_no_example() -> None:
    assert example_of(MadeQuestion("问什么", "甲 乙", 1, 2)) is None
    assert example_of(MadeQuestion("", "甲乙", 0, 1)) is None


def test_cropped_texts_keep_the_answer() -> None:
    examples = examples_of(_made())
    for batch in drawn_batches(examples, size=3, longest=20, seed=4):
        for _, words, first, last in batch:
            assert 0 <= first <= last < len(words) <= 20


def test_all_examples_are_drawn_once() -> None:
    examples = examples_of(_made())
    drawn = [one for batch in drawn_batches(examples, size=5, longest=500, seed=4) for one in batch]
    assert sorted(tuple(words) for _, words, _, _ in drawn) == sorted(one.words for one in examples)


def test_a_stopped_training_goes_on_as_if_it_had_not_stopped(tmp_path: Path) -> None:
    examples = examples_of(_made())
    characters = character_numbers(examples, count=50)
    batches = Batches(examples, shipped_embedder(), {char: at + 2 for at, char in enumerate(characters)})
    stage = Stage("test", 3, 1e-3, 40, 4)

    def trainer() -> SpanTrainer:
        return SpanTrainer(len(characters), seed=1, device="cpu")

    whole = trainer()
    losses: list[float] = []
    steps = whole.run(stage, batches, before=0, path=tmp_path / "whole", watch=lambda _, loss: losses.append(loss))
    assert steps == len(losses) == whole.done

    class StoppedError(Exception):
        pass

    def stop(step: int, _: float) -> None:
        if step == 5:
            raise StoppedError

    half = trainer()
    with pytest.raises(StoppedError):
        half.run(stage, batches, before=0, path=tmp_path / "half", watch=stop)
    half.save(tmp_path / "half")
    resumed = trainer()
    resumed.restore(tmp_path / "half")
    resumed.run(stage, batches, before=0, path=tmp_path / "half", watch=lambda *_: None)
    for name, value in whole.network.state_dict().items():
        assert torch.allclose(value, resumed.network.state_dict()[name], atol=1e-6), name
