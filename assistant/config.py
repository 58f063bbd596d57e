"""Settings of the assistant, passed in as one value."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantConfig:
    """How questions are answered."""

    threshold: float | None = None
    """Confidence below which an answer is withheld; None takes the calibrated one shipped with the weights."""
    top_k: int = 10
    """Passages listed in the record."""
    reader: bool = True
    """Whether the learned reader chooses the answer; off, to measure its worth, nearness to the question's words does."""
    all_versions: bool = False
    """Whether copies and older versions of notices are searched too."""
    unit_guard: bool = True
    """Whether a named unit restricts the search; off only to measure what it is worth."""
