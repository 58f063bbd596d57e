"""How sentences meet a question: what each says of each term, and what it shares as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from assistant.terms import places_of, related, said

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from assistant.probe import Probe
    from assistant.sentences import Sentence
    from assistant.terms import Term
    from index.types import Hit

    Weighted = list[tuple[str, float]]
    Spot = tuple[int, int, float]


_BEFORE = np.float32(0.6)
"""Credit of a term that the passage says before the sentence."""
_HINTED, _HEADED = 0.8, 0.8
"""Credit of a term that a related word hints at, and of one that only the headings say."""


@dataclass(frozen=True, slots=True, eq=False)
class Match:
    """How one sentence meets a question: per-term credits and shared features."""

    hard: NDArray[np.float32]
    soft: NDArray[np.float32]
    headings: NDArray[np.float32]
    passage: NDArray[np.float32]
    spots: tuple[Spot, ...]
    """Start, end and credit × weight of every term said or hinted at in the sentence."""
    places: tuple[Spot, ...]
    """The same, each place once with the most that is said there."""
    shared: tuple[float, ...]
    heading_share: float
    extra: tuple[float, float, float]
    """Share of characters said; weight of the heaviest term said; share of search words said."""
    characters: tuple[tuple[str, float], ...] = ()
    """Characters of the question that the sentence holds, with their weights."""
    cosines: dict[int, float] = field(default_factory=dict)
    """Of the question's vector and that of the clause that starts at an offset."""
    clauses: dict[tuple[int, int], tuple[float, float, float]] = field(default_factory=dict)
    """What was worked out for clauses `start:end`, for the next candidate there."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What of a question a passage holds at all: what it does not, none of its sentences does."""

    terms: list[tuple[int, Term]]
    characters: Weighted
    pairs: Weighted
    words: Weighted
    own: list[float]
    """What the headings say of each term."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What one sentence says of a question by its letters."""

    hard: list[float]
    before: list[float]
    own: list[float]
    characters: Weighted
    pairs: float
    words: float


@dataclass(frozen=True, slots=True, eq=False)
class _Credits:
    """What all sentences say of each term, one row a sentence, and how near they come to the whole question."""

    hard: NDArray[np.float32]
    hints: NDArray[np.float32]
    own: NDArray[np.float32]
    soft: NDArray[np.float32]
    headings: NDArray[np.float32]
    passage: NDArray[np.float32]
    nearest: list[NDArray[np.float32]]
    """For each sentence, the cosines of terms and words, shape (terms, words)."""
    directions: list[list[float]]
    """For each sentence, the cosines of the question with itself and its clauses."""


def match_sentences(probe: Probe, found: Sequence[tuple[int, Hit, Sentence]]) -> list[Match]:
    """Return how each sentence of `found` meets the question; no sentences give none.

    With each goes its hit and the rank of that, from 0. The sentences of a hit stand together, in order of position.
    """
    if not found:
        return []
    told = []
    for _, group in groupby(found, key=itemgetter(0)):
        sentences = [sentence for _, _, sentence in group]
        held = _held(probe, sentences[-1])
        told += [_said(probe, sentence, held) for sentence in sentences]
    credits = _credits(probe, told, [sentence for _, _, sentence in found])
    return _matches(probe, found, told, credits)


def _held(probe: Probe, last: Sentence) -> _Held:
    """Return what of the question stands in a passage up to the end of its `last` sentence."""
    text = last.before + last.text
    return _Held(
        [(number, term) for number, term in enumerate(probe.terms) if said(term, text)],
        _inside(probe.characters.items(), text),
        _inside(probe.pairs.items(), text),
        [(word, weight) for word, weight, _ in probe.words if word in text],
        [said(term, last.headings) for term in probe.terms],
    )


def _inside(weighted: Iterable[tuple[str, float]], text: str) -> Weighted:
    return [one for one in weighted if one[0] in text]


def _said(probe: Probe, sentence: Sentence, held: _Held) -> _Said:
    text, totals = sentence.text, probe.totals
    hard, before = [0.0] * len(probe.terms), [0.0] * len(probe.terms)
    for number, term in held.terms:
        hard[number] = credit = said(term, text)
        if credit < _BEFORE and sentence.before:
            before[number] = said(term, sentence.before)
    pairs = sum([weight for pair, weight in held.pairs if pair in text])
    words = sum([weight for word, weight in held.words if word in text])
    return _Said(
        hard,
        before,
        held.own,
        _inside(held.characters, text),
        pairs / totals.pairs if totals.pairs else 0.0,
        min(1.0, words / totals.words) if totals.words else 0.0,
    )


