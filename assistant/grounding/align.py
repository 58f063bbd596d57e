"""Which part of the passages says what a clause of the answer says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.grounding.clauses import cut_clauses, overlap, rarity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.clauses import Clause
    from assistant.grounding.evidence import Evidence

_CONTEXT = 0.3
"""What agreement of the whole sentence counts beside that of the clause."""
_TWO = 0.12
"""How much better two clauses together must be than one."""
_HEADING = 0.25
"""How much better a heading must be than the text below it."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A clause of a sentence and the clause, or two clauses, of a passage that say the same."""

    ours: str
    beside: str
    """Our clause with those before and behind it in its sentence."""
    our_sentence: str
    theirs: str
    their_sentence: str
    """The whole sentence of the passage."""
    their_beside: str
    """The clauses of the passage with those before and behind in its sentence."""
    before: str
    """The passage's sentence up to the end of the clause."""
    core: str
    """Of two clauses the one that says more of ours."""
    weight: float
    """Of the words that tell something in our clause."""
    found: float
    """Share of our words found there, in [0, 1]."""


def align(body: str, evidence: Evidence) -> Iterator[Pair]:
    """Yield each clause of a canonical sentence with the nearest part of the evidence; none without evidence."""
    spans = [(span, 0.0) for text in evidence.bodies for span in _spans(text)]
    spans += [(span, _HEADING) for text in evidence.headings for span in _spans(text)]
    whole = tuple(word for clause in cut_clauses(body) for word in clause.words)
    if not spans:
        return
    clauses = cut_clauses(body)
    for place, ours in enumerate(clauses):
        near = [one for one in clauses[max(0, place - 1) : place + 2] if one.sentence == ours.sentence]
        sentence_of_ours = ",".join(one.text for one in clauses if one.sentence == ours.sentence)
        words = tuple((word, weight * rarity(word, evidence.text)) for word, weight in ours.words)
        scored = [(_score(words, whole, span) - cost, number) for number, (span, cost) in enumerate(spans)]
        span = spans[max(scored, key=lambda item: (item[0], -item[1]))[1]][0]
        first, last, sentence = span
        theirs = sentence[first.start - _begin(first) : last.end - _begin(first)]
        yield Pair(
            ours.text,
            ",".join(one.text for one in near),
            sentence_of_ours,
            theirs,
            sentence,
            _beside(sentence, theirs),
            sentence[: last.end - _begin(first)],
            max((first, last), key=lambda clause: overlap(ours.words, clause.text, _keys(clause, clause))).text,
            sum(weight for _, weight in ours.words),
            overlap(ours.words, theirs, _keys(first, last)),
        )


def _beside(sentence: str, theirs: str) -> str:
    before, _, behind = sentence.partition(theirs)
    return ",".join((before.rstrip(",").rpartition(",")[2], theirs, behind.lstrip(",").partition(",")[0]))


def _begin(clause: Clause) -> int:
    return clause.start - len(clause.before)


def _spans(text: str) -> Iterator[tuple[Clause, Clause, str]]:
    """Yield first clause, last clause and sentence of each clause and each two neighbours of one sentence."""
    clauses = cut_clauses(text)
    for number, clause in enumerate(clauses):
        rest = [other for other in clauses[number:] if other.sentence == clause.sentence]
        sentence = text[_begin(clause) : rest[-1].end]
        yield clause, clause, sentence
        if len(rest) > 1:
            yield clause, rest[1], sentence


def _score(
    words: tuple[tuple[str, float], ...], whole: tuple[tuple[str, float], ...], span: tuple[Clause, Clause, str]
) -> float:
    first, last, sentence = span
    theirs = sentence[first.start - _begin(first) : last.end - _begin(first)]
    cost = _TWO if last is not first else 0.0
    return overlap(words, theirs, _keys(first, last)) + _CONTEXT * overlap(whole, sentence) - cost


def _keys(first: Clause, last: Clause) -> tuple[str, ...]:
    return tuple(word for clause in (first, last) for word, _ in clause.words if word[0] in "#YMD")
