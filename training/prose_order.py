"""Fits the order of sentences in plain prose.

    python -m training.prose_order --data DATA --gold INDEX=eval/gold/policy.jsonl --training INDEX=training/data/questions_b.jsonl

Questions on policy texts (the dev half of a gold file, all of a training file) and as many on encyclopaedia articles, CMRC 2018 trial
and DRCD dev. The model is a conditional logit: among all sentences read for a question those that answer it should take the
probability. Only what is asked of plain prose counts; see `assistant/prose_order.py`.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from assistant.evidence import Reader
from assistant.prose_order import NAMES, is_prose, sentence_features
from assistant.question import understand
from assistant.retrieval import look_up
from assistant.sentences import SentenceStore
from assistant.units import Gazetteer
from eval.gold import Split, load_gold
from eval.text_metrics import normalise
from index.errors import TongbaoError
from index.store import open_index
from index.update import update_index
from training.corpora import read_questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from assistant.evidence import Evidence
    from index.store import Index

DEFAULT_OUTPUT = Path(__file__).parent.parent / "assistant" / "data" / "prose_order.json"
_READING = ("cmrc_trial.json.xz", "drcd_dev.json.xz")
_FOLDS = 5
_SHORTEST = 5


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The sentences read for one question; `right` marks those that answer it."""

    source: str
    text: str
    """Name of the text that answers it; texts are left out whole."""
    features: NDArray[np.float32]
    """Shape (sentences, features)."""
    right: NDArray[np.bool_]
    weight: float


