"""Forgetting the sessions that Gradio opens for calls of programs.

Each call without a session of its own is given one, of about 50 KB, and ten thousand of them would be kept: half a
gigabyte. A session of a browser holds a conversation; one of a program holds nothing that a next call could need.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import gradio

_KEPT = 64
"""Calls back from which on a session is forgotten: more than can be running at a time."""


class Sessions:
    """The sessions of the last calls, oldest first."""

    def __init__(self, page: gradio.Blocks, *, kept: int = _KEPT) -> None:
        self._page = page
        self._kept = kept
        self._last: deque[str] = deque()
        self._lock = threading.Lock()

    def note(self, session: str | None) -> None:
        """Note that a call came in `session`, and forget those of long ago that hold nothing."""
        if not session:
            return
        with self._lock:
            self._last.append(session)
            gone = [self._last.popleft() for _ in range(len(self._last) - self._kept)]
            gone = [name for name in gone if name not in self._last]
        holder: Any = getattr(self._page, "state_holder", None)
        for name in gone if holder else ():
            known = holder.session_data.get(name)
            if known is not None and not known.state_data:
                holder.session_data.pop(name, None)
                holder.time_last_used.pop(name, None)
