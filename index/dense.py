"""Nearest passages by vector with FAISS: exact while there are few, in lists of codes of one byte a number beyond.

Few vectors are compared one by one. Many are kept in lists around centres, of which a third is looked through for a
question (IVF with 8-bit scalar quantisation); what is restricted to few passages is compared one by one even then.
See docs/decisions/0019-vectors-by-size.md for the figures.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from index.fusion import Ranking, ascending, best_first

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_FILE = "vectors.faiss"
EXACT_UP_TO = 20_000
"""Vectors that are compared one by one: 20 MB at a width of 256, read in about two milliseconds."""
_PER_CENTRE = 40
"""Vectors for each centre from which the centres are found: FAISS's own least number is 39."""
_ROUNDS = 8
_SHARE = 3
"""One list in so many is looked through: of the passages nearest to clauses of news, 995 in 1,000 were found, with a
tenth of the lists 945."""
_LEAST_PROBED = 16
_ZERO = 0.5
"""Length below which a decoded vector stands for one of length 0; all others have length 1."""
_DEVIATIONS = 4.0
"""Codes reach from the least to the largest number seen, but so many deviations of a random one at least: what few
vectors do not show, later ones may."""
_GROWTH = 2
"""A store grows or shrinks in its lists up to this factor; then they are made anew."""


def _faiss() -> Any:
    """Return the FAISS module, whose type stubs lack half of it."""
    import faiss

    return faiss


def lists_for(size: int) -> int:
    """Return the number of lists for `size` vectors: twice the root, so that finding them costs no more than looking."""
    return max(1, min(size, 2 * int(size**0.5)))


