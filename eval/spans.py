"""Overlap of retrieved and cited places with gold evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from eval.gold import Evidence


class Place(Protocol):
    """A half-open stretch of a file: a citation, a retrieved passage."""

    @property
    def file(self) -> str:
        """The file, relative to the indexed folder."""
        ...

    @property
    def start(self) -> int:
        """First code point."""
        ...

    @property
    def end(self) -> int:
        """One past the last code point."""
        ...


def overlap(start: int, end: int, other_start: int, other_end: int) -> int:
    """Return how many characters two half-open stretches share, 0 if none."""
    return max(0, min(end, other_end) - max(start, other_start))


def covers(place: Place, evidence: Evidence) -> bool:
    """Whether `place` shares with the evidence at least half of the shorter of the two.

    For a passage that is: half of the evidence stands in it, or half of it is evidence. Any of the places at
    which a quote stands will do.
    """
    if place.file != evidence.file or place.end <= place.start:
        return False
    return any(
        2 * overlap(place.start, place.end, start, end) >= min(place.end - place.start, end - start)
        for start, end in evidence.places
    )
