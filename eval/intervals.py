"""Means with 95% intervals."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_RESAMPLES = 2000
_SEED = 20240131
_Z = 1.959963984540054
"""The 97.5% point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean of a measure over `n` questions and its 95% interval."""

    mean: float
    low: float
    high: float
    n: int

    def to_record(self) -> dict[str, float]:
        """Return the estimate as plain JSON values."""
        return {"mean": self.mean, "low": self.low, "high": self.high, "n": self.n}


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean and its 95% percentile bootstrap interval; all zero for no values.

    Values that are all the same leave a bootstrap nothing to vary: within [0, 1] they get the Wilson interval of a
    share, the widest that fits their mean, so that ten right answers out of ten are not taken for certainty.
    """
    count = len(values)
    if not count:
        return Estimate(0.0, 0.0, 0.0, 0)
    mean = sum(values) / count
    if min(values) == max(values):
        low, high = _wilson(mean, count) if 0 <= mean <= 1 else (mean, mean)
        return Estimate(mean, low, high, count)
    low, high = bootstrap_interval(values)
    return Estimate(mean, low, high, count)


def _wilson(share: float, count: int) -> tuple[float, float]:
    """Return the 95% Wilson score interval of a share (Wilson 1927, without continuity correction)."""
    spread = _Z * _Z / count
    middle = (share + spread / 2) / (1 + spread)
    half = math.sqrt(share * (1 - share) * spread + spread * spread / 4) / (1 + spread)
    return max(0.0, min(share, middle - half)), min(1.0, max(share, middle + half))


def estimate_difference(values: Sequence[float]) -> Estimate:
    """Return the mean of paired differences and its 95% percentile bootstrap interval; all zero for no values."""
    if not values:
        return Estimate(0.0, 0.0, 0.0, 0)
    low, high = bootstrap_interval(values)
    return Estimate(sum(values) / len(values), low, high, len(values))


def bootstrap_interval(values: Sequence[float]) -> tuple[float, float]:
    """Return the 95% percentile bootstrap interval of the mean of at least one value."""
    if min(values) == max(values):
        return values[0], values[0]
    import numpy as np
    from scipy.stats import bootstrap

    result = bootstrap(
        (np.asarray(values, dtype=np.float64),),
        np.mean,
        n_resamples=_RESAMPLES,
        method="percentile",
        rng=np.random.default_rng(_SEED),
    )
    return float(result.confidence_interval.low), float(result.confidence_interval.high)
