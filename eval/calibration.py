"""The confidence of answers fitted to judged questions: a logistic regression, and the threshold for a stated loss."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.confidence import SIGNALS, signals_of
from assistant.config import AssistantConfig
from assistant.followup import stand_alone
from assistant.pipeline import load_assistant
from assistant.question import clean, understand
from assistant.types import Answer, Status
from eval.answers import right
from eval.errors import UsageError
from eval.gold import Split, load_gold
from eval.text_metrics import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from eval.gold import Evidence, GoldQuestion
    from index.types import Hit

_FOLDS = 5
_FEWEST = 30
_WITHHELD = 0.3
"""What a question without its evidence counts: there is one for nearly each, and most people ask what can be answered."""
_PER_ROW = 4
"""Questions of a gold set that it takes for one row; the 87 samples of `eval/gold` give 25."""
Row = tuple[tuple[float, ...], bool, bool]
"""Signals of a draft, whether it is right, and whether its question has an answer at all."""


def rows_of(
    index_dir: Path, gold: Path, *, split: Split | None, config: AssistantConfig | None = None, without: bool = False
) -> Iterable[Row]:
    """Yield signals, whether the draft is right, and whether the question has an answer at all.

    With `without`, the questions that have an answer are asked as if the passages with their evidence did not stand
    in the notices, and no others: what is found then is near, and wrong unless another passage says it too.

    Questions that are answered by rule, refused for a stated reason, or compare units have no signals.
    """
    chosen = config or AssistantConfig()
    assistant = load_assistant(index_dir, config=replace(chosen, threshold=0.0))
    for question in load_gold(gold, assistant.index):
        if split is not None and question.split is not split:
            continue
        text = stand_alone(clean(question.question), question.history, assistant.gazetteer)
        asked = understand(text, assistant.gazetteer)
        if asked.comparison:
            continue
        if without and question.expects_refusal:
            continue
        reading = assistant.read(asked, without=partial(_bears, question.evidence) if without else None)
        if reading.draft is None or reading.draft.best is None:
            continue
        answer = Answer(text, Status.ANSWERED, reading.draft.text, reading.draft.short, reading.draft.items)
        good = not question.expects_refusal and (right(answer, question) or _finds_items(answer, question))
        answerable = not question.expects_refusal and not without
        yield signals_of(reading.draft.best, reading.found.probe, reading.ranked), good, answerable


def _bears(evidence: Sequence[Evidence], hit: Hit) -> bool:
    """Whether a passage holds a part of some evidence."""
    passage = hit.passage
    return any(
        one.file == passage.file and any(start < passage.end and passage.start < end for start, end in one.places)
        for one in evidence
    )


def _finds_items(answer: Answer, question: GoldQuestion) -> bool:
    """Whether a list names at least half of what it should: told to a person, it is no wrong answer."""
    said = normalise(answer.answer)
    found = [normalise(item) in said for item in question.items]
    return bool(found) and 2 * sum(found) >= len(found)


def fit(
    signals: NDArray[np.float64],
    good: NDArray[np.bool_],
    *,
    penalty: float,
    counts: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the weights of the signals, then the bias; `counts` says for how many questions each row stands."""
    from scipy.optimize import minimize
    from scipy.special import expit

    inputs = np.c_[signals, np.ones(len(signals))]
    held = np.r_[np.full(signals.shape[1], penalty), 0.0]
    times = np.ones(len(signals)) if counts is None else counts

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = inputs @ weights
        total = times @ (np.logaddexp(0.0, scores) - scores * good) + 0.5 * (held * weights**2).sum()
        return float(total), inputs.T @ (times * (expit(scores) - good)) + held * weights

    best = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    return np.asarray(best.x)


