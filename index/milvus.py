"""The store in Milvus: words as sparse vectors of our own, vectors, and the columns that filters look at."""

from __future__ import annotations

import functools
import json
import math
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from index.errors import StoreDamagedError
from index.fusion import best_first
from index.milvus_address import milvus_address
from index.milvus_client import connected, failures_told
from index.vector_store import EVERYTHING, Filter, Rankings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from index.collection_record import CollectionRecord
    from index.fusion import Ranking
    from index.lexical import LexicalIndex
    from index.notice_columns import NoticeColumns
    from index.vector_store import Words

NUMBER, NOTICE, UNIT, DAY, WORDS, VECTOR = "number", "notice", "unit", "day", "words", "vector"
"""The fields: passage number, notice number, unit, day as 20240531 (0: none), sparse and dense vector."""
EXACT, GRAPH = "FLAT", "HNSW"
MOST = 16_384
"""Milvus returns no more rows to one request."""
TIMEOUT_S = 30.0
LONGEST_UNIT = 16_000
_MORE = 32
"""Rows asked for beyond those wanted, so that the cut among equal scores can follow the numbers."""
_ROWS = 1024
"""Vectors fetched at once: a megabyte at 256 numbers each."""
_RUN = 3
"""Notices in a row from which they are named by first and last."""
_NONE: Ranking = (np.zeros(0, np.int64), np.zeros(0, np.float32))


@dataclass(frozen=True)
class MilvusStore:
    """The collection of one generation. Nothing is connected to before the first use."""

    record: CollectionRecord
    lexical: LexicalIndex
    """Of the same generation: gives words their numbers and their weight in a question."""
    notices: NoticeColumns
    fingerprint: str

    @property
    def dimensions(self) -> int:
        """Width of the vectors, as the collection has it."""
        return self.opened[1]

    def __len__(self) -> int:
        client, _ = self.opened
        with failures_told(milvus_address(self.record.store)):
            counted = client.query(
                self.record.collection,
                filter="",
                output_fields=["count(*)"],
                consistency_level="Strong",
                timeout=TIMEOUT_S,
            )
        return int(counted[0]["count(*)"])

    @functools.cached_property
    def opened(self) -> tuple[Any, int]:
        """The client and the width of the vectors. Raises StoreError, or StoreDamagedError for another collection."""
        record = self.record
        if not record.is_of(self.fingerprint):
            raise StoreDamagedError(f"Milvus 集合 {record.collection} 由另一个向量模型建立；请运行 tongbao repair")
        address = milvus_address(record.store)
        client = connected(address)
        with failures_told(address):
            if not client.has_collection(record.collection, timeout=TIMEOUT_S):
                raise StoreDamagedError(
                    f"Milvus {address} 中没有集合 {record.collection}（已被新版取代或被删除）；请重新打开索引，"
                    "仍然如此则运行 tongbao repair"
                )
            width = _width(client.describe_collection(record.collection, timeout=TIMEOUT_S))
            if width != record.dimensions:
                raise StoreDamagedError(
                    f"Milvus 集合 {record.collection} 的向量是 {width} 维，索引是 {record.dimensions} 维；"
                    "请运行 tongbao repair"
                )
            client.load_collection(record.collection, timeout=TIMEOUT_S)
        return client, width

    def query(self, words: Words, vector: NDArray[np.float32]) -> MilvusQuery:
        """Return what asks for these words and this vector; see `VectorStore.query`."""
        if vector.shape != (self.record.dimensions,):
            raise ValueError(f"the store holds vectors of width {self.record.dimensions}, not of shape {vector.shape}")
        weights = {number + 1: weight for number, weight in self.lexical.weights(words).items() if weight > 0}
        return MilvusQuery(self, weights, vector)

    def vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the stored vectors with these numbers; no numbers give shape (0, dimensions)."""
        found = np.empty((len(ids), self.record.dimensions), np.float32)
        for start in range(0, len(ids), _ROWS):
            rows = self._fetched(ids[start : start + _ROWS].tolist(), [VECTOR])
            found[start : start + _ROWS] = [row[VECTOR] for row in rows]
        return found

    def astray(self) -> Iterator[int]:
        """Yield the passages whose words, notice, unit or day are not as the index folder has them."""
        words, columns = self.lexical.word_vectors(), self.notices.by_passage()
        for start in range(0, self.record.passages, _ROWS):
            numbers = range(start, min(start + _ROWS, self.record.passages))
            for number, row in zip(numbers, self._fetched(list(numbers), [NOTICE, UNIT, DAY, WORDS]), strict=True):
                (notice, unit, day), expected = next(columns), word_vector(next(words))
                found = {int(word): worth for word, worth in row[WORDS].items()}
                same = (row[NOTICE], row[UNIT], row[DAY]) == (notice, unit_kept(unit), day_number(day))
                if not same or not _equal(found, expected):
                    yield number

    def _fetched(self, ids: list[int], fields: list[str]) -> list[Any]:
        client, _ = self.opened
        address = milvus_address(self.record.store)
        with failures_told(address):
            rows = client.query(
                self.record.collection,
                filter=f"{NUMBER} in {ids}",
                output_fields=[NUMBER, *fields],
                timeout=TIMEOUT_S,
            )
        by_number = {int(row[NUMBER]): row for row in rows}
        if missing := [number for number in ids if number not in by_number]:
            raise StoreDamagedError(
                f"Milvus 集合 {self.record.collection} 缺少第 {missing[0]} 段；请运行 tongbao repair"
            )
        return [by_number[number] for number in ids]

    def ranking(self, field: str, asked: Any, k: int, expression: str) -> Ranking:
        """Return the `k` best of the rows that meet `expression`, by the inner product of `field` with `asked`."""
        client, _ = self.opened
        limit = k + _MORE
        while True:
            limit = min(limit, MOST)
            with failures_told(milvus_address(self.record.store)):
                rows = client.search(
                    self.record.collection,
                    data=[asked],
                    anns_field=field,
                    limit=limit,
                    filter=expression,
                    output_fields=[NUMBER],
                    search_params={"metric_type": "IP", "params": self._parameters(field, limit)},
                    timeout=TIMEOUT_S,
                )[0]
            scores = np.array([row["distance"] for row in rows], dtype=np.float32)
            if len(rows) < limit or limit == MOST or scores[k - 1 :].min() < scores[k - 1]:
                return best_first(np.array([row[NUMBER] for row in rows], dtype=np.int64), scores, k)
            # All that follow the k-th tie with it: those with the smallest numbers may be missing.
            limit *= 4

    def _parameters(self, field: str, limit: int) -> dict[str, float]:
        """Return how widely to search: exactly, or in a graph at least twice as far as wanted."""
        if field == WORDS:
            return {"drop_ratio_search": 0.0}
        return {"ef": max(256, 2 * limit)} if self.record.index == GRAPH else {}


@dataclass(frozen=True, slots=True, eq=False)
class MilvusQuery:
    """A question as Milvus takes it."""

    store: MilvusStore
    weights: dict[int, float]
    """Sparse vector of the question; dimension 0 belongs to no word."""
    vector: NDArray[np.float32]

    def best(self, k: int, *, within: Filter = EVERYTHING) -> Rankings:
        """Return the at most `k` best passages of each channel; see `Query.best`. At most 16,384 can be had."""
        expression = expression_of(within, self.store.notices)
        if k < 1 or expression is None or not self.store.record.passages:
            return Rankings(_NONE, _NONE)
        k = min(k, MOST)
        words = self.store.ranking(WORDS, self.weights, k, expression) if self.weights else _NONE
        vector = self.store.ranking(VECTOR, self.vector, k, expression) if self.vector.any() else _NONE
        return Rankings(words, vector)


def word_vector(worths: dict[int, float]) -> dict[int, float]:
    """Return the sparse vector of a passage: dimension 1 + number of a word; dimension 0, which none asks for, if empty."""
    return {number + 1: worth for number, worth in worths.items()} or {0: 1.0}


def unit_kept(unit: str) -> str:
    """Return as much of a unit's name as is kept: Milvus takes 65,535 bytes, and a character has at most four."""
    return unit[:LONGEST_UNIT]


