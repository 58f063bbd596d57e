"""Word counts of numbered passages, by word, in blocks of 65,536 passages: counted, merged, written, mapped.

A block lists the words that its passages hold, and for each the passages in two bytes, counted from the block's first.
Counts take four bits; the few above 15 stand apart. Where a collection grows, each block stays as large as it was.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from index.tables import TextTable, open_array

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

BLOCK = 1 << 16
"""Passages of a block: as many as two bytes tell apart."""
MOST = np.iinfo(np.uint16).max
"""The largest count that is told apart."""
_ESCAPE = 15
_WORD, _PASSAGE = np.uint64(32), np.uint64(16)
"""Where word and passage begin in an entry of 64 bits, the count being the lowest sixteen."""
_BELOW = np.uint64(2**32 - 1)


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The counts of consecutive passages."""

    first: int
    """Number of the first passage."""
    words: NDArray[Any]
    """Numbers of the words that occur, ascending."""
    starts: NDArray[Any]
    """Shape (words + 1,): the entries of the i-th of `words` are starts[i] to starts[i + 1] of `passages`."""
    passages: NDArray[Any]
    """Passage of each entry, less `first`, ascending within a word."""
    counts: Counts

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
        """Return word, passage number and count of every entry."""
        starts = self.starts.astype(np.int64)
        words = np.repeat(self.words.astype(np.int64), starts[1:] - starts[:-1])
        return words, self.passages.astype(np.int64) + self.first, self.counts.of(0, len(self.passages))


class Counts:
    """How often each entry's word occurs in its passage, from plain numbers or from four bits each."""

    def __init__(self, packed: NDArray[Any], large: tuple[NDArray[Any], NDArray[Any]] | None, *, start: int) -> None:
        """`packed` holds plain counts if `large` is None; `start` is added to the numbers of entries."""
        self._packed = packed
        self._large = large
        self._start = start

    def of(self, first: int, last: int) -> NDArray[np.uint16]:
        """Return the counts of entries `first` to `last`."""
        first, last = first + self._start, last + self._start
        if self._large is None:
            return self._packed[first:last]
        pairs = self._packed[first >> 1 : (last + 1) >> 1]
        halves = np.empty((len(pairs), 2), dtype=np.uint16)
        halves[:, 0], halves[:, 1] = pairs & 15, pairs >> 4
        found = halves.reshape(-1)[first & 1 : (first & 1) + last - first] + np.uint16(1)
        places, values = self._large
        low, high = places_in(places, [first, last]).tolist()
        if high > low:
            found[places[low:high].astype(np.int64) - first] = values[low:high]
        return found


def places_in(ascending: NDArray[Any], values: Sequence[int]) -> NDArray[np.int64]:
    """Return where each of `values`, none below 0, stands among the `ascending` numbers or would stand.

    The values take the type of the numbers: of another type, NumPy would first convert all the numbers.
    """
    places: NDArray[np.int64] = ascending.searchsorted(np.array(values, dtype=ascending.dtype))
    return places