def cross_validated(
    signals: NDArray[np.float64], good: NDArray[np.bool_], *, penalty: float, counts: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return for every question the probability given by a fit that did not see it."""
    from scipy.special import expit

    folds = np.arange(len(signals)) % _FOLDS
    estimates = np.zeros(len(signals))
    for fold in range(_FOLDS):
        rest = folds != fold
        weights = fit(signals[rest], good[rest], penalty=penalty, counts=counts[rest])
        estimates[folds == fold] = expit(np.c_[signals, np.ones(len(signals))][folds == fold] @ weights)
    return estimates


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a threshold does, by cross-validation; all shares in [0, 1]."""

    threshold: float
    answered: float
    risk: float
    """Share of the answers that are wrong."""
    kept: float
    """Share of the right drafts that are said."""
    refused: float
    """Share of the unanswerable questions that are refused."""


def calibrate(
    rows: Sequence[Row],
    *,
    penalty: float,
    false_refusals: float,
    counted: Sequence[bool] | None = None,
    withheld: Sequence[Row] = (),
) -> tuple[dict[str, Any], list[Outcome]]:
    """Return the record of a calibration file and what several thresholds do, the chosen one among them.

    `withheld` are rows of questions without their evidence: they teach what a wrong answer looks like, at a lower
    weight, and are not in the outcomes.

    The threshold is about the highest at which at most `false_refusals` of the right drafts are withheld, among those
    `counted` (all unless told). Raises UsageError for fewer than 30 rows, or if all are right or all wrong.
    """
    good = np.array([row[1] for row in rows], np.bool_)
    _require_enough(good)
    has_answer = np.array([row[2] for row in rows], np.bool_)
    taught = np.array([row[0] for row in (*rows, *withheld)])
    truth = np.array([row[1] for row in (*rows, *withheld)], np.bool_)
    counts = np.r_[np.ones(len(rows)), np.full(len(withheld), _WITHHELD)]
    estimates = cross_validated(taught, truth, penalty=penalty, counts=counts)[: len(rows)]
    among = good if counted is None else good & np.array(counted, np.bool_)
    least = np.quantile(estimates[among if among.any() else good], false_refusals, method="lower")
    # Down, never up: a threshold above the estimate would withhold that draft too.
    threshold = math.floor(1000 * float(least)) / 1000
    weights = fit(taught, truth, penalty=penalty, counts=counts)
    record = {
        "weights": {name: round(float(w), 4) for name, w in zip(SIGNALS, weights, strict=False)},
        "bias": round(float(weights[-1]), 4),
        "threshold": threshold,
        "questions": len(rows),
        "penalty": penalty,
    }
    tried = sorted({*np.round(np.arange(0.1, 0.9, 0.1), 2), threshold})
    return record, [_outcome(float(at), estimates, good, has_answer) for at in tried]


def _require_enough(good: NDArray[np.bool_]) -> None:
    """Raise UsageError, which says what to add to the gold set, if nothing can be fitted to these judgements."""
    if len(good) < _FEWEST:
        raise UsageError(
            f"只有 {len(good)} 个可用于校准的问题，至少要 {_FEWEST} 个：请在标准问题集中再添 "
            f"{_PER_ROW * (_FEWEST - len(good))} 个左右（只用 dev 一半，由题号定；按规则直接作答的和比较单位的不算），"
            "tongbao eval draft 可从通报拟出候选"
        )
    if good.all():
        raise UsageError(f"{len(good)} 个可用于校准的问题全部答对，无从校准：请添一些通报中没有答案的问题（no_answer）")
    if not good.any():
        raise UsageError(f"{len(good)} 个可用于校准的问题没有一个答对，无从校准：请添一些通报能回答的问题")


def _outcome(
    at: float, estimates: NDArray[np.float64], good: NDArray[np.bool_], has_answer: NDArray[np.bool_]
) -> Outcome:
    said = estimates >= at
    return Outcome(
        threshold=at,
        answered=float(said.mean()),
        risk=float((~good[said]).mean()) if said.any() else 0.0,
        kept=float(said[good].mean()),
        refused=float((~said[~has_answer]).mean()) if (~has_answer).any() else 1.0,
    )
