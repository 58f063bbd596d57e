"""Events for the log. Where nobody has set up logging they cost a look into a dictionary."""

from __future__ import annotations

import sys
from typing import Any


def listening(logger: str, level: str = "info") -> bool:
    """Return whether an event of `level` on `tongbao.<logger>` would be written anywhere.

    A process in which nothing has imported `logging` has set up no log: it is not imported for this.
    """
    logging = sys.modules.get("logging")
    if logging is None:
        return False
    found = logging.getLogger(f"tongbao.{logger}")
    return bool(found.hasHandlers() and found.isEnabledFor(logging.getLevelName(level.upper())))


def event(
    logger: str, name: str, /, *, level: str = "info", failure: BaseException | None = None, **fields: Any
) -> None:
    """Log the event `name` with its `fields` on `tongbao.<logger>`, with the exception `failure` if there is one."""
    if not listening(logger, level):
        return
    import logging

    found = logging.getLogger(f"tongbao.{logger}")
    found.log(logging.getLevelName(level.upper()), name, exc_info=failure, extra={"fields": fields})
