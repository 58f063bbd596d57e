"""Fits the weights of the evidence reader on gold questions, of which only the dev part is looked at.

    python -m training.reader --gold INDEX=GOLD --gold INDEX=GOLD …

The model is a conditional logit: among all candidates of a question the right ones should take the probability.
It is fitted by L-BFGS with an L2 penalty; there is one row of weights for all kinds of answers and one a kind,
which the penalty draws to the common row.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.console import Console

from assistant.evidence import gather
from assistant.features import NAMES
from assistant.question import understand
from assistant.retrieval import look_up
from assistant.sentences import SentenceStore
from assistant.units import Gazetteer
from eval.gold import Split, load_gold
from eval.text_metrics import normalise
from index.store import open_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from assistant.evidence import Evidence
    from eval.gold import GoldQuestion

DEFAULT_OUTPUT = Path(__file__).parent.parent / "assistant" / "data" / "reader.json"
Weights = dict[str, "NDArray[np.float64]"]
_KINDS = ("number", "date", "entity", "title", "phrase", "yes_no", "list", "measures")


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The candidates of one question; `right` marks those that answer it."""

    id: str
    kind: str
    features: NDArray[np.float32]
    """Shape (candidates, features)."""
    right: NDArray[np.bool_]
    found: tuple[Evidence, ...]


def cases_of(index_dir: Path, gold: Path, *, split: Split | None) -> Iterable[Case]:
    """Yield the answerable, single-unit questions of one part of a gold file with their candidates."""
    index = open_index(index_dir)
    gazetteer, store = Gazetteer(index.notices), SentenceStore(index)
    for question in load_gold(gold, index):
        if question.expects_refusal or question.history or str(question.kind) in ("compare", "contact"):
            continue
        if split is not None and question.split is not split:
            continue
        asked = understand(question.question, gazetteer)
        found = look_up(index, asked, store, units=asked.places.units)
        evidence = gather(found.probe, found.read, store, np.zeros(len(NAMES), np.float32))
        if not evidence:
            continue
        right = np.array([_is_right(item, question) for item in evidence])
        features = np.stack([item.features for item in evidence])
        yield Case(question.id, str(asked.wanted), features, right, tuple(evidence))


def _is_right(item: Evidence, gold: GoldQuestion) -> bool:
    places = [(one.file, *place) for one in gold.evidence for place in one.places]
    inside = any(
        item.sentence.passage.file == file and item.start < end and start < item.end for file, start, end in places
    )
    if not inside:
        return False
    value = normalise(item.sentence.text[item.candidate.start : item.candidate.end])
    accepted = [normalise(answer) for answer in (*gold.answers, *gold.items)]
    items = [normalise(part) for part in gold.items]
    if item.candidate.kind in ("series", "titles"):
        return bool(items) and all(part in value for part in items)
    if item.candidate.kind == "clause":
        return any(answer in value or value in answer for answer in accepted)
    return any(value == answer or (answer in value and len(value) <= len(answer) + 3) for answer in accepted)


