"""Replies that are closed when their reader leaves, so that the server stops at once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def closed(pieces: Iterator[str]) -> Iterator[Iterator[str]]:
    """Yield `pieces` and close them at the end of the block, if they can be closed."""
    try:
        yield pieces
    finally:
        close = getattr(pieces, "close", None)
        if close is not None:
            close()
