"""Settings of the assistant, passed in as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path  # noqa: TC003  (the types of fields are asked for)

OLDER_ON_REQUEST = "（加 --all-versions 可一并查询）"
"""How the command line brings in an older version, as a note of an answer says; the page has another way."""


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
    reranker: str | None = None
    """A cross-encoder of sentence-transformers that puts the passages into order, by name or folder; None: none."""
    extractor: str | None = None
    """An extractive model of transformers in the place of the shipped span model, by name or folder."""
    calibration: Path | None = None
    """A file written by `tongbao eval calibrate`; None takes the calibration shipped with the weights."""
