"""What is known about one candidate in one sentence for one question, as numbers."""

from __future__ import annotations

import functools
import math
import re
from typing import TYPE_CHECKING

import numpy as np

from assistant.candidates import AGENT, BOUNDARY
from assistant.figures import unit_fit
from assistant.fits import noun_fit, role_fits, year_fit
from assistant.matching import character_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.candidates import Candidate
    from assistant.matching import Match
    from assistant.probe import Probe
    from assistant.sentences import Sentence

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
_COSINE = NAMES.index("cosine")
_NAMED_KINDS = ("name", "quoted", "person", "title")
_NEAR = 18.0
"""Characters over which the credit of a term near a candidate falls to 1/e."""
_FARTHEST = 2048
"""Distances whose share is worked out beforehand."""


def candidate_features(
    probe: Probe, sentence: Sentence, match: Match, candidate: Candidate, rivals: Sequence[Candidate] = ()
) -> NDArray[np.float32]:
    """Return the features named in `NAMES` for a candidate whose offsets count from the sentence's start.

    `rivals` are the sentence's candidates of the same kind: what stands behind one of them belongs to it.
    """
    text, total = sentence.text, probe.totals.terms or 1.0
    value = text[candidate.start : candidate.end]
    clause = _clause_around(text, candidate.start, candidate.end)
    clause_coverage, clause_cosine, clause_characters = _of_clause(probe, sentence, match, *clause)
    return np.array(
        (
            *match.shared,
            _near(match.places, candidate) / total,
            clause_coverage,
            float(candidate.kind != "clause"),
            unit_fit(probe.counter, probe.unit_patterns, value) if candidate.kind == "figure" else 0.0,
            year_fit(probe.question.years, sentence, candidate),
            float(sentence.passage.notice in probe.foreign),
            float(len(value) > 1 and value in probe.question.folded),
            math.log(1 + len(text)) / 5,
            _name_fit(probe, candidate, value),
            _after(match.spots, candidate) / total,
            *_shape(candidate, text, value),
            match.heading_share,
            _before_word(text, candidate),
            clause_cosine,
            noun_fit(probe, text, candidate, rivals),
            _enumerates(probe, candidate, value),
            match.extra[0],
            clause_characters,
            *match.extra[1:],
            _agent(text, candidate),
            _clean(text, candidate, clause[0]),
            *_free(match.spots, candidate, rivals, total),
            *role_fits(probe, text, candidate),
        ),
        np.float32,
    )


def _before_word(text: str, candidate: Candidate) -> float:
    """Return 1.0 for a figure with a word right behind it, else 0.0."""
    return float(candidate.kind == "figure" and "\u4e00" <= text[candidate.end : candidate.end + 1] <= "\u9fff")


@functools.lru_cache(maxsize=32_768)
def _clause_around(text: str, start: int, end: int) -> tuple[int, int]:
    before = max([text.rfind(mark, 0, start) for mark in ",:;。"]) + 1
    ends = [at for mark in ",;。:" if (at := text.find(mark, end)) >= 0]
    return before, min(ends, default=len(text))


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


def _shape(candidate: Candidate, text: str, value: str) -> tuple[float, float, float]:
    """Return whether a candidate is quoted, where it stands in its sentence, and its length, each in [0, 1]."""
    return float(candidate.kind == "quoted"), candidate.start / max(1, len(text)), min(1.0, len(value) / 40)


def _agent(text: str, candidate: Candidate) -> float:
    """Return 1.0 for a name behind a word that hands it a part in the matter (由, 委托, 与), else 0.0."""
    if candidate.kind not in _NAMED_KINDS:
        return 0.0
    return float(AGENT.search(text[max(0, candidate.start - 5) : candidate.start]) is not None)


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
    if candidate.kind not in ("figure", "date"):
        return 0.0, 0.0
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
    if candidate.kind not in _NAMED_KINDS:
        return 0.0
    if candidate.kind == "person":
        return 1.0 if re.search(r"谁|何人|名字|哪位", probe.question.folded) else -0.5
    if not probe.classes:
        return 0.0
    return 1.0 if any(ends.search(value) for ends in probe.classes) else -0.3


def _clean(text: str, candidate: Candidate, clause_start: int) -> float:
    """Return 1.0 for a name between two boundaries with none inside, less for each that is inside or missing."""
    if candidate.kind != "name":
        return 0.0
    inside = len(BOUNDARY.findall(text, candidate.start, candidate.end))
    before = text[max(clause_start, candidate.start - 5) : candidate.start]
    opened = not before or bool(re.search(rf"(?:{BOUNDARY.pattern})$", before))
    after = text[candidate.end : candidate.end + 4]
    closed = not after or not "\u4e00" <= after[0] <= "\u9fff" or bool(BOUNDARY.match(after))
    return (1.0 if opened else 0.3) * (1.0 if closed else 0.6) - 0.5 * inside


def _enumerates(probe: Probe, candidate: Candidate, value: str) -> float:
    """Return 1.0 if an enumeration has as many parts as the question says (哪三份), else a little for each part."""
    if candidate.kind not in ("series", "titles"):
        return 0.0
    parts = value.count("《") if "《" in value else value.count("、") + 1
    asked = re.search(r"哪([两三四五六七八九十\d]{1,2})(?![年月日天])", probe.question.folded)
    if asked and parts in (SMALL.get(asked[1], 0), int(asked[1]) if asked[1].isdigit() else 0):
        return 1.0
    return min(0.5, 0.1 * parts)
