"""How rare words are: in a whole index, or among the notices in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from index.lexical import LexicalIndex
    from index.store import Index

_MOST_FOUND = 50_000
"""Words whose rarity is remembered."""
_FEWEST = 50
"""Passages of notices in which rarity can be counted: about one notice."""


class Rarity(Protocol):
    """Tells how rare a word is among some passages."""

    def __len__(self) -> int:
        """Return how many passages there are."""

    def idf(self, word: str) -> float:
        """Return the inverse document frequency of `word` among them; an unknown word has the largest."""


class RarityAmong:
    """How rare words are among some passages of an index; may be used by several threads."""

    def __init__(self, lexical: LexicalIndex, passages: NDArray[np.int64]) -> None:
        """Take the numbers of the passages, each once."""
        self._lexical = lexical
        self._chosen = lexical.chosen(passages)
        self._size = len(passages)
        self._found: dict[str, float] = {}

    def __len__(self) -> int:
        return self._size

    def idf(self, word: str) -> float:
        """Return the inverse document frequency of `word`, counted as `LexicalIndex.idf` does it; see `Rarity`."""
        found = self._found.get(word)
        if found is None:
            if len(self._found) >= _MOST_FOUND:
                self._found.clear()
            frequency = self._lexical.passages_among(word, self._chosen)
            found = self._found[word] = math.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5))
        return found


def rarity_of_notices(index: Index) -> Rarity:
    """Return how rare words are among the passages of notices that are about a unit.

    Where other texts stand beside notices, what every notice says is rare in all of them together. Where notices are all
    there is, or hardly any, it is the rarity in the whole index.
    """
    firsts, numbers = index.notice_passages, index.unit_notices
    stretches = [np.arange(firsts[number], firsts[number + 1]) for number in numbers.tolist()]
    passages = np.concatenate(stretches) if stretches else np.zeros(0, np.int64)
    if len(passages) < _FEWEST or len(passages) == len(index.lexical):
        return index.lexical
    return RarityAmong(index.lexical, passages)
