"""The store inside the process: BM25 over mapped word counts beside vectors in FAISS."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.lexical import best_scored
from index.vector_store import EVERYTHING, Filter, Rankings

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from index.dense import FaissStore
    from index.lexical import LexicalIndex
    from index.notice_columns import NoticeColumns
    from index.vector_store import Words


@dataclass(frozen=True, slots=True, eq=False)
class LocalStore:
    """Word counts, vectors and notices of one generation, searched together."""

    lexical: LexicalIndex
    dense: FaissStore
    notices: NoticeColumns

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return self.dense.dimensions

    def __len__(self) -> int:
        return len(self.dense)

    def query(self, words: Words, vector: NDArray[np.float32]) -> LocalQuery:
        """Return what asks for these words and this vector; see `VectorStore.query`."""
        if vector.shape != (self.dimensions,):
            raise ValueError(f"the store holds vectors of width {self.dimensions}, not of shape {vector.shape}")
        return LocalQuery(self, self.lexical.scores(words), vector)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the stored vectors with these numbers; no numbers give shape (0, dimensions)."""
        return self.dense.vectors(ids)

    def astray(self) -> Iterator[int]:
        """Yield nothing: words and filters are looked up in the folder."""
        return iter(())


@dataclass(frozen=True, slots=True, eq=False)
class LocalQuery:
    """A question whose words were scored for every passage once."""

    store: LocalStore
    scores: NDArray[np.float32]
    """Shape (passages,): the BM25 score of every passage."""
    vector: NDArray[np.float32]

    def best(self, k: int, *, within: Filter = EVERYTHING) -> Rankings:
        """Return the at most `k` best passages of each channel; see `Query.best`."""
        allowed = self.store.notices.within(within) if within else None
        return Rankings(
            best_scored(self.scores, k, allowed=allowed), self.store.dense.search(self.vector, k, allowed=allowed)
        )
