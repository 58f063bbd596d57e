"""Addresses of a question and of a place in a notice, as they are sent to colleagues."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

from assistant.scope import Scope
from ui.scopes import year

_MAX_QUESTION = 2000
_MAX_FIELDS = 300
_EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Address:
    """What the address of the page asks for; empty strings and -1 where it says nothing."""

    question: str = ""
    scope: Scope = _EVERYTHING
    notice: str = ""
    start: int = -1
    end: int = -1


def question_link(question: str, *, scope: Scope = _EVERYTHING) -> str:
    """Return the address that asks `question` again, in the same scope."""
    chosen = [("unit", unit) for unit in scope.units] + [("in", notice) for notice in scope.notices]
    years = [(key, str(said)) for key, said in (("from", scope.first_year), ("to", scope.last_year)) if said]
    return "?" + urlencode([("q", question), *chosen, *years])


def notice_link(notice: str, *, start: int = -1, end: int = -1) -> str:
    """Return the address of a notice, at a place if `start` and `end` say one."""
    place = {"start": str(start), "end": str(end)} if 0 <= start < end else {}
    return "?" + urlencode({"notice": notice, **place})


def read_address(search: str) -> Address:
    """Return what the query part of an address asks for; anything unreadable counts as not said.

    >>> read_address("?notice=n1&start=3&end=9")
    Address(question='', scope=Scope(units=(), notices=(), first_year=None, last_year=None), notice='n1', start=3, end=9)
    """
    try:
        fields = parse_qs(search.removeprefix("?"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        return Address()

    def first(key: str) -> str:
        return fields.get(key, [""])[0].strip()

    def every(key: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(filter(None, (said.strip() for said in fields.get(key, [])))))

    return Address(
        question=first("q")[:_MAX_QUESTION],
        scope=Scope(every("unit"), every("in"), year(first("from")), year(first("to"))),
        notice=first("notice"),
        start=_offset(first("start")),
        end=_offset(first("end")),
    )


def _offset(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else -1
