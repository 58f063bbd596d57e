"""The measures of one question, each with the questions it applies to.

A measure is a value: a name, whom it applies to, and a function. Unanswered questions score the default 0, so that
silence cannot raise a mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval import answers, citations
from eval.gold import Kind
from eval.retrieval import NOTICE_MEASURES, PASSAGE_MEASURES, notice_scores, passage_scores, recall_at
from eval.text_metrics import char_f1, rouge_l

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.types import Answer
    from eval.gold import GoldQuestion
    from eval.retrieval import NoticeMap
    from eval.texts import Texts

_FACTS = frozenset(
    {Kind.FACT_NUMBER, Kind.FACT_DATE, Kind.FACT_ENTITY, Kind.FACT_TITLE, Kind.CONTACT, Kind.YES_NO, Kind.FOLLOWUP}
)
_LOWER_IS_BETTER = frozenset(
    {"near_miss", "false_refusal", "aurc", "ece", "p50_ms", "p95_ms", "p99_ms", "peak_mb", "errors"}
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A score in [0, 1] of one answer to one question."""

    name: str
    applies: Callable[[GoldQuestion], bool]
    score: Callable[[Answer, GoldQuestion], float]


def measures_of(texts: Texts) -> tuple[Measure, ...]:
    """Return the measures of an answer, in the order in which they are printed."""
    return (
        Measure("right", _any, answers.right),
        Measure("value_right", _is_fact, answers.value_right),
        Measure("short_right", _has_short, answers.short_right),
        Measure("short_exact", _has_short, answers.short_exact),
        Measure("figure_equal", _is_figure, answers.value_equal),
        Measure("verdict_right", _has_verdict, answers.verdict_right),
        Measure("near_miss", _has_near_misses, answers.near_miss),
        Measure("item_recall", _by_items, answers.item_recall),
        Measure("item_precision", _by_items, answers.item_precision),
        Measure("complete", _by_items, answers.complete),
        Measure("char_f1", _is_fact, _short_char_f1),
        Measure("rouge_l", _answerable, _rouge_l),
        Measure("conciseness", _is_fact, answers.conciseness),
        Measure("citation_hit@3", _has_evidence, citations.citation_hit),
        Measure("citation_precision", _has_evidence, citations.citation_precision),
        Measure("citation_recall", _has_evidence, citations.citation_recall),
        Measure("verbatim", _any, lambda answer, _: citations.verbatim(answer, texts)),
        Measure("refused", _unanswerable, _refused),
        Measure("false_refusal", _answerable, _refused),
        *(Measure(f"recall@{k}", _has_evidence, _recall_at(k)) for k in (1, 3, 5, 10)),
    )


def score_all(
    pairs: Sequence[tuple[GoldQuestion, Answer]], *, texts: Texts, notices: NoticeMap
) -> tuple[dict[str, float], ...]:
    """Return measure -> value for each pair, in order; measures that do not apply are absent. Empty for no pairs."""
    measures = measures_of(texts)
    scores = [
        {one.name: float(one.score(answer, gold)) for one in measures if one.applies(gold)} for gold, answer in pairs
    ]
    searched = [(gold, answer) for gold, answer in pairs if gold.evidence]
    for table in (passage_scores(searched), notice_scores(searched, notices)):
        for (gold, _), row in zip(pairs, scores, strict=True):
            row.update(table.get(gold.id, {}))
    return tuple(scores)


def measure_names(texts: Texts) -> tuple[str, ...]:
    """Return the names of all measures of one question, in the order in which they are printed."""
    return (*(one.name for one in measures_of(texts)), *PASSAGE_MEASURES, *NOTICE_MEASURES)


def lower_is_better(name: str) -> bool:
    """Whether a smaller value of the measure is the better one."""
    return name in _LOWER_IS_BETTER


def _any(_: GoldQuestion) -> bool:
    return True


def _answerable(gold: GoldQuestion) -> bool:
    return not gold.expects_refusal


def _unanswerable(gold: GoldQuestion) -> bool:
    return gold.expects_refusal


def _is_fact(gold: GoldQuestion) -> bool:
    return gold.kind in _FACTS and bool(gold.answers) and not gold.by_items and not answers.holds_verdict_only(gold)


def _has_short(gold: GoldQuestion) -> bool:
    return _is_fact(gold) and gold.kind is not Kind.YES_NO


def _is_figure(gold: GoldQuestion) -> bool:
    return gold.kind in {Kind.FACT_NUMBER, Kind.FACT_DATE}


def _has_verdict(gold: GoldQuestion) -> bool:
    return bool(gold.verdict)


def _has_near_misses(gold: GoldQuestion) -> bool:
    return bool(gold.near_misses) and not gold.by_items


def _by_items(gold: GoldQuestion) -> bool:
    return gold.by_items


def _has_evidence(gold: GoldQuestion) -> bool:
    return bool(gold.evidence) and not gold.expects_refusal


def _refused(answer: Answer, _: GoldQuestion) -> bool:
    return answers.refused(answer)


def _short_char_f1(answer: Answer, gold: GoldQuestion) -> float:
    return char_f1(answer.short_answer or answer.answer, gold.answers) if answers.answered(answer) else 0.0


def _rouge_l(answer: Answer, gold: GoldQuestion) -> float:
    if not answers.answered(answer):
        return 0.0
    return rouge_l(answer.answer, [one.quote for one in gold.evidence] + list(gold.answers))


def _recall_at(k: int) -> Callable[[Answer, GoldQuestion], float]:
    return lambda answer, gold: recall_at(answer.retrieved, gold, k)
