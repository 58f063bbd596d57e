"""The choice of what is searched, as the browser and the address of the page say it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from assistant.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 5000
_LONGEST = 200
_UNITS_NAMED = 3


def read_scope(text: str) -> Scope:
    """Return the scope that the browser sent; anything unreadable counts as not chosen.

    >>> read_scope('{"units": ["云川市"], "from": "2023"}')
    Scope(units=('云川市',), notices=(), first_year=2023, last_year=None)
    """
    try:
        sent = json.loads(text) if text else {}
    except ValueError:
        return Scope()
    if not isinstance(sent, dict):
        return Scope()
    return Scope(_names(sent.get("units")), _names(sent.get("notices")), year(sent.get("from")), year(sent.get("to")))


def write_scope(scope: Scope) -> str:
    """Return a scope as `read_scope` reads it; an empty scope gives an empty string."""
    if not scope:
        return ""
    years = {"from": str(scope.first_year or ""), "to": str(scope.last_year or "")}
    return json.dumps({"units": scope.units, "notices": scope.notices, **years}, ensure_ascii=False)


def year(value: object) -> int | None:
    """Return a year of four digits, or None."""
    text = str(value or "")
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() else None


def told(scope: Scope, words: Mapping[str, str]) -> str:
    """Return a scope in a few words; an empty scope gives an empty string."""
    units = "、".join(scope.units[:_UNITS_NAMED])
    if len(scope.units) > _UNITS_NAMED:
        units = words["scope_units"].format(units=units, count=len(scope.units))
    picked = words["scope_picked"].format(count=len(scope.notices)) if scope.notices else ""
    where = words["scope_and"].join(filter(None, (units, picked)))
    return words["scope_in"].join(filter(None, (where, _years(scope, words))))


def _years(scope: Scope, words: Mapping[str, str]) -> str:
    first, last = scope.first_year, scope.last_year
    if first is None and last is None:
        return ""
    key = "scope_until" if first is None else "scope_since" if last is None else "scope_between"
    return words["scope_one_year" if first == last else key].format(first=first, last=last)


def _names(sent: Any) -> tuple[str, ...]:
    if not isinstance(sent, list):
        return ()
    named = (item.strip() for item in sent[:_MOST] if isinstance(item, str) and len(item) <= _LONGEST)
    return tuple(dict.fromkeys(filter(None, named)))
