"""What the span model says of a sentence: where in it the bare answer starts and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.span_model import SpanModel
from assistant.span_words import cut_words
from assistant.types import Wanted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from assistant.evidence import Evidence
    from assistant.question import Question
    from index.store import Index

_LONGEST = 30
"""Words of an answer, at most."""
_TRIED = 8
"""Stretches that are looked at until one is more than marks."""
_MARKS = ",;:。!?、"
_WANTED = (Wanted.ENTITY, Wanted.PHRASE, Wanted.NUMBER, Wanted.DATE, Wanted.TITLE, Wanted.LIST, Wanted.MEASURES)


@dataclass(frozen=True, slots=True, eq=False)
class SpanScores:
    """How likely an answer starts and ends at each word of a text; higher is likelier."""

    places: tuple[tuple[int, int], ...]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]


class SpanScorer(Protocol):
    """Tells where in a text the answer to a question starts and ends."""

    def scores(self, question: str, text: str) -> SpanScores:
        """Return the scores of the words of a folded text for a folded question; an empty text has none."""


class HasSpans(Protocol):
    """Holds the scorer that was chosen."""

    @property
    def spans(self) -> SpanScorer:
        """The scorer, opened when it is first asked for."""


@dataclass(frozen=True, slots=True, eq=False)
class ShippedSpans:
    """The span model that comes with the program."""

    model: SpanModel

    @classmethod
    def open(cls) -> ShippedSpans:
        """Return the shipped model, its weights read."""
        return cls(SpanModel.open())

    def scores(self, question: str, text: str) -> SpanScores:
        """Return the scores of the words of a text; see `SpanScorer`."""
        asked, places = cut_words(question), tuple(cut_words(text))
        found = self.model.scores([question[a:b] for a, b in asked], [text[a:b] for a, b in places])
        return SpanScores(places, *found)


def best_span(scorer: SpanScorer, question: str, text: str) -> tuple[int, int]:
    """Return the likeliest answer in a folded text as offsets, without marks at its edges; (0, 0) if there is none."""
    found = scorer.scores(question, text)
    n = len(found.places)
    allowed = np.triu(np.ones((n, n), np.bool_)) & ~np.triu(np.ones((n, n), np.bool_), _LONGEST)
    pairs = np.where(allowed, found.starts[:, None] + found.ends[None, :], -np.inf)
    for flat in np.argsort(-pairs, axis=None, kind="stable")[:_TRIED]:
        first, last = divmod(int(flat), n)
        start, end = found.places[first][0], found.places[last][1]
        while start < end and text[start] in _MARKS:
            start += 1
        while end > start and text[end - 1] in _MARKS:
            end -= 1
        if start < end and allowed[first, last]:
            return start, end
    return 0, 0


def in_prose(question: Question, item: Evidence, index: Index) -> bool:
    """Whether the span model has a say: in plain prose, a text of no unit without headings, where a value is wanted.

    In notices, which it has not learnt, typed candidates are right far more often (docs/decisions/0014-span-model-for-prose.md).
    """
    passage = item.sentence.passage
    return question.wanted in _WANTED and not passage.path and not index.notice(passage.notice).unit
