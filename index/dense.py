"""Nearest passages by vector: FAISS inside the process."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from index.fusion import Ranking, best_first

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_FILE = "vectors.faiss"


def _faiss() -> Any:
    """Return the FAISS module, whose type stubs lack half of it."""
    import faiss

    return faiss


class FaissStore:
    """Exact inner product with FAISS. A stored one is mapped at once and parsed at the first use."""

    def __init__(self, dimensions: int) -> None:
        if dimensions < 1:
            raise ValueError(f"dimensions is {dimensions}, but must be at least 1")
        self._index: Any = _faiss().IndexFlatIP(dimensions)
        self._file: NDArray[np.uint8] | None = None

    @classmethod
    def open(cls, folder: Path) -> FaissStore:
        """Return the store saved in `folder`; it stays usable when the file is deleted later."""
        store = cls.__new__(cls)
        store._index = None
        store._file = np.memmap(folder / _FILE, dtype=np.uint8, mode="r").view(np.ndarray)
        return store

    def _opened(self) -> Any:
        """Return the FAISS index, over the mapped file without a copy if it was opened from one."""
        if self._index is None:
            faiss = _faiss()
            assert self._file is not None
            self._index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(self._file), self._file.size), 0)
        return self._index

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return int(self._opened().d)

    def __len__(self) -> int:
        return int(self._opened().ntotal)

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Append `vectors` of shape (n, dimensions); none leave the store as it is."""
        if self._file is not None:
            raise ValueError("a store opened from disk is read-only")
        self._check_width(vectors.shape[1:])
        if len(vectors):
            self._index.add(np.ascontiguousarray(vectors, dtype=np.float32))

    def search(self, vector: NDArray[np.float32], k: int, *, allowed: NDArray[np.int64] | None = None) -> Ranking:
        """Return the at most `k` vectors nearest to `vector` of shape (dimensions,), best first.

        `allowed` restricts the search to these numbers; an empty one gives an empty ranking, as does a zero
        vector or an empty store. Equal scores come in the order of the numbers.
        """
        self._check_width(vector.shape)
        k = min(k, len(self) if allowed is None else len(allowed))
        if k < 1 or len(self) == 0 or not vector.any():
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        query = np.ascontiguousarray(vector, dtype=np.float32).reshape(1, -1)
        scores, ids = self._search(query, k, allowed)
        found = ids[0] >= 0
        return best_first(ids[0][found], scores[0][found], k)

    def _search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return FAISS's own scores and numbers, both of shape (1, k), padded with the number -1."""
        faiss, parameters = _faiss(), None
        if allowed is not None:
            mask = np.zeros(len(self), dtype=bool)
            mask[allowed] = True
            bits = np.packbits(mask, bitorder="little")
            parameters = faiss.SearchParameters(sel=faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits)))
        scores, ids = self._opened().search(query, k, params=parameters)
        return scores, ids

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the stored vectors with these numbers; no numbers give shape (0, dimensions)."""
        if len(ids) == 0:
            return np.zeros((0, self.dimensions), np.float32)
        found: NDArray[np.float32] = self._opened().reconstruct_batch(np.ascontiguousarray(ids, dtype=np.int64))
        return found

    def save(self, folder: Path) -> None:
        """Write the store into the existing `folder`. Raises OSError if the disk is full."""
        index, path = self._opened(), folder / _FILE
        try:
            _faiss().write_index(index, str(path))
        except RuntimeError as error:
            # FAISS tells of a full disk in words of its own.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error

    def _check_width(self, shape: tuple[int, ...]) -> None:
        if shape != (self.dimensions,):
            raise ValueError(f"the store holds vectors of width {self.dimensions}, not of shape {shape}")
