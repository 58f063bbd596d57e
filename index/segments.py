"""Word counts in segments: a large one and, of what came later, smaller ones, so that an update writes what it adds.

Without segments a folder holds the postings of all passages. With them it holds
    0/ 1/ …                          postings whose passages are numbered from 0 in each; never altered once written
    numbers.npy                      the number of each passage of 0, then of 1, …; -1 for one that is gone
    1/gone_words.npy gone_counts.npy the words of the gone passages of a segment, and how many of these hold each
An update links the files of segments that stay, and merges a few small ones with what it adds, as P. O'Neil et al., "The
log-structured merge-tree", Acta Informatica 33 (1996), do: each segment is so many times as large as what follows.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from index.postings import BLOCK, Postings, merge, open_blocks, places_in
from index.tables import TextTable, open_array

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.postings import Block

RATIO = 8
"""How many times as large as all that follow a segment is, at least: three segments for 165,000 passages, rarely four. One
of which more than the eighth part is gone is written anew."""
_NUMBERS = "numbers.npy"
_GONE = ("gone_words.npy", "gone_counts.npy")


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """Postings as they lie in a folder, with the numbers that their passages have by now."""

    folder: Path
    words: TextTable
    blocks: tuple[Block, ...]
    """With passages counted from `first`."""
    first: int
    """Passages of the segments before."""
    lengths: NDArray[np.int32]
    numbers: NDArray[np.int32]
    """Shape (passages,): the number of each passage, -1 if it is gone."""
    gone: tuple[NDArray[Any], NDArray[Any]]
    """Words, by their numbers in `words`, ascending, and in how many of the gone passages each stands."""

    @classmethod
    def open(cls, folder: Path, *, first: int, numbers: NDArray[np.int32] | None) -> Segment:
        """Return the segment in `folder`; `numbers` are those of all segments, None if it is the only one."""
        lengths = open_array(folder / "lengths.npy")
        known = np.arange(len(lengths), dtype=np.int32) if numbers is None else numbers[first : first + len(lengths)]
        words, counts = (
            open_array(folder / name) if (folder / name).exists() else np.zeros(0, np.uint32) for name in _GONE
        )
        table, blocks = TextTable.open(folder, "words"), open_blocks(folder, first=first)
        return cls(folder, table, blocks, first, lengths, known, (words, counts))

    def postings(self) -> Postings:
        """Return all that is stored, with passages counted from 0, gone ones among them."""
        return Postings(self.words.rows(), open_blocks(self.folder), self.lengths)

    def gone_with(self, word: int) -> int:
        """Return how many gone passages hold the word with this number."""
        words, counts = self.gone
        at = int(places_in(words, [max(word, 0)])[0])
        return int(counts[at]) if at < len(words) and words[at] == word else 0


def open_segments(folder: Path) -> tuple[Segment, ...]:
    """Return the segments saved in `folder`; postings without segments come as one."""
    if not (folder / _NUMBERS).exists():
        return (Segment.open(folder, first=0, numbers=None),)
    numbers = open_array(folder / _NUMBERS)
    segments: list[Segment] = []
    for name in sorted((path.name for path in folder.iterdir() if path.is_dir()), key=int):
        first = segments[-1].first + len(segments[-1].lengths) if segments else 0
        segments.append(Segment.open(folder / name, first=first, numbers=numbers))
    return tuple(segments)


@dataclass(frozen=True, slots=True, eq=False)
class _Source:
    """What may become part of a segment: one of the generation before, or what an update adds."""

    segment: Segment | None
    added: Postings | None
    numbers: NDArray[np.int64]
    """New number of each stored passage, -1 if it is gone."""

    @property
    def live(self) -> int:
        return int((self.numbers >= 0).sum())

    def postings(self) -> Postings:
        if self.segment is not None:
            return self.segment.postings()
        assert self.added is not None
        return self.added


def write_words(
    folder: Path,
    added: Postings,
    numbers: NDArray[np.int64],
    earlier: Sequence[Segment],
    renumbered: NDArray[np.int64],
    *,
    whole_up_to: int,
    ratio: int = RATIO,
) -> dict[str, Path]:
    """Write into the empty `folder` the counts of `earlier` with those `added`, and return the files linked, by name.

    `numbers` are those of the added passages, `renumbered` holds the new number for each old one, -1 for those that go.
    Up to `whole_up_to` passages are written in one piece.
    """
    sources = [_Source(one, None, _moved(one.numbers, renumbered)) for one in earlier]
    sources.append(_Source(None, added, numbers))
    living = [source for source in sources if source.live]
    groups = _groups(living, ratio) if _size(living) > whole_up_to else [living]
    if len(groups) == 1 and (_size(living) <= whole_up_to or len(groups[0]) > 1 or groups[0][0].segment is None):
        _merged(groups[0]).save(folder)
        return {}
    linked: dict[str, Path] = {}
    every: list[NDArray[np.int64]] = []
    for place, group in enumerate(groups):
        inside = folder / str(place)
        inside.mkdir()
        segment = group[0].segment if len(group) == 1 else None
        if segment is not None:
            linked |= {f"{place}/{path.name}": path for path in _link(segment.folder, inside)}
            _save_gone(inside, segment, group[0].numbers)
            every.append(group[0].numbers)
            continue
        kept = np.sort(np.concatenate([source.numbers[source.numbers >= 0] for source in group]))
        _merged([_Source(one.segment, one.added, _places(one.numbers, kept)) for one in group]).save(inside)
        every.append(kept)
    np.save(folder / _NUMBERS, np.concatenate(every).astype(np.int32), allow_pickle=False)
    return linked


def _moved(numbers: NDArray[np.int32], renumbered: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(numbers >= 0, renumbered[numbers], -1) if len(renumbered) else np.full(len(numbers), -1)


def _places(numbers: NDArray[np.int64], kept: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(numbers >= 0, np.searchsorted(kept, numbers), -1)


def _groups(sources: Sequence[_Source], ratio: int) -> list[list[_Source]]:
    """Return which of `sources` make up each new segment, in their order."""
    groups: list[list[_Source]] = []
    for source in sources:
        groups.append([source])
        while len(groups) > 1 and _size(groups[-2]) < ratio * _size(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    return [[_anew(group[0], ratio)] if len(group) == 1 else group for group in groups]


def _anew(source: _Source, ratio: int) -> _Source:
    """Return a source of which too much is gone as one that has to be written; others as they are."""
    stored = len(source.numbers)
    if source.segment is None or (stored - source.live) * ratio <= stored:
        return source
    return _Source(None, source.segment.postings(), source.numbers)


def _size(group: Sequence[_Source]) -> int:
    return sum(source.live for source in group)


def _merged(group: Sequence[_Source]) -> Postings:
    """Return the postings of what lives in `group`; an update that adds everything is taken as it is."""
    size = _size(group)
    if len(group) == 1 and group[0].added is not None and np.array_equal(group[0].numbers, np.arange(size)):
        return group[0].added
    return merge([(source.postings(), source.numbers) for source in group], size)


def _link(old: Path, new: Path) -> list[Path]:
    """Give the files of the segment `old` a name in the folder `new` too, or a copy each; return those of no copy."""
    linked = []
    for path in sorted(path for path in old.iterdir() if path.is_file() and path.name not in {_NUMBERS, *_GONE}):
        try:
            os.link(path, new / path.name)
            linked.append(path)
        except OSError:
            shutil.copyfile(path, new / path.name)
    return linked


def _save_gone(folder: Path, segment: Segment, numbers: NDArray[np.int64]) -> None:
    """Write which words the passages held that are gone by now."""
    words, counts = segment.gone
    parts = [np.repeat(words, counts)]
    fresh = (segment.numbers >= 0) & (numbers < 0)
    for block in segment.blocks:
        held = fresh[block.first - segment.first :][:BLOCK]
        if held.any():
            places = np.flatnonzero(held[block.passages])
            parts.append(block.words[np.searchsorted(block.starts, places, side="right") - 1])
    every, times = np.unique(np.concatenate(parts), return_counts=True)
    if len(every):
        for name, column in zip(_GONE, (every, times), strict=True):
            np.save(folder / name, column.astype(np.uint32), allow_pickle=False)
