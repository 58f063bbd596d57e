"""The words that the span model reads: cut with their places, looked up, described."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.embedding import StaticEmbedder

_EMPTY = frozenset(
    [
        "多少",
        "几",
        "什么",
        "哪",
        "哪个",
        "哪些",
        "谁",
        "怎么",
        "如何",
        "为什么",
        "哪里",
        "何时",
        "是",
        "的",
        "了",
        "?",
        ",",
        "吗",
        "呢",
        "有",
        "在",
        "和",
        "、",
        "。",
    ]
)
"""Words of a question that tell nothing of where its answer stands."""
_NUMERALS = frozenset("零一二两三四五六七八九十百千万亿")
FEATURES = 8
UNKNOWN = 1
"""Number of a character that the model has not learnt; 0 stands for none."""


def cut_words(folded: str) -> list[tuple[int, int]]:
    """Return the places of all words and marks of a folded text in order, white space left out."""
    places: list[tuple[int, int]] = []
    at = 0
    for word in segment(folded):
        start = folded.find(word, at)
        places += [(i, i + 1) for i in range(at, start) if not folded[i].isspace()]
        at = start + len(word)
        places.append((start, at))
    return places + [(i, i + 1) for i in range(at, len(folded)) if not folded[i].isspace()]


@dataclass(frozen=True, slots=True, eq=False)
class WordRows:
    """What is known of each word: rows of word vectors scaled to the model and to length 1, and character numbers."""

    scaled: NDArray[np.float32]
    unit: NDArray[np.float32]
    characters: NDArray[np.int64]
    """Shape (words, 3): the first, the last but one and the last character."""


@dataclass(frozen=True, slots=True, eq=False)
class WordTable:
    """Looks up what is known of words."""

    embedder: StaticEmbedder
    scale: float
    """What word vectors are multiplied by."""
    numbers: dict[str, int]
    """The number of each character that was learnt, from 2."""

    def look_up(self, words: Sequence[str]) -> WordRows:
        """Return the rows of `words`; an empty word gives zeros."""
        distinct = {word: at for at, word in enumerate(dict.fromkeys(words))}
        which = np.array([distinct[word] for word in words], np.int64)
        vectors = self.embedder.means(list(distinct))
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        characters = np.array([self._numbers(word) for word in distinct], np.int64).reshape(-1, 3)
        unit = vectors / np.maximum(lengths, 1e-6)
        return WordRows(scaled=(vectors * self.scale)[which], unit=unit[which], characters=characters[which])

    def _numbers(self, word: str) -> tuple[int, int, int]:
        if not word:
            return 0, 0, 0
        get = self.numbers.get
        return get(word[0], UNKNOWN), get(word[-2], UNKNOWN) if len(word) > 1 else 0, get(word[-1], UNKNOWN)


def word_kind(word: str) -> int:
    """Return 1 for a figure, 2 for a comma, 3 for a full stop, 4 Latin, 5 other signs, 6 a numeral, 7 else, 0 none."""
    if not word:
        return 0
    if word[0].isdigit():
        return 1
    if word in ",;:、":
        return 2
    if word in "。!?":
        return 3
    if not "\u4e00" <= word[0] <= "\u9fff":
        return 4 if word.isalnum() else 5
    return 6 if all(char in _NUMERALS for char in word) else 7


def word_features(question: Sequence[str], words: Sequence[str]) -> NDArray[np.float32]:
    """Return for each of `words` whether the question says it, its share of said characters, and its kind one-hot.

    Shape (words, FEATURES).
    """
    said = {word for word in question if word not in _EMPTY}
    characters = {char for word in said for char in word}
    features = np.zeros((len(words), FEATURES), np.float32)
    for row, word in zip(features, words, strict=True):
        if word:
            row[0] = word in said
            row[1] = sum(char in characters for char in word) / len(word)
            kind = word_kind(word)
            if kind < 7:
                row[1 + kind] = 1.0
    return features
