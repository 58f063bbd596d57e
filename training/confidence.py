"""Fits the confidence of answers: a logistic regression on what supports a draft, and its threshold.

    python -m training.confidence --gold INDEX=GOLD --training INDEX=GOLD

Each question that has an answer is asked once more without the passages that bear it: what is found then teaches
what a wrong answer looks like. Of a gold file only the dev part is looked at; a training file is used whole. The threshold is the lowest at which,
in five-fold cross-validation, at most `--false-refusals` of the rightly answered questions are withheld.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eval.calibration import Row, calibrate, rows_of
from eval.gold import Split

DEFAULT_OUTPUT = Path(__file__).parent.parent / "assistant" / "data" / "confidence.json"


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
    rows: list[Row] = []
    withheld: list[Row] = []
    from_gold: list[bool] = []
    for item, split in jobs:
        index_dir, path = (Path(part) for part in item.split("=", 1))
        found = list(rows_of(index_dir, path, split=split))
        rows += found
        withheld += rows_of(index_dir, path, split=split, without=True)
        from_gold += [split is not None] * len(found)
    record, outcomes = calibrate(
        rows, penalty=penalty, false_refusals=false_refusals, counted=from_gold, withheld=withheld
    )
    for one in outcomes:
        console.print(
            f"threshold {one.threshold:5}: answered {one.answered:.2f}, right of these {1 - one.risk:.2f}, right kept "
            f"{one.kept:.2f}, unanswerable refused {one.refused:.2f}"
        )
    output.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
