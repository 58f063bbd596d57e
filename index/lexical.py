"""BM25 over our own tokens: word counts in compressed columns, scored for the words of a question only.

The score is Lucene's, as bm25s computes it:
    idf(t) = ln(1 + (N - df + 0.5) / (df + 0.5));   score = idf(t) * tf / (tf + k1 * (1 - b + b * length / mean))
Counts, not scores, are kept: k1 and b stay free, words of a question carry weights, and a new generation takes
the counts of unchanged passages over.
"""

from __future__ import annotations

import functools
import math
from typing import TYPE_CHECKING

import numpy as np

from index.fusion import Ranking, best_first
from index.postings import BLOCK, Postings, open_blocks
from index.tables import TextTable, open_array

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from index.postings import Block

_MOST_FOUND = 50_000
"""Words whose numbers are remembered."""


class LexicalIndex:
    """BM25 over saved postings, memory-mapped; nothing is read before the first question."""

    def __init__(
        self, words: TextTable, blocks: tuple[Block, ...], lengths: NDArray[np.int32], *, k1: float, b: float
    ) -> None:
        self._words = words
        self._blocks = blocks
        self._lengths = lengths
        self._k1 = k1
        self._b = b
        mean = float(self._lengths.mean()) if len(self._lengths) else 0.0
        self._mean = mean or 1.0
        self._found: dict[str, tuple[tuple[Block, int, int], ...]] = {}

    @classmethod
    def open(cls, folder: Path, *, k1: float, b: float) -> LexicalIndex:
        """Return the index saved in `folder`; it stays usable when the files are deleted later."""
        words, lengths = TextTable.open(folder, "words"), open_array(folder / "lengths.npy")
        return cls(words, open_blocks(folder), lengths, k1=k1, b=b)

    def __len__(self) -> int:
        return len(self._lengths)

    def postings(self) -> Postings:
        """Return everything that is stored, to be merged into another generation."""
        return Postings(self._words.rows(), self._blocks, self._lengths)

    def passages_with(self, word: str) -> int:
        """Return the number of passages that hold `word`; 0 for an unknown one."""
        return sum(last - first for _, first, last in self._entries(word))

    def _entries(self, word: str) -> tuple[tuple[Block, int, int], ...]:
        """Return where the entries of `word` lie in each block that holds it; a question asks for each word often."""
        found = self._found.get(word)
        if found is None:
            if len(self._found) >= _MOST_FOUND:
                self._found.clear()
            number = self._words.find(word)
            places = ((block, _place(block, number)) for block in self._blocks) if number >= 0 else ()
            found = self._found[word] = tuple(
                (block, int(block.starts[at]), int(block.starts[at + 1])) for block, at in places if at >= 0
            )
        return found

    def idf(self, word: str) -> float:
        """Return the inverse document frequency of `word`; an unknown word has the largest."""
        return self._idf(self.passages_with(word))

    def _idf(self, frequency: int) -> float:
        return math.log(1 + (len(self) - frequency + 0.5) / (frequency + 0.5))

    def weights(self, query: Iterable[tuple[str, float]]) -> dict[int, float]:
        """Return the number of each word of `query` that some passage holds, with its weight times its idf."""
        found: dict[int, float] = {}
        for word, weight in query:
            if frequency := self.passages_with(word):
                number = self._words.find(word)
                found[number] = found.get(number, 0.0) + weight * self._idf(frequency)
        return found

    def word_vectors(self) -> Iterator[dict[int, float]]:
        """Yield for each passage what each of its words is worth there, by the word's number.

        A score is the sum, over the words of a question, of this and what `weights` gives, multiplied.
        """
        for block in self._blocks:
            words, passages, counts = block.columns()
            often = counts.astype(np.float32)
            worths = often / (often + self._damping[passages])
            order = np.argsort(passages, kind="stable")
            size = min(BLOCK, len(self) - block.first)
            ends = np.cumsum(np.bincount(passages - block.first, minlength=size))
            for first, last in zip((0, *ends[:-1].tolist()), ends.tolist(), strict=True):
                chosen = order[first:last]
                yield dict(zip(words[chosen].tolist(), worths[chosen].tolist(), strict=True))

    def scores(self, query: Iterable[tuple[str, float]]) -> NDArray[np.float32]:
        """Return the score of every passage, shape (len(self),), for weighted words; unknown words add nothing."""
        scores = np.zeros(len(self), dtype=np.float32)
        for word, weight in query:
            entries = self._entries(word)
            idf = np.float32(weight * self._idf(sum(last - first for _, first, last in entries)))
            for block, first, last in entries:
                # A passage occurs once among the entries of a word, so plain indexing adds rightly.
                inside = scores[block.first :]
                passages, counts = block.passages[first:last], block.counts.of(first, last).astype(np.float32)
                inside[passages] += idf * (counts / (counts + self._damping[block.first :][passages]))
        return scores

    @functools.cached_property
    def _damping(self) -> NDArray[np.float32]:
        """What the count of a word is weighed against in each passage, shape (len(self),): more in a longer one."""
        relative = self._lengths.astype(np.float32) / self._mean
        damping: NDArray[np.float32] = self._k1 * (1 - self._b + self._b * relative)
        return damping

    def search(
        self, query: Iterable[tuple[str, float]], k: int, *, allowed: NDArray[np.int64] | None = None
    ) -> Ranking:
        """Return the at most `k` best passages that hold a word of `query`, best first, ties by number.

        `allowed` restricts the search to these passages; an empty one, or an empty query, gives an empty ranking.
        """
        return best_scored(self.scores(query), k, allowed=allowed)


def _place(block: Block, word: int) -> int:
    """Return where the word with this number stands among those of `block`, or -1."""
    at = int(np.searchsorted(block.words, word))
    return at if at < len(block.words) and block.words[at] == word else -1


def best_scored(scores: NDArray[np.float32], k: int, *, allowed: NDArray[np.int64] | None = None) -> Ranking:
    """Return the at most `k` best passages of those with a score above 0, best first, ties by number.

    `scores` holds one for every passage; `allowed` restricts the ranking to these passages, an empty one to none.
    """
    if allowed is None:
        ids = np.flatnonzero(scores > 0)
    else:
        # Sorted after the others are gone: of many that are allowed, few hold a word of the question.
        ids = np.unique(allowed[scores[allowed] > 0])
    return best_first(ids, scores[ids], k)
