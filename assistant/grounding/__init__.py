"""Holds what a language model writes against the passages it was given, sentence by sentence."""

from __future__ import annotations

from assistant.grounding.types import Problem, ProblemKind, SentenceVerdict, Source

__all__ = ["Problem", "ProblemKind", "SentenceVerdict", "Source"]
