"""Sketches of texts, by which notices that resemble one another are found without comparing them word by word.

MinHash over shingles: A. Z. Broder, "On the resemblance and containment of documents", SEQUENCES 1997. The share of
equal numbers in two sketches estimates the resemblance of the texts, the Jaccard coefficient of their sets of
five-character shingles; with 256 numbers the standard error is at most 0.03. Pairs come from bands of numbers that
agree: J. Leskovec, A. Rajaraman, J. D. Ullman, "Mining of Massive Datasets", section 3.4. The hash functions are
the multiply-shift scheme of M. Dietzfelbinger et al., Journal of Algorithms 25 (1997), with fixed parameters.
"""

from __future__ import annotations

import functools
import hashlib
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.types import Section

_Number = TypeVar("_Number", np.int64, np.uint64)
SIZE = 256
"""Numbers in a sketch."""
_SHINGLE = 5
"""Characters of a shingle: two to three Chinese words."""
_ROWS = 4
"""Numbers of a band, together 64 bits: pairs of resemblance 0.5 share one of the 64 bands with probability 0.98, of 0.1 with 0.006."""
_MOST_SHINGLES = 65_536
"""Of longer texts, the shingles with the smallest hashes: a sample that is the same for the same shingle."""
_CELLS = 1 << 16
"""Numbers made at once: half a megabyte, which stays in the processor's cache."""
_PAIRS_AT_ONCE = 8192
_SEED = 0x7A6F6E67
_NOTHING = np.iinfo(np.uint16).max


def content(text: str, sections: Sequence[Section]) -> str:
    """Return what `sections` of `text` say: folded, without blanks and page furniture; no sections give ''."""
    kept = (text[section.start : section.end] for section in sections if not section.furniture)
    return "".join(fold("".join(kept)).split())


def digest(said: str) -> NDArray[np.uint64]:
    """Return 128 bits of BLAKE2b of `said`, shape (2,): equal for equal contents only."""
    return np.frombuffer(hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "<u8")


def sketch(said: str) -> NDArray[np.uint16]:
    """Return the MinHash of `said`, shape (SIZE,); a text without a character resembles nothing, not even itself."""
    hashes = _shingle_hashes(said)
    if not len(hashes):
        return np.full(SIZE, _NOTHING, dtype=np.uint16)
    factors, shifts = _functions()
    lowest = np.empty(SIZE, dtype=np.uint64)
    at_once = max(1, _CELLS // len(hashes))
    for start in range(0, SIZE, at_once):
        rows = slice(start, start + at_once)
        lowest[rows] = (factors[rows, None] * hashes[None, :] + shifts[rows, None]).min(axis=1)
    # Of the upper half of each number, its lower half: as good as random, and half the space.
    return np.minimum((lowest >> np.uint64(32)).astype(np.uint16), _NOTHING - 1)


@functools.cache
def _functions() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Return factors and shifts of the hash functions, each of shape (SIZE,)."""
    generator = np.random.default_rng(_SEED)
    factors = generator.integers(0, 2**64, SIZE, dtype=np.uint64) | np.uint64(1)
    return factors, generator.integers(0, 2**64, SIZE, dtype=np.uint64)


def _shingle_hashes(said: str) -> NDArray[np.uint64]:
    """Return one 64-bit hash for each distinct shingle; a text shorter than a shingle is one."""
    codes = np.frombuffer(said.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.uint64)
    width = min(_SHINGLE, len(codes))
    if not width:
        return np.zeros(0, np.uint64)
    hashes = np.zeros(len(codes) - width + 1, dtype=np.uint64)
    for place in range(width):
        hashes = hashes * np.uint64(0x100000001B3) + codes[place : len(codes) - width + 1 + place]
    # The last steps of splitmix64 (G. Steele, D. Lea, C. Flood, OOPSLA 2014): close codes come far apart.
    hashes = (hashes ^ (hashes >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    hashes = (hashes ^ (hashes >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return _different(hashes ^ (hashes >> np.uint64(31)))[:_MOST_SHINGLES]


def _different(values: NDArray[_Number]) -> NDArray[_Number]:
    """Return the distinct values, ascending; none give none.

    `np.unique` of NumPy 2.4 does the same by way of a hash table: 7 times as long for 3,000 numbers, 30 times for 400,000.
    """
    ordered = np.sort(values)
    return ordered[np.r_[True, ordered[1:] != ordered[:-1]]] if len(ordered) else ordered


def resemblances(sketches: NDArray[np.uint16], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the estimated resemblance of each of `pairs`, shape (n, 2), in [0, 1]; no pairs give none."""
    found = np.zeros(len(pairs))
    for start in range(0, len(pairs), _PAIRS_AT_ONCE):
        first, second = pairs[start : start + _PAIRS_AT_ONCE].T
        same = (sketches[first] == sketches[second]) & (sketches[first] != _NOTHING)
        found[start : start + _PAIRS_AT_ONCE] = same.mean(axis=1)
    return found


def likely_pairs(sketches: NDArray[np.uint16]) -> NDArray[np.int64]:
    """Return pairs of rows that may resemble one another, shape (n, 2), each once, the lower row first.

    Rows with a band in common are paired with the first of them and with the one before, so that their number
    grows with the rows and not with their square.
    """
    found = [np.zeros(0, dtype=np.int64)]
    rows = max(len(sketches), 1)
    filled = np.flatnonzero((sketches != _NOTHING).any(axis=1))
    for start in range(0, SIZE, _ROWS):
        band = np.ascontiguousarray(sketches[filled, start : start + _ROWS])
        keys = band.view(np.uint64).reshape(-1)
        order = np.argsort(keys, kind="stable")
        same = keys[order][1:] == keys[order][:-1]
        firsts = np.maximum.accumulate(np.where(np.r_[True, ~same], np.arange(len(order)), 0)) if len(order) else order
        places = np.flatnonzero(same) + 1
        for partners in (firsts[places], places - 1):
            # Equal keys stay in the order of their rows, so that a partner stands before.
            found.append(filled[order[partners]] * rows + filled[order[places]])
    pairs = _different(np.concatenate(found))
    return np.stack((pairs // rows, pairs % rows), axis=1)
