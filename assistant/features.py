"""What is known about one candidate in one sentence for one question, as numbers."""

from __future__ import annotations

import functools
import math
import re
from typing import TYPE_CHECKING

from assistant.counters import counts_other
from assistant.figures import unit_fit
from assistant.fits import noun_fit, role_fits, year_fit
from assistant.matching import character_share
from assistant.standing import NAMED_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.candidates import Candidate
    from assistant.matching import Match
    from assistant.probe import Probe
    from assistant.sentences import Sentence
    from assistant.standing import Standing

NAMES = (
    "coverage",
    "coverage_soft",
    "coverage_headings",
    "coverage_passage",
    "cosine",
    "passage_score",
    "passage_rank",
    "bigrams",
    "missing",
    "near",
    "clause_coverage",
    "typed",
    "unit_fit",
    "year_fit",
    "foreign",
    "in_question",
    "length",
    "name_fit",
    "after_terms",
    "quoted",
    "order",
    "candidate_length",
    "heading_own",
    "figure_in_phrase",
    "clause_cosine",
    "noun_fit",
    "enumerates",
    "characters",
    "clause_characters",
    "best_term",
    "words_share",
    "agent",
    "clean_name",
    "blocked",
    "free_near",
    "state_fit",
    "stage_fit",
    "change_fit",
    "office_fit",
    "total_fit",
)
SMALL = {"两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_BARE_KINDS = ("figure", "date")
_COSINE = NAMES.index("cosine")
_NEAR = 18.0
"""Characters over which the credit of a term near a candidate falls to 1/e."""
_FARTHEST = 2048
"""Distances whose share is worked out beforehand."""


def sentence_features(
    probe: Probe, sentence: Sentence, match: Match, found: Sequence[Standing]
) -> list[tuple[float, ...]]:
    """Return the features named in `NAMES` for each candidate `found` in a sentence; none give none."""
    rivals = [one.candidate for one in found if one.candidate.kind in _BARE_KINDS]
    return [_features(probe, sentence, match, one, rivals) for one in found]


def _features(
    probe: Probe, sentence: Sentence, match: Match, one: Standing, rivals: Sequence[Candidate]
) -> tuple[float, ...]:
    """Return the features of one candidate.

    `rivals` are the figures and dates of its sentence: what stands behind one of them belongs to it.
    """
    text, total = sentence.text, probe.totals.terms or 1.0
    candidate, value = one.candidate, one.value
    bare = candidate.kind in _BARE_KINDS
    clause_coverage, clause_cosine, clause_characters = _of_clause(probe, sentence, match, *one.clause)
    return (
        *match.shared,
        _near(match.places, candidate) / total,
        clause_coverage,
        one.typed,
        _unit_fit(probe, text, candidate, value) if candidate.kind == "figure" else 0.0,
        year_fit(probe.question.years, sentence, candidate) if probe.question.years else 0.0,
        float(sentence.passage.notice in probe.foreign),
        float(len(value) > 1 and value in probe.question.folded),
        one.length,
        _name_fit(probe, candidate, value) if candidate.kind in NAMED_KINDS else 0.0,
        _after(match.spots, candidate) / total,
        one.quoted,
        one.order,
        one.candidate_length,
        match.heading_share,
        one.figure_in_phrase,
        clause_cosine,
        noun_fit(probe, text, candidate, rivals) if bare else 0.0,
        _enumerates(probe, candidate, value),
        match.extra[0],
        clause_characters,
        *match.extra[1:],
        one.agent,
        one.clean_name,
        *(_free(match.spots, candidate, rivals, total) if bare else (0.0, 0.0)),
        *role_fits(probe, text, candidate),
    )


def _unit_fit(probe: Probe, text: str, candidate: Candidate, value: str) -> float:
    """Return how a figure's unit meets the one asked for; one that counts something of another kind does not."""
    if probe.thing and counts_other(probe.thing, text, candidate.start, candidate.end):
        return -1.0
    return unit_fit(probe.counter, probe.unit_patterns, value, probe.counted)


def _of_clause(probe: Probe, sentence: Sentence, match: Match, start: int, end: int) -> tuple[float, float, float]:
    """Return what the clause `start:end` shares with the question: terms, direction of its vector, characters."""
    known = match.clauses.get((start, end))
    if known is None:
        coverage = sum([credit for a, b, credit in match.spots if a >= start and b <= end])
        known = match.clauses[start, end] = (
            coverage / (probe.totals.terms or 1.0),
            match.cosines.get(start, match.shared[_COSINE]),
            character_share(probe, match.characters, sentence.text[start:end]),
        )
    return known


@functools.cache
def _fading() -> tuple[float, ...]:
    """Return what is left of a credit at each distance in characters, below any length of a sentence that occurs."""
    return tuple(math.exp(-gap / _NEAR) for gap in range(_FARTHEST))


def _left(gap: int) -> float:
    """Return what is left of a credit at a distance of `gap` characters."""
    return _fading()[gap] if gap < _FARTHEST else math.exp(-gap / _NEAR)


def _near(places: Sequence[tuple[int, int, float]], candidate: Candidate) -> float:
    first, last = candidate.start, candidate.end
    return sum([credit * _left(max(0, first - end, start - last)) for start, end, credit in places])


def _free(
    spots: Sequence[tuple[int, int, float]], candidate: Candidate, rivals: Sequence[Candidate], weight: float
) -> tuple[float, float]:
    """Return the share of the sentence's matched words that a rival cuts off from a figure, and the rest's nearness.

    In "营业收入254.9亿元,利润总额稳步增长" the figure stands between 利润总额 and nothing: what follows a figure's
    clause is not about it.
    """
    total = sum([credit for _, _, credit in spots])
    if not total:
        return 0.0, 0.0
    cut = near = 0.0
    for start, end, credit in spots:
        low, high = (end, candidate.start) if end <= candidate.start else (candidate.end, start)
        if any(low <= rival.start and rival.end <= high for rival in rivals if rival is not candidate):
            cut += credit
        else:
            near += credit * _left(max(0, high - low))
    return cut / total, near / weight


def _after(spots: Sequence[tuple[int, int, float]], candidate: Candidate) -> float:
    first = candidate.start
    return sum([credit * _left(first - end) for _, end, credit in spots if end <= first])


def _name_fit(probe: Probe, candidate: Candidate, value: str) -> float:
    """Return 1.0 if a name ends like the kind asked for (哪家医院 → …医院), -0.3 if another kind was asked for."""
    if candidate.kind in ("person", "office"):
        return 1.0 if re.search(r"谁|何人|名字|哪位", probe.question.folded) else -0.5
    if not probe.classes:
        return 0.0
    return 1.0 if any(ends.search(value) for ends in probe.classes) else -0.3


def _enumerates(probe: Probe, candidate: Candidate, value: str) -> float:
    """Return 1.0 if an enumeration has as many parts as the question says (哪三份), else a little for each part."""
    if candidate.kind not in ("series", "titles"):
        return 0.0
    parts = value.count("《") if "《" in value else value.count("、") + 1
    asked = re.search(r"哪([两三四五六七八九十\d]{1,2})(?![年月日天])", probe.question.folded)
    if asked and parts in (SMALL.get(asked[1], 0), int(asked[1]) if asked[1].isdigit() else 0):
        return 1.0
    return min(0.5, 0.1 * parts)
