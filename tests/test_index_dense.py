"""Vectors in FAISS, as built and as opened from disk. What every store does is in test_index_vector_store."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from index.dense import FaissStore

WIDTH = 4
STORES: dict[str, tuple[Callable[[], FaissStore], Callable[[Path], FaissStore]]] = {
    "faiss": (lambda: FaissStore(WIDTH), FaissStore.open),
}
VECTORS = np.array([[1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0.6, 0.8, 0, 0], [0, 0, 0, 0]], np.float32)
X = VECTORS[0]


@pytest.fixture(params=[(name, stored) for name in STORES for stored in (False, True)], ids=str)
def store_of(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[NDArray[np.float32]], FaissStore]:
    """Make a store that holds vectors, as built or as opened from disk."""
    name, stored = request.param
    create, opened = STORES[name]

    def make(vectors: NDArray[np.float32]) -> FaissStore:
        store = create()
        store.add(vectors)
        if not stored:
            return store
        store.save(tmp_path)
        return opened(tmp_path)

    return make


Make = Callable[[NDArray[np.float32]], FaissStore]


def test_counts_and_width(store_of: Make) -> None:
    store = store_of(VECTORS)
    assert (len(store), store.dimensions) == (5, WIDTH)


def test_search_is_by_inner_product_with_ties_by_number(store_of: Make) -> None:
    ids, scores = store_of(VECTORS).search(X, 3)
    assert ids.tolist() == [0, 2, 3]
    np.testing.assert_allclose(scores, [1, 1, 0.6], atol=1e-6)


@pytest.mark.parametrize(
    ("k", "allowed", "expected"),
    [
        (0, None, []),
        (-1, None, []),
        (99, None, [0, 2, 3, 1, 4]),
        (5, [], []),
        (5, [3], [3]),
        (5, [3, 1, 2], [2, 3, 1]),
        (1, [1, 3], [3]),
    ],
)
def test_k_and_allowed(store_of: Make, k: int, allowed: list[int] | None, expected: list[int]) -> None:
    restriction = None if allowed is None else np.array(allowed, dtype=np.int64)
    assert store_of(VECTORS).search(X, k, allowed=restriction)[0].tolist() == expected


def test_zero_vector_and_empty_store_find_nothing(store_of: Make) -> None:
    assert store_of(VECTORS).search(np.zeros(WIDTH, np.float32), 3)[0].tolist() == []
    assert store_of(VECTORS[:0]).search(X, 3)[0].tolist() == []


def test_vectors_come_back_as_stored(store_of: Make) -> None:
    store = store_of(VECTORS)
    np.testing.assert_array_equal(store.vectors(np.array([3, 0])), VECTORS[[3, 0]])
    assert store.vectors(np.zeros(0, np.int64)).shape == (0, WIDTH)


def test_another_width_is_refused(store_of: Make) -> None:
    store = store_of(VECTORS)
    with pytest.raises(ValueError, match=r"width 4, not of shape \(3,\)"):
        store.search(np.ones(3, np.float32), 1)


def test_exact_over_every_restriction(store_of: Make) -> None:
    random = np.random.default_rng(7)
    vectors = random.standard_normal((300, WIDTH)).astype(np.float32)
    store = store_of(vectors)
    for size in (1, 17, 300):
        allowed = np.sort(random.choice(300, size, replace=False))
        ids, scores = store.search(X, 10, allowed=allowed)
        best = allowed[np.argsort(-vectors[allowed] @ X, kind="stable")][:10]
        assert ids.tolist() == best.tolist()
        np.testing.assert_allclose(scores, vectors[best] @ X, rtol=1e-5)


def test_a_new_store_adds_in_steps_and_checks_the_width() -> None:
    for create, _ in STORES.values():
        store = create()
        store.add(VECTORS[:2])
        store.add(VECTORS[2:])
        assert store.search(X, 2)[0].tolist() == [0, 2]
        with pytest.raises(ValueError, match="width 4"):
            store.add(np.ones((1, 5), np.float32))


def test_faiss_store_outlives_its_file(tmp_path: Path) -> None:
    store = FaissStore(WIDTH)
    store.add(VECTORS)
    store.save(tmp_path)
    opened = FaissStore.open(tmp_path)
    (tmp_path / "vectors.faiss").unlink()
    assert opened.search(X, 1)[0].tolist() == [0]
    with pytest.raises(ValueError, match="read-only"):
        opened.add(VECTORS)


def test_faiss_store_needs_a_width() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        FaissStore(0)
