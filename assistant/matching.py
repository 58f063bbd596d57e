"""How one sentence meets a question: what it says of each term, and what it shares as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.terms import places_of, related, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.probe import Probe
    from assistant.sentences import Sentence
    from index.types import Hit


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """How one sentence meets a question: per-term credits and shared features."""

    hard: NDArray[np.float32]
    soft: NDArray[np.float32]
    headings: NDArray[np.float32]
    passage: NDArray[np.float32]
    spots: tuple[tuple[int, int, float], ...]
    """Start, end and credit × weight of every term said or hinted at in the sentence."""
    shared: tuple[float, ...]
    heading_share: float
    extra: tuple[float, float, float]
    """Share of characters said; weight of the heaviest term said; share of search words said."""


def match_sentence(probe: Probe, sentence: Sentence, hit: Hit, rank: int) -> Match:
    """Return how `sentence` of the `rank`-th hit (from 0) meets the question."""
    hard = np.array([said(term, sentence.text) for term in probe.terms], np.float32)
    cosines = probe.vectors @ sentence.vectors.T if sentence.words else np.zeros((len(probe.terms), 0), np.float32)
    hints = np.array([related(float(row.max())) if row.size else 0.0 for row in cosines], np.float32) * 0.8
    soft = np.maximum(hard, hints)
    own = np.array([said(term, sentence.headings) for term in probe.terms], np.float32)
    headings = np.maximum(soft, 0.8 * own)
    before = np.array([said(term, sentence.before) for term in probe.terms], np.float32)
    passage = np.maximum(headings, 0.6 * before)
    shared = (
        _share(hard, probe.weights),
        _share(soft, probe.weights),
        _share(headings, probe.weights),
        _share(passage, probe.weights),
        float(probe.vector @ sentence.vector),
        hit.score,
        1.0 / (1 + rank),
        _pair_share(probe.pairs, sentence.text),
        float(((1 - passage) * probe.weights).max(initial=0.0) / max(float(probe.weights.max(initial=0.0)), 1e-6)),
    )
    extra = (
        character_share(probe.characters, sentence.text),
        float((soft * probe.weights).max(initial=0.0)),
        _words_share(probe.words, sentence.text),
    )
    spots = tuple(_spots(probe, sentence, hard, hints, cosines))
    return Match(hard, soft, headings, passage, spots, shared, _share(own, probe.weights), extra)


def _share(credits: NDArray[np.float32], weights: NDArray[np.float32]) -> float:
    total = float(weights.sum())
    return float(credits @ weights) / total if total else 0.0


def character_share(characters: dict[str, float], text: str) -> float:
    """Return the share of the characters' weight that a text holds; no characters give 0.0."""
    total = sum(characters.values())
    return sum(weight for char, weight in characters.items() if char in text) / total if total else 0.0


def _pair_share(pairs: dict[str, float], text: str) -> float:
    total = sum(pairs.values())
    return sum(weight for pair, weight in pairs.items() if pair in text) / total if total else 0.0


def _words_share(words: Sequence[tuple[str, float, bool]], text: str) -> float:
    """Return what of the question's words and wordings a text says, over what the question itself says."""
    total = sum(weight for _, weight, own in words if own)
    return min(1.0, sum(weight for word, weight, _ in words if word in text) / total) if total else 0.0


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
