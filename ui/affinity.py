"""Which web process holds what a request is about.

A conversation, a call under way and an upload's progress live in the process that began them. Their names stand in
the requests: `session_hash`, `event_id`, `upload_id`, and `session_id` for language models.
"""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Sequence

_PREFIX = "/gradio_api"
_IN_QUERY = frozenset({"session_hash", "upload_id", "session_id"})
_IN_BODY = ("session_hash", "event_id")
_IN_PATH = re.compile(rf"{_PREFIX}/(?:heartbeat/|stream/|call/(?:v2/)?[^/]+/)([^/]+)")
_TELLING = re.compile(rf"{_PREFIX}/(?:queue/join|cancel|reset|component_server|(?:call/(?:v2/)?|run/|api/)[^/]+)/?")
_BEGINNING = re.compile(rf"{_PREFIX}/(?:queue/join|call/(?:v2/)?[^/]+)/?")
_LONGEST = 256
_KEPT = 100_000
"""Names kept in mind: some 20 MB of them."""

Place = TypeVar("Place")


def told_in_address(path: str, query: str) -> str:
    """Return the name that the address of a request holds; empty if it holds none.

    >>> told_in_address("/gradio_api/queue/data", "session_hash=ab1"), told_in_address("/gradio_api/call/ask/e7", "")
    ('ab1', 'e7')
    """
    for name, value in parse_qsl(query, keep_blank_values=False):
        if name in _IN_QUERY:
            return value[:_LONGEST]
    found = _IN_PATH.fullmatch(path.rstrip("/")) or (_IN_PATH.match(path) if "/stream/" in path else None)
    return found[1][:_LONGEST] if found else ""


def tells_in_body(method: str, path: str) -> bool:
    """Return whether the body of such a request can hold a name: JSON, and small."""
    return method == "POST" and _TELLING.fullmatch(path) is not None


def told_in_body(body: bytes) -> str:
    """Return the name that the body of a request holds; empty if it holds none or is no JSON object."""
    values = _object(body)
    return next((values[key][:_LONGEST] for key in _IN_BODY if isinstance(values.get(key), str) and values[key]), "")


def begins_something(method: str, path: str) -> bool:
    """Return whether the answer to such a request names what was begun, for requests to come."""
    return method == "POST" and _BEGINNING.fullmatch(path) is not None


def name_begun(body: bytes) -> str:
    """Return the name of what an answer says was begun; empty if it says nothing of the kind."""
    name = _object(body).get("event_id")
    return name[:_LONGEST] if isinstance(name, str) else ""


def _object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return values if isinstance(values, dict) else {}


class Affinity(Generic[Place]):
    """Remembers at which place each name was last; forgets the names that were not used for longest."""

    def __init__(self, *, kept: int = _KEPT) -> None:
        self._kept = kept
        self._places: OrderedDict[str, Place] = OrderedDict()

    def place_of(self, name: str, living: Sequence[Place]) -> Place | None:
        """Return the place of `name` if it is one of the `living`; None for an unknown name, and for no name."""
        known = self._places.get(name)
        if known is None or not any(known is one for one in living):
            return None
        self._places.move_to_end(name)
        return known

    def note(self, name: str, place: Place) -> None:
        """Remember that `name` is at `place`; no name is passed over."""
        if not name:
            return
        self._places[name] = place
        self._places.move_to_end(name)
        while len(self._places) > self._kept:
            self._places.popitem(last=False)
