"""The contract of what holds the passages of one generation and finds them: by their words, by their vectors, filtered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from index.fusion import Ranking

Words: TypeAlias = "Sequence[tuple[str, float]]"
"""The words of a question with their weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which passages may be found: those that meet every part. A part left as it is lets all of them through."""

    notices: Collection[str] | None = None
    """Ids of notices; an empty collection lets nothing through, and unknown ids add nothing."""
    units: Collection[str] | None = None
    """Units of notices, by `Notice.unit`; an empty collection lets nothing through."""
    first_day: str = ""
    """ISO date, else ValueError; a notice passes whose day is this or later. The day of a notice is that of its publication, else of
    the feedback it reports on; one without a day passes no date."""
    last_day: str = ""
    """ISO date; a notice passes whose day is this or earlier."""

    def __post_init__(self) -> None:
        for day in (self.first_day, self.last_day):
            if day and not is_day(day):
                raise ValueError(f"{day!r} is no ISO date such as 2024-05-31")

    def __bool__(self) -> bool:
        return self.notices is not None or self.units is not None or bool(self.first_day or self.last_day)


def is_day(text: str) -> bool:
    """Return whether `text` looks like an ISO date, 2024-05-31."""
    return re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", text) is not None


EVERYTHING = Filter()


class Rankings(NamedTuple):
    """What one question finds by its words and by its vector, each best first, equal scores by passage number."""

    words: Ranking
    """BM25 scores, all above 0."""
    vector: Ranking
    """Inner products."""


class Query(Protocol):
    """A question as the store takes it; it may be asked several times, within other passages."""

    def best(self, k: int, *, within: Filter = EVERYTHING) -> Rankings:
        """Return the at most `k` best passages of each channel that `within` lets through.

        A `k` below 1, a filter that matches nothing and an empty store find nothing; so does a zero vector in its
        channel, and words that no passage holds in theirs.
        """


class VectorStore(Protocol):
    """Numbered passages with their words and vectors, for reading. One generation, whatever is published later."""

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""

    def __len__(self) -> int:
        """Return the number of passages held."""

    def query(self, words: Words, vector: NDArray[np.float32]) -> Query:
        """Return what asks for these words and the vector of shape (dimensions,). Raises ValueError for another width."""

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the stored vectors with these numbers, shape (len(ids), dimensions)."""

    def astray(self) -> Iterator[int]:
        """Yield the numbers of passages that words or filters would find otherwise than the index folder says.

        A store that looks into the folder itself yields none.
        """


class VectorWriter(Protocol):
    """Takes the vectors of a new generation in the order of its passages."""

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Append `vectors` of shape (n, dimensions), numbered on from the last. Raises ValueError for another width."""

    def save(self, folder: Path) -> None:
        """Write what the store needs to be opened again into the existing `folder`. Raises OSError on a full disk."""
