"""What filters look at: number, unit, day and passages of every notice of a generation."""

from __future__ import annotations

import functools
from itertools import pairwise, repeat
from typing import TYPE_CHECKING

import numpy as np

from index.vector_store import is_day

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from index.types import Notice
    from index.vector_store import Filter

_CACHED_FILTERS = 8


def day_of(notice: Notice) -> str:
    """Return the day that filters compare: of publication, else of the feedback reported on; '' if none is known."""
    day = notice.published or notice.feedback_date
    return day if is_day(day) else ""


class NoticeColumns:
    """The notices of one generation as filters see them."""

    def __init__(self, ids: Iterable[str], firsts: NDArray[np.int64], notices: Sequence[Notice]) -> None:
        """`firsts` has shape (notices + 1,): notice i holds the passages firsts[i] to firsts[i + 1]."""
        self._ids = ids
        self._firsts = firsts
        self._notices = notices
        self._within = functools.lru_cache(maxsize=_CACHED_FILTERS)(self._passages_within)

    @property
    def count(self) -> int:
        """How many notices there are."""
        return len(self._firsts) - 1

    @functools.cached_property
    def number_of(self) -> dict[str, int]:
        """The number of each notice by its id."""
        return {name: number for number, name in enumerate(self._ids)}

    @functools.cached_property
    def _units(self) -> NDArray[np.str_]:
        return np.array([notice.unit for notice in self._notices], dtype=np.str_)

    @functools.cached_property
    def _days(self) -> NDArray[np.str_]:
        return np.array([day_of(notice) for notice in self._notices], dtype=np.str_)

    def numbers(self, notices: Collection[str]) -> NDArray[np.int64]:
        """Return the numbers of the notices with these ids, ascending; unknown ids and none at all give none."""
        found = {self.number_of[name] for name in notices if name in self.number_of}
        return np.array(sorted(found), dtype=np.int64)

    def matching(self, within: Filter) -> NDArray[np.int64]:
        """Return the numbers of the notices that `within` lets through, ascending."""
        found = np.arange(self.count) if within.notices is None else self.numbers(within.notices)
        if within.units is not None:
            found = found[np.isin(self._units[found], list(within.units))]
        if within.first_day or within.last_day:
            days = self._days[found]
            # ISO dates sort as text; the empty day of a notice without one comes before all of them.
            found = found[(days != "") & (days >= within.first_day) & (days <= (within.last_day or "9"))]
        return found

    def within(self, chosen: Filter) -> NDArray[np.int64]:
        """Return the numbers of the passages that `chosen` lets through, ascending; worked out once for equal filters."""
        try:
            return self._within(chosen)
        except TypeError:
            # A list of notices or units cannot be remembered.
            return self._passages_within(chosen)

    def _passages_within(self, chosen: Filter) -> NDArray[np.int64]:
        return self.passages(self.matching(chosen))

    def by_passage(self) -> Iterator[tuple[int, str, str]]:
        """Yield for each passage the number of its notice, with unit and day."""
        for number, (first, end) in enumerate(pairwise(self._firsts.tolist())):
            yield from repeat((number, str(self._units[number]), str(self._days[number])), end - first)

    def passages(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the numbers of all passages of the notices `numbers`, ascending as these are."""
        firsts, ends = self._firsts[numbers], self._firsts[numbers + 1]
        before = np.cumsum(ends - firsts) - (ends - firsts)
        return np.repeat(firsts - before, ends - firsts) + np.arange(int((ends - firsts).sum()))
