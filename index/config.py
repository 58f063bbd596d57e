"""The settings of an index, in one value. Only the command line reads the environment."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

PIPELINE_VERSION = 4
"""Raised when notices, passages, tokens or embedded texts are made differently: kept files are then made anew."""


class FusionMethod(StrEnum):
    """How the lexical and the dense ranking become one."""

    MIN_MAX = "min-max"
    RECIPROCAL_RANK = "reciprocal-rank"


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexConfig:
    """How an index is built and searched. A value out of range raises ValueError."""

    # --- build: a change makes the index anew ---
    passage_size: int = 400
    """Upper length of a passage in characters: two to four sentences of a notice. Passages of about 250 were the
    measured size of decision 1; the longer ones keep the numbered parts of one measure together."""
    heading_repeats: int = 1
    """How often title and heading path count beside the passage's own words; without them the reciprocal rank of
    every method falls by about 0.05 (decision 1). 0 leaves them out."""
    model: str | None = None
    """Name or folder of a sentence-transformers model; None: the index's own, and the shipped one for a new index."""
    exact_up_to: int = 20_000
    """Passages up to which vectors are kept whole and compared one by one; more are kept in lists, one byte a number
    (decision 19). About 7,000 news texts, or 400 notices of forty pages."""

    store: str = ""
    """Where words and vectors are found: empty for FAISS in the index folder, else the address of a Milvus."""

    # --- search: free to change at any time ---
    k1: float = 1.5
    """BM25 saturation of repeated words; 1.2 to 2.0 in Manning, Raghavan, Schütze: Introduction to Information
    Retrieval, section 11.4.3; 1.5 is the default of bm25s."""
    b: float = 0.75
    """BM25 length normalisation; 0.75 as in the same source and in bm25s."""
    lexical_weight: float = 0.65
    """Measured on 137 paraphrased questions: 0.65 + 0.35 gives 0.83, lexical alone 0.79, dense alone 0.51."""
    dense_weight: float = 0.35
    fusion: FusionMethod = FusionMethod.MIN_MAX
    rank_constant: int = 60
    """k of reciprocal rank fusion: Cormack, Clarke, Büttcher, SIGIR 2009."""
    candidates: int = 100
    """Passages that each channel hands to fusion: ten times the ten that are shown."""
    bigrams: bool = True
    """Whether pairs of characters of the question are looked for beside its words; off only to measure their worth."""
    expand_dense: bool = False
    """Whether the official wordings of the lexicon join the question in the dense channel too."""
    lexicon: Path | None = None
    """The user's own lexicon, read after the shipped one."""

    # --- writing ---
    lock_timeout: float = 30.0
    """Seconds that a writer waits for another one to finish."""

    def __post_init__(self) -> None:
        at_least = {"passage_size": 50, "heading_repeats": 0, "rank_constant": 1, "candidates": 1, "exact_up_to": 0}
        for name, least in at_least.items():
            if getattr(self, name) < least:
                raise ValueError(f"{name} is {getattr(self, name)}, but must be at least {least}")
        for name in ("k1", "lexical_weight", "dense_weight", "lock_timeout"):
            if not getattr(self, name) >= 0:
                raise ValueError(f"{name} is {getattr(self, name)}, but must not be negative")
        if not 0 <= self.b <= 1:
            raise ValueError(f"b is {self.b}, but must lie between 0 and 1")
        if self.lexical_weight + self.dense_weight == 0:
            raise ValueError("lexical_weight and dense_weight are both 0")

    def to_json(self) -> dict[str, Any]:
        """Return the settings as JSON values; `from_json` is the inverse."""
        return asdict(self) | {"fusion": str(self.fusion), "lexicon": str(self.lexicon) if self.lexicon else None}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> IndexConfig:
        """Return the settings held in `values`; absent ones take their default, unknown ones are ignored."""
        known = {field.name for field in fields(cls)}
        chosen = {name: value for name, value in values.items() if name in known}
        if "fusion" in chosen:
            chosen["fusion"] = FusionMethod(chosen["fusion"])
        if chosen.get("lexicon") is not None:
            chosen["lexicon"] = Path(chosen["lexicon"])
        return cls(**chosen)

    def with_build_of(self, built: IndexConfig) -> IndexConfig:
        """Return these search settings with the build settings of `built`."""
        names = ("passage_size", "heading_repeats", "model", "exact_up_to", "store")
        return replace(self, **{name: getattr(built, name) for name in names})
