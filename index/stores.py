"""Which store holds the words and vectors of a generation: chosen when it is written, remembered when it is opened."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from index.aliases import home_of, own_record
from index.collection_record import CollectionRecord, new_collection
from index.dense import FaissStore
from index.errors import StoreError
from index.lexical import LexicalIndex
from index.local_store import LocalStore

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from index.config import IndexConfig
    from index.milvus_writer import Row
    from index.notice_columns import NoticeColumns
    from index.types import Notice
    from index.vector_store import VectorStore, VectorWriter

LOCAL = "faiss"
"""What `--store` calls the store inside the index folder."""


def chosen_store(store: str) -> str:
    """Return `store` as the settings keep it: empty for FAISS, else the address. Raises StoreError for anything else."""
    if store in {"", LOCAL}:
        return ""
    from index.milvus_address import milvus_address

    milvus_address(store)
    return store


def require_store(store: str) -> None:
    """Raise StoreError if `store`, as the settings keep it, cannot be written to; FAISS always can."""
    if store:
        from index.milvus_address import milvus_address
        from index.milvus_client import connected

        connected(milvus_address(store))


def open_store(
    folder: Path, *, lexical: LexicalIndex, notices: NoticeColumns, config: IndexConfig, fingerprint: str
) -> VectorStore:
    """Return the store whose part in the index folder is `folder`; nothing outside is connected to yet.

    Raises StoreError if `config` scores words otherwise than the store was written for, IndexDamagedError or OSError.
    """
    record = CollectionRecord.open(folder)
    if record is None:
        return LocalStore(lexical, FaissStore.open(folder), notices)
    if (record.k1, record.b) != (config.k1, config.b):
        raise StoreError(
            f"Milvus 集合按 k1={record.k1}、b={record.b} 写入，不能用 k1={config.k1}、b={config.b} 查找；"
            "请用新的设置重新运行 tongbao index"
        )
    from index.milvus import MilvusStore

    return MilvusStore(record, lexical, notices, fingerprint)


def open_writer(
    folder: Path,
    words: Path,
    notices: Sequence[Notice],
    firsts: NDArray[np.int64],
    *,
    config: IndexConfig,
    dimensions: int,
    fingerprint: str,
    alias: str | None,
) -> VectorWriter:
    """Return what takes the vectors of the passages of `notices`, notice i having those from firsts[i] to firsts[i + 1].

    What finds them again is kept in `folder`; `words` is the folder of their word counts, `alias` that of the index in
    Milvus, None to make one. FAISS looks at neither notices nor words. Raises StoreError.
    """
    if not config.store:
        return FaissStore(dimensions, exact_up_to=config.exact_up_to)
    from index.milvus_writer import MilvusWriter, kind_of

    rows = _rows(notices, firsts)
    record = CollectionRecord(
        store=config.store,
        home=home_of(folder.parent),
        collection=new_collection(fingerprint, alias=alias),
        dimensions=dimensions,
        passages=len(rows),
        k1=config.k1,
        b=config.b,
        index=kind_of(len(rows)),
    )
    lexical = LexicalIndex.open(words, k1=config.k1, b=config.b)
    return MilvusWriter(record, lexical, rows, folder)


def alias_in(folder: Path, *, store: str) -> str | None:
    """Return the alias of the index whose part for the store is `folder`, or None if it has none of its own in `store`."""
    record = own_record(folder.parent)
    return record.alias if record is not None and record.store == store else None


def _rows(notices: Sequence[Notice], firsts: NDArray[np.int64]) -> list[Row]:
    """Return what filters look at for each passage; those of a notice share a value."""
    from index.milvus_writer import Row
    from index.notice_columns import day_of

    rows: list[Row] = []
    for number, (notice, (first, end)) in enumerate(zip(notices, pairwise(firsts.tolist()), strict=True)):
        rows.extend([Row(number, notice.unit, day_of(notice))] * (end - first))
    return rows
