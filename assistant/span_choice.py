"""Which stretch of the best passages of plain prose answers: sentence and bare value are chosen together.

A log-linear sum of what the span model says of a stretch, what the linear reader says of it and of its sentence, and
what can be seen of its words. Made by `training.span_choice`.
"""

from __future__ import annotations

import functools
import json
import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from assistant.prose_cues import CLAUSAL, asked_cues
from assistant.span_features import LEAST, NAMES, Asked, Stretch, stretch_features
from assistant.spans import in_prose
from assistant.types import Wanted
from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assistant.evidence import Evidence
    from assistant.question import Question
    from assistant.spans import HasSpans, SpanScorer, SpanScores
    from index.store import Index

_WEIGHTS = "data/span_choice.json"
_PASSAGES = 3
"""Passages that the span model reads for one question; one takes it about ten milliseconds."""
_SHARED = 0.65
"""Share of the question that the passage must say for another sentence than the reader's to be chosen: where a question has
other words than its text, as everyday questions about policies do, the span model knows less than the reader."""
_OF_SENTENCE, _OF_READER, _OF_ALL = 6, 4, 40
"""Stretches that are weighed: of one sentence as the span model has them, as the reader has them, and in all."""
_LONGEST = 30
"""Words of an answer, at most."""
_MARKS = ",;:。!?、"
_CLAUSE_MARK = re.compile(r"[,;:。!?]")
_MOST_CLAUSE = 60
"""Characters of a clause that is told as a value."""
_HOLDS = {
    Wanted.NUMBER: re.compile(r"[\d零一二两三四五六七八九十百千万亿几半数]"),
    Wanted.DATE: re.compile(r"[\d一二三四五六七八九十年月日天]|世纪|时|代|期|朝"),
}
"""What a figure or a date cannot be without."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A stretch that may be the answer, with its features."""

    stretch: Stretch
    features: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Words:
    """Where the words of a text begin and stop, ascending, and how likely an answer starts and ends at each."""

    begins: list[int]
    stops: list[int]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]

    @classmethod
    def of(cls, scores: SpanScores) -> _Words:
        """Return the words of a scored text."""
        begins, stops = ([place[side] for place in scores.places] for side in (0, 1))
        return cls(begins, stops, scores.starts, scores.ends)


@functools.cache
def _weights() -> NDArray[np.float32]:
    record = json.loads(resources.files("assistant").joinpath(_WEIGHTS).read_text("utf-8"))
    return np.array([record["weights"][name] for name in NAMES], np.float32)


def choose(
    models: HasSpans, question: Question, ranked: Sequence[Evidence], index: Index
) -> tuple[Evidence, tuple[int, int] | None]:
    """Return the evidence that answers, of `ranked` (best first), and where in the file the bare value stands.

    Without a place the evidence knows its value better: in notices, and where the span model finds nothing.
    """
    best = ranked[0]
    if not in_prose(question, best, index) or settled(question, best):
        return best, None
    prose = [item for item in ranked if in_prose(question, item, index)]
    if best.feature("coverage_passage") < _SHARED:
        prose = [item for item in prose if item.sentence is best.sentence]
    found = choices(models.spans, question, prose)
    if not found:
        return best, None
    chosen = max(found, key=lambda one: float(one.features @ _weights())).stretch
    begin = chosen.own[0].sentence.start
    start, end = _clause(chosen) if _asks_clause(question) else (chosen.start, chosen.end)
    return chosen.own[0], (begin + start, begin + end)


def _asks_clause(question: Question) -> bool:
    """Whether what a rule says is asked for, which takes a clause to tell: a ban, a reason, a condition."""
    return question.wanted in (Wanted.PHRASE, Wanted.MEASURES) and not CLAUSAL.isdisjoint(asked_cues(question.folded))


def _clause(one: Stretch) -> tuple[int, int]:
    """Return the clause, or clauses, of the sentence that a stretch stands in; the stretch itself if they are long."""
    text = one.own[0].sentence.text
    start = max((mark.end() for mark in _CLAUSE_MARK.finditer(text, 0, one.start)), default=0)
    after = _CLAUSE_MARK.search(text, one.end)
    end = after.start() if after else len(text)
    return (start, end) if end - start <= _MOST_CLAUSE else (one.start, one.end)


