"""Milvus Lite for tests: as a file, and as a server on the loopback that several processes may ask."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from fake_index import Bench

from index.aliases import own_record
from index.config import IndexConfig
from index.milvus_address import milvus_address
from index.milvus_client import connected

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from index.collection_record import CollectionRecord
    from index.store import Index

TEXTS = {"a": "甲市通报\n改造老旧小区12个。\n整治黑臭水体三条。\n", "b": "乙县通报\n新建公办幼儿园两所。\n"}
ABSENT = "the extra [milvus] is not installed"


def require_milvus_lite() -> None:
    """Skip the test where Milvus Lite is not installed."""
    pytest.importorskip("pymilvus", reason=ABSENT)
    pytest.importorskip("milvus_lite", reason=ABSENT)


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Yield the address of a server over `folder`; what it holds stays when it ends."""
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from milvus_lite.adapter.grpc.server import start_server_in_thread

    server, database, port = start_server_in_thread(str(folder), host="127.0.0.1", port=0)
    try:
        yield f"milvus://127.0.0.1:{port}"
    finally:
        server.stop(grace=0).wait()
        database.close()


def collections(store: str) -> dict[str, list[str]]:
    """Return the aliases of every collection in `store`."""
    client: Any = connected(milvus_address(store))
    return {name: list(client.list_aliases(name)["aliases"]) for name in client.list_collections()}


def bench_in(store: str, home: Path) -> Bench:
    """Return a bench of two small notices with its index in `store`."""
    bench = Bench(home)
    bench.write(**TEXTS)
    bench.update(config=IndexConfig(store=store))
    return bench


def opened(bench: Bench) -> Index:
    """Return the index of a bench with its model."""
    index = bench.index()
    index.check_model(bench.embedder)
    return index


def record_of(bench: Bench) -> CollectionRecord:
    """Return what the generation in use remembers of its collection."""
    record = own_record(bench.index().folder)
    assert record is not None
    return record
