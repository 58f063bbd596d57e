"""The means of a run, with intervals, as a whole and by group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.curves import (
    area_under_risk,
    expected_calibration_error,
    quantile,
    refusal_scores,
    risk_coverage,
)
from eval.gold_profile import DIFFICULTIES, TERCILES, difficulty, shares_wording, tercile
from eval.intervals import estimate
from eval.labels import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from eval.intervals import Estimate
    from eval.runs import QuestionResult, Run
    from eval.texts import Texts

HEADLINE = ("right", "citation_hit@3", "hit@1", "hit@5", "mrr@10")
"""The measures that are broken down by group."""
_GROUPINGS = ("type", "split", "unit", "difficulty", "place", "wording")
_ORDER: dict[str, tuple[str, ...]] = {
    "type": tuple(KINDS),
    "split": ("dev", "test"),
    "difficulty": DIFFICULTIES,
    "place": TERCILES,
}


@dataclass(frozen=True, slots=True)
class Group:
    """The questions that have something in common, and the headline measures over them."""

    grouping: str
    """type, split, unit, difficulty, place (third of the file) or wording."""
    name: str
    count: int
    estimates: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run comes to."""

    count: int
    estimates: Mapping[str, Estimate]
    """Means over questions."""
    whole: Mapping[str, float]
    """Measures of the run as a whole: refusal, AURC, ECE, latency in ms."""
    groups: tuple[Group, ...]

    def value(self, name: str) -> float | None:
        """Return the measure called `name`; None if the run has none of that name."""
        wanted = name.lower()
        if wanted in self.estimates:
            return self.estimates[wanted].mean
        return self.whole.get(wanted)

    def to_record(self) -> dict[str, Any]:
        """Return the summary as plain JSON values."""
        return {
            "questions": self.count,
            "estimates": {name: one.to_record() for name, one in self.estimates.items()},
            "whole": dict(self.whole),
            "groups": [
                {
                    "grouping": group.grouping,
                    "name": group.name,
                    "questions": group.count,
                    "estimates": {name: one.to_record() for name, one in group.estimates.items()},
                }
                for group in self.groups
            ],
        }


def summarise(run: Run, *, texts: Texts) -> Summary:
    """Return the summary of a run; a run without questions has no estimates."""
    return Summary(
        count=len(run.results),
        estimates=_estimates(run.results, _names(run.results)),
        whole=_whole(run),
        groups=tuple(_groups(run, texts)),
    )


def _names(results: Sequence[QuestionResult]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for result in results for name in result.scores))


def _estimates(results: Sequence[QuestionResult], names: Sequence[str]) -> dict[str, Estimate]:
    found = {}
    for name in names:
        values = [result.scores[name] for result in results if name in result.scores]
        if values:
            found[name] = estimate(values)
    return found


def _whole(run: Run) -> dict[str, float]:
    outcomes = [result.outcome for result in run.results]
    times = [result.elapsed_ms for result in run.results]
    return {
        **refusal_scores(outcomes),
        "aurc": area_under_risk(risk_coverage(outcomes)),
        "ece": expected_calibration_error(outcomes),
        "p50_ms": quantile(times, 0.5),
        "p95_ms": quantile(times, 0.95),
        "p99_ms": quantile(times, 0.99),
        "peak_mb": float(run.facts.get("machine", {}).get("peak_mb", 0.0)),
        "errors": float(sum(result.answer.status == "error" for result in run.results)),
    }


def _groups(run: Run, texts: Texts) -> list[Group]:
    keys: dict[str, Callable[[QuestionResult], str]] = {
        "type": lambda result: str(result.gold.kind),
        "split": lambda result: str(result.gold.split),
        "unit": lambda result: "多个单位" if len(result.gold.units) > 1 else "".join(result.gold.units),
        "difficulty": lambda result: difficulty(result.gold),
        "place": lambda result: tercile(result.gold, texts),
        "wording": _wording,
    }
    groups: list[Group] = []
    for grouping in _GROUPINGS:
        held: dict[str, list[QuestionResult]] = {}
        for result in run.results:
            held.setdefault(keys[grouping](result), []).append(result)
        names = dict.fromkeys((*_ORDER.get(grouping, ()), *held))
        groups.extend(
            Group(grouping, name, len(held[name]), _estimates(held[name], HEADLINE))
            for name in names
            if name and name in held
        )
    return groups


def _wording(result: QuestionResult) -> str:
    if not result.gold.evidence or result.gold.expects_refusal:
        return ""
    return "用原文的词" if shares_wording(result.gold) else "换了说法"
