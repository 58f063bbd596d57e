"""The files of a generation under way: cut anew, or taken over from the earlier generation as they are."""

from __future__ import annotations

import functools
import itertools
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.tables import LazySequence, Rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from index.marks import Mark
    from index.preparing import Made
    from index.store import Index
    from index.types import Notice, Passage, Section


@dataclass(frozen=True, slots=True)
class Part:
    """A notice of a file with all that was cut from it."""

    notice: Notice
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    origin: int | None = None
    """Number of its first passage in the generation it is taken over from; None if it is new."""
    number: int | None = None
    """Its own number in that generation."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as the index keeps it."""

    path: str
    location: str
    """Absolute path that it was read from."""
    sha256: str
    encoding: str
    text: str
    parts: tuple[Part, ...]
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = True
    """False once a notice of the file was removed by hand; the next indexing reads the file anew."""
    made: Made | None = None
    """Words and vectors of its passages, if they are computed already."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A file of which nothing changed since the earlier generation."""

    path: str
    number: int
    """Its number there."""


@dataclass(frozen=True, slots=True)
class Run:
    """Files that follow one another in the earlier generation and in the new one, all kept."""

    files: range
    notices: range
    passages: range
    """Their numbers in the earlier generation."""


class Contents:
    """Documents and runs of kept files in the order of the new generation."""

    def __init__(self, files: Sequence[Document | Kept], earlier: Index | None) -> None:
        """Take `files` sorted by path; those that are `Kept` are held by `earlier`."""
        self.earlier = earlier
        self.items: list[Document | Run] = []
        first = last = -1
        for one in files:
            if isinstance(one, Kept) and one.number == last:
                last += 1
                continue
            self._close(first, last)
            first = last = -1
            if isinstance(one, Kept):
                first, last = one.number, one.number + 1
            else:
                self.items.append(one)
        self._close(first, last)
        self.count = len(files)

    def _close(self, first: int, last: int) -> None:
        if last < 0:
            return
        assert self.earlier is not None
        notices = range(*self.earlier.file_notices[[first, last]].tolist())
        firsts = self.earlier.notice_passages
        passages = range(int(firsts[notices.start]), int(firsts[notices.stop]))
        self.items.append(Run(range(first, last), notices, passages))

    @property
    def documents(self) -> Iterator[Document]:
        """The files that are not taken over as they are, in order."""
        return (item for item in self.items if isinstance(item, Document))

    @functools.cached_property
    def parts(self) -> list[Part]:
        """The parts of all documents, in order."""
        return [part for document in self.documents for part in document.parts]

    @functools.cached_property
    def _firsts(self) -> list[int]:
        """The number of the first notice of each item, and how many there are."""
        return [
            0,
            *itertools.accumulate(len(one.parts if isinstance(one, Document) else one.notices) for one in self.items),
        ]

    @functools.cached_property
    def notices(self) -> Sequence[Notice]:
        """All notices, in order; those that are taken over are read when asked for, once."""
        return LazySequence(range(self._firsts[-1]), functools.cache(self._notice))

    def _notice(self, number: int) -> Notice:
        place = bisect_right(self._firsts, number) - 1
        item, number = self.items[place], number - self._firsts[place]
        if isinstance(item, Document):
            return item.parts[number].notice
        assert self.earlier is not None
        return self.earlier.notice_at(item.notices[number])

    def notices_with_unit(self) -> list[int]:
        """Return the numbers of the notices that are about a unit, in order."""
        found: list[int] = []
        for first, item in zip(self._firsts, self.items, strict=False):
            if isinstance(item, Document):
                found += [first + place for place, part in enumerate(item.parts) if part.notice.unit]
            elif self.earlier is not None:
                known = self.earlier.unit_notices
                low, high = np.searchsorted(known, (item.notices.start, item.notices.stop))
                found += (known[low:high] - item.notices.start + first).tolist()
        return found

    @functools.cached_property
    def origins(self) -> NDArray[np.int64]:
        """Shape (passages,): number of each passage in the earlier generation, -1 for a new one."""
        found = [np.zeros(0, np.int64)]
        for item in self.items:
            if isinstance(item, Run):
                found.append(np.arange(item.passages.start, item.passages.stop))
                continue
            for part in item.parts:
                count = len(part.passages)
                found.append(np.full(count, -1) if part.origin is None else part.origin + np.arange(count))
        return np.concatenate(found)

    @functools.cached_property
    def fresh(self) -> list[tuple[Notice, Passage]]:
        """The passages without an origin, in order, each with its notice."""
        return [(part.notice, passage) for part in self.parts if part.origin is None for passage in part.passages]

    @functools.cached_property
    def made(self) -> list[tuple[Made, int] | None]:
        """What is computed already of each passage in `fresh`, with its number in the file; None for nothing."""
        found: list[tuple[Made, int] | None] = []
        for document in self.documents:
            count = sum(len(part.passages) for part in document.parts if part.origin is None)
            found += [(document.made, number) if document.made else None for number in range(count)]
        return found

    def rows(self, table: str, kept: str, new: Callable[[Document], Iterable[str]]) -> Iterator[str | Rows]:
        """Yield the rows of `table`: what `new` gives for a document, and those of the run by its field `kept`."""
        for item in self.items:
            if isinstance(item, Document):
                yield from new(item)
            elif self.earlier is not None:
                numbers: range = getattr(item, kept)
                yield Rows(self.earlier.table(table), numbers.start, numbers.stop)
