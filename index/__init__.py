"""Notices to a searchable index, and questions to passages. Knows nothing of answers.

    update_index([Path("notices")], directory=Path(".tongbao"))
    index = open_index(".tongbao")
    from index.search import search; search(index, "老旧小区改造了多少个？")

Names come from their modules when they are first used, so `import index` itself costs nothing. The function
`search` is not among them: the module of that name would hide it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from index.archive import ArchiveError, export_index, import_index
    from index.config import FusionMethod, IndexConfig
    from index.embedding import Embedder, ModelError, open_embedder
    from index.errors import (
        IndexDamagedError,
        IndexFormatError,
        IndexMissingError,
        ModelMismatchError,
        NothingIndexedError,
        ReadError,
        StoreDamagedError,
        StoreError,
        TongbaoError,
    )
    from index.lexicon import LexiconError
    from index.publish import IndexLockedError, IndexWriteError
    from index.repair import RepairReport, repair_index
    from index.store import Index, open_index
    from index.types import Hit, Notice, Passage, Section, SourceFile
    from index.update import UpdateReport, remove_notices, update_index
    from index.vector_store import Filter
    from index.verify import Problem, verify_index

__all__ = [
    "ArchiveError",
    "Embedder",
    "Filter",
    "FusionMethod",
    "Hit",
    "Index",
    "IndexConfig",
    "IndexDamagedError",
    "IndexFormatError",
    "IndexLockedError",
    "IndexMissingError",
    "IndexWriteError",
    "LexiconError",
    "ModelError",
    "ModelMismatchError",
    "NothingIndexedError",
    "Notice",
    "Passage",
    "Problem",
    "ReadError",
    "RepairReport",
    "Section",
    "SourceFile",
    "StoreDamagedError",
    "StoreError",
    "TongbaoError",
    "UpdateReport",
    "export_index",
    "import_index",
    "open_embedder",
    "open_index",
    "remove_notices",
    "repair_index",
    "update_index",
    "verify_index",
]

_HOMES = {
    "archive": ("ArchiveError", "export_index", "import_index"),
    "config": ("FusionMethod", "IndexConfig"),
    "embedding": ("Embedder", "ModelError", "open_embedder"),
    "lexicon": ("LexiconError",),
    "store": ("Index", "open_index"),
    "types": ("Hit", "Notice", "Passage", "Section", "SourceFile"),
    "publish": ("IndexLockedError", "IndexWriteError"),
    "repair": ("RepairReport", "repair_index"),
    "update": ("UpdateReport", "remove_notices", "update_index"),
    "vector_store": ("Filter",),
    "verify": ("Problem", "verify_index"),
}


def __getattr__(name: str) -> Any:
    """Return a public name from its module; names of errors need no table."""
    if name not in __all__:
        raise AttributeError(f"module 'index' has no attribute {name!r}")
    home = next((module for module, names in _HOMES.items() if name in names), "errors")
    return getattr(importlib.import_module(f"index.{home}"), name)
