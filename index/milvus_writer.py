"""Putting the passages of a new generation into a collection of its own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from index.errors import StoreDamagedError, StoreError
from index.milvus import (
    DAY,
    EXACT,
    GRAPH,
    LONGEST_UNIT,
    NOTICE,
    NUMBER,
    UNIT,
    VECTOR,
    WORDS,
    day_number,
    unit_kept,
    word_vector,
)
from index.milvus_address import milvus_address
from index.milvus_client import connected, failures_told

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from index.collection_record import CollectionRecord
    from index.lexical import LexicalIndex

EXACT_UP_TO = 200_000
"""Passages up to which every vector is compared. Chosen after FAISS (3.7 ms for 100,000 of width 256, one thread);
not measured on a cluster."""
_GRAPH = {"M": 32, "efConstruction": 200}
"""As of FAISS's HNSW32, which finds 0.98 of the nearest among a million."""
_ROWS = 1000
"""Rows of one request: two to three megabytes, of the 64 that Milvus takes."""
_TIMEOUT_S = 600.0
_FIRST_PAUSE_S, _LAST_PAUSE_S = 0.02, 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What filters look at, for one passage."""

    notice: int
    unit: str
    day: str


class MilvusWriter:
    """Takes vectors in the order of the passages and inserts each with its words and its columns."""

    def __init__(self, record: CollectionRecord, lexical: LexicalIndex, rows: Sequence[Row], folder: Path) -> None:
        """Begin the collection that `record` names; the record is kept in `folder` before there is anything to find."""
        self._record = record
        self._rows = rows
        self._done = 0
        self._address = milvus_address(record.store)
        self._words = lexical.word_vectors()
        self._client = connected(self._address)
        record.save(folder)
        with failures_told(self._address):
            self._create()

    def _create(self) -> None:
        from pymilvus import DataType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field(NUMBER, DataType.INT64, is_primary=True)
        schema.add_field(NOTICE, DataType.INT64)
        schema.add_field(UNIT, DataType.VARCHAR, max_length=4 * LONGEST_UNIT)
        schema.add_field(DAY, DataType.INT64)
        schema.add_field(WORDS, DataType.SPARSE_FLOAT_VECTOR)
        schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=self._record.dimensions)
        self._client.create_collection(
            self._record.collection, schema=schema, consistency_level="Bounded", timeout=_TIMEOUT_S
        )

    def add(self, vectors: NDArray[np.float32]) -> None:
        """Append `vectors` of shape (n, dimensions); none leave the collection as it is."""
        if vectors.shape[1:] != (self._record.dimensions,):
            raise ValueError(
                f"the store holds vectors of width {self._record.dimensions}, not of shape {vectors.shape[1:]}"
            )
        rows = [self._row(self._done + place, vector) for place, vector in enumerate(vectors)]
        for start in range(0, len(rows), _ROWS):
            with failures_told(self._address):
                self._client.insert(self._record.collection, rows[start : start + _ROWS], timeout=_TIMEOUT_S)
        self._done += len(rows)

    def _row(self, number: int, vector: NDArray[np.float32]) -> dict[str, Any]:
        row = self._rows[number]
        return {
            NUMBER: number,
            NOTICE: row.notice,
            UNIT: unit_kept(row.unit),
            DAY: day_number(row.day),
            WORDS: word_vector(next(self._words)),
            VECTOR: vector,
        }

    def save(self, folder: Path) -> None:
        """Build the indexes of the collection and load it. Raises StoreDamagedError if rows were lost on the way."""
        record, client = self._record, self._client
        record.save(folder)
        with failures_told(self._address):
            client.flush(record.collection, timeout=_TIMEOUT_S)
            self._index()
            client.load_collection(record.collection, timeout=_TIMEOUT_S)
            counted = client.query(
                record.collection,
                filter="",
                output_fields=["count(*)"],
                consistency_level="Strong",
                timeout=_TIMEOUT_S,
            )
        found = int(counted[0]["count(*)"])
        if found != record.passages or self._done != record.passages:
            raise StoreDamagedError(
                f"写入 Milvus {self._address} 的段落应为 {record.passages}，实为 {found}；原有索引未改动"
            )

    def _index(self) -> None:
        """Build the indexes of all fields side by side, and wait for them, however long that takes."""
        record, client = self._record, self._client
        indexes = client.prepare_index_params()
        graph = _GRAPH if record.index == GRAPH else {}
        indexes.add_index(VECTOR, record.index, VECTOR, metric_type="IP", params=graph)
        indexes.add_index(WORDS, "SPARSE_INVERTED_INDEX", WORDS, metric_type="IP")
        for column in (NOTICE, UNIT, DAY):
            indexes.add_index(column, "INVERTED", column)
        # pymilvus itself waits half a second for each, were it finished at once.
        client.create_index(record.collection, indexes, timeout=_TIMEOUT_S, sync=False)
        for field in (VECTOR, WORDS, NOTICE, UNIT, DAY):
            pause = _FIRST_PAUSE_S
            while (state := client.describe_index(record.collection, field, timeout=_TIMEOUT_S)["state"]) != "Finished":
                if state == "Failed":
                    raise StoreError(f"Milvus {self._address} 未能为 {record.collection} 的 {field} 建立索引")
                time.sleep(pause)
                pause = min(2 * pause, _LAST_PAUSE_S)


def kind_of(passages: int, *, exact_up_to: int = EXACT_UP_TO) -> str:
    """Return the index type for so many passages."""
    return EXACT if passages <= exact_up_to else GRAPH
