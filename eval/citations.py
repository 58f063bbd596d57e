"""Measures of the citations of one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.types import Status
from eval.spans import covers
from eval.texts import text_or_none

if TYPE_CHECKING:
    from assistant.types import Answer
    from eval.gold import GoldQuestion
    from eval.texts import Texts


def citation_hit(answer: Answer, gold: GoldQuestion, *, among: int = 3) -> bool:
    """Whether one of the first `among` citations overlaps a piece of evidence; False without citations."""
    return any(covers(one, evidence) for one in answer.citations[:among] for evidence in gold.evidence)


def citation_precision(answer: Answer, gold: GoldQuestion) -> float:
    """Return the share of citations that overlap evidence, in [0, 1]; 0 without citations."""
    if not answer.citations:
        return 0.0
    good = sum(any(covers(one, evidence) for evidence in gold.evidence) for one in answer.citations)
    return good / len(answer.citations)


def citation_recall(answer: Answer, gold: GoldQuestion) -> float:
    """Return the share of pieces of evidence that a citation overlaps, in [0, 1]; 0 without evidence."""
    if not gold.evidence:
        return 0.0
    found = sum(any(covers(one, evidence) for one in answer.citations) for evidence in gold.evidence)
    return found / len(gold.evidence)


def verbatim(answer: Answer, texts: Texts) -> float:
    """Return the share of citations whose quote equals its slice of the file, in [0, 1].

    Without citations it is 1 if nothing was stated either, and 0 for a statement that cites nothing.
    """
    if not answer.citations:
        return float(answer.status is not Status.ANSWERED)
    same = 0
    for one in answer.citations:
        text = text_or_none(texts, one.file)
        same += text is not None and bool(one.quote) and text[one.start : one.end] == one.quote
    return same / len(answer.citations)
