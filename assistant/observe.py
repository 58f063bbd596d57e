"""What happened to one question on its way, kept while somebody watches: stages with their times, and readings."""

from __future__ import annotations

import time
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from index.events import event, listening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from assistant.question import Question
    from assistant.reading import Reading
    from assistant.types import Answer
    from assistant.units import Unit


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading of a question: within some units, or within none in particular."""

    asked: Question
    units: tuple[Unit, ...]
    reading: Reading


@dataclass(slots=True)
class Observation:
    """What was seen of one question."""

    stages: dict[str, float] = field(default_factory=dict)
    """Milliseconds by stage, in the order in which stages began; a stage gone through twice counts both times."""
    readings: list[Seen] = field(default_factory=list)
    asked: Question | None = None

    def add(self, stage: str, milliseconds: float) -> None:
        """Add to what a stage took."""
        self.stages[stage] = self.stages.get(stage, 0.0) + milliseconds


_WATCHED: ContextVar[Observation | None] = ContextVar("observation", default=None)


@contextmanager
def observing() -> Iterator[Observation]:
    """Yield what is seen of the question asked in the block."""
    observation = Observation()
    token = _WATCHED.set(observation)
    try:
        yield observation
    finally:
        _WATCHED.reset(token)


def understood(asked: Question) -> Question:
    """Return `asked`, noted as how the question was understood if somebody watches."""
    observation = _WATCHED.get()
    if observation is not None:
        observation.asked = asked
    return asked


def noted(asked: Question, units: Sequence[Unit], reading: Reading) -> Reading:
    """Return `reading`, kept if somebody watches."""
    observation = _WATCHED.get()
    if observation is not None:
        observation.readings.append(Seen(asked, tuple(units), reading))
    return reading


def logged(answer: Answer, asked: Question, milliseconds: float) -> None:
    """Log that a question was answered; its words only where the log is to hold them."""
    if not listening("ask"):
        return
    observation = _WATCHED.get()
    event(
        "ask",
        "asked",
        status=answer.status,
        reason=answer.reason,
        wanted=asked.wanted,
        units=[unit.name for unit in asked.places.units],
        years=asked.years,
        confidence=round(answer.confidence, 4),
        citations=len(answer.citations),
        elapsed_ms=round(milliseconds, 1),
        stages_ms={name: round(taken, 1) for name, taken in observation.stages.items()} if observation else None,
        question=asked.text,
        answer=answer.answer,
    )


class _Unwatched:
    """A stage that nobody watches."""

    __slots__ = ()

    def __enter__(self) -> None:
        return None

    def __exit__(self, *_: object) -> None:
        return None


class _Stage:
    """A stage whose time is added to an observation."""

    __slots__ = ("_began", "_name", "_observation")

    def __init__(self, observation: Observation, name: str) -> None:
        self._observation, self._name = observation, name
        observation.add(name, 0.0)

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._observation.add(self._name, (time.perf_counter() - self._began) * 1000)


_NOBODY = _Unwatched()


def stage(name: str) -> Any:
    """Return what times a stage of the answer in a `with` block; nothing is timed if nobody watches."""
    observation = _WATCHED.get()
    return _NOBODY if observation is None else _Stage(observation, name)
