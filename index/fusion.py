"""Two rankings of passages into one."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from index.config import FusionMethod

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Ranking: TypeAlias = "tuple[NDArray[np.int64], NDArray[np.float32]]"
"""Passage numbers of shape (n,), best first, and their scores of shape (n,)."""


def ascending(ids: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `ids` in ascending order, each once: themselves if they are so already, as those of filters are."""
    if (ids[1:] > ids[:-1]).all():
        return ids
    # Sorting a hundred thousand numbers takes longer than all else that a search does.
    sorted_: NDArray[np.int64] = np.unique(ids)
    return sorted_


def best_first(ids: NDArray[np.int64], scores: NDArray[np.float32], k: int) -> Ranking:
    """Return the `k` best of `ids` with their scores, equal scores in the order of the numbers.

    No ids, or a `k` below 1, give an empty ranking.
    """
    if k < len(ids):
        if k < 1:
            return ids[:0], scores[:0]
        # Everything that ties with the k-th stays, so that the cut too follows the numbers.
        kept = np.flatnonzero(scores >= np.partition(scores, -k)[-k])
        ids, scores = ids[kept], scores[kept]
    order = np.lexsort((ids, -scores))[:k]
    return ids[order], scores[order]


def _min_max(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return `scores` scaled to [0, 1], all 1 if they are equal; empty stays empty."""
    if scores.size == 0:
        return scores
    low, high = scores.min(), scores.max()
    return (scores - low) / (high - low) if high > low else np.ones_like(scores)


def _reciprocal(count: int, constant: int) -> NDArray[np.float32]:
    """Return (constant + 1) / (constant + rank) for the ranks 1 to `count`: 1 for the first."""
    ranks = np.arange(1, count + 1, dtype=np.float32)
    return np.asarray((constant + 1) / (constant + ranks), dtype=np.float32)


def fuse(
    rankings: Sequence[Ranking],
    weights: Sequence[float],
    *,
    method: FusionMethod = FusionMethod.MIN_MAX,
    rank_constant: int = 60,
) -> Ranking:
    """Return the union of `rankings` by the weighted mean of their normalised scores, in [0, 1], best first.

    A passage that a ranking lacks gets 0 from it. Equal scores come in the order of the passages, so the result
    does not depend on the order of the rankings. No rankings, or only empty ones, give an empty one.
    """
    if len(rankings) != len(weights):
        raise ValueError(f"{len(rankings)} rankings, but {len(weights)} weights")
    ids = np.unique(np.concatenate([np.zeros(0, np.int64), *(ranked for ranked, _ in rankings)]))
    fused = np.zeros(len(ids), dtype=np.float64)
    for (ranked, scores), weight in zip(rankings, weights, strict=True):
        share = _min_max(scores) if method is FusionMethod.MIN_MAX else _reciprocal(len(ranked), rank_constant)
        fused[np.searchsorted(ids, ranked)] += weight * share.astype(np.float64)
    total = sum(weights)
    mean = (fused / total if total else fused).astype(np.float32)
    return best_first(ids, np.clip(mean, 0.0, 1.0), len(ids))