class _Sentences:
    """What the reader finds for questions to one index, by sentence."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._gazetteer, self._store, self._reader = Gazetteer(index.notices), SentenceStore(index), Reader.open()

    def case(
        self, source: str, question: str, answers: Sequence[str], files: Sequence[str], weight: float
    ) -> Case | None:
        """Return the case of one question, or None if nothing in prose answers it or all that was found does."""
        asked = understand(question, self._gazetteer)
        found = look_up(self.index, asked, self._store, units=asked.places.units)
        groups: dict[int, list[Evidence]] = {}
        for item in self._reader.read(found.probe, found.read, self._store):
            if is_prose(item, self.index):
                groups.setdefault(id(item.sentence), []).append(item)
        wanted = [value for answer in answers if (value := normalise(answer))]
        sentences = [group[0].sentence for group in groups.values()]
        right = np.array(
            [one.passage.file in files and any(value in normalise(one.text) for value in wanted) for one in sentences],
            np.bool_,
        )
        if asked.comparison or not right.any() or right.all():
            return None
        features = sentence_features(found.probe, list(groups.values()))
        return Case(source, f"{source}/{files[0]}", features, right, weight)


def gold_cases(index_dir: Path, gold: Path, *, split: Split | None, weight: float) -> Iterator[Case]:
    """Yield the cases of the answerable questions of one part of a gold file, or of all of it."""
    found = _Sentences(open_index(index_dir))
    for one in load_gold(gold, found.index):
        if one.expects_refusal or one.history or (split is not None and one.split is not split):
            continue
        quotes = [evidence.quote for evidence in one.evidence if evidence.quote]
        files = list(dict.fromkeys(evidence.file for evidence in one.evidence))
        case = found.case(gold.stem, one.question, (*one.answers, *quotes), files, weight)
        if case is not None:
            yield case


def reading_cases(file: Path, *, sample: int, seed: int) -> Iterator[Case]:
    """Yield the cases of some questions of a reading comprehension set, asked over all its passages."""
    questions = read_questions(file)
    names = {text: f"p{at:05d}.txt" for at, text in enumerate(dict.fromkeys(one.passage for one in questions))}
    chosen = sorted(random.Random(seed).sample(range(len(questions)), min(sample, len(questions))))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "texts").mkdir()
        for text, name in names.items():
            (Path(folder) / "texts" / name).write_text(text, encoding="utf-8", newline="\n")
        update_index([Path(folder) / "texts"], directory=Path(folder) / "index")
        found = _Sentences(open_index(Path(folder) / "index"))
        for one in (questions[number] for number in chosen):
            if len(one.question) < _SHORTEST:
                continue
            case = found.case(file.name.split(".")[0], one.question, [one.answer], [names[one.passage]], 1.0)
            if case is not None:
                yield case


def fit(cases: Sequence[Case], *, penalty: float) -> NDArray[np.float64]:
    """Return the weights that make the sentences that answer likeliest; the penalty draws them to the reader's own score."""
    from scipy.optimize import minimize

    sizes = np.array([len(case.right) for case in cases])
    starts, owner = np.r_[0, sizes.cumsum()[:-1]], np.repeat(np.arange(len(cases)), sizes)
    rows = np.concatenate([case.features for case in cases]).astype(np.float64)
    right, weight = np.concatenate([case.right for case in cases]), np.array([case.weight for case in cases])
    first = np.array([float(name == "score") for name in NAMES])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        scores = rows @ weights
        shares = np.exp(scores - np.maximum.reduceat(scores, starts)[owner])
        every = np.add.reduceat(shares, starts)
        some = np.maximum(np.add.reduceat(shares * right, starts), 1e-300)
        step = (weight / every)[owner] * shares - (weight / some)[owner] * shares * right
        away = weights - first
        return float(-(weight * np.log(some / every)).sum() + penalty * away @ away), rows.T @ step + 2 * penalty * away

    found: NDArray[np.float64] = minimize(loss, first, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    return found


def right_on_top(cases: Iterable[Case], weights: NDArray[np.float64]) -> dict[str, tuple[int, int]]:
    """Return by source how many questions have a sentence that answers in front, and how many there are."""
    table: dict[str, tuple[int, int]] = {}
    for case in cases:
        good, every = table.get(case.source, (0, 0))
        table[case.source] = good + int(case.right[int((case.features @ weights).argmax())]), every + 1
    return table


def held_out(cases: Sequence[Case], *, penalty: float) -> dict[str, tuple[int, int]]:
    """Return the same when the texts of each fifth are answered with weights fitted on the rest."""
    texts = sorted({case.text for case in cases})
    random.Random(5).shuffle(texts)
    part = {text: number % _FOLDS for number, text in enumerate(texts)}
    table: dict[str, tuple[int, int]] = {}
    for number in range(_FOLDS):
        weights = fit([case for case in cases if part[case.text] != number], penalty=penalty)
        for source, (good, every) in right_on_top([c for c in cases if part[c.text] == number], weights).items():
            known = table.get(source, (0, 0))
            table[source] = known[0] + good, known[1] + every
    return table


def main(
    data: Annotated[Path, typer.Option(help="folder of the reading comprehension sets")],
    gold: Annotated[list[str] | None, typer.Option(help="INDEX_DIR=GOLD_FILE of which the dev half is used")] = None,
    training: Annotated[list[str] | None, typer.Option(help="INDEX_DIR=GOLD_FILE of which all is used")] = None,
    output: Annotated[Path, typer.Option(help="file to be written")] = DEFAULT_OUTPUT,
    penalty: Annotated[float, typer.Option(help="L2 penalty")] = 1.0,
    share: Annotated[
        float, typer.Option(help="what a question on policies counts beside one of the reading sets")
    ] = 5.0,
    sample: Annotated[int, typer.Option(help="questions of each reading set")] = 400,
    seed: Annotated[int, typer.Option(help="of the sample")] = 3,
) -> None:
    """Gather the sentences, fit, tell how many right ones come out on top (before, fitted, texts left out), write the weights."""
    try:
        cases: list[Case] = []
        for pairs, split in ((gold or (), Split.DEV), (training or (), None)):
            for index_dir, file in (pair.split("=", 1) for pair in pairs):
                cases += gold_cases(Path(index_dir), Path(file), split=split, weight=share)
        for name in _READING:
            cases += reading_cases(data / name, sample=sample, seed=seed)
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        raise typer.Exit(1) from error
    weights = fit(cases, penalty=penalty)
    before = right_on_top(cases, np.array([float(name == "score") for name in NAMES]))
    fitted, held = right_on_top(cases, weights), held_out(cases, penalty=penalty)
    for source, (good, every) in before.items():
        sys.stdout.write(
            f"{source}: {every} questions, before {good}, fitted {fitted[source][0]}, held out {held[source][0]}\n"
        )
    record = {name: round(float(weight), 3) for name, weight in zip(NAMES, weights, strict=True)}
    output.write_text(json.dumps({"weights": record}, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
