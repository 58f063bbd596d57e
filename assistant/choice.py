"""Which of several values in one sentence is meant, where the parts they play say it beyond doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.terms import said
from assistant.types import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.evidence import Evidence
    from assistant.probe import Probe

_ROLES = ("year_fit", "state_fit", "stage_fit", "change_fit", "office_fit", "total_fit")
_CLEARLY = 1.0
"""Difference in one part from which a value plays it and another does not."""
_LESS = 0.3
"""How much less a value may fit in other ways and still be the better one."""
_BEHIND = 6
"""Characters behind a figure in which its own noun stands (28个问题)."""
_TYPED = {
    Wanted.NUMBER: ("figure",),
    Wanted.DATE: ("date",),
    Wanted.TITLE: ("title",),
}


def unbeaten(found: Sequence[Evidence], probe: Probe) -> list[Evidence]:
    """Return those of the candidates `found` in one sentence that no rival outplays, in their order; none give none.

    A rival of the same kind outplays what does not play the asked part where it does itself. It must be no worse in any
    part, nor in its unit; else nothing is beyond doubt.
    """
    parts = [(item, item.feature("unit_fit"), _parts(item, probe)) for item in found]
    return [
        item
        for item, fit, own in parts
        if not any(
            rival.candidate.kind == item.candidate.kind and rivalling >= fit - _LESS and _better(theirs, own)
            for rival, rivalling, theirs in parts
            if rival is not item
        )
    ]


def _better(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    no_worse = all(mine >= theirs - _LESS for mine, theirs in zip(one, other, strict=True))
    return no_worse and any(mine >= theirs + _CLEARLY for mine, theirs in zip(one, other, strict=True))


def _parts(item: Evidence, probe: Probe) -> tuple[float, ...]:
    return (*(item.feature(name) for name in _ROLES), _counts(item, probe))


def _counts(item: Evidence, probe: Probe) -> float:
    """Return 1.0 if the noun that the question counts stands right behind a figure."""
    if item.candidate.kind != "figure" or not probe.noun:
        return 0.0
    behind = item.sentence.text[item.candidate.end : item.candidate.end + _BEHIND]
    return float(max(said(term, behind) for term in probe.noun) >= _CLEARLY)


def typed_inside(best: Evidence, found: Sequence[Evidence], wanted: Wanted) -> Evidence:
    """Return the bare value inside a clause that was found to answer, `best` itself if it is bare or holds none.

    `found` holds the candidates of its sentence, best first.
    """
    kinds = _TYPED.get(wanted, ())
    if best.candidate.kind != "clause":
        return best
    inside = (
        item for item in found if item.candidate.kind in kinds and best.start <= item.start and item.end <= best.end
    )
    return next(inside, best)
