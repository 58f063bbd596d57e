"""What happens while a model answers, as values that a terminal or a page can show as they come."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.types import Answer


@dataclass(frozen=True, slots=True)
class Generation:
    """How a model's part of one answer went."""

    model: str
    sentences: int = 0
    """Sentences that the model wrote."""
    removed: tuple[Removed, ...] = ()
    dropped_marks: int = 0
    """Marks that pointed to no passage."""
    passages: int = 0
    """Passages that the model was shown."""
    dropped_passages: int = 0
    """Passages that found no room in the prompt."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    first_token_ms: float | None = None
    total_ms: float = 0.0
    cached: bool = False
    fault: str = ""
    """Kind of the failure; empty if the generation came to its end."""
    note: str = ""
    """One line for the reader: why the answer is the extractive one, or what was left out."""

    def to_record(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "model": self.model,
            "sentences": self.sentences,
            "removed": [{"text": one.text, "reasons": list(one.reasons)} for one in self.removed],
            "dropped_marks": self.dropped_marks,
            "passages": self.passages,
            "dropped_passages": self.dropped_passages,
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": self.completion_tokens,
            "first_token_ms": None if self.first_token_ms is None else round(self.first_token_ms, 1),
            "total_ms": round(self.total_ms, 1),
            "cached": self.cached,
            "fault": self.fault or None,
            "note": self.note,
        }


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A follow-up question as the model rewrote it."""

    question: str


@dataclass(frozen=True, slots=True)
class Drafted:
    """The extractive answer is there; the model is asked next."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Started:
    """The first piece has come."""

    first_token_ms: float


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence that the notices support, with the numbers of its citations."""

    text: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A sentence that they do not support, without marks, and why not."""

    text: str
    reasons: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Done:
    """The answer, always the last event; `extractive` is the one without the model, the same if that is what stays."""

    answer: Answer
    extractive: Answer


Event = Rewritten | Drafted | Started | Kept | Removed | Done


def final(events: Iterable[Event]) -> Answer:
    """Return the answer of the last event; raises ValueError if there is none."""
    for event in events:
        if isinstance(event, Done):
            return event.answer
    raise ValueError("the events ended without an answer")
