"""Measures of one answer against its gold question."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.quantities import holds_value, same_values
from assistant.types import Status
from eval.gold import Kind
from eval.gold_checks import NO_WORDS, VERDICTS, YES_WORDS
from eval.text_metrics import contains, exact_match, holds_answer, same_but_measure_word

if TYPE_CHECKING:
    from assistant.types import Answer
    from eval.gold import GoldQuestion

_FIGURES = frozenset({Kind.FACT_NUMBER, Kind.FACT_DATE})
_CLAUSE_END = re.compile(r"[，,。；;：:！!？?\s]")
_DENIED = re.compile(r"(?:[已均都全确尚并暂仍还]|全部)*(?:没|否|不|无|未|非)")
_AFFIRMED = re.compile(r"是|有|对|能|会|可以|已|确|均|都")
_LONGEST_VERDICT = 8
"""Characters of an opening clause that may be a verdict; a longer one is the statement itself."""


def answered(answer: Answer) -> bool:
    """Whether the assistant stated an answer (neither declined nor failed)."""
    return answer.status is Status.ANSWERED


def refused(answer: Answer) -> bool:
    """Whether the assistant declined."""
    return answer.status is Status.NO_ANSWER


def right(answer: Answer, gold: GoldQuestion) -> bool:
    """Whether the answer is right by the nature of its question.

    An unanswerable question: declined. A question with items: every item named. Any other: an acceptable value
    in an answer of at most 160 characters. A yes/no question whose verdict is recorded needs that verdict, and a
    value beside it unless all that is acceptable is a word such as 是.
    """
    if gold.expects_refusal:
        return refused(answer)
    if not answered(answer):
        return False
    if gold.by_items:
        return complete(answer, gold)
    if gold.kind is Kind.YES_NO and gold.verdict and not verdict_right(answer, gold):
        return False
    return holds_verdict_only(gold) or value_right(answer, gold)


def value_right(answer: Answer, gold: GoldQuestion) -> bool:
    """Whether an answer of at most 160 characters contains an acceptable value."""
    return answered(answer) and holds_answer(answer.answer, gold.answers)


def value_equal(answer: Answer, gold: GoldQuestion) -> bool:
    """Whether the answer states the gold figures, in whatever notation (1.4万 = 14000)."""
    said = answer.answer
    return answered(answer) and any(holds_value(said, one) or contains(said, one) for one in gold.answers)


def short_right(answer: Answer, gold: GoldQuestion) -> bool:
    """Whether the bare value equals an acceptable one.

    Equal means: the same text but for quotation marks and, after a figure, one final measure word; or, where a
    figure or date is asked for, the same figures with compatible units.
    """
    ours = answer.short_answer
    if not answered(answer) or not ours:
        return False
    if any(same_but_measure_word(ours, one) for one in gold.answers):
        return True
    return gold.kind in _FIGURES | {Kind.FOLLOWUP} and any(same_values(ours, one) for one in gold.answers)


def short_exact(answer: Answer, gold: GoldQuestion) -> bool:
    """Whether the bare value is, character by character, an acceptable answer (marks and width aside)."""
    return answered(answer) and exact_match(answer.short_answer, gold.answers)


def near_miss(answer: Answer, gold: GoldQuestion) -> bool:
    """Whether a wrong value that stands nearby was given instead of an acceptable one."""
    if not answered(answer) or value_right(answer, gold):
        return False
    return any(contains(answer.short_answer or answer.answer, one) for one in gold.near_misses)


def found_items(answer: Answer, gold: GoldQuestion) -> tuple[str, ...]:
    """Return the gold items that the answer or one of its items contains, in gold order."""
    if not answered(answer):
        return ()
    said = (answer.answer, *answer.items)
    return tuple(item for item in gold.items if any(contains(text, item) for text in said))


def item_recall(answer: Answer, gold: GoldQuestion) -> float:
    """Return the share of the gold items that were named, in [0, 1]; 0 without gold items."""
    return len(found_items(answer, gold)) / len(gold.items) if gold.items else 0.0


def item_precision(answer: Answer, gold: GoldQuestion) -> float:
    """Return the share of the answer's items that contain, or are contained in, a gold item; 0 without items."""
    if not answered(answer) or not answer.items:
        return 0.0
    good = sum(any(contains(one, item) or contains(item, one) for item in gold.items) for one in answer.items)
    return good / len(answer.items)


def complete(answer: Answer, gold: GoldQuestion) -> bool:
    """Whether every gold item was named; False without gold items."""
    return bool(gold.items) and len(found_items(answer, gold)) == len(gold.items)


def verdict_right(answer: Answer, gold: GoldQuestion) -> bool:
    """Whether an answer to a yes/no question states yes or no as recorded; one that states neither is not right."""
    return answered(answer) and stated_verdict(answer) == gold.verdict


def stated_verdict(answer: Answer) -> str:
    """Return `yes` or `no` as the answer puts it, an empty string if it puts neither.

    A bare value such as 是 decides; otherwise the opening clause, if it is a verdict (是, 尚未完成, 没有). What stands
    behind it, quotes included, does not count: 否。已无空壳公司 says no, and 未按期换届的35所均已换届 opens with no verdict.
    """
    return _verdict_word(answer.short_answer) or _opening_verdict(answer.answer)


def _verdict_word(text: str) -> str:
    word = text.strip().rstrip("。.").lower()
    return "no" if word in NO_WORDS else "yes" if word in YES_WORDS else ""


def _opening_verdict(text: str) -> str:
    clause = _CLAUSE_END.split(text.strip(), maxsplit=1)[0]
    if len(clause) > _LONGEST_VERDICT:
        return ""
    if word := _verdict_word(clause):
        return word
    return "no" if _DENIED.match(clause) else "yes" if _AFFIRMED.match(clause) else ""


def holds_verdict_only(gold: GoldQuestion) -> bool:
    """Whether the acceptable answers are nothing but words such as 是 and 否."""
    return bool(gold.verdict) and all(one in VERDICTS for one in gold.answers)


def conciseness(answer: Answer, gold: GoldQuestion) -> float:
    """Return the longest acceptable value's share of the answer's characters, at most 1; 0 if not answered."""
    if not answered(answer) or not answer.answer.strip():
        return 0.0
    wanted = sum(map(len, gold.items)) if gold.by_items else max(map(len, gold.answers), default=0)
    return min(1.0, wanted / len(answer.answer.strip()))
