"""Fits the confidence of answers: a logistic regression on what supports a draft, and its threshold.

    python -m training.confidence --gold INDEX=GOLD --training INDEX=GOLD

Of a gold file only the dev part is looked at; a training file is used whole. The threshold is the lowest at which,
in five-fold cross-validation, at most `--false-refusals` of the rightly answered questions are withheld.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console

from assistant.confidence import SIGNALS, signals_of
from assistant.config import AssistantConfig
from assistant.followup import stand_alone
from assistant.pipeline import load_assistant
from assistant.question import clean, understand
from assistant.types import Answer, Status
from eval.answers import right
from eval.gold import Split, load_gold
from eval.text_metrics import normalise

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from eval.gold import GoldQuestion

DEFAULT_OUTPUT = Path(__file__).parent.parent / "assistant" / "data" / "confidence.json"
_FOLDS = 5


def rows_of(index_dir: Path, gold: Path, *, split: Split | None) -> Iterable[tuple[tuple[float, ...], bool, bool]]:
    """Yield signals, whether the draft is right, and whether the question has an answer at all.

    Questions that are answered by rule, refused for a stated reason, or compare units have no signals.
    """
    assistant = load_assistant(index_dir, config=AssistantConfig(threshold=0.0))
    for question in load_gold(gold, assistant.index):
        if split is not None and question.split is not split:
            continue
        text = stand_alone(clean(question.question), question.history, assistant.gazetteer)
        asked = understand(text, assistant.gazetteer)
        if asked.comparison:
            continue
        reading = assistant.read(asked)
        if reading.draft is None or reading.draft.best is None:
            continue
        answer = Answer(text, Status.ANSWERED, reading.draft.text, reading.draft.short, reading.draft.items)
        good = not question.expects_refusal and (right(answer, question) or _finds_items(answer, question))
        yield signals_of(reading.draft.best, reading.found.probe, reading.ranked), good, not question.expects_refusal


def _finds_items(answer: Answer, question: GoldQuestion) -> bool:
    """Whether a list names at least half of what it should: told to a person, it is no wrong answer."""
    said = normalise(answer.answer)
    found = [normalise(item) in said for item in question.items]
    return bool(found) and 2 * sum(found) >= len(found)


def fit(signals: NDArray[np.float64], good: NDArray[np.bool_], *, penalty: float) -> NDArray[np.float64]:
    """Return the weights of the signals, then the bias."""
    from scipy.optimize import minimize
    from scipy.special import expit

    inputs = np.c_[signals, np.ones(len(signals))]
    held = np.r_[np.full(signals.shape[1], penalty), 0.0]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = inputs @ weights
        total = np.logaddexp(0.0, scores).sum() - scores[good].sum() + 0.5 * (held * weights**2).sum()
        return float(total), inputs.T @ (expit(scores) - good) + held * weights

    best = minimize(loss, np.zeros(inputs.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 1000})
    return np.asarray(best.x)


def cross_validated(signals: NDArray[np.float64], good: NDArray[np.bool_], *, penalty: float) -> NDArray[np.float64]:
    """Return for every question the probability given by a fit that did not see it."""
    from scipy.special import expit

    folds = np.arange(len(signals)) % _FOLDS
    estimates = np.zeros(len(signals))
    for fold in range(_FOLDS):
        weights = fit(signals[folds != fold], good[folds != fold], penalty=penalty)
        estimates[folds == fold] = expit(np.c_[signals, np.ones(len(signals))][folds == fold] @ weights)
    return estimates


def main(
    gold: Annotated[list[str], typer.Option(help="INDEX_DIR=GOLD_FILE, repeatable; only the dev part is used")],
    training: Annotated[list[str] | None, typer.Option(help="INDEX_DIR=GOLD_FILE, used whole")] = None,
    output: Annotated[Path, typer.Option()] = DEFAULT_OUTPUT,
    penalty: Annotated[float, typer.Option()] = 1.0,
    false_refusals: Annotated[float, typer.Option(help="share of right answers that may be withheld")] = 0.03,
) -> None:
    """Fit, print the cross-validated risk at several thresholds, and write weights and threshold."""
    console = Console(stderr=True)
    jobs = [(item, Split.DEV) for item in gold] + [(item, None) for item in training or ()]
    rows, from_gold = [], []
    for item, split in jobs:
        index_dir, path = (Path(part) for part in item.split("=", 1))
        found = list(rows_of(index_dir, path, split=split))
        rows += found
        from_gold += [split is not None] * len(found)
    signals = np.array([row[0] for row in rows])
    good, has_answer = np.array([row[1] for row in rows]), np.array([row[2] for row in rows])
    estimates = cross_validated(signals, good, penalty=penalty)
    threshold = float(np.quantile(estimates[good & np.array(from_gold)], false_refusals))
    for at in sorted({*np.round(np.arange(0.1, 0.9, 0.1), 2), round(threshold, 3)}):
        said = estimates >= at
        console.print(
            f"threshold {at:5}: answered {said.mean():.2f}, right of these {good[said].mean():.2f}, right kept "
            f"{said[good].mean():.2f}, unanswerable refused {(~said[~has_answer]).mean():.2f}"
        )
    weights = fit(signals, good, penalty=penalty)
    record = {
        "weights": {name: round(float(w), 4) for name, w in zip(SIGNALS, weights, strict=False)},
        "bias": round(float(weights[-1]), 4),
        "threshold": round(threshold, 3),
        "questions": len(rows),
        "penalty": penalty,
    }
    output.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