def fit(cases: Sequence[Case], *, penalty: float, share: float) -> dict[str, NDArray[np.float64]]:
    """Return one row of weights a kind and the common row `*`; questions without a right candidate are left out."""
    from scipy.optimize import minimize
    from scipy.special import logsumexp

    usable = [case for case in cases if case.right.any() and not case.right.all()]
    width, kinds = len(NAMES), [*_KINDS]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        table = flat.reshape(len(kinds) + 1, width)
        gradient = penalty * table * np.r_[1.0, np.full(len(kinds), share)][:, None]
        total = 0.5 * float((gradient * table).sum())
        for case in usable:
            row = kinds.index(case.kind) + 1 if case.kind in kinds else 0
            weights = table[0] + (table[row] if row else 0)
            scores = case.features @ weights
            every, some = logsumexp(scores), logsumexp(scores[case.right])
            total += every - some
            step = np.exp(scores - every) @ case.features
            step = step - np.exp(scores[case.right] - some) @ case.features[case.right]
            gradient[0] += step
            if row:
                gradient[row] += step
        return total, gradient.ravel()

    best = minimize(loss, np.zeros((len(kinds) + 1) * width), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    table = best.x.reshape(len(kinds) + 1, width)
    return {"*": table[0], **{kind: table[0] + table[row + 1] for row, kind in enumerate(kinds)}}


def within_sentence(case: Case) -> Case | None:
    """Return a question with the candidates of its first right sentence alone, or None if no sentence is right."""
    right = [item.sentence for item, good in zip(case.found, case.right, strict=True) if good]
    if not right:
        return None
    inside = np.array([item.sentence is right[0] for item in case.found])
    found = tuple(item for item in case.found if item.sentence is right[0])
    return Case(case.id, case.kind, case.features[inside], case.right[inside], found)


def fit_both(cases: Sequence[Case], *, penalty: float, share: float) -> tuple[Weights, Weights]:
    """Return the weights for finding the sentence, and those added for choosing the value in it."""
    inside = [part for case in cases if (part := within_sentence(case)) is not None]
    return fit(cases, penalty=penalty, share=share), fit(inside, penalty=penalty, share=share)


def top_right(cases: Sequence[Case], weights: Weights, local: Weights) -> dict[str, tuple[int, int, int]]:
    """Return per kind: questions, right candidate on top, right sentence on top."""
    table: dict[str, list[int]] = {}
    for case in cases:
        scores = case.features @ weights.get(case.kind, weights["*"])
        sentence = case.found[int(scores.argmax())].sentence
        same = [i for i, item in enumerate(case.found) if item.sentence is sentence]
        inside = scores[same] + case.features[same] @ local.get(case.kind, local["*"])
        best = same[int(inside.argmax())]
        for kind in (case.kind, "all"):
            row = table.setdefault(kind, [0, 0, 0])
            row[0] += 1
            row[1] += int(case.right[best])
            row[2] += int(case.right[same].any())
    return {kind: (row[0], row[1], row[2]) for kind, row in sorted(table.items())}


def main(
    gold: Annotated[list[str], typer.Option(help="INDEX_DIR=GOLD_FILE, repeatable")],
    training: Annotated[list[str] | None, typer.Option(help="INDEX_DIR=GOLD_FILE of which all is used")] = None,
    output: Annotated[Path, typer.Option()] = DEFAULT_OUTPUT,
    penalty: Annotated[float, typer.Option(help="L2 penalty on the common weights")] = 0.3,
    share: Annotated[float, typer.Option(help="how much more a kind's own weights are held back")] = 4.0,
) -> None:
    """Fit, print leave-one-fifth-out results and write the weights."""
    console = Console(stderr=True)
    pairs = [tuple(Path(part) for part in item.split("=", 1)) for item in gold]
    made = [tuple(Path(part) for part in item.split("=", 1)) for item in training or ()]
    cases = [case for index_dir, path in pairs for case in cases_of(index_dir, path, split=Split.DEV)]
    cases += [case for index_dir, path in made for case in cases_of(index_dir, path, split=None)]
    held: dict[str, list[int]] = {}
    for part in range(5):
        both = fit_both([case for n, case in enumerate(cases) if n % 5 != part], penalty=penalty, share=share)
        for kind, row in top_right([case for n, case in enumerate(cases) if n % 5 == part], *both).items():
            held[kind] = [a + b for a, b in zip(held.get(kind, [0, 0, 0]), row, strict=True)]
    weights, local = fit_both(cases, penalty=penalty, share=share)
    for kind, row in top_right(cases, weights, local).items():
        console.print(
            f"{kind:10} questions {row[0]:4} value {row[1]:4} sentence {row[2]:4}   held out {held[kind][1:]}"
        )
    record = {
        "features": list(NAMES),
        "weights": {kind: [round(float(x), 4) for x in row] for kind, row in weights.items()},
        "local": {kind: [round(float(x), 4) for x in row] for kind, row in local.items()},
        "penalty": penalty,
        "share": share,
        "questions": len(cases),
    }
    output.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