def _equal(found: dict[int, float], expected: dict[int, float]) -> bool:
    return found.keys() == expected.keys() and all(
        math.isclose(found[word], worth, rel_tol=1e-6) for word, worth in expected.items()
    )


def expression_of(within: Filter, notices: NoticeColumns) -> str | None:
    """Return `within` as Milvus reads it, empty if it lets everything through, None if it lets nothing through.

    Ids of notices become their numbers, those in a row by first and last; units and days are compared by Milvus.
    """
    parts = []
    if within.notices is not None:
        numbers = notices.numbers(within.notices)
        if not len(numbers):
            return None
        if len(numbers) < notices.count:
            parts.append(_among(numbers.tolist()))
    if within.units is not None:
        if not within.units:
            return None
        parts.append(f"{UNIT} in {json.dumps(sorted(map(unit_kept, within.units)), ensure_ascii=False)}")
    if within.first_day or within.last_day:
        parts.append(f"{DAY} >= {max(day_number(within.first_day), 1)}")
    if within.last_day:
        parts.append(f"{DAY} <= {day_number(within.last_day)}")
    return " and ".join(parts)


def day_number(day: str) -> int:
    """Return an ISO date as a number that sorts alike, 20240531; 0 for ''."""
    return int(day.replace("-", "")) if day else 0


def _among(numbers: list[int]) -> str:
    """Return the expression for these ascending numbers of notices."""
    ranges, single = [], []
    for _, group in groupby(enumerate(numbers), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        if len(run) >= _RUN:
            ranges.append(f"({NOTICE} >= {run[0]} and {NOTICE} <= {run[-1]})")
        else:
            single.extend(run)
    if single:
        ranges.append(f"{NOTICE} in {single}")
    return f"({' or '.join(ranges)})"


def _width(described: dict[str, Any]) -> int:
    """Return the width of the vectors of a described collection; 0 if it has none."""
    return next((int(one["params"]["dim"]) for one in described["fields"] if one["name"] == VECTOR), 0)
