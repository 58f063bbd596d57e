"""A draft: an answer before its quotes are checked and its confidence is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a file to be cited."""

    file: str
    notice: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Draft:
    """What is to be said; `[n]` in `text` refers to `quotes`, counted from 1."""

    text: str
    short: str = ""
    items: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    best: Evidence | None = None
    """The evidence that carries the answer, for judging confidence."""
    certain: bool = False
    """Read by rule from what a notice says about itself, not searched for."""
    least: float = 0.0
    """Probability that it is right by the way it was found, whatever supports it."""