def settled(question: Question, best: Evidence) -> bool:
    """Whether the reader found a title that is asked for, or a figure in the unit that is asked for: it knows these best."""
    if question.wanted is Wanted.NUMBER:
        return best.candidate.kind == "figure" and best.feature("unit_fit") > 0
    return question.wanted is Wanted.TITLE and best.candidate.kind == "title"


def choices(scorer: SpanScorer, question: Question, ranked: Sequence[Evidence]) -> list[Choice]:
    """Return the stretches of the best passages of `ranked` (best first) that the span model or the reader hold likely.

    No evidence gives none. A figure or a date is never a stretch without a numeral or a word of time.
    """
    holds = _HOLDS.get(question.wanted)
    found = [one for items in _by_passage(ranked) for one in _of_passage(scorer, question.folded, items)]
    found = [one for one in found if holds is None or holds.search(one.text)]
    if not found:
        return []
    top = max(item.score for item in ranked)
    found.sort(key=lambda one: -(one.score + max(LEAST, one.own[0].score - top)))
    kept = found[:_OF_ALL]
    asked = Asked.of(question, kept)
    return [Choice(one, stretch_features(one, asked)) for one in kept]


def _by_passage(ranked: Sequence[Evidence]) -> list[list[list[Evidence]]]:
    """Return the evidence of each sentence, best first, by passage to be read."""
    if not ranked:
        return []
    ranks = [ranked[0].rank, *sorted({item.rank for item in ranked} - {ranked[0].rank})][:_PASSAGES]
    held: dict[int, dict[int, list[Evidence]]] = {rank: {} for rank in ranks}
    for item in sorted(ranked, key=lambda item: -item.score):
        if item.rank in held:
            held[item.rank].setdefault(item.sentence.start, []).append(item)
    return [list(own.values()) for own in held.values()]


def _of_passage(scorer: SpanScorer, question: str, sentences: Sequence[Sequence[Evidence]]) -> Iterator[Stretch]:
    """Yield the likeliest stretches of each sentence of one passage."""
    passage = sentences[0][0].sentence.passage
    found = _Words.of(scorer.scores(question, fold(passage.text)))
    for own in sentences:
        sentence = own[0].sentence
        begin = sentence.start - passage.start
        seen = set()
        for first, last, score in (*_likeliest(found, begin, sentence.end - passage.start), *_read(found, begin, own)):
            place = _trimmed(sentence.text, found.begins[first] - begin, found.stops[last] - begin)
            if place[0] < place[1] and place not in seen:
                seen.add(place)
                yield Stretch(own, *place, score)


def _likeliest(found: _Words, begin: int, end: int) -> Iterator[tuple[int, int, float]]:
    """Yield the likeliest stretches between two offsets of a text: numbers of the first and last word, and score."""
    first, last = bisect_left(found.begins, begin), bisect_left(found.begins, end)
    n = last - first
    if n <= 0:
        return
    band = _band(n)
    pairs = np.where(band, found.starts[first:last, None] + found.ends[None, first:last], -np.inf)
    for flat in np.argsort(-pairs, axis=None, kind="stable")[:_OF_SENTENCE].tolist():
        a, b = divmod(flat, n)
        if band[a, b]:
            yield first + a, first + b, float(pairs[a, b])


@functools.lru_cache(maxsize=64)
def _band(n: int) -> NDArray[np.bool_]:
    """Return which of n words may start a stretch that another one ends, shape (n, n); not to be written to."""
    return np.triu(np.ones((n, n), np.bool_)) & ~np.triu(np.ones((n, n), np.bool_), _LONGEST)


def _read(found: _Words, begin: int, own: Sequence[Evidence]) -> Iterator[tuple[int, int, float]]:
    """Yield the reader's best candidates of a sentence in the same way."""
    for item in own[:_OF_READER]:
        first = bisect_right(found.stops, begin + item.candidate.start)
        last = bisect_left(found.begins, begin + item.candidate.end) - 1
        if 0 <= first <= last < len(found.begins):
            yield first, last, float(found.starts[first] + found.ends[last])


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _MARKS:
        start += 1
    while end > start and text[end - 1] in _MARKS:
        end -= 1
    return max(0, start), min(end, len(text))
