"""Fits how the span model and the linear reader decide together: `python -m training.span_choice --data DATA`.

On the questions of people whose passages were kept apart from the span model's training, asked with the passage given
and over all of them. The sum of the F1 that a drawn answer would have is made as large as it can be.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from assistant.evidence import Reader
from assistant.question import clean, understand
from assistant.retrieval import look_up
from assistant.sentences import SentenceStore
from assistant.span_choice import choices
from assistant.span_features import NAMES
from assistant.spans import ShippedSpans
from assistant.units import Gazetteer
from eval.official import official_f1
from index.analysis import fold
from index.errors import TongbaoError
from index.store import open_index
from index.update import update_index
from training.corpora import read_training_questions
from training.span_reader import passages_apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.corpora import Question

    Case = tuple[str, NDArray[np.float32], NDArray[np.float32]]
    """Passage, features of the stretches (n × features) and their F1 (n)."""

DEFAULT_OUTPUT = Path(__file__).parent.parent / "assistant" / "data" / "span_choice.json"
_PENALTY = 0.001
_STEPS, _RATE = 400, 0.05
_FOLDS = 5


def cases_of(questions: Sequence[Question], folder: Path) -> list[Case]:
    """Return the stretches that each question chooses from, once with its passage given and once among all.

    The passages are written and indexed in `folder`; questions for which nothing is found are left out.
    """
    names = {text: f"p{at:05d}.txt" for at, text in enumerate(dict.fromkeys(one.passage for one in questions))}
    (folder / "passages").mkdir(parents=True)
    for text, name in names.items():
        (folder / "passages" / name).write_text(text, encoding="utf-8", newline="\n")
    update_index([folder / "passages"], directory=folder / "index")
    index, reader, scorer = open_index(folder / "index"), Reader.open(), ShippedSpans.open()
    store, gazetteer = SentenceStore(index), Gazetteer(index.notices_with_unit)
    held = {notice.file: notice.id for notice in index.notices}
    found = []
    for one in questions:
        asked = understand(clean(one.question), gazetteer)
        for only in (frozenset([held[names[one.passage]]]), None):
            looked = look_up(index, asked, store, units=(), only=only)
            options = choices(scorer, asked, reader.read(looked.probe, looked.read, store))
            if options:
                right = [fold(one.answer)]
                values = np.array([official_f1(option.stretch.text, right) for option in options], np.float32)
                found.append((one.passage, np.stack([option.features for option in options]), values))
    return found


def fit(cases: Sequence[Case]) -> NDArray[np.float32]:
    """Return the weights under which the F1 that is to be expected is largest."""
    import torch

    widest = max(len(values) for *_, values in cases)
    rows = np.zeros((len(cases), widest, len(NAMES)), np.float32)
    gains, held = np.zeros(rows.shape[:2], np.float32), np.zeros(rows.shape[:2], np.bool_)
    for at, (_, features, values) in enumerate(cases):
        rows[at, : len(values)], gains[at, : len(values)], held[at, : len(values)] = features, values, True
    inputs, worth, mask = (torch.from_numpy(array) for array in (rows, gains, held))
    first = torch.tensor([float(name == "probability") for name in NAMES])
    weights = first.clone().requires_grad_()
    adam = torch.optim.Adam([weights], lr=_RATE)
    for _ in range(_STEPS):
        shares = (inputs @ weights).masked_fill(~mask, -1e9).softmax(1)
        loss = _PENALTY * ((weights - first) ** 2).sum() - (shares * worth).sum(1).mean()
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
    return weights.detach().numpy().astype(np.float32)


def chosen_f1(cases: Sequence[Case], weights: NDArray[np.float32]) -> float:
    """Return the mean F1 of the stretches that `weights` choose; 0 for no cases."""
    return float(np.mean([values[int(np.argmax(rows @ weights))] for _, rows, values in cases])) if cases else 0.0


def held_out_f1(cases: Sequence[Case]) -> float:
    """Return the mean F1 when each fifth of the passages is answered with weights fitted on the rest."""
    passages = sorted({passage for passage, *_ in cases})
    random.Random(3).shuffle(passages)
    part = {passage: at % _FOLDS for at, passage in enumerate(passages)}
    total = 0.0
    for fold_number in range(_FOLDS):
        own = [case for case in cases if part[case[0]] == fold_number]
        rest = [case for case in cases if part[case[0]] != fold_number]
        total += chosen_f1(own, fit(rest)) * len(own) if own and rest else 0.0
    return total / max(1, len(cases))


def main(
    data: Annotated[Path, typer.Option(help="folder of the training texts")],
    output: Annotated[Path, typer.Option(help="file to be written")] = DEFAULT_OUTPUT,
) -> None:
    """Gather the stretches, fit, tell how it does on passages left out, write the weights."""
    try:
        questions = read_training_questions(data)
        apart = passages_apart(questions)
        with tempfile.TemporaryDirectory() as folder:
            cases = cases_of([one for one in questions if one.passage in apart], Path(folder))
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error
    plain = np.array([float(name == "probability") for name in NAMES], np.float32)
    sys.stdout.write(f"F1 {chosen_f1(cases, plain):.3f} by the span model alone, {held_out_f1(cases):.3f} held out\n")
    weights = {name: round(float(weight), 3) for name, weight in zip(NAMES, fit(cases), strict=True)}
    output.write_text(json.dumps({"weights": weights}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
