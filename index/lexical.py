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

from index.fusion import Ranking, ascending, best_first
from index.postings import BLOCK, places_in
from index.segments import open_segments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from index.postings import Block
    from index.segments import Segment

_MOST_FOUND = 50_000
"""Words whose numbers are remembered."""


class LexicalIndex:
    """BM25 over saved postings, memory-mapped; nothing is read before the first question."""

    def __init__(self, segments: tuple[Segment, ...], *, k1: float, b: float) -> None:
        self.segments = segments
        self._lengths: NDArray[np.int32] = np.concatenate([segment.lengths for segment in segments])
        numbers = np.concatenate([segment.numbers for segment in segments])
        in_order = np.array_equal(numbers, np.arange(len(numbers)))
        self._stored = None if in_order else _inverse(numbers)
        """Where among all that is stored each passage lies; None if that is its number."""
        self._size = len(self._lengths if self._stored is None else self._stored)
        self._k1 = k1
        self._b = b
        living = self._lengths if self._stored is None else self._lengths[self._stored]
        mean = float(living.mean()) if len(living) else 0.0
        self._mean = mean or 1.0
        self._found: dict[str, tuple[int, tuple[tuple[Block, int, int], ...]]] = {}

    @classmethod
    def open(cls, folder: Path, *, k1: float, b: float) -> LexicalIndex:
        """Return the index saved in `folder`; it stays usable when the files are deleted later."""
        return cls(open_segments(folder), k1=k1, b=b)

    def __len__(self) -> int:
        return self._size

    def passages_with(self, word: str) -> int:
        """Return the number of passages that hold `word`; 0 for an unknown one."""
        return self._entries(word)[0]

    def chosen(self, passages: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return for everything stored whether it is one of `passages`, for `passages_among`."""
        chosen = np.zeros(len(self._lengths), np.bool_)
        chosen[passages if self._stored is None else self._stored[passages]] = True
        return chosen

    def passages_among(self, word: str, chosen: NDArray[np.bool_]) -> int:
        """Return the number of `chosen` passages that hold `word`; 0 for an unknown one."""
        entries = self._entries(word)[1]
        return sum(
            int(np.count_nonzero(chosen[block.first :][block.passages[first:last]])) for block, first, last in entries
        )

    def _entries(self, word: str) -> tuple[int, tuple[tuple[Block, int, int], ...]]:
        """Return how many passages hold `word`, and where its entries lie in each block; a question asks often."""
        found = self._found.get(word)
        if found is None:
            if len(self._found) >= _MOST_FOUND:
                self._found.clear()
            frequency, places = 0, list[tuple["Block", int, int]]()
            for segment in self.segments:
                number = segment.words.find(word)
                frequency -= segment.gone_with(number)
                for block in segment.blocks if number >= 0 else ():
                    if (at := _place(block, number)) >= 0:
                        places.append((block, int(block.starts[at]), int(block.starts[at + 1])))
                        frequency += places[-1][2] - places[-1][1]
            found = self._found[word] = frequency, tuple(places)
        return found

    def idf(self, word: str) -> float:
        """Return the inverse document frequency of `word`; an unknown word has the largest."""
        return self._idf(self.passages_with(word))

    def _idf(self, frequency: int) -> float:
        return math.log(1 + (len(self) - frequency + 0.5) / (frequency + 0.5))

    def weights(self, query: Iterable[tuple[str, float]]) -> dict[int, float]:
        """Return the number of each word of `query` that some passage holds, with its weight times its idf.

        Words have numbers where there is one segment, as there is beside a store that wants them.
        """
        (segment,) = self.segments
        found: dict[int, float] = {}
        for word, weight in query:
            if frequency := self.passages_with(word):
                number = segment.words.find(word)
                found[number] = found.get(number, 0.0) + weight * self._idf(frequency)
        return found

    def word_vectors(self) -> Iterator[dict[int, float]]:
        """Yield for each passage what each of its words is worth there, by the word's number.

        A score is the sum, over the words of a question, of this and what `weights` gives, multiplied; the same holds for
        the segments.
        """
        (segment,) = self.segments
        for block in segment.blocks:
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
        scores = np.zeros(len(self._lengths), dtype=np.float32)
        for word, weight in query:
            frequency, entries = self._entries(word)
            idf = np.float32(weight * self._idf(frequency))
            for block, first, last in entries:
                # A passage occurs once among the entries of a word, so plain indexing adds rightly.
                inside = scores[block.first :]
                passages, counts = block.passages[first:last], block.counts.of(first, last).astype(np.float32)
                inside[passages] += idf * (counts / (counts + self._damping[block.first :][passages]))
        return scores if self._stored is None else scores[self._stored]

    @functools.cached_property
    def _damping(self) -> NDArray[np.float32]:
        """What the count of a word is weighed against in each stored passage: more in a longer one."""
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


def _inverse(numbers: NDArray[np.int32]) -> NDArray[np.int64]:
    """Return where each number stands in `numbers`; those below 0 are passed over."""
    living = np.flatnonzero(numbers >= 0)
    places = np.empty(len(living), dtype=np.int64)
    places[numbers[living]] = living
    return places


def _place(block: Block, word: int) -> int:
    """Return where the word with this number stands among those of `block`, or -1."""
    at = int(places_in(block.words, [word])[0])
    return at if at < len(block.words) and block.words[at] == word else -1


def best_scored(scores: NDArray[np.float32], k: int, *, allowed: NDArray[np.int64] | None = None) -> Ranking:
    """Return the at most `k` best passages of those with a score above 0, best first, ties by number.

    `scores` holds one for every passage; `allowed` restricts the ranking to these passages, an empty one to none.
    """
    if allowed is None:
        ids = np.flatnonzero(scores > 0)
    else:
        ids = ascending(allowed[scores[allowed] > 0])
    return best_first(ids, scores[ids], k)
