"""What the span model says of a sentence: where in it the bare answer starts and ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.candidates import Candidate
from assistant.span_model import SpanModel
from assistant.span_words import cut_words
from assistant.types import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.evidence import Evidence
    from assistant.question import Question


FLOOR = -12.0
"""Log-probability under which nothing is told apart."""
_PROPOSED = 2
_LONGEST = 30
"""Words of a proposed answer, at most."""
_MARKS = ",;:。!?、"


@dataclass(frozen=True, slots=True, eq=False)
class SpanView:
    """The start and end log-probabilities of the words of one sentence, over all sentences read together."""

    places: tuple[tuple[int, int], ...]
    starts: NDArray[np.float32]
    ends: NDArray[np.float32]

    def propose(self, text: str) -> list[Candidate]:
        """Return the likeliest answers of the sentence whose folded text is `text`, the best first."""
        n = len(self.places)
        scores = self.starts[:, None] + self.ends[None, :]
        allowed = np.triu(np.ones((n, n), np.bool_)) & ~np.triu(np.ones((n, n), np.bool_), _LONGEST)
        scores = np.where(allowed, scores, -np.inf)
        found: list[Candidate] = []
        for flat in np.argsort(-scores, axis=None, kind="stable")[: 4 * _PROPOSED]:
            first, last = divmod(int(flat), n)
            start, end = self.places[first][0], self.places[last][1]
            while start < end and text[start] in _MARKS:
                start += 1
            while end > start and text[end - 1] in _MARKS:
                end -= 1
            if start < end and not any(one.start == start and one.end == end for one in found):
                found.append(Candidate(start, end, "span"))
            if len(found) == _PROPOSED:
                break
        return found


class SpanScorer(Protocol):
    """Tells where in some texts the answer to a question starts and ends."""

    def views(self, question: str, texts: Sequence[str]) -> list[SpanView]:
        """Return a view of each folded text for a folded question; the texts share one probability."""


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

    def views(self, question: str, texts: Sequence[str]) -> list[SpanView]:
        """Return a view of each text; see `SpanScorer`."""
        asked = [question[a:b] for a, b in cut_words(question)]
        places = [tuple(cut_words(text)) for text in texts]
        words = [[text[a:b] for a, b in row] for text, row in zip(texts, places, strict=True)]
        return shared_views(places, self.model.scores(asked, words))


def shared_views(
    places: Sequence[tuple[tuple[int, int], ...]], scored: Sequence[tuple[NDArray[np.float32], NDArray[np.float32]]]
) -> list[SpanView]:
    """Return views whose start scores, and whose end scores, became one probability over all texts."""
    starts = _log_shares([one for one, _ in scored])
    ends = _log_shares([one for _, one in scored])
    return [SpanView(row, start, end) for row, start, end in zip(places, starts, ends, strict=True)]


def _log_shares(scores: Sequence[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """Return the logarithms of the shares that all the scores together have of one, none below twice FLOOR."""
    every = np.concatenate([np.zeros(0, np.float32), *scores])
    if not every.size:
        return list(scores)
    highest = every.max()
    total = highest + np.log(np.exp(every - highest).sum())
    return [np.maximum(one - total, 2 * FLOOR) for one in scores]


def best_span(scorer: SpanScorer, question: str, text: str) -> tuple[int, int]:
    """Return the likeliest answer in one folded text as offsets; (0, 0) for a text without words."""
    (view,) = scorer.views(question, [text])
    proposed = view.propose(text) if view.places else []
    return (proposed[0].start, proposed[0].end) if proposed else (0, 0)


def needs_bare_value(question: Question, best: Evidence, *, unit: str) -> bool:
    """Whether the span model may say what the bare answer is.

    It may for a body or a phrase in plain prose: a text of no unit, without headings. Of such texts it names 0.61 of
    the bodies that come as clauses where the clause names 0.19 (F1, passages kept apart from its training); in
    notices, which it has not learnt, typed candidates are right far more often (docs/decisions/0014).
    """
    prose = not unit and not best.sentence.passage.path
    return prose and question.wanted in (Wanted.ENTITY, Wanted.PHRASE) and best.candidate.kind in ("clause", "name")


def bare_value(models: HasSpans, question: Question, best: Evidence, *, unit: str) -> tuple[int, int] | None:
    """Return where the bare answer stands, as offsets in the file; None where the evidence knows better, see above."""
    if not needs_bare_value(question, best, unit=unit):
        return None
    start, end = best_span(models.spans, question.folded, best.sentence.text)
    return (best.sentence.start + start, best.sentence.start + end) if start < end else None