class FaissStore:
    """Vectors searched by inner product. A stored one is mapped at once and parsed at the first use."""

    def __init__(self, dimensions: int, *, exact_up_to: int = EXACT_UP_TO) -> None:
        if dimensions < 1:
            raise ValueError(f"dimensions is {dimensions}, but must be at least 1")
        self._index: Any = _faiss().IndexFlatIP(dimensions)
        self._file: NDArray[np.uint8] | None = None
        self._exact_up_to = exact_up_to

    @classmethod
    def open(cls, folder: Path) -> FaissStore:
        """Return the store saved in `folder`; it stays usable when the file is deleted later."""
        store = cls.__new__(cls)
        store._index = None
        store._file = np.memmap(folder / _FILE, dtype=np.uint8, mode="r").view(np.ndarray)
        return store

    @classmethod
    def grown(cls, earlier: FaissStore, renumbered: NDArray[np.int64], added: NDArray[np.float32]) -> FaissStore | None:
        """Return a store in the lists of `earlier`, or None if that has none, or too many or too few for the new size.

        Vector i of `earlier` gets the number renumbered[i], or goes if that is -1; `added`, of shape (n, dimensions),
        take the numbers that are left, in order.
        """
        kept = np.flatnonzero(renumbered >= 0)
        size = len(kept) + len(added)
        if earlier.is_exact or not earlier.lists / _GROWTH <= lists_for(size) <= earlier.lists * _GROWTH:
            return None
        store = cls(earlier.dimensions)
        store._index = _like(earlier._opened(), renumbered)
        free = np.ones(size, dtype=bool)
        free[renumbered[kept]] = False
        if len(added):
            store._index.add_with_ids(np.ascontiguousarray(added, dtype=np.float32), np.flatnonzero(free))
        return store

    def _opened(self) -> Any:
        """Return the FAISS index, over the mapped file without a copy if it was opened from one."""
        if self._index is None:
            faiss = _faiss()
            assert self._file is not None
            index = faiss.read_index(faiss.ZeroCopyIOReader(faiss.swig_ptr(self._file), self._file.size), 0)
            if isinstance(index, faiss.IndexIVF):
                index.make_direct_map(True)
            self._index = index
        return self._index

    @property
    def is_exact(self) -> bool:
        """Whether every vector is kept as it came and looked at in each search."""
        return isinstance(self._opened(), _faiss().IndexFlat)

    @property
    def lists(self) -> int:
        """Number of lists; 0 if the store is exact."""
        return 0 if self.is_exact else int(self._opened().nlist)

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
        if allowed is not None and not self.is_exact and len(allowed) <= EXACT_UP_TO:
            numbers = ascending(allowed)
            return best_first(numbers, (self.vectors(numbers) @ query[0]).astype(np.float32), k)
        scores, ids = self._search(query, k, allowed)
        found = ids[0] >= 0
        return best_first(ids[0][found], scores[0][found], k)

    def _search(
        self, query: NDArray[np.float32], k: int, allowed: NDArray[np.int64] | None
    ) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Return FAISS's own scores and numbers, both of shape (1, k), padded with the number -1."""
        faiss, chosen = _faiss(), {}
        if allowed is not None:
            mask = np.zeros(len(self), dtype=bool)
            mask[allowed] = True
            bits = np.packbits(mask, bitorder="little")
            chosen["sel"] = faiss.IDSelectorBitmap(len(bits), faiss.swig_ptr(bits))
        if self.is_exact:
            parameters = faiss.SearchParameters(**chosen) if chosen else None
        else:
            share = 1.0 if allowed is None else len(allowed) / len(self)
            probed = min(self.lists, int(max(_LEAST_PROBED, self.lists / _SHARE, k) / share))
            parameters = faiss.SearchParametersIVF(nprobe=probed, **chosen)
        scores, ids = self._opened().search(query, k, params=parameters)
        return scores, ids

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors with these numbers, as stored or decoded; no numbers give shape (0, dimensions)."""
        if len(ids) == 0:
            return np.zeros((0, self.dimensions), np.float32)
        found: NDArray[np.float32] = self._opened().reconstruct_batch(np.ascontiguousarray(ids, dtype=np.int64))
        if self.is_exact:
            return found
        lengths = np.linalg.norm(found, axis=1, keepdims=True)
        return np.where(lengths > _ZERO, found / np.maximum(lengths, _ZERO), 0).astype(np.float32)

    def save(self, folder: Path) -> None:
        """Write the store into the existing `folder`. Raises OSError if the disk is full."""
        index, path = self._opened(), folder / _FILE
        if self._file is None and self.is_exact and len(self) > self._exact_up_to:
            index = _in_lists(index)
        try:
            _faiss().write_index(index, str(path))
        except RuntimeError as error:
            # FAISS tells of a full disk in words of its own.
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error

    def _check_width(self, shape: tuple[int, ...]) -> None:
        if shape != (self.dimensions,):
            raise ValueError(f"the store holds vectors of width {self.dimensions}, not of shape {shape}")


def _empty(dimensions: int, lists: int) -> Any:
    faiss = _faiss()
    quantiser = faiss.IndexFlatIP(dimensions)
    index = faiss.IndexIVFScalarQuantizer(
        quantiser, dimensions, lists, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.niter, index.cp.min_points_per_centroid = _ROUNDS, 1
    index.cp.max_points_per_centroid = _PER_CENTRE
    # Codes of the vectors and not of what parts them from a centre: those of later texts may lie far from all centres.
    index.by_residual = False
    return index


def _in_lists(flat: Any) -> Any:
    """Return the vectors of an exact index in lists."""
    vectors = flat.reconstruct_n(0, flat.ntotal)
    index = _empty(flat.d, lists_for(flat.ntotal))
    index.train(vectors)
    least = _DEVIATIONS / flat.d**0.5
    low, high = np.minimum(vectors.min(axis=0), -least), np.maximum(vectors.max(axis=0), least)
    _faiss().copy_array_to_vector(np.concatenate((low, high - low)).astype(np.float32), index.sq.trained)
    index.add(vectors)
    return index


def _like(earlier: Any, renumbered: NDArray[np.int64]) -> Any:
    """Return an index with the centres and codes of `earlier`, and the numbers of its vectors changed."""
    faiss = _faiss()
    index = _empty(earlier.d, earlier.nlist)
    index.quantizer.add(earlier.quantizer.reconstruct_n(0, earlier.nlist))
    index.sq, index.is_trained = earlier.sq, True
    for number in range(earlier.nlist):
        held = earlier.invlists.list_size(number)
        if not held:
            continue
        ids = renumbered[faiss.rev_swig_ptr(earlier.invlists.get_ids(number), held)]
        codes = faiss.rev_swig_ptr(earlier.invlists.get_codes(number), held * earlier.code_size)
        kept = ids >= 0
        if kept.any():
            left, rows = np.ascontiguousarray(ids[kept]), codes.reshape(held, -1)[kept]
            index.invlists.add_entries(number, len(left), faiss.swig_ptr(left), faiss.swig_ptr(rows))
    index.ntotal = int((renumbered >= 0).sum())
    return index
