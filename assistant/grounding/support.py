"""How far passages say what a sentence says, by its words and by their vectors."""

from __future__ import annotations

import functools
import itertools
import re
from typing import TYPE_CHECKING

import numpy as np

from assistant.terms import general_weight, related
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.grounding.evidence import Evidence
    from index.embedding import Embedder

_SENTENCE = re.compile(r"[^。!?\n]+")
_IDLE = frozenset(
    "的了在是和与对为把被给从向到于由将以等都也还又并中上下里内后前年月日个一有要会该其这那此们共已各且而或及则"
)


@functools.cache
def shipped_embedder() -> Embedder:
    """Return the embedding model that ships with the program, opened once."""
    from index.embedding import open_embedder

    return open_embedder()


class Support:
    """Scores sentences against evidence; remembers the vectors of words."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def coverage(self, sentence: str, evidence: Evidence) -> float:
        """Return which share of what a canonical sentence says stands in the evidence, in [0, 1]; 0 if it says nothing."""
        weights = {word: general_weight(word) for word in content_words(sentence)}
        total = sum(weights.values())
        if not total:
            return 0.0
        held = self._held(tuple(weights), evidence)
        return sum(weight * share for weight, share in zip(weights.values(), held, strict=True)) / total

    def likeness(self, sentence: str, evidence: Evidence) -> float:
        """Return the cosine between a canonical sentence and the nearest one or two sentences of the evidence."""
        pieces = [piece for body in evidence.bodies for piece in _SENTENCE.findall(body)]
        pieces += [one + other for one, other in itertools.pairwise(pieces)]
        if not pieces:
            return 0.0
        vectors = self._embedder.encode([sentence, *pieces])
        return float(np.max(vectors[1:] @ vectors[0]))

    def _held(self, words: tuple[str, ...], evidence: Evidence) -> list[float]:
        text = evidence.text
        missing = [word for word in words if word not in text]
        if not missing:
            return [1.0] * len(words)
        near = dict(zip(missing, self._nearest(missing, sorted(set(content_words(text)))), strict=True))
        return [max(_letters(word, text), related(near[word])) if word in near else 1.0 for word in words]

    def _nearest(self, words: Sequence[str], others: Sequence[str]) -> list[float]:
        if not others:
            return [0.0] * len(words)
        cosines = self._of(words) @ self._of(others).T
        return [float(value) for value in cosines.max(axis=1)]

    def _of(self, words: Sequence[str]) -> NDArray[np.float32]:
        unknown = [word for word in dict.fromkeys(words) if word not in self._vectors]
        if unknown:
            self._vectors.update(zip(unknown, self._embedder.encode(unknown), strict=True))
        return np.stack([self._vectors[word] for word in words])


def content_words(text: str) -> list[str]:
    """Return the words of a canonical text that tell something, in order, each once; figures are left out."""
    return [
        word for word in dict.fromkeys(segment(text)) if not word[0].isdigit() and word not in _IDLE and word.strip()
    ]


def _letters(word: str, text: str) -> float:
    """Return the part of a longer word's characters that stands in `text`, in pairs, in [0, 1]."""
    if len(word) < 3:
        return 0.0
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return sum(pair in text for pair in pairs) / len(pairs)
