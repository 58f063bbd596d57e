"""How often each word occurs in each passage: counted part by part, wherever that is done, and put together."""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from index.postings import MOST, Gatherer, Postings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

_BETWEEN = "\n"
"""No word holds it: words are made of letters and digits."""
_AT_ONCE = 2048
"""Passages that are counted in one go: about a million words."""


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """The word counts of some passages, small enough to be sent and kept: four bytes an entry for most files."""

    words: str
    """The distinct words, a line each, in the order of their first occurrence."""
    numbers: NDArray[Any]
    """Of each entry the number of its word among `words`."""
    passages: NDArray[Any]
    """Of each entry the passage, counted from the first."""
    counts: NDArray[Any]
    """Of each entry how often the word occurs there, `MOST` at most."""
    lengths: NDArray[np.int32]
    """Shape (passages,): the number of words of each passage."""


def counted(passages: Sequence[Sequence[str]]) -> Counted:
    """Return the counts of the words of each passage; no passages give none."""
    numbers = _numbers()
    sizes = [len(words) for words in passages]
    words = np.fromiter(map(numbers.__getitem__, itertools.chain.from_iterable(passages)), np.int64, sum(sizes))
    keys, counts = np.unique((words << 32) | np.repeat(np.arange(len(sizes)), sizes), return_counts=True)
    return Counted(
        _BETWEEN.join(numbers),
        _narrow(keys >> 32),
        _narrow(keys & 0xFFFFFFFF),
        _narrow(np.minimum(counts, MOST)),
        np.array(sizes, dtype=np.int32),
    )


def _numbers() -> defaultdict[str, int]:
    """Return what gives each new word the next number."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    return numbers


def _narrow(numbers: NDArray[np.int64]) -> NDArray[Any]:
    return numbers.astype(np.min_scalar_type(int(numbers.max(initial=0))))


def count_words(passages: Iterable[Sequence[str]]) -> Postings:
    """Return the postings of passages given by their words, numbered from 0; no passages give empty postings."""
    return together(map(counted, _batches(passages)))


def together(parts: Iterable[Counted]) -> Postings:
    """Return the postings of the passages of all `parts`, one after the other; no parts give empty postings."""
    numbers = _numbers()
    gatherer = Gatherer()
    lengths = [np.zeros(0, np.int32)]
    first = 0
    for part in parts:
        known = part.words.split(_BETWEEN) if part.words else []
        here = np.fromiter(map(numbers.__getitem__, known), np.uint32, len(known))
        gatherer.add(here[part.numbers], part.passages.astype(np.int64) + first, part.counts)
        lengths.append(part.lengths)
        first += len(part.lengths)
    encoded = [word.encode("utf-8") for word in numbers]
    del numbers
    order = sorted(range(len(encoded)), key=encoded.__getitem__)
    ranks = np.zeros(len(order), dtype=np.uint32)
    ranks[order] = np.arange(len(order), dtype=np.uint32)
    return Postings([encoded[number] for number in order], gatherer.blocks(first, ranks=ranks), np.concatenate(lengths))


def _batches(passages: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    iterator = iter(passages)
    while batch := list(itertools.islice(iterator, _AT_ONCE)):
        yield batch
