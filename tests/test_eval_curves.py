"""Measures of a whole run, and intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.curves import (
    Outcome,
    area_under_risk,
    expected_calibration_error,
    quantile,
    refusal_scores,
    reliability,
    risk_coverage,
    threshold_for,
)
from eval.intervals import estimate, estimate_difference

OUTCOMES = st.lists(
    st.builds(
        lambda confidence, answered, right, unanswerable: Outcome(
            confidence, answered, right and answered and not unanswerable, unanswerable, not answered
        ),
        st.floats(0, 1),
        st.booleans(),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
)


def given_answer(confidence: float, right: bool) -> Outcome:
    return Outcome(confidence, True, right, False, False)


DECLINED = Outcome(0.1, False, True, True, True)
WRONGLY_DECLINED = Outcome(0.1, False, False, False, True)


def test_refusal_scores() -> None:
    scores = refusal_scores([DECLINED, WRONGLY_DECLINED, Outcome(0.9, True, False, True, False)])
    assert scores == {"refusal_precision": 0.5, "refusal_recall": 0.5, "refusal_f1": 0.5}
    assert set(refusal_scores([]).values()) == {1.0}
    nothing = refusal_scores([WRONGLY_DECLINED, Outcome(0.9, True, False, True, False)])
    assert nothing["refusal_f1"] == 0.0


def test_risk_and_coverage_by_hand() -> None:
    points = risk_coverage([given_answer(0.9, True), given_answer(0.8, False), given_answer(0.8, True), DECLINED])
    assert [(point.threshold, point.coverage, point.risk) for point in points] == [
        (0.9, 0.25, 0.0),
        (0.8, 0.75, pytest.approx(1 / 3)),
    ]
    assert area_under_risk(points) == pytest.approx((0.5 * (1 / 3) / 2) / 0.75)
    chosen = threshold_for(points, risk=0.1)
    assert chosen is not None
    assert chosen.threshold == 0.9
    assert threshold_for(points[1:], risk=0.1) is None
    assert risk_coverage([]) == ()
    assert area_under_risk(()) == 1.0


def test_calibration_by_hand() -> None:
    outcomes = [given_answer(0.95, True), given_answer(0.95, False), given_answer(1.0, True), given_answer(0.05, False)]
    low, high = reliability(outcomes)
    assert (low.count, high.count) == (1, 3)
    assert high.accuracy == pytest.approx(2 / 3)
    assert expected_calibration_error(outcomes) == pytest.approx(0.25 * 0.05 + 0.75 * (2.9 / 3 - 2 / 3))
    assert expected_calibration_error([DECLINED]) == 0.0


@pytest.mark.parametrize(("share", "value"), [(0.0, 1), (0.5, 2), (0.75, 3), (0.99, 4), (1.0, 4)])
def test_quantiles(share: float, value: float) -> None:
    assert quantile([4, 1, 3, 2], share) == value
    assert quantile([], share) == 0.0


@given(OUTCOMES)
def test_curves_stay_in_bounds(outcomes: list[Outcome]) -> None:
    points = risk_coverage(outcomes)
    assert all(0 < point.coverage <= 1 and 0 <= point.risk <= 1 for point in points)
    assert [point.coverage for point in points] == sorted(point.coverage for point in points)
    assert 0 <= area_under_risk(points) <= 1
    assert 0 <= expected_calibration_error(outcomes) <= 1
    assert sum(one.count for one in reliability(outcomes)) == sum(one.answered for one in outcomes)


def test_intervals() -> None:
    one = estimate([0.0, 1.0] * 20)
    assert one.mean == 0.5
    assert 0.3 < one.low < 0.5 < one.high < 0.7
    assert estimate([]).n == 0
    assert estimate([2.4, 2.4]).low == 2.4
    assert estimate([0.0, 1.0] * 20) == one


def test_ten_out_of_ten_is_not_certainty() -> None:
    one = estimate([1.0] * 10)
    assert one.mean == one.high == 1.0
    assert one.low == pytest.approx(0.7225, abs=1e-3)
    assert estimate([0.5, 0.5]).low == pytest.approx(0.0945, abs=1e-3)
    assert estimate([1.0]).high == 1.0
    assert estimate([0.0] * 10).high == pytest.approx(0.2775, abs=1e-3)


def test_differences() -> None:
    assert estimate_difference([]).n == 0
    assert estimate_difference([0.0, 0.0]).high == 0.0
    one = estimate_difference([1.0, 0.0, 0.0, 1.0, 1.0])
    assert one.low <= one.mean == 0.6 <= one.high
