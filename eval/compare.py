"""Two runs of the same questions: differences with intervals, and the questions that changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.errors import ReportError
from eval.intervals import estimate_difference
from eval.metrics import lower_is_better

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.intervals import Estimate
    from eval.saved import SavedRun

_SAME_GOLD = ("question", "history", "type", "answers", "answer_items", "evidence")


@dataclass(frozen=True, slots=True)
class MeasureComparison:
    """One measure over the questions that both runs scored by it."""

    name: str
    before: float
    after: float
    difference: Estimate
    """Mean of after minus before, with its 95% paired bootstrap interval."""
    better: int
    """Questions on which the second run did better."""
    worse: int
    p_value: float
    """Two-sided exact sign test over the questions that differ; 1 if none does."""


@dataclass(frozen=True, slots=True)
class ChangedQuestion:
    """A question that one run got right and the other wrong."""

    id: str
    question: str
    improved: bool
    before: str
    after: str
    gold: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What two runs differ in."""

    before: str
    after: str
    common: int
    left_out: int
    """Questions of only one run, or whose gold changed in between."""
    measures: tuple[MeasureComparison, ...]
    changed: tuple[ChangedQuestion, ...]


def compare_runs(before: SavedRun, after: SavedRun) -> Comparison:
    """Return how `after` differs from `before` on the questions that are the same in both.

    Raises:
        ReportError: no question is the same in both.

    """
    common = [
        name
        for name, result in before.results.items()
        if name in after.results and _same_gold(result["gold"], after.results[name]["gold"])
    ]
    if not common:
        raise ReportError(f"{before.name} 与 {after.name} 没有相同的问题，无从比较")
    pairs = [(before.results[name], after.results[name]) for name in common]
    return Comparison(
        before=before.name,
        after=after.name,
        common=len(common),
        left_out=len(before.results.keys() | after.results.keys()) - len(common),
        measures=_measures(pairs),
        changed=tuple(_changed(one, other) for one, other in pairs if one["right"] != other["right"]),
    )


def sign_test(better: int, worse: int) -> float:
    """Return the two-sided p-value of the exact sign test; 1 without differences."""
    if not better + worse:
        return 1.0
    from scipy.stats import binomtest

    return float(binomtest(better, better + worse).pvalue)


def _measures(pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> tuple[MeasureComparison, ...]:
    names = dict.fromkeys(name for one, other in pairs for name in one["scores"] if name in other["scores"])
    return tuple(_measure(name, pairs) for name in names)


def _measure(name: str, pairs: Sequence[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> MeasureComparison:
    values = [
        (float(one["scores"][name]), float(other["scores"][name]))
        for one, other in pairs
        if name in one["scores"] and name in other["scores"]
    ]
    differences = [new - old for old, new in values]
    rises = sum(one > 0 for one in differences)
    falls = sum(one < 0 for one in differences)
    better, worse = (falls, rises) if lower_is_better(name) else (rises, falls)
    return MeasureComparison(
        name=name,
        before=sum(old for old, _ in values) / len(values),
        after=sum(new for _, new in values) / len(values),
        difference=estimate_difference(differences),
        better=better,
        worse=worse,
        p_value=sign_test(better, worse),
    )


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> ChangedQuestion:
    gold = before["gold"]
    wanted = gold["answer_items"] or gold["answers"] or ["（应拒答）"]
    return ChangedQuestion(
        id=before["id"],
        question=" / ".join([*gold["history"], gold["question"]]),
        improved=bool(after["right"]),
        before=str(before["answer"]["answer"]),
        after=str(after["answer"]["answer"]),
        gold="；".join(wanted),
    )


def _same_gold(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(one.get(name) == other.get(name) for name in _SAME_GOLD)
