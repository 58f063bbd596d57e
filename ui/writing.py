"""What a language model writes beside an answer, asked for with a click; nothing here if none is set up."""

from __future__ import annotations

import logging
import threading
import uuid
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from assistant.llm.config import Unsupported
from assistant.llm.events import Done, Kept, Removed, Rewritten, Started
from assistant.types import Mode
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.llm.answering import Writer
    from assistant.llm.events import Event
    from assistant.types import Citation
    from ui.turns import Turn

    Turns = tuple[Turn, ...]

_LOG = logging.getLogger(__name__)
_ASKED = "\ue000write:"
"""Before the number of a turn where else a question stands; nobody types a private character."""


class State(StrEnum):
    """How far a writing is."""

    OFFERED = "offered"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence as it was written; `reasons` say why it does not count, none for one that does."""

    text: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Writing:
    """What a model has written to one question so far."""

    state: State = State.OFFERED
    ticket: str = ""
    lines: tuple[Line, ...] = ()
    rewritten: str = ""
    seconds: float | None = None
    """Until the first piece came."""
    note: str = ""
    citations: tuple[Citation, ...] = ()

    @property
    def running(self) -> bool:
        """Whether more is to come."""
        return self.state is State.RUNNING


@runtime_checkable
class Streaming(Protocol):
    """An assistant that a language model may write for."""

    @property
    def writer(self) -> Writer | None:
        """The model's part, None without one."""

    def stream(self, question: str, *, history: Sequence[str] = (), **only: Any) -> Iterator[Event]:
        """Return what happens while the model answers."""


def offered(assistant: object) -> Writing | None:
    """Return an offer to write if the assistant has a language model, else None."""
    return Writing() if isinstance(assistant, Streaming) and assistant.writer is not None else None


def is_written_to(turns: Turns) -> bool:
    """Return whether a model is writing to a turn of the conversation."""
    return any(turn.writing is not None and turn.writing.running for turn in turns)


def request(turn: int) -> str:
    """Return what stands in the place of a question when a model is to write to turn number `turn`."""
    return f"{_ASKED}{turn}"


def requested(question: str) -> int | None:
    """Return the number of the turn that is to be written to, None for a question."""
    number = question.removeprefix(_ASKED)
    return int(number) if number != question and number.isascii() and number.isdigit() and len(number) < 6 else None


class Pens:
    """The writings under way, so that a click can stop one at its server."""

    def __init__(self) -> None:
        self._running: dict[str, threading.Event] = {}

    def write(self, assistant: object, question: str, history: Sequence[str], **only: Any) -> Iterator[Writing]:
        """Yield the writing as it grows; the last one is done or stopped. Without a model nothing is yielded."""
        if not isinstance(assistant, Streaming) or assistant.writer is None:
            return
        strike = assistant.writer.config.unsupported is Unsupported.STRIKE
        ticket, cancelled = uuid.uuid4().hex, threading.Event()
        self._running[ticket] = cancelled
        writing = Writing(State.RUNNING, ticket)
        yield writing
        try:
            for event in assistant.stream(question, history=history, cancelled=cancelled, **only):
                writing = _after(writing, event, strike=strike)
                yield writing
        except TongbaoError as error:
            yield replace(writing, state=State.DONE, lines=(), note=str(error))
        except Exception as error:  # noqa: BLE001 - the edge of the page: one question must not hang its session
            _LOG.exception("a language model could not answer")
            yield replace(writing, state=State.DONE, lines=(), note=f"程序内部错误（{type(error).__name__}）")
        finally:
            cancelled.set()
            self._running.pop(ticket, None)

    def write_to(self, i: int, turns: Turns, assistant: object) -> Iterator[Turns]:
        """Yield the conversation while a model writes to turn `i`; without that turn or a model nothing."""
        if i >= len(turns):
            return
        turn = turns[i]
        history = [before.question for before in turns[:i] if before.answer is not None]
        for writing in self.write(assistant, turn.question, history, scope=turn.scope or None, top_k=10):
            yield (*turns[:i], replace(turn, writing=writing), *turns[i + 1 :])

    def stop_all(self, turns: Turns) -> Turns:
        """End whatever is being written to a conversation."""
        return tuple(replace(turn, writing=self.stop(turn.writing)) if turn.writing else turn for turn in turns)

    def stop(self, writing: Writing) -> Writing:
        """End a writing; what was written of it is struck, since nothing of it is an answer."""
        cancelled = self._running.get(writing.ticket)
        if cancelled is not None:
            cancelled.set()
        return replace(writing, state=State.STOPPED) if writing.running else writing


def _after(writing: Writing, event: Event, *, strike: bool) -> Writing:
    if isinstance(event, Rewritten):
        return replace(writing, rewritten=event.question)
    if isinstance(event, Started):
        return replace(writing, seconds=event.first_token_ms / 1000)
    if isinstance(event, Kept):
        return replace(writing, lines=(*writing.lines, Line(event.text)))
    if isinstance(event, Removed):
        line = Line(event.text, tuple(event.reasons) or ("",))
        return replace(writing, lines=(*writing.lines, line)) if strike else writing
    if not isinstance(event, Done):
        return writing
    note = event.answer.generation.note if event.answer.generation else ""
    if event.answer.mode is Mode.LLM and event.answer.citations:
        return replace(writing, state=State.DONE, note=note, citations=event.answer.citations)
    struck = tuple(line if line.reasons else Line(line.text, ("",)) for line in writing.lines) if strike else ()
    return replace(writing, state=State.DONE, note=note, lines=struck)