def plain_block(first: int, words: NDArray[Any], passages: NDArray[Any], counts: NDArray[Any]) -> Block:
    """Return the block of entries that are sorted by word, then passage; `passages` are less `first`."""
    begins = np.flatnonzero(np.r_[True, words[1:] != words[:-1]]) if len(words) else np.zeros(0, np.int64)
    starts = np.r_[begins, len(words)].astype(np.int64)
    low = passages.astype(np.uint16)
    return Block(first, words[begins], starts, low, Counts(counts.astype(np.uint16), None, start=0))


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Word counts of numbered passages."""

    words: Sequence[bytes]
    """The distinct words in UTF-8, sorted; a block names them by their numbers."""
    blocks: tuple[Block, ...]
    lengths: NDArray[np.int32]
    """Shape (passages,): the number of words of each passage."""

    def columns(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint16]]:
        """Return word, passage and count of every entry, sorted by word, then passage."""
        parts = list(zip(*(block.columns() for block in self.blocks), strict=True))
        if not parts:
            return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint16)
        words, passages, counts = (np.concatenate(part) for part in parts)
        order = np.argsort(words, kind="stable")
        return words[order], passages[order], counts[order]

    def save(self, folder: Path) -> None:
        """Write the postings into the existing `folder`."""
        TextTable.write(folder, "words", self.words)
        counts = np.concatenate([np.zeros(0, np.uint16), *(b.counts.of(0, len(b.passages)) for b in self.blocks)])
        small = np.minimum(counts - np.uint16(1), _ESCAPE).astype(np.uint8)
        small = np.r_[small, np.zeros(len(small) & 1, np.uint8)]
        large = np.flatnonzero(counts > _ESCAPE)
        ends = np.cumsum([0, *(len(block.passages) for block in self.blocks)])
        sizes = np.cumsum([0, *(len(block.words) for block in self.blocks)])
        arrays = {
            "lengths": self.lengths,
            "blocks": np.stack((sizes, ends)).astype(np.int64),
            "block_words": _joined([block.words for block in self.blocks], np.uint32),
            "block_starts": _joined([block.starts for block in self.blocks], np.uint32),
            "passages": _joined([block.passages for block in self.blocks], np.uint16),
            "counts": small[0::2] | (small[1::2] << 4),
            "large_places": large.astype(np.uint32 if len(counts) < 2**32 else np.int64),
            "large_counts": counts[large],
        }
        for name, array in arrays.items():
            np.save(folder / f"{name}.npy", array, allow_pickle=False)


def _joined(parts: Sequence[NDArray[Any]], dtype: Any) -> NDArray[Any]:
    return np.concatenate([np.zeros(0, dtype), *(part.astype(dtype) for part in parts)])


def open_blocks(folder: Path, *, first: int = 0) -> tuple[Block, ...]:
    """Return the blocks saved in `folder`, mapped, their passages counted from `first`; formats before 3 have one."""
    if not (folder / "blocks.npy").exists():
        starts, passages, counts = (open_array(folder / f"{name}.npy") for name in ("starts", "passages", "counts"))
        words = np.arange(max(len(starts) - 1, 0), dtype=np.uint32)
        return (Block(first, words, starts, passages, Counts(counts, None, start=0)),)
    names = ("blocks", "block_words", "block_starts", "passages", "counts", "large_places", "large_counts")
    table, words, starts, passages, counts, places, values = (open_array(folder / f"{name}.npy") for name in names)
    blocks = []
    for number, ((a, b), (c, d)) in enumerate(zip(*map(itertools.pairwise, table.tolist()), strict=True)):
        held = Counts(counts, (places, values), start=c)
        blocks.append(
            Block(first + number * BLOCK, words[a:b], starts[a + number : b + number + 1], passages[c:d], held)
        )
    return tuple(blocks)


class Gatherer:
    """Collects entries in whatever order, eight bytes each, and sorts them block by block."""

    def __init__(self) -> None:
        self._held: list[list[NDArray[np.uint64]]] = []

    def add(self, words: NDArray[Any], passages: NDArray[Any], counts: NDArray[Any]) -> None:
        """Take entries: number of the word, of the passage, and how often it occurs there, 65,535 at most."""
        if not len(passages):
            return
        low, high = int(passages.min()) // BLOCK, int(passages.max()) // BLOCK
        self._held.extend([] for _ in range(high + 1 - len(self._held)))
        packed = (words.astype(np.uint64) << _WORD) | ((passages % BLOCK).astype(np.uint64) << _PASSAGE)
        packed |= counts.astype(np.uint64)
        for number in range(low, high + 1):
            self._held[number].append(packed if low == high else packed[passages // BLOCK == number])

    def blocks(self, size: int, *, ranks: NDArray[np.uint32] | None = None) -> tuple[Block, ...]:
        """Return the blocks of `size` passages and let the entries go; `ranks` gives the final number of each word."""
        self._held.extend([] for _ in range(-(-size // BLOCK) - len(self._held)))
        return tuple(self._block(number, ranks) for number in range(len(self._held)))

    def _block(self, number: int, ranks: NDArray[np.uint32] | None) -> Block:
        entries = np.concatenate([np.zeros(0, np.uint64), *self._held[number]])
        self._held[number] = []
        if ranks is not None:
            entries = (ranks[entries >> _WORD].astype(np.uint64) << _WORD) | (entries & _BELOW)
        # A word stands once beside a passage, so that sorting whole entries sorts by word, then passage.
        entries.sort()
        words = (entries >> _WORD).astype(np.uint32)
        passages = ((entries & _BELOW) >> _PASSAGE).astype(np.uint16)
        return plain_block(number * BLOCK, words, passages, (entries & np.uint64(MOST)).astype(np.uint16))


def merge(parts: Sequence[tuple[Postings, NDArray[np.int64]]], size: int) -> Postings:
    """Return the postings of `size` passages put together from `parts`, each with the new numbers of its passages.

    A number of -1 leaves a passage out; a word that no passage has any more goes with it.
    """
    words, ranks = unite([postings.words for postings, _ in parts])
    lengths = np.zeros(size, dtype=np.int32)
    for postings, renumbered in parts:
        kept = renumbered >= 0
        lengths[renumbered[kept]] = postings.lengths[kept]

    gatherer = Gatherer()
    for (postings, renumbered), rank in zip(parts, ranks, strict=True):
        whole = bool((renumbered >= 0).all())
        for block in postings.blocks:
            old, passages, counts = block.columns()
            places = renumbered[passages]
            if not whole:
                kept = places >= 0
                old, places, counts = old[kept], places[kept], counts[kept]
            gatherer.add(rank[old], places, counts)
    return _without_unused(words, gatherer.blocks(size), lengths)


def unite(lists: Sequence[Sequence[bytes]]) -> tuple[list[bytes], list[NDArray[np.int64]]]:
    """Return the words of all `lists`, each sorted, as one sorted list, and for each list the new number of each word.

    The longest list is only copied, so that adding a little to much costs little. No lists give no words.
    """
    base = max(lists, key=len, default=())
    places = [[bisect_left(base, word) for word in one] if one is not base else [] for one in lists]
    new = sorted(
        {
            word
            for one, at in zip(lists, places, strict=True)
            for word, place in zip(one, at, strict=False)
            if place == len(base) or base[place] != word
        }
    )
    before = np.array([bisect_left(base, word) for word in new], dtype=np.int64)
    ends = [*before.tolist(), len(base)]
    united: list[bytes] = list(base[: ends[0]])
    for word, (first, last) in zip(new, itertools.pairwise(ends), strict=True):
        united.append(word)
        united.extend(base[first:last])
    number = {word: place + rank for rank, (word, place) in enumerate(zip(new, before.tolist(), strict=True))}
    shifted = np.arange(len(base)) + np.searchsorted(before, np.arange(len(base)), side="right")
    ranks = []
    for one, at in zip(lists, places, strict=True):
        known = (
            shifted
            if one is base
            else np.array(
                [number[word] if word in number else shifted[place] for word, place in zip(one, at, strict=True)],
                np.int64,
            )
        )
        ranks.append(known)
    return united, ranks


def _without_unused(words: list[bytes], blocks: tuple[Block, ...], lengths: NDArray[np.int32]) -> Postings:
    used = np.zeros(len(words), dtype=bool)
    for block in blocks:
        used[block.words] = True
    if used.all():
        return Postings(words, blocks, lengths)
    ranks = np.cumsum(used) - 1
    renamed = tuple(Block(b.first, ranks[b.words].astype(np.uint32), b.starts, b.passages, b.counts) for b in blocks)
    return Postings([words[number] for number in np.flatnonzero(used).tolist()], renamed, lengths)
