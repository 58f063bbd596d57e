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


# --- many vectors, in lists ---


def unit(count: int, seed: int = 3) -> NDArray[np.float32]:
    """Return vectors in clumps, as those of texts are."""
    random = np.random.default_rng(seed)
    near = random.standard_normal((12, 32))[random.integers(0, 12, count)] + random.standard_normal((count, 32)) * 0.6
    found: NDArray[np.float32] = (near / np.linalg.norm(near, axis=1, keepdims=True)).astype(np.float32)
    return found


def listed(vectors: NDArray[np.float32], folder: Path) -> FaissStore:
    store = FaissStore(vectors.shape[1], exact_up_to=10)
    store.add(vectors)
    folder.mkdir(exist_ok=True)
    store.save(folder)
    return FaissStore.open(folder)


def best(vectors: NDArray[np.float32], query: NDArray[np.float32], k: int = 10) -> set[int]:
    return set(np.argsort(-vectors @ query, kind="stable")[:k].tolist())


def test_few_are_exact_and_many_in_lists(tmp_path: Path) -> None:
    vectors = unit(11)
    assert not listed(vectors, tmp_path / "eleven").is_exact
    ten = listed(vectors[:10], tmp_path / "ten")
    assert (ten.is_exact, ten.lists) == (True, 0)
    np.testing.assert_array_equal(ten.vectors(np.arange(10)), vectors[:10])


def test_lists_find_nearly_what_is_nearest(tmp_path: Path) -> None:
    vectors = unit(3000)
    store = listed(vectors, tmp_path)
    assert (len(store), store.dimensions, store.lists) == (3000, 32, 108)
    common = [len(best(vectors, query) & set(store.search(query, 10)[0].tolist())) for query in unit(40, seed=5)]
    assert np.mean(common) > 9
    decoded = store.vectors(np.arange(3000))
    np.testing.assert_allclose(decoded, vectors, atol=0.02)
    np.testing.assert_allclose(np.linalg.norm(decoded, axis=1), 1, atol=1e-5)


def test_lists_find_all_that_is_allowed(tmp_path: Path) -> None:
    vectors = unit(2000)
    store = listed(vectors, tmp_path)
    allowed = np.arange(0, 2000, 97)
    ids, scores = store.search(vectors[0], 99, allowed=allowed)
    assert sorted(ids.tolist()) == allowed.tolist()
    assert ids[0] == 0
    assert scores[0] == pytest.approx(1, abs=0.01)
    assert store.search(vectors[0], 5, allowed=allowed[:0])[0].tolist() == []


def test_a_zero_vector_stays_zero_in_lists(tmp_path: Path) -> None:
    vectors = unit(200)
    vectors[7] = 0
    assert not listed(vectors, tmp_path).vectors(np.array([7])).any()


@pytest.mark.parametrize("seed", range(4))
def test_lists_grow_and_shrink(tmp_path: Path, seed: int) -> None:
    """What is removed is found no more; what stays and what is new is found under its new number."""
    random = np.random.default_rng(seed)
    vectors, added = unit(1000), unit(60, seed=seed + 10)
    gone = random.random(1000) < 0.3
    size = int((~gone).sum()) + len(added)
    places = np.sort(random.choice(size, int((~gone).sum()), replace=False))
    renumbered = np.full(1000, -1)
    renumbered[~gone] = places
    store = FaissStore.grown(listed(vectors, tmp_path / "old"), renumbered, added)
    assert store is not None
    (tmp_path / "new").mkdir()
    store.save(tmp_path / "new")
    new = FaissStore.open(tmp_path / "new")
    expected = np.zeros((size, 32), np.float32)
    expected[places] = vectors[~gone]
    expected[np.setdiff1d(np.arange(size), places)] = added
    assert len(new) == size
    assert (new.vectors(np.arange(size)) * expected).sum(axis=1).min() > 0.99
    for query in vectors[gone][:20]:
        ids, scores = new.search(query, 5)
        assert ids.max() < size
        np.testing.assert_allclose(scores, expected[ids] @ query, atol=0.03)


def test_lists_are_made_anew_when_the_size_has_changed_much(tmp_path: Path) -> None:
    vectors = unit(400)
    renumbered = np.arange(400)
    assert FaissStore.grown(listed(vectors, tmp_path / "a"), renumbered, unit(1800)) is None
    exact = FaissStore(32)
    exact.add(vectors)
    assert FaissStore.grown(exact, renumbered, unit(5)) is None
