"""One question of a conversation and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from assistant.types import Answer
    from ui.evidence import Source
    from ui.feedback import Rating
    from ui.writing import Writing

_EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer, its error, or neither while it is being read."""

    question: str
    unit: str = ""
    """What was searched, in a few words; empty if all notices were."""
    answer: Answer | None = None
    error: str = ""
    sources: tuple[Source, ...] = ()
    """Citations of an answer, or the nearest passages of a refusal."""
    searched: int = 0
    """Number of notices that were searched."""
    units: tuple[str, ...] = ()
    """Units that were held at the time, told in a refusal."""
    shown: int | None = None
    """Number of characters of the answer that are shown so far; None shows all."""
    stopped: bool = False
    """Whether the person stopped the answer before it was shown in full."""
    scope: Scope = _EVERYTHING
    """What was searched."""
    generation: str = ""
    """The state of the index that was answered from."""
    rating: Rating | None = None
    """What the person said about the answer."""
    writing: Writing | None = None
    """What a language model wrote beside the answer, or the offer to; None if none is set up."""
    explanation: Mapping[str, Any] | None = None
    """How the answer came about, as `assistant.explain` tells it, or its `error`; None unless the person asked."""