def _credits(probe: Probe, told: Sequence[_Said], sentences: Sequence[Sentence]) -> _Credits:
    shape = (len(told), len(probe.terms))
    hard, before, own = (
        np.array(rows, np.float32).reshape(shape)
        for rows in ([one.hard for one in told], [one.before for one in told], [one.own for one in told])
    )
    ends = np.cumsum([len(sentence.vectors) for sentence in sentences])
    cosines = probe.vectors @ np.concatenate([sentence.vectors for sentence in sentences]).T
    nearest = np.split(cosines, ends[:-1], axis=1)
    best = np.zeros(shape, np.float32)
    spoken = [number for number, sentence in enumerate(sentences) if len(sentence.vectors)]
    if spoken:
        best[spoken] = np.maximum.reduceat(cosines, [0, *ends[spoken[:-1]]], axis=1).T
    hints = (
        np.array([[related(cosine) for cosine in row] for row in best.tolist()], np.float32).reshape(shape) * _HINTED
    )
    soft = np.maximum(hard, hints)
    headings = np.maximum(soft, _HEADED * own)
    passage = np.maximum(headings, _BEFORE * before)
    around = (np.concatenate([sentence.directions for sentence in sentences]) @ probe.vector).tolist()
    along = iter(around)
    directions = [[next(along) for _ in sentence.directions] for sentence in sentences]
    return _Credits(hard, hints, own, soft, headings, passage, nearest, directions)


def _matches(
    probe: Probe, found: Sequence[tuple[int, Hit, Sentence]], told: Sequence[_Said], credits: _Credits
) -> list[Match]:
    weights = probe.weights
    tables = (credits.hard, credits.soft, credits.headings, credits.passage, credits.own)
    total = probe.totals.terms
    shares = [[share / total if total else 0.0 for share in (table @ weights).tolist()] for table in tables]
    heaviest = max(float(weights.max(initial=0.0)), 1e-6)
    missing = ((1 - credits.passage) * weights).max(axis=1, initial=0.0).tolist()
    most = (credits.soft * weights).max(axis=1, initial=0.0).tolist()
    matches = []
    for number, ((rank, hit, sentence), said_, *parts) in enumerate(zip(found, told, *shares, strict=True)):
        whole, *clauses = credits.directions[number]
        spots = tuple(_spots(probe, sentence, credits, number))
        places: dict[tuple[int, int], float] = {}
        for start, end, credit in spots:
            places[start, end] = max(places.get((start, end), 0.0), credit)
        matches.append(
            Match(
                hard=credits.hard[number],
                soft=credits.soft[number],
                headings=credits.headings[number],
                passage=credits.passage[number],
                spots=spots,
                places=tuple((start, end, credit) for (start, end), credit in places.items()),
                shared=(*parts[:4], whole, hit.score, 1.0 / (1 + rank), said_.pairs, missing[number] / heaviest),
                heading_share=parts[4],
                extra=(character_share(probe, said_.characters, sentence.text), most[number], said_.words),
                characters=tuple(said_.characters),
                cosines=dict(zip(sentence.clauses, clauses, strict=True)),
            )
        )
    return matches


def character_share(probe: Probe, characters: Iterable[tuple[str, float]], text: str) -> float:
    """Return the share of the weight of the probe's characters that a text holds; no characters give 0.0.

    `characters` are those that may stand in it, with their weights.
    """
    total = probe.totals.characters
    return sum([weight for char, weight in characters if char in text]) / total if total else 0.0


def _spots(probe: Probe, sentence: Sentence, credits: _Credits, row: int) -> list[Spot]:
    spots: list[Spot] = []
    hard, hints = credits.hard[row], credits.hints[row]
    for number, term in enumerate(probe.terms):
        starts = places_of(term, sentence.text) if hard[number] else []
        spots += [(start, start + len(term.text), float(hard[number] * term.weight)) for start in starts]
        if not starts and hints[number] > 0:
            word = sentence.words[int(credits.nearest[row][number].argmax())]
            start = sentence.text.find(word)
            if start >= 0:
                spots.append((start, start + len(word), float(hints[number] * term.weight)))
    return spots
