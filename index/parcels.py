"""Files prepared by others, in parcels: some ahead of the one that is asked for, taken in their order."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, Protocol

from index.cluster_worker import Errand, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.scan import Candidate

FILES, BYTES = 128, 2**21
"""Most of one parcel: some tenths of a second of work, so that little is lost with a worker."""


class Crew(Protocol):
    """Those who work on parcels, wherever they are."""

    def room(self) -> int:
        """Return how many parcels may be under way."""

    def submit(self, parcel: list[Errand]) -> Any:
        """Begin a parcel, and return what `result` takes."""

    def result(self, parcel: list[Errand], begun: Any) -> list[Outcome]:
        """Return the outcomes of a parcel, in order, once they are there."""


class Parcels:
    """The queue of files that a crew prepares."""

    def __init__(self, crew: Crew, *, files: int = FILES) -> None:
        """Take the crew and how many files are handed out at a time."""
        self._crew = crew
        self._files = files
        self._waiting: deque[list[Errand]] = deque()
        self._running: deque[tuple[list[Errand], Any]] = deque()
        self._parcel_of: dict[str, int] = {}
        """By location, the number of the parcel that a file is in."""
        self._taken = 0
        """Parcels fetched, or passed over, so far."""
        self._ready: dict[str, Outcome] = {}

    def expect(self, candidates: Sequence[Candidate]) -> None:
        """Put the files into parcels, behind those that are there, and begin."""
        first = self._taken + len(self._running) + len(self._waiting)
        for number, parcel in enumerate(_parcels(candidates, self._files), start=first):
            self._waiting.append(parcel)
            self._parcel_of.update((errand.location, number) for errand in parcel)
        self._fill()

    def outcome(self, candidate: Candidate, name: str) -> Outcome | None:
        """Return what became of a file under `name`, None if it was not expected, or under another name."""
        location = str(candidate.location)
        while self._taken <= self._parcel_of.get(location, -1):
            self._fetch()
        outcome = self._ready.pop(location, None)
        return None if outcome is not None and outcome.document and outcome.document.path != name else outcome

    @property
    def is_empty(self) -> bool:
        """Whether all that was expected has been fetched."""
        return not self._running and not self._waiting

    def _fetch(self) -> None:
        """Take the results of the next parcel in the place of those of the one before."""
        parcel, begun = self._running.popleft()
        outcomes = self._crew.result(parcel, begun)
        self._ready = dict(zip((errand.location for errand in parcel), outcomes, strict=True))
        self._taken += 1
        self._fill()

    def _fill(self) -> None:
        room = self._crew.room()
        while self._waiting and len(self._running) < room:
            parcel = self._waiting.popleft()
            self._running.append((parcel, self._crew.submit(parcel)))


def _parcels(candidates: Sequence[Candidate], files: int) -> Iterator[list[Errand]]:
    """Yield the files in their order, some at a time."""
    parcel: list[Errand] = []
    size = 0
    for candidate in candidates:
        parcel.append(errand_of(candidate))
        try:
            size += candidate.location.stat().st_size
        except OSError:
            continue  # it is gone; whoever asks for it is told so
        if len(parcel) >= files or size >= BYTES:
            yield parcel
            parcel, size = [], 0
    if parcel:
        yield parcel


def errand_of(candidate: Candidate, name: str | None = None) -> Errand:
    """Return the errand of preparing a file, under the name that it probably gets unless another is given."""
    return Errand(str(candidate.location), str(candidate.root), name or candidate.relative)
