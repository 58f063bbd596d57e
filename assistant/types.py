"""The nouns of the assistant: answers, citations, and what a question wants."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant.llm.events import Generation

from index.marks import Place


class Status(StrEnum):
    """What became of a question."""

    ANSWERED = "answered"
    NO_ANSWER = "no_answer"
    ERROR = "error"


class Reason(StrEnum):
    """Why a question has no answer."""

    UNKNOWN_UNIT = "unknown_unit"
    NOT_FOUND = "not_found"
    LOW_CONFIDENCE = "low_confidence"


class Mode(StrEnum):
    """How an answer is made."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


class Wanted(StrEnum):
    """The kind of answer that a question asks for."""

    NUMBER = "number"
    DATE = "date"
    ENTITY = "entity"
    TITLE = "title"
    CONTACT = "contact"
    LIST = "list"
    MEASURES = "measures"
    YES_NO = "yes_no"
    PHRASE = "phrase"


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered quote; `quote == text_of(file)[start:end]` always holds."""

    n: int
    """Counted from 1; `[n]` in the answer refers to it."""
    file: str
    notice: str
    title: str
    unit: str
    section: tuple[str, ...]
    start: int
    end: int
    quote: str
    place: Place = field(default_factory=Place)
    """Page, row of a table and file of an archive that the quote begins in, where they apply."""

    def to_record(self) -> dict[str, Any]:
        """Return the citation as plain JSON values, in the order of the contract; the place only where it applies."""
        return {
            "n": self.n,
            "file": self.file,
            "notice": self.notice,
            "title": self.title,
            "unit": self.unit,
            "section": list(self.section),
            "start": self.start,
            "end": self.end,
            "quote": self.quote,
            **self.place.to_record(),
        }


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The place and score of a passage that search returned."""

    file: str
    start: int
    end: int
    score: float

    def to_record(self) -> dict[str, Any]:
        """Return the place as plain JSON values."""
        return {"file": self.file, "start": self.start, "end": self.end, "score": round(self.score, 4)}


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer record of one question."""

    question: str
    status: Status
    answer: str
    """One or two sentences with `[n]` marks, a list, or the explanation of a refusal."""
    short_answer: str = ""
    """The bare value; empty if there is none."""
    items: tuple[str, ...] = ()
    """Parts of a list or of measures, or one `unit：value` per unit of a comparison."""
    confidence: float = 0.0
    """Estimated probability in [0, 1] that the answer is right."""
    mode: Mode = Mode.EXTRACTIVE
    citations: tuple[Citation, ...] = ()
    retrieved: tuple[Retrieved, ...] = ()
    reason: str | None = None
    elapsed_ms: float = 0.0
    id: str = ""
    standalone: str = ""
    """The question after what earlier questions add to it; equals `question` without a history."""
    notes: tuple[str, ...] = ()
    """What to know of the sources: versions of them that were not used, or that they are older versions."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Columns carried through a batch."""
    generation: Generation | None = None
    """How the language model's part went; None if none was asked."""

    def to_record(self) -> dict[str, Any]:
        """Return the record as plain JSON values, in the order of the contract."""
        return {
            "id": self.id,
            "question": self.question,
            "status": str(self.status),
            "answer": self.answer,
            "short_answer": self.short_answer,
            "items": list(self.items),
            "confidence": round(self.confidence, 4),
            "mode": str(self.mode),
            "citations": [citation.to_record() for citation in self.citations],
            "retrieved": [place.to_record() for place in self.retrieved],
            "reason": self.reason,
            "elapsed_ms": round(self.elapsed_ms, 1),
            "standalone_question": self.standalone or self.question,
            "notes": list(self.notes),
            **self.extra,
            **({"generation": self.generation.to_record()} if self.generation else {}),
        }
