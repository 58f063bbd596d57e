"""The nouns of a generation, and the seam behind which every language model stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from threading import Event


class Role(StrEnum):
    """Who says a message."""

    SYSTEM = "system"
    USER = "user"


class Fault(StrEnum):
    """Why a generation came to nothing."""

    SETUP = "setup"
    """Wrong settings, a missing package, a model that cannot be loaded."""
    UNREACHABLE = "unreachable"
    UNAUTHORIZED = "unauthorized"
    NO_MODEL = "no_model"
    BUSY = "busy"
    """429 after all retries."""
    CONTEXT = "context"
    """The prompt is longer than the model can take."""
    REFUSED = "refused"
    """Another 4xx."""
    BROKEN = "broken"
    """5xx after all retries, or an error told within the stream."""
    TIMEOUT = "timeout"
    DIED = "died"
    """The stream ended before the answer did."""
    GARBAGE = "garbage"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to the model."""

    role: Role
    text: str


@dataclass(slots=True)
class Receipt:
    """What a model tells about a generation once it has ended; filled in by `Llm.stream`."""

    finish: str = ""
    """`stop`, `length`, or what the server said; empty if it said nothing."""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached: bool = False


class Llm(Protocol):
    """A language model that writes text to messages."""

    @property
    def name(self) -> str:
        """What the model is called, for people and for caches; holds no secret."""

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        cancelled: Event | None = None,
        receipt: Receipt | None = None,
    ) -> Iterator[str]:
        """Yield the reply in pieces as they come; closing the iterator or setting `cancelled` stops the generation.

        A cancelled reply ends without an error. Raises LlmError, also after some pieces.
        """

    def count_tokens(self, text: str) -> int:
        """Return how many tokens `text` takes, or an estimate that is rather too high; 0 for an empty text."""
