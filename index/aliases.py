"""The alias in Milvus that points to the collection in use, and collections that nobody needs any more.

Readers open the collection that their generation names, so they never meet another one. The alias is for other programs,
and tells which collection was published. Generations in FAISS have neither, and nothing here does anything for them.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from index.collection_record import CollectionRecord, moment_of
from index.errors import IndexDamagedError, StoreError
from index.events import event

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

GRACE_S = 600.0
"""How long a collection stays after the one that replaced it was followed by another: readers may still have it open."""
_MOST_KEPT = 2
"""Collections kept for such readers, however quickly the index changes."""
_NO_ALIAS = frozenset({100, 1600})
"""Milvus's error codes for an alias that does not exist: Milvus Lite's and the server's."""


def home_of(generation: Path) -> str:
    """Return the index folder of the generation in that folder, as its collections remember it."""
    return str(generation.parents[1].resolve())


def own_record(generation: Path | None) -> CollectionRecord | None:
    """Return what the generation in that folder remembers of its collection.

    None for FAISS, for damaged records, and in a copy of the index folder: the collection belongs to the original.
    """
    try:
        record = None if generation is None else CollectionRecord.open(generation / "dense")
    except IndexDamagedError:
        return None
    return record if record is not None and generation is not None and record.home == home_of(generation) else None


@contextmanager
def published(generation: Path, *, before: Path | None) -> Iterator[None]:
    """Point the alias to the collection of `generation`, and back to that of `before` if the block fails.

    Raises StoreError; the alias then stays as it was.
    """
    record = own_record(generation)
    if record is None:
        yield
        return
    client = _client(record)
    with _told(record):
        _point(client, record.alias, record.collection)
    try:
        yield
    except BaseException:
        _restore(client, record, own_record(before))
        raise


def withdraw(generation: Path, *, current: Path | None) -> None:
    """Drop the collection of a generation that is not in use, and point the alias to that of `current` if it had it.

    A Milvus that cannot be reached is logged only: what stays there goes with a later publication.
    """
    record = own_record(generation)
    if record is None:
        return
    try:
        client = _client(record)
        _restore(client, record, own_record(current))
        with _told(record):
            client.drop_collection(record.collection)
    except StoreError as error:
        event("index", "collection_left", level="warning", failure=error, collection=record.collection)


def sweep(generation: Path, *, keep: Collection[Path], grace_s: float = GRACE_S) -> None:
    """Drop the collections of the index that neither `generation` nor those of `keep` use, once readers had time to go.

    What cannot be dropped is logged only.
    """
    record = own_record(generation)
    if record is None:
        return
    used = {record.collection} | {kept.collection for folder in keep if (kept := own_record(folder)) is not None}
    try:
        client = _client(record)
        with _told(record):
            for name in unneeded(client.list_collections(), used, record.alias, now=time.time(), grace_s=grace_s):
                client.drop_collection(name)
    except StoreError as error:
        event("index", "collections_left", level="warning", failure=error, alias=record.alias)


def unneeded(
    names: Collection[str], used: Collection[str], alias: str, *, now: float, grace_s: float = GRACE_S
) -> list[str]:
    """Return those of the collections `names` under `alias` that may go: not `used`, and out of use for `grace_s`.

    A collection was replaced before the writer after the next one began, since writers come one after another.
    """
    begun = sorted((moment, name) for name in names if (moment := moment_of(name, alias=alias)) is not None)
    idle = []
    for place, (_, name) in enumerate(begun):
        if name not in used:
            replaced = begun[place + 2][0] if place + 2 < len(begun) else now
            idle.append((replaced, name))
    late = [name for replaced, name in idle if now - replaced >= grace_s]
    return late + [name for _, name in idle if name not in late][:-_MOST_KEPT]


def misdirected(generation: Path) -> str:
    """Return what is wrong with the alias of the generation in use; '' if nothing is. Raises StoreError."""
    record = own_record(generation)
    if record is None:
        return ""
    with _told(record):
        found = _target(_client(record), record.alias)
    return "" if found == record.collection else f"别名 {record.alias} 应指向 {record.collection}，实为 {found or '无'}"


def _client(record: CollectionRecord) -> Any:
    from index.milvus_address import milvus_address
    from index.milvus_client import connected

    return connected(milvus_address(record.store))


@contextmanager
def _told(record: CollectionRecord) -> Iterator[None]:
    from index.milvus_address import milvus_address
    from index.milvus_client import failures_told

    with failures_told(milvus_address(record.store)):
        yield


def _target(client: Any, alias: str) -> str | None:
    """Return the collection that `alias` points to, or None."""
    from pymilvus.exceptions import MilvusException

    try:
        return str(client.describe_alias(alias)["collection_name"])
    except MilvusException as error:
        if error.code in _NO_ALIAS:
            return None
        raise


def _point(client: Any, alias: str, collection: str) -> None:
    if _target(client, alias) is None:
        client.create_alias(collection, alias)
    else:
        client.alter_alias(collection, alias)


def _restore(client: Any, record: CollectionRecord, current: CollectionRecord | None) -> None:
    """Take the alias away from the collection of `record`, if it has it, and give it back to that of `current`."""
    with _told(record):
        if _target(client, record.alias) != record.collection:
            return
        if current is not None and current.alias == record.alias and current.collection != record.collection:
            client.alter_alias(current.collection, record.alias)
        else:
            client.drop_alias(record.alias)
