"""Measures of a whole run: refusal, risk and coverage, calibration, latency."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question, as far as the measures of a whole run care."""

    confidence: float
    answered: bool
    right: bool
    expects_refusal: bool
    refused: bool


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """If only answers with at least `threshold` confidence were given: how many, and how many of them wrong."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Bin:
    """The answers whose confidence lies in `[low, high)`; the last bin holds 1.0 too."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


def refusal_scores(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return precision, recall and F1 of declining.

    Without a refusal the precision is 1; without an unanswerable question the recall is 1; nothing gives 1, 1 and 1.
    """
    declined = [one for one in outcomes if one.refused]
    wanted = [one for one in outcomes if one.expects_refusal]
    good = sum(one.expects_refusal for one in declined)
    precision = good / len(declined) if declined else 1.0
    recall = good / len(wanted) if wanted else 1.0
    total = precision + recall
    return {
        "refusal_precision": precision,
        "refusal_recall": recall,
        "refusal_f1": 2 * precision * recall / total if total else 0.0,
    }


def risk_coverage(outcomes: Sequence[Outcome]) -> tuple[RiskPoint, ...]:
    """Return the curve from the most confident answer on; answers of equal confidence enter together.

    Coverage is the share of all questions; an answer to an unanswerable question is wrong. Empty if nothing was
    answered. (El-Yaniv and Wiener 2010.)
    """
    given = sorted((one for one in outcomes if one.answered), key=lambda one: -one.confidence)
    points: list[RiskPoint] = []
    wrong = 0
    for at, one in enumerate(given, start=1):
        wrong += not one.right
        if at == len(given) or given[at].confidence != one.confidence:
            points.append(RiskPoint(one.confidence, at / len(outcomes), wrong / at))
    return tuple(points)


def area_under_risk(points: Sequence[RiskPoint]) -> float:
    """Return the mean risk over the coverage reached, by the trapezium rule; 1 for an empty curve."""
    if not points:
        return 1.0
    area, last_coverage, last_risk = 0.0, 0.0, points[0].risk
    for point in points:
        area += (point.coverage - last_coverage) * (point.risk + last_risk) / 2
        last_coverage, last_risk = point.coverage, point.risk
    return area / last_coverage


def threshold_for(points: Sequence[RiskPoint], *, risk: float) -> RiskPoint | None:
    """Return the point of widest coverage whose risk is at most `risk`; None if there is none."""
    good = [point for point in points if point.risk <= risk]
    return good[-1] if good else None


def reliability(outcomes: Sequence[Outcome], *, bins: int = 10) -> tuple[Bin, ...]:
    """Return equally wide bins of the answers' confidence, empty bins left out."""
    held: list[list[Outcome]] = [[] for _ in range(bins)]
    for one in outcomes:
        if one.answered:
            held[min(bins - 1, max(0, math.floor(one.confidence * bins)))].append(one)
    return tuple(
        Bin(
            at / bins,
            (at + 1) / bins,
            len(group),
            sum(one.confidence for one in group) / len(group),
            sum(one.right for one in group) / len(group),
        )
        for at, group in enumerate(held)
        if group
    )


def expected_calibration_error(outcomes: Sequence[Outcome], *, bins: int = 10) -> float:
    """Return the mean distance of confidence and accuracy over the bins, weighted by count; 0 for no answers.

    Naeini et al. 2015, equally wide bins.
    """
    groups = reliability(outcomes, bins=bins)
    total = sum(group.count for group in groups)
    return sum(group.count * abs(group.confidence - group.accuracy) for group in groups) / total if total else 0.0


def quantile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that at least `share` of the values do not exceed (nearest rank); 0 for none."""
    if not values:
        return 0.0
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
