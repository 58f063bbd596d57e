"""Loaded once into the server from which the processes under torture are forked: they then begin at once.

The one module of the house that works when it is imported, since only imports are shared with forked processes.
"""

from __future__ import annotations

import filelock

import index.notices
import index.passages
import index.readers
import index.update
from index.analysis import tokens
from index.embedding import open_embedder

EMBEDDER = open_embedder(None)
EMBEDDER.encode(["暖机"])
tokens("暖机")
__all__ = ["EMBEDDER", "filelock", "index"]
