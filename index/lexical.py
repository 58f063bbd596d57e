"""BM25 over our own tokens: word counts in compressed columns, scored for the words of a question only.

The score is Lucene's, as bm25s computes it:
    idf(t) = ln(1 + (N - df + 0.5) / (df + 0.5));   score = idf(t) * tf / (tf + k1 * (1 - b + b * length / mean))
Counts, not scores, are kept: k1 and b stay free, words of a question carry weights, and a new generation takes
the counts of unchanged passages over.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from index.fusion import Ranking, best_first
from index.tables import TextTable, open_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

_ARRAYS = ("starts", "passages", "counts", "lengths")
_MOST = np.iinfo(np.uint16).max
_MOST_FOUND = 50_000
"""Words whose numbers are remembered."""


@dataclass(frozen=True, slots=True)
class Postings:
    """Word counts of numbered passages, by word."""

    words: tuple[str, ...]
    """The distinct words, sorted by their UTF-8 bytes."""
    starts: NDArray[np.int64]
    """Shape (words + 1,): the entries of word i are starts[i] to starts[i + 1]."""
    passages: NDArray[np.int32]
    """Passage number of each entry, ascending within a word."""
    counts: NDArray[np.uint16]
    """How often the word occurs in that passage."""
    lengths: NDArray[np.int32]
    """Shape (passages,): the number of words of each passage."""

    def save(self, folder: Path) -> None:
        """Write the postings into the existing `folder`."""
        TextTable.write(folder, "words", self.words)
        for name in _ARRAYS:
            np.save(folder / f"{name}.npy", getattr(self, name), allow_pickle=False)


def count_words(documents: Iterable[Sequence[str]]) -> Postings:
    """Return the postings of `documents`, numbered from 0; no documents give empty postings."""
    numbers: dict[str, int] = {}
    columns: list[NDArray[np.int32]] = []
    lengths: list[int] = []
    for number, document in enumerate(documents):
        counted = Counter(document)
        rows = np.empty((3, len(counted)), dtype=np.int32)
        rows[0] = [numbers.setdefault(word, len(numbers)) for word in counted]
        rows[1] = number
        rows[2] = np.minimum(list(counted.values()), _MOST)
        columns.append(rows)
        lengths.append(len(document))
    entries = np.concatenate(columns, axis=1) if columns else np.zeros((3, 0), dtype=np.int32)
    return _postings(list(numbers), entries, np.array(lengths, dtype=np.int32))


def merge(parts: Sequence[tuple[Postings, NDArray[np.int64]]], size: int) -> Postings:
    """Return the postings of `size` passages put together from `parts`, each with the new numbers of its passages.

    A number of -1 leaves a passage out; a word that no passage has any more goes with it.
    """
    numbers: dict[str, int] = {}
    columns = [np.zeros((3, 0), dtype=np.int32)]
    lengths = np.zeros(size, dtype=np.int32)
    for postings, renumbered in parts:
        words = np.array([numbers.setdefault(word, len(numbers)) for word in postings.words], dtype=np.int32)
        rows = np.stack(
            (
                np.repeat(words, np.diff(postings.starts)),
                renumbered[postings.passages].astype(np.int32),
                postings.counts.astype(np.int32),
            )
        )
        columns.append(rows if (renumbered >= 0).all() else rows[:, rows[1] >= 0])
        lengths[renumbered[renumbered >= 0]] = postings.lengths[renumbered >= 0]
    return _postings(list(numbers), np.concatenate(columns, axis=1), lengths)


def _postings(words: list[str], entries: NDArray[np.int32], lengths: NDArray[np.int32]) -> Postings:
    """Return postings from entries of shape (3, n): word, passage, count, in any order."""
    used = np.zeros(len(words), dtype=bool)
    used[entries[0]] = True
    order = sorted(np.flatnonzero(used).tolist(), key=lambda number: words[number].encode("utf-8"))
    rank = np.zeros(len(words), dtype=np.int64)
    rank[order] = np.arange(len(order))
    column = rank[entries[0]]
    sorting = np.argsort(column * max(len(lengths), 1) + entries[1], kind="stable")
    starts = np.zeros(len(order) + 1, dtype=np.int64)
    np.cumsum(np.bincount(column, minlength=len(order)), out=starts[1:])
    return Postings(
        tuple(words[number] for number in order),
        starts,
        entries[1][sorting],
        entries[2][sorting].astype(np.uint16),
        lengths,
    )


class LexicalIndex:
    """BM25 over saved postings, memory-mapped; nothing is read before the first question."""

    def __init__(self, words: TextTable, arrays: dict[str, NDArray[Any]], *, k1: float, b: float) -> None:
        self._words = words
        self._starts: NDArray[np.int64] = arrays["starts"]
        self._passages: NDArray[np.int32] = arrays["passages"]
        self._counts: NDArray[np.uint16] = arrays["counts"]
        self._lengths: NDArray[np.int32] = arrays["lengths"]
        self._k1 = k1
        self._b = b
        mean = float(self._lengths.mean()) if len(self._lengths) else 0.0
        self._mean = mean or 1.0
        self._found: dict[str, int] = {}

    @classmethod
    def open(cls, folder: Path, *, k1: float, b: float) -> LexicalIndex:
        """Return the index saved in `folder`; it stays usable when the files are deleted later."""
        arrays = {name: open_array(folder / f"{name}.npy") for name in _ARRAYS}
        return cls(TextTable.open(folder, "words"), arrays, k1=k1, b=b)

    def __len__(self) -> int:
        return len(self._lengths)

    def postings(self) -> Postings:
        """Return everything that is stored, to be merged into another generation."""
        return Postings(tuple(self._words), self._starts, self._passages, self._counts, self._lengths)

    def passages_with(self, word: str) -> int:
        """Return the number of passages that hold `word`; 0 for an unknown one."""
        number = self._number(word)
        return 0 if number < 0 else int(self._starts[number + 1] - self._starts[number])

    def _number(self, word: str) -> int:
        """Return the number of `word`, or -1; a question looks for each of its words several times."""
        number = self._found.get(word)
        if number is None:
            if len(self._found) >= _MOST_FOUND:
                self._found.clear()
            number = self._found[word] = self._words.find(word)
        return number

    def idf(self, word: str) -> float:
        """Return the inverse document frequency of `word`; an unknown word has the largest."""
        return self._idf(self.passages_with(word))

    def _idf(self, frequency: int) -> float:
        return math.log(1 + (len(self) - frequency + 0.5) / (frequency + 0.5))

    def scores(self, query: Iterable[tuple[str, float]]) -> NDArray[np.float32]:
        """Return the score of every passage, shape (len(self),), for weighted words; unknown words add nothing."""
        scores = np.zeros(len(self), dtype=np.float32)
        for word, weight in query:
            number = self._number(word)
            if number < 0:
                continue
            entries = slice(int(self._starts[number]), int(self._starts[number + 1]))
            passages, counts = self._passages[entries], self._counts[entries].astype(np.float32)
            relative = self._lengths[passages].astype(np.float32) / self._mean
            saturation = counts / (counts + self._k1 * (1 - self._b + self._b * relative))
            # A passage occurs once among the entries of a word, so plain indexing adds rightly.
            scores[passages] += np.float32(weight * self._idf(len(passages))) * saturation
        return scores

    def search(
        self, query: Iterable[tuple[str, float]], k: int, *, allowed: NDArray[np.int64] | None = None
    ) -> Ranking:
        """Return the at most `k` best passages that hold a word of `query`, best first, ties by number.

        `allowed` restricts the search to these passages; an empty one, or an empty query, gives an empty ranking.
        """
        return best_scored(self.scores(query), k, allowed=allowed)


def best_scored(scores: NDArray[np.float32], k: int, *, allowed: NDArray[np.int64] | None = None) -> Ranking:
    """Return the at most `k` best passages of those with a score above 0, best first, ties by number.

    `scores` holds one for every passage; `allowed` restricts the ranking to these passages, an empty one to none.
    """
    ids = np.flatnonzero(scores > 0) if allowed is None else np.unique(allowed)
    if allowed is not None:
        ids = ids[scores[ids] > 0]
    return best_first(ids, scores[ids], k)
