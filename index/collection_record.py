"""What a generation remembers of its Milvus collection: a file in its folder, under its manifest."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from index.errors import IndexDamagedError

if TYPE_CHECKING:
    from pathlib import Path

_FILE = "collection.json"
_COLLECTION = re.compile(r"(tongbao_[0-9a-f]{8})_(\d{10,})_([0-9a-f]{8})_([0-9a-f]{8})")
_MARK = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRecord:
    """A collection with the passages of one generation, and how they were put there."""

    store: str
    """The address, as `--store` took it."""
    collection: str
    """ALIAS_MOMENT_RANDOM_MODEL: the moment in Unix seconds, the model by the digest of its fingerprint."""
    home: str
    """The index folder that made it, absolute. A copy of the folder reads the collection and never drops it."""
    dimensions: int
    passages: int
    k1: float
    b: float
    """The settings of BM25 that its word weights were computed with."""
    index: str
    """FLAT, or HNSW for collections that are too large to be searched exactly."""

    @classmethod
    def open(cls, folder: Path) -> CollectionRecord | None:
        """Return the record kept in `folder`, or None if there is none. Raises IndexDamagedError."""
        path = folder / _FILE
        try:
            values = json.loads(path.read_text("utf-8"))
            record = cls(**values)
            if not _COLLECTION.fullmatch(record.collection):
                raise ValueError(record.collection)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError) as error:
            raise IndexDamagedError(f"索引文件 {path} 无法读取；请运行 tongbao verify") from error
        return record

    def save(self, folder: Path) -> None:
        """Write the record into the existing `folder`."""
        (folder / _FILE).write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1) + "\n", "utf-8")

    @property
    def alias(self) -> str:
        """The name that points to the collection of the generation in use."""
        return alias_of(self.collection)

    def is_of(self, fingerprint: str) -> bool:
        """Return whether the collection holds vectors of the model with this fingerprint."""
        return self.collection.endswith(f"_{_mark(fingerprint)}")


def new_collection(fingerprint: str, *, alias: str | None) -> str:
    """Return a name that no other collection has, under `alias` or a new one."""
    alias = alias or f"tongbao_{secrets.token_hex(4)}"
    return f"{alias}_{time.time_ns() // 10**9}_{secrets.token_hex(4)}_{_mark(fingerprint)}"


def alias_of(collection: str) -> str:
    """Return the alias of a collection by its name. Raises ValueError for a name that is not one of ours."""
    found = _COLLECTION.fullmatch(collection)
    if found is None:
        raise ValueError(collection)
    return found[1]


def moment_of(collection: str, *, alias: str) -> int | None:
    """Return when the collection was begun, in Unix seconds, or None if it does not belong to `alias`."""
    found = _COLLECTION.fullmatch(collection)
    return int(found[2]) if found is not None and found[1] == alias else None


def _mark(fingerprint: str) -> str:
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:_MARK]
