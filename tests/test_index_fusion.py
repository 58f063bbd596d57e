import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.config import FusionMethod
from index.fusion import Ranking, ascending, best_first, fuse


def ranking(*pairs: tuple[int, float]) -> Ranking:
    return np.array([i for i, _ in pairs], np.int64), np.array([s for _, s in pairs], np.float32)


EMPTY = ranking()


def pairs(found: Ranking) -> list[tuple[int, float]]:
    return [(i, round(s, 4)) for i, s in zip(found[0].tolist(), found[1].tolist(), strict=True)]


@given(st.lists(st.integers(0, 50), max_size=20))
def test_ascending_numbers_stay_and_others_are_sorted(numbers: list[int]) -> None:
    ids = np.array(numbers, np.int64)
    found = ascending(ids)
    assert found.tolist() == sorted(set(numbers))
    assert ascending(found) is found


def test_best_first_orders_ties_by_number_even_at_the_cut() -> None:
    ids, scores = ranking((9, 1.0), (2, 1.0), (5, 3.0), (1, 1.0))
    assert pairs(best_first(ids, scores, 3)) == [(5, 3.0), (1, 1.0), (2, 1.0)]
    assert pairs(best_first(ids, scores, 9)) == [(5, 3.0), (1, 1.0), (2, 1.0), (9, 1.0)]
    assert pairs(best_first(ids, scores, 0)) == []
    assert pairs(best_first(*EMPTY, 3)) == []


def test_min_max_is_the_weighted_sum_of_scaled_scores() -> None:
    lexical, dense = ranking((1, 30.0), (2, 20.0), (3, 10.0)), ranking((3, 0.9), (4, 0.1))
    assert pairs(fuse([lexical, dense], [0.65, 0.35])) == [(1, 0.65), (3, 0.35), (2, 0.325), (4, 0.0)]


def test_reciprocal_rank() -> None:
    lexical, dense = ranking((1, 30.0), (2, 20.0)), ranking((2, 0.9), (1, 0.1))
    found = fuse([lexical, dense], [0.5, 0.5], method=FusionMethod.RECIPROCAL_RANK, rank_constant=1)
    assert pairs(found) == [(1, 0.8333), (2, 0.8333)]


@pytest.mark.parametrize("method", FusionMethod)
@pytest.mark.parametrize(
    ("rankings", "expected"),
    [
        ([EMPTY, EMPTY], []),
        ([ranking((7, 2.0)), EMPTY], [(7, 0.65)]),
        ([EMPTY, ranking((7, -0.2))], [(7, 0.35)]),
        ([ranking((7, 2.0)), ranking((7, 0.0))], [(7, 1.0)]),
    ],
)
def test_edges(method: FusionMethod, rankings: list[Ranking], expected: list[tuple[int, float]]) -> None:
    assert pairs(fuse(rankings, [0.65, 0.35], method=method)) == expected


def test_equal_scores_are_all_best() -> None:
    assert pairs(fuse([ranking((4, 1.0), (2, 1.0))], [1.0])) == [(2, 1.0), (4, 1.0)]


def test_no_rankings() -> None:
    assert pairs(fuse([], [])) == []


def test_counts_must_agree() -> None:
    with pytest.raises(ValueError, match="1 rankings, but 2 weights"):
        fuse([EMPTY], [1, 2])


channel = st.dictionaries(st.integers(0, 30), st.floats(-5, 50, width=32), max_size=12)


@given(channel, channel, st.sampled_from(FusionMethod))
def test_fused_is_the_union_within_bounds_in_order(
    left: dict[int, float], right: dict[int, float], method: FusionMethod
) -> None:
    rankings = [best_first(*ranking(*found.items()), 99) for found in (left, right)]
    ids, scores = fuse(rankings, [0.65, 0.35], method=method)
    assert set(ids.tolist()) == set(left) | set(right)
    assert len(ids) == len(set(ids.tolist()))
    assert all(0 <= score <= 1 for score in scores.tolist())
    assert pairs((ids, scores)) == pairs(best_first(ids, scores, len(ids)))
    swapped = fuse(rankings[::-1], [0.35, 0.65], method=method)
    assert swapped[0].tolist() == ids.tolist()
