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
from assistant.prose_order import in_prose_order
from assistant.question import clean, understand
from assistant.retrieval import look_up
from assistant.sentences import SentenceStore
from assistant.span_choice import choices, settled
from assistant.span_features import NAMES
from assistant.spans import ShippedSpans, in_prose
from assistant.units import Gazetteer
from eval.gold import Split, load_gold
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

    from assistant.span_choice import Choice
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
            ranked = in_prose_order(looked.probe, reader.read(looked.probe, looked.read, store), index)
            found += _case(one.passage, choices(scorer, asked, ranked), [one.answer])
    return found


def policy_cases(index_dir: Path, gold: Path, *, split: Split | None) -> list[Case]:
    """Return the stretches that the questions on policy texts choose from, of one part of a gold file or of all of it.

    Questions that the span model has no say in are left out.
    """
    index, reader, scorer = open_index(index_dir), Reader.open(), ShippedSpans.open()
    store, gazetteer = SentenceStore(index), Gazetteer(index.notices_with_unit)
    found = []
    for one in load_gold(gold, index):
        if one.expects_refusal or one.history or not one.answers or (split is not None and one.split is not split):
            continue
        asked = understand(clean(one.question), gazetteer)
        looked = look_up(index, asked, store, units=asked.places.units)
        ranked = in_prose_order(looked.probe, reader.read(looked.probe, looked.read, store), index)
        if ranked and in_prose(asked, ranked[0], index) and not settled(asked, ranked[0]):
            prose = [item for item in ranked if in_prose(asked, item, index)]
            found += _case(one.evidence[0].file, choices(scorer, asked, prose), one.answers)
    return found


def _case(passage: str, options: Sequence[Choice], answers: Sequence[str]) -> list[Case]:
    if not options:
        return []
    right = [fold(answer) for answer in answers]
    values = np.array([official_f1(option.stretch.text, right) for option in options], np.float32)
    return [(passage, np.stack([option.features for option in options]), values)]


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


def held_out_f1(cases: Sequence[Case], policies: Sequence[Case] = (), *, share: int = 1) -> tuple[float, float]:
    """Return the mean F1 of both when each fifth of the passages is answered with weights fitted on the rest; 0 for none.

    A case on policies counts `share` times in the fit.
    """
    passages = sorted({passage for passage, *_ in (*cases, *policies)})
    random.Random(3).shuffle(passages)
    part = {passage: at % _FOLDS for at, passage in enumerate(passages)}
    totals = [0.0, 0.0]
    for number in range(_FOLDS):
        rest = [case for case in (*cases, *(list(policies) * share)) if part[case[0]] != number]
        weights = fit(rest) if rest else np.zeros(len(NAMES), np.float32)
        for at, some in enumerate((cases, policies)):
            own = [case for case in some if part[case[0]] == number]
            totals[at] += chosen_f1(own, weights) * len(own)
    return totals[0] / max(1, len(cases)), totals[1] / max(1, len(policies))


def main(
    data: Annotated[Path, typer.Option(help="folder of the training texts")],
    gold: Annotated[
        list[str] | None, typer.Option(help="INDEX_DIR=GOLD_FILE on policies, of which the dev half is used")
    ] = None,
    training: Annotated[list[str] | None, typer.Option(help="INDEX_DIR=GOLD_FILE of which all is used")] = None,
    output: Annotated[Path, typer.Option(help="file to be written")] = DEFAULT_OUTPUT,
    share: Annotated[int, typer.Option(help="how often a question on policies counts")] = 8,
) -> None:
    """Gather the stretches, fit, tell how it does on passages left out, write the weights."""
    try:
        questions = read_training_questions(data)
        apart = passages_apart(questions)
        with tempfile.TemporaryDirectory() as folder:
            cases = cases_of([one for one in questions if one.passage in apart], Path(folder))
        policies: list[Case] = []
        for pairs, split in ((gold or (), Split.DEV), (training or (), None)):
            for index_dir, file in (pair.split("=", 1) for pair in pairs):
                policies += policy_cases(Path(index_dir), Path(file), split=split)
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error
    plain = np.array([float(name == "probability") for name in NAMES], np.float32)
    held = held_out_f1(cases, policies, share=share)
    for name, some, f1 in zip(("reading sets", "policies"), (cases, policies), held, strict=True):
        sys.stdout.write(f"{name}: F1 {chosen_f1(some, plain):.3f} by the span model alone, {f1:.3f} held out\n")
    fitted = fit([*cases, *policies * share])
    weights = {name: round(float(weight), 3) for name, weight in zip(NAMES, fitted, strict=True)}
    output.write_text(json.dumps({"weights": weights}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
