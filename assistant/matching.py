"""How one sentence meets a question: what it says of each term, and what it shares as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from assistant.terms import places_of, related, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.probe import Probe
    from assistant.sentences import Sentence
    from index.types import Hit


_BEFORE = np.float32(0.6)
"""Credit of a term that the passage says before the sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """How one sentence meets a question: per-term credits and shared features."""

    hard: NDArray[np.float32]
    soft: NDArray[np.float32]
    headings: NDArray[np.float32]
    passage: NDArray[np.float32]
    spots: tuple[tuple[int, int, float], ...]
    """Start, end and credit × weight of every term said or hinted at in the sentence."""
    places: tuple[tuple[int, int, float], ...]
    """The same, each place once with the most that is said there."""
    shared: tuple[float, ...]
    heading_share: float
    extra: tuple[float, float, float]
    """Share of characters said; weight of the heaviest term said; share of search words said."""
    clauses: dict[tuple[int, int], tuple[float, float, float]] = field(default_factory=dict)
    """What was worked out for clauses `start:end`, for the next candidate there."""


def credits_of(probe: Probe, text: str) -> NDArray[np.float32]:
    """Return how far folded `text` says each term of the probe, shape (terms,)."""
    return np.array([said(term, text) for term in probe.terms], np.float32)


def match_sentence(
    probe: Probe, sentence: Sentence, hit: Hit, rank: int, *, own: NDArray[np.float32] | None = None
) -> Match:
    """Return how `sentence` of the `rank`-th hit (from 0) meets the question.

    `own` is what its headings say of the terms, if that is known from another sentence under the same headings.
    """
    hard = credits_of(probe, sentence.text)
    cosines = probe.vectors @ sentence.vectors.T if sentence.words else np.zeros((len(probe.terms), 0), np.float32)
    nearest = cosines.max(axis=1).tolist() if cosines.size else [0.0] * len(probe.terms)
    hints = np.array([related(cosine) for cosine in nearest], np.float32) * 0.8
    soft = np.maximum(hard, hints)
    own = credits_of(probe, sentence.headings) if own is None else own
    headings = np.maximum(soft, 0.8 * own)
    passage = np.maximum(headings, _BEFORE * _said_before(probe, sentence, headings))
    shared = (
        _share(hard, probe),
        _share(soft, probe),
        _share(headings, probe),
        _share(passage, probe),
        float(probe.vector @ sentence.vector),
        hit.score,
        1.0 / (1 + rank),
        _pair_share(probe, sentence.text),
        float(((1 - passage) * probe.weights).max(initial=0.0) / max(float(probe.weights.max(initial=0.0)), 1e-6)),
    )
    extra = (
        character_share(probe, sentence.text),
        float((soft * probe.weights).max(initial=0.0)),
        _words_share(probe, sentence.text),
    )
    spots = tuple(_spots(probe, sentence, hard, hints, cosines))
    most: dict[tuple[int, int], float] = {}
    for start, end, credit in spots:
        most[start, end] = max(most.get((start, end), 0.0), credit)
    places = tuple((start, end, credit) for (start, end), credit in most.items())
    return Match(hard, soft, headings, passage, spots, places, shared, _share(own, probe), extra)


def _said_before(probe: Probe, sentence: Sentence, headings: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what the passage says of the terms before the sentence; 0 where `headings` is not to be surpassed."""
    low = (headings < _BEFORE).tolist() if sentence.before else [False] * len(probe.terms)
    return np.array(
        [said(term, sentence.before) if open_ else 0.0 for term, open_ in zip(probe.terms, low, strict=True)],
        np.float32,
    )


def _share(credits: NDArray[np.float32], probe: Probe) -> float:
    total = probe.totals.terms
    return float(credits @ probe.weights) / total if total else 0.0


def character_share(probe: Probe, text: str) -> float:
    """Return the share of the weight of the probe's characters that a text holds; no characters give 0.0."""
    total = probe.totals.characters
    return sum([weight for char, weight in probe.characters.items() if char in text]) / total if total else 0.0


def _pair_share(probe: Probe, text: str) -> float:
    total = probe.totals.pairs
    return sum([weight for pair, weight in probe.pairs.items() if pair in text]) / total if total else 0.0


def _words_share(probe: Probe, text: str) -> float:
    """Return what of the question's words and wordings a text says, over what the question itself says."""
    total = probe.totals.words
    return min(1.0, sum([weight for word, weight, _ in probe.words if word in text]) / total) if total else 0.0


def _spots(
    probe: Probe,
    sentence: Sentence,
    hard: NDArray[np.float32],
    hints: NDArray[np.float32],
    cosines: NDArray[np.float32],
) -> Sequence[tuple[int, int, float]]:
    spots: list[tuple[int, int, float]] = []
    for number, term in enumerate(probe.terms):
        starts = places_of(term, sentence.text) if hard[number] else []
        spots += [(start, start + len(term.text), float(hard[number] * term.weight)) for start in starts]
        if not starts and hints[number] > 0:
            word = sentence.words[int(cosines[number].argmax())]
            start = sentence.text.find(word)
            if start >= 0:
                spots.append((start, start + len(word), float(hints[number] * term.weight)))
    return spots
