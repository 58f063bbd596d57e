"""The calibration of the grounding check: from coverage and likeness to support, and the threshold below which it fails.

python -m training.grounding

Right sentences are those of the faithful answers of the batches that rules and weights were made on. Wrong ones are invented statements on the subject of
their passage, planted errors of the kinds invented and mark, and the faithful sentences held against another passage.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from assistant.grounding.canonical import canonical
from assistant.grounding.check import broken_rules
from assistant.grounding.evidence import gather
from assistant.grounding.marks import read_marks
from assistant.grounding.splitter import SentenceSplitter
from assistant.grounding.support import Support, shipped_embedder
from eval.grounding_sets import load_cases

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assistant.grounding import Source
    from eval.grounding_sets import GroundingCase

DEFAULT_OUTPUT = Path(__file__).parent.parent / "assistant" / "data" / "grounding.json"
_SEEN = frozenset({"dev", "third", "fourth", "fifth", "sixth", "eighth"})
"""The batches that rules and weights were made on."""
_READ = ("third", "fourth", "fifth", "sixth", "eighth")
_FAITHFUL = ("faithful", *(f"{batch}_faithful" for batch in _READ))
_WRONG = ("planted", *(f"{batch}_planted" for batch in _READ), "calibration")
_UNSUPPORTED = frozenset({"invented", "mark"})
_RIDGE = 1.0
_STEPS = 100


@dataclass(frozen=True, slots=True)
class Example:
    """A canonical sentence, the passages that it is held against, and whether they support it."""

    text: str
    sources: tuple[Source, ...]
    supported: bool


def examples() -> list[Example]:
    """Return the examples of the seen batches, faithful ones twice: with their passages, and with the case's before."""
    found: list[Example] = []
    before: tuple[Source, ...] = ()
    for case in (case for name in _FAITHFUL for case in load_cases(name)):
        if case.half in _SEEN:
            mine = list(_sentences(case, supported=True))
            others = before if before and before[0].title != case.sources[0].title else ()
            found += [*mine, *(Example(one.text, others, supported=False) for one in mine if others)]
            before = case.sources[:1] if before[:1] != case.sources[:1] else before
    for case in (case for name in _WRONG for case in load_cases(name)):
        if case.half in _SEEN and case.error in _UNSUPPORTED:
            found += _sentences(case, supported=False)
    return found


def _sentences(case: GroundingCase, *, supported: bool) -> Iterator[Example]:
    numbered = {source.n: source for source in case.sources}
    splitter = SentenceSplitter()
    for sentence in (*splitter.feed(case.answer), *splitter.finish()):
        marked = read_marks(sentence, numbered)
        if marked.numbers:
            yield Example(canonical(marked.bare), tuple(numbered[n] for n in marked.numbers), supported)


def fit(features: NDArray[np.float64], labels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights and bias, shape (features + 1,), of a logistic regression in which both classes weigh the same."""
    table = np.c_[features, np.ones(len(features))]
    balance = np.where(labels > 0, 0.5 / max(labels.sum(), 1), 0.5 / max((1 - labels).sum(), 1)) * len(labels)
    ridge = np.r_[np.full(features.shape[1], _RIDGE), 0.0]
    weights = np.zeros(table.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-table @ weights))
        slope = table.T @ (balance * (chance - labels)) + ridge * weights
        bend = (table * (balance * chance * (1 - chance))[:, None]).T @ table + np.diag(ridge)
        weights -= np.linalg.solve(bend, slope)
    return weights


def best_threshold(
    chances: NDArray[np.float64], labels: NDArray[np.float64], passed: NDArray[np.bool_] | None = None
) -> float:
    """Return the threshold with the fewest mistakes, a lost right sentence and a wrong one let through counted as shares.

    With `passed`, only sentences that the rules let pass can be lost or let through by it.
    """
    cuts = np.round(np.arange(0.3, 0.9, 0.01), 2)
    left = np.ones(len(labels), dtype=np.bool_) if passed is None else passed
    right, wrong = labels > 0, labels == 0
    cost = [((chances < cut) & left)[right].mean() + ((chances >= cut) & left)[wrong].mean() for cut in cuts]
    lowest = [float(cut) for cut, value in zip(cuts, cost, strict=True) if value <= min(cost) + 1e-9]
    return lowest[len(lowest) // 2]


def features_of(found: Sequence[Example]) -> NDArray[np.float64]:
    """Return coverage and likeness of each example, shape (n, 2)."""
    support = Support(shipped_embedder())
    rows = [(one.text, gather(one.sources)) for one in found]
    return np.array([(support.coverage(text, held), support.likeness(text, held)) for text, held in rows])


def main(output: Annotated[Path, typer.Option()] = DEFAULT_OUTPUT) -> None:
    """Fit the calibration and write it as JSON."""
    found = examples()
    features = features_of(found)
    labels = np.array([float(one.supported) for one in found])
    weights = fit(features, labels)
    chances = 1 / (1 + np.exp(-(np.c_[features, np.ones(len(features))] @ weights)))
    names = ("coverage", "likeness", "bias")
    table = {name: round(float(value), 3) for name, value in zip(names, weights, strict=True)}
    passed = np.array([not broken_rules(one.text, gather(one.sources)) for one in found])
    table["threshold"] = best_threshold(chances, labels, passed)
    output.write_text(json.dumps(table) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
