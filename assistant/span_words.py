"""The words that the span model reads: cut with their places, looked up, described."""

from __future__ import annotations

import threading
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
_NOTHING = (0.0,) * FEATURES
_KINDS = tuple(tuple(float(kind == at) for at in range(1, FEATURES - 1)) for kind in range(FEATURES))
"""The kinds of words one-hot; kinds 0 and 7 are all zeros."""
_FIRST_ROWS = 2048
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


class WordTable:
    """Looks up what is known of words and remembers it; may be used by several threads."""

    def __init__(
        self, embedder: StaticEmbedder, scale: float, numbers: dict[str, int], *, most_words: int = 16_384
    ) -> None:
        """Take what word vectors are multiplied by and the number of each character that was learnt, from 2.

        Some `most_words` words are remembered, of 1 kB each.
        """
        self.numbers = numbers
        self._embedder = embedder
        self._scale = scale
        self._most_words = most_words
        self._lock = threading.Lock()
        self._forget()

    def look_up(self, words: Sequence[str]) -> WordRows:
        """Return the rows of `words`; an empty word gives zeros."""
        with self._lock:
            if len(self._places) > self._most_words:
                self._forget()
            new = [word for word in dict.fromkeys(words) if word not in self._places]
            if new:
                self._learn(new)
            which = np.array([self._places[word] for word in words], np.int64)
            vectors, lengths = self._vectors[which], self._lengths[which]
            characters = self._characters[which]
        unit: NDArray[np.float32] = np.divide(vectors, np.maximum(lengths, 1e-6))
        return WordRows(scaled=vectors * self._scale, unit=unit, characters=characters)

    def _forget(self) -> None:
        self._places: dict[str, int] = {}
        self._vectors = np.zeros((0, self._embedder.dimensions), np.float32)
        self._lengths = np.zeros((0, 1), np.float32)
        self._characters = np.zeros((0, 3), np.int64)

    def _learn(self, words: Sequence[str]) -> None:
        """Put the rows of `words`, which are not known yet, behind the others."""
        first, end = len(self._places), len(self._places) + len(words)
        if end > len(self._vectors):
            more = max(end - first, first, _FIRST_ROWS)
            self._vectors, self._lengths, self._characters = (
                np.concatenate([rows[:first], np.zeros((more, rows.shape[1]), rows.dtype)])
                for rows in (self._vectors, self._lengths, self._characters)
            )
        vectors = self._embedder.means(words)
        self._vectors[first:end] = vectors
        self._lengths[first:end] = np.linalg.norm(vectors, axis=1, keepdims=True)
        self._characters[first:end] = np.array([self._numbers(word) for word in words], np.int64)
        self._places.update(zip(words, range(first, end), strict=True))

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
    told: dict[str, tuple[float, ...]] = {"": _NOTHING}
    for word in words:
        if word not in told:
            share = sum([char in characters for char in word]) / len(word)
            told[word] = (float(word in said), share, *_KINDS[word_kind(word)])
    return np.array([told[word] for word in words], np.float32).reshape(-1, FEATURES)
