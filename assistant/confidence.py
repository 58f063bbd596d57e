"""Confidence: the estimated probability that a draft is right, by logistic regression on what supports it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from assistant.errors import SettingsError
from assistant.features import NAMES
from assistant.types import Wanted
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.compose.draft import Draft
    from assistant.evidence import Evidence
    from assistant.probe import Probe

_WEIGHTS = "data/confidence.json"
SIGNALS = (
    *NAMES,
    "score",
    "margin",
    "lexical",
    "dense",
    "named_unit",
    "terms",
    "unsaid",
    "unsaid_share",
    "noun_asked",
    "noun_gone",
    "unit_asked",
    "year_asked",
    *(str(kind) for kind in Wanted),
)
_FARTHEST = 30.0
"""Log-odds beyond which nothing is told apart; a question of one common word can lie at thousands."""
CERTAIN = 0.97
"""Confidence of what is read by rule from a notice's own contact block and dates."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Weights of the regression and the threshold chosen for an accepted risk."""

    weights: tuple[float, ...]
    bias: float
    threshold: float

    @classmethod
    def open(cls, path: Path | None = None) -> Calibration:
        """Return the shipped calibration, or the one at `path`. Raises SettingsError if that is none."""
        if path is None:
            return cls._of(json.loads(resources.files("assistant").joinpath(_WEIGHTS).read_text("utf-8")))
        try:
            return cls._of(json.loads(path.read_text("utf-8")))
        except OSError as error:
            raise SettingsError(f"无法读取校准文件 {path}：{reason_of(error)}") from error
        except RecursionError as error:
            raise SettingsError(f"{path} 不是 tongbao eval calibrate 写出的校准文件（层次太多）") from error
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
            raise SettingsError(f"{path} 不是 tongbao eval calibrate 写出的校准文件（{error}）") from error

    @classmethod
    def _of(cls, record: dict[str, Any]) -> Calibration:
        weights = tuple(float(record["weights"].get(name, 0.0)) for name in SIGNALS)
        bias, threshold = float(record["bias"]), float(record["threshold"])
        if not all(map(math.isfinite, (*weights, bias))):
            raise ValueError("权重须是有限的数")
        if not 0 <= threshold <= 1:
            raise ValueError("threshold 须在 0 与 1 之间")
        return cls(weights, bias, threshold)

    def judge(self, draft: Draft, probe: Probe, ranked: Sequence[Evidence]) -> float:
        """Return the estimated probability in (0, 1) that `draft` is right."""
        if draft.certain:
            return CERTAIN
        if draft.best is None:
            return 0.0
        signals = signals_of(draft.best, probe, ranked)
        logit = self.bias + sum(w * x for w, x in zip(self.weights, signals, strict=True))
        return max(draft.least, 1 / (1 + math.exp(-max(-_FARTHEST, min(_FARTHEST, logit)))))


def signals_of(best: Evidence, probe: Probe, ranked: Sequence[Evidence]) -> tuple[float, ...]:
    """Return the inputs of the regression in the order of `SIGNALS`."""
    rival = next((item.score for item in ranked if item.sentence is not best.sentence), best.score - 5)
    most = sum(probe.pairs.values()) or 1.0
    return (
        *map(float, best.features),
        best.score / 10,
        max(-5.0, min(5.0, best.score - rival)) / 5,
        best.hit.lexical / most,
        best.hit.dense,
        float(bool(probe.question.places.held)),
        min(1.0, len(probe.terms) / 8),
        *_unsaid(best, probe),
        *_asked(best, probe),
        *(float(probe.question.wanted is kind) for kind in Wanted),
    )


def _asked(best: Evidence, probe: Probe) -> tuple[float, ...]:
    """Return whether a noun is counted, how much of it a figure lacks, and whether a unit and a year are asked for.

    A fit of 0 means one thing where something is asked for and another where nothing is.
    """
    noun = float(bool(probe.noun))
    gone = noun * (1.0 - best.feature("noun_fit")) if best.candidate.kind == "figure" else 0.0
    unit = probe.counter or probe.unit_patterns or probe.counted
    return noun, gone, float(bool(unit)), float(bool(probe.question.years))


def _unsaid(best: Evidence, probe: Probe) -> tuple[float, float]:
    """Return the weight of the heaviest term that is said nowhere around the evidence, over the heaviest; and of all.

    Terms with other wordings in the lexicon do not count: an everyday word may be said officially.
    """
    weights = [
        term.weight * (1.0 - float(said))
        for term, said in zip(probe.terms, best.match.passage, strict=True)
        if not term.others and len(term.text) > 1
    ]
    if not weights:
        return 0.0, 0.0
    return max(weights) / max(term.weight for term in probe.terms), sum(weights) / sum(t.weight for t in probe.terms)
