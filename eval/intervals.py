"""Means with 95% intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_RESAMPLES = 2000
_SEED = 20240131


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

    Values that are all 0 or all 1 leave a bootstrap nothing to vary: they get the Wilson interval, so that ten right
    answers out of ten are not taken for certainty.
    """
    count = len(values)
    if not count:
        return Estimate(0.0, 0.0, 0.0, 0)
    mean = sum(values) / count
    if min(values) == max(values):
        if mean not in (0.0, 1.0):
            return Estimate(mean, mean, mean, count)
        from scipy.stats import binomtest

        interval = binomtest(round(mean * count), count).proportion_ci(method="wilson")
        return Estimate(mean, max(0.0, float(interval.low)), min(1.0, float(interval.high)), count)
    low, high = bootstrap_interval(values)
    return Estimate(mean, low, high, count)


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
