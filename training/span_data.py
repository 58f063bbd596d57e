"""Examples of the span model as word numbers, and batches of them as tensors."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.span_words import FEATURES, UNKNOWN, WordTable, cut_words, word_features

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from assistant.span_words import WordRows
    from index.embedding import StaticEmbedder
    from training.span_questions import MadeQuestion

_LONGEST_QUESTION = 40
_SORTED_BATCHES = 50


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A question and a text as words, with the first and the last word of the answer."""

    question: tuple[str, ...]
    words: tuple[str, ...]
    first: int
    last: int
    places: tuple[tuple[int, int], ...]
    """Where the words stand in the text."""


def example_of(one: MadeQuestion) -> Example | None:
    """Return the example of a question on folded text, or None if no word of the answer is left."""
    places = tuple(cut_words(one.text))
    first = next((i for i, (_, end) in enumerate(places) if end > one.start), None)
    last = next((i for i in range(len(places) - 1, -1, -1) if places[i][0] < one.end), None)
    question = tuple(one.question[a:b] for a, b in cut_words(one.question))[:_LONGEST_QUESTION]
    if first is None or last is None or first > last or not question:
        return None
    return Example(question, tuple(one.text[a:b] for a, b in places), first, last, places)


def examples_of(made: Iterable[MadeQuestion]) -> list[Example]:
    """Return the examples of questions that have one, in order."""
    return [example for one in made if (example := example_of(one)) is not None]


def character_numbers(examples: Iterable[Example], *, count: int) -> list[str]:
    """Return the `count` commonest characters of the examples' words, the commonest first."""
    from collections import Counter

    counted: Counter[str] = Counter()
    for example in examples:
        counted.update("".join(example.words))
    return [char for char, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:count]]


class Batches:
    """Turns examples into padded tensors; every distinct word is looked up once."""

    def __init__(self, examples: Sequence[Example], embedder: StaticEmbedder, numbers: dict[str, int]) -> None:
        distinct = dict.fromkeys(word for one in examples for word in (*one.question, *one.words))
        words = ["", *distinct]
        self.examples = examples
        self._at = {word: at for at, word in enumerate(words)}
        lengths = np.linalg.norm(embedder.means(words[1:20_000]), axis=1)
        self.scale = round(1 / float(lengths.mean()), 4)
        self._rows: WordRows = WordTable(embedder, self.scale, numbers).look_up(words)

    def tensors(self, chosen: Sequence[tuple[Sequence[str], Sequence[str]]]) -> tuple[Any, ...]:
        """Return the network's inputs for pairs of question and text, padded with empty words."""
        import torch

        questions = self._numbers([question for question, _ in chosen])
        texts = self._numbers([words for _, words in chosen])
        features = np.zeros((*texts.shape, FEATURES), np.float32)
        for row, (question, words) in zip(features, chosen, strict=True):
            row[: len(words)] = word_features(question, words)
        q, p = (self._part(numbers) for numbers in (questions, texts))
        similarity = p[1] @ q[1].transpose(1, 2)
        return (q[0], q[2], q[3], p[0], p[2], p[3], torch.from_numpy(features), similarity)

    def _numbers(self, rows: Sequence[Sequence[str]]) -> NDArray[np.int64]:
        numbers = np.zeros((len(rows), max(map(len, rows))), np.int64)
        for at, words in enumerate(rows):
            numbers[at, : len(words)] = [self._at.get(word, UNKNOWN) for word in words]
        return numbers

    def _part(self, numbers: NDArray[np.int64]) -> tuple[Any, ...]:
        import torch

        found = self._rows
        arrays = (found.scaled[numbers], found.unit[numbers], found.characters[numbers], numbers > 0)
        scaled, unit, characters, mask = (torch.from_numpy(array) for array in arrays)
        return scaled, unit, characters, mask.float()


def drawn_batches(
    examples: Sequence[Example], *, size: int, longest: int, seed: int
) -> Iterator[list[tuple[Sequence[str], Sequence[str], int, int]]]:
    """Yield all examples once in drawn batches of like length, texts cut to `longest` words around the answer."""
    generator = random.Random(seed)
    order = list(range(len(examples)))
    generator.shuffle(order)
    batches: list[list[int]] = []
    for begin in range(0, len(order), size * _SORTED_BATCHES):
        part = sorted(
            order[begin : begin + size * _SORTED_BATCHES], key=lambda at: min(longest, len(examples[at].words))
        )
        batches += [part[at : at + size] for at in range(0, len(part), size)]
    generator.shuffle(batches)
    for batch in batches:
        yield [_cropped(examples[at], longest, generator) for at in batch]


def _cropped(one: Example, longest: int, generator: random.Random) -> tuple[Sequence[str], Sequence[str], int, int]:
    if len(one.words) <= longest:
        return one.question, one.words, one.first, one.last
    low = max(0, min(one.first, one.last + 1 - longest))
    high = max(low, min(one.first, len(one.words) - longest))
    begin = min(generator.randint(low, high), len(one.words) - longest)
    last = min(one.last - begin, longest - 1)
    return one.question, one.words[begin : begin + longest], one.first - begin, last
