"""One question of a report: what was wanted, what was said, and the texts around both."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.citations import citation_hit
from eval.labels import KINDS
from eval.spans import covers
from eval.texts import text_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.gold import Evidence
    from eval.runs import QuestionResult
    from eval.spans import Place
    from eval.texts import Texts

_CONTEXT = 70


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, marked if it is evidence."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A place of a file with its words; `relevant` says whether it meets evidence (and evidence itself does)."""

    label: str
    where: str
    pieces: tuple[Piece, ...]
    relevant: bool


@dataclass(frozen=True, slots=True)
class Case:
    """What the error browser shows of one question."""

    id: str
    kind: str
    kind_label: str
    split: str
    unit: str
    history: tuple[str, ...]
    question: str
    wanted: tuple[str, ...]
    near_misses: tuple[str, ...]
    verdict: str
    """right, wrong, missed (declined though there is an answer), invented (answered though there is none), error."""
    verdict_label: str
    said: str
    short_answer: str
    items: tuple[str, ...]
    confidence: float
    reason: str
    elapsed_ms: float
    rank: str
    evidence: tuple[Excerpt, ...]
    citations: tuple[Excerpt, ...]
    retrieved: tuple[Excerpt, ...]


VERDICTS = {"right": "正确", "wrong": "答错", "missed": "误拒", "invented": "误答", "error": "出错"}


def cases_of(results: Sequence[QuestionResult], texts: Texts) -> tuple[Case, ...]:
    """Return one case for each result: wrong ones first, otherwise in order; empty for no results."""
    cases = [_case(result, texts) for result in results]
    return tuple(sorted(cases, key=lambda case: case.verdict == "right"))


def _case(result: QuestionResult, texts: Texts) -> Case:
    gold, answer = result.gold, result.answer
    verdict = _verdict(result)
    return Case(
        id=gold.id,
        kind=str(gold.kind),
        kind_label=KINDS[gold.kind],
        split=str(gold.split),
        unit="、".join(gold.units),
        history=gold.history,
        question=gold.question,
        wanted=gold.items or gold.answers or ("（应拒答）",),
        near_misses=gold.near_misses,
        verdict=verdict,
        verdict_label=VERDICTS[verdict],
        said=answer.answer,
        short_answer=answer.short_answer,
        items=answer.items,
        confidence=answer.confidence,
        reason=answer.reason or "",
        elapsed_ms=result.elapsed_ms,
        rank=_rank(result),
        evidence=tuple(_evidence(one, texts) for one in gold.evidence),
        citations=tuple(_excerpt(f"[{one.n}]", one, gold.evidence, texts, quote=one.quote) for one in answer.citations),
        retrieved=tuple(
            _excerpt(f"{rank}", place, gold.evidence, texts, score=place.score)
            for rank, place in enumerate(answer.retrieved, start=1)
        ),
    )


def _verdict(result: QuestionResult) -> str:
    outcome = result.outcome
    if outcome.right:
        return "right"
    if not outcome.answered and not outcome.refused:
        return "error"
    if outcome.refused:
        return "missed"
    return "invented" if outcome.expects_refusal else "wrong"


def _rank(result: QuestionResult) -> str:
    if not result.gold.evidence:
        return ""
    for rank, place in enumerate(result.answer.retrieved, start=1):
        if any(covers(place, one) for one in result.gold.evidence):
            cited = "，已引用" if citation_hit(result.answer, result.gold) else ""
            return f"证据排第 {rank}{cited}"
    return "证据未取回"


def _evidence(one: Evidence, texts: Texts) -> Excerpt:
    start, end = one.places[0]
    text = text_or_none(texts, one.file) or ""
    pieces = (
        Piece(("…" if start > _CONTEXT else "") + text[max(0, start - _CONTEXT) : start]),
        Piece(text[start:end], marked=True),
        Piece(text[end : end + _CONTEXT] + ("…" if end + _CONTEXT < len(text) else "")),
    )
    return Excerpt("证据", f"{one.file} {start}–{end}", tuple(piece for piece in pieces if piece.text), True)


def _excerpt(
    label: str, place: Place, evidence: Sequence[Evidence], texts: Texts, *, quote: str = "", score: float | None = None
) -> Excerpt:
    text = text_or_none(texts, place.file)
    places = [span for one in evidence if one.file == place.file for span in one.places]
    pieces = (Piece(quote or "（无此文件）"),) if text is None else marked_pieces(text, place.start, place.end, places)
    where = f"{place.file} {place.start}–{place.end}" + ("" if score is None else f"，{score:.2f}")
    return Excerpt(label, where, pieces, any(covers(place, one) for one in evidence))


def marked_pieces(text: str, start: int, end: int, places: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """Return `text[start:end]` cut so that what lies in `places` is marked; joined again it is the same text."""
    cuts = sorted({start, end} | {at for span in places for at in span if start < at < end})
    return tuple(
        Piece(text[low:high], any(a <= low and high <= b for a, b in places))
        for low, high in itertools.pairwise(cuts)
        if text[low:high]
    )
