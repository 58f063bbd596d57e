"""How well the grounding check tells faithful sentences from planted errors.

python -m eval.grounding [--half fifth] [--show]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.grounding.stream import GroundingStream
from eval.grounding_sets import load_cases

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.grounding import SentenceVerdict
    from eval.grounding_sets import GroundingCase
    from index.embedding import Embedder

HALVES = ("dev", "test", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
"""Each batch has passages of its own; docs/llm.md tells which was blind when. Nothing was made on the ninth."""

SETS = (
    "faithful",
    "planted",
    "injected",
    *(f"{batch}_{what}" for batch in HALVES[2:] for what in ("faithful", "planted")),
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case and the verdicts on its sentences."""

    case: GroundingCase
    verdicts: tuple[SentenceVerdict, ...]

    @property
    def right(self) -> bool:
        """Whether a faithful answer passed whole, or the planted error was caught."""
        if self.case.wrong is None:
            return bool(self.verdicts) and all(verdict.supported for verdict in self.verdicts)
        return self.case.wrong < len(self.verdicts) and not self.verdicts[self.case.wrong].supported


def judge(cases: Sequence[GroundingCase], *, embedder: Embedder | None = None) -> tuple[Outcome, ...]:
    """Return what the check says of each case, in order; no case gives an empty tuple."""
    return tuple(Outcome(case, _verdicts(case, embedder)) for case in cases)


def share_right(outcomes: Sequence[Outcome]) -> float:
    """Return the share of outcomes that are right, in [0, 1]; 0 for none."""
    return sum(outcome.right for outcome in outcomes) / len(outcomes) if outcomes else 0.0


def _verdicts(case: GroundingCase, embedder: Embedder | None) -> tuple[SentenceVerdict, ...]:
    stream = GroundingStream(case.sources, question=case.question, embedder=embedder)
    return (*stream.feed(case.answer), *stream.finish())


def main(
    half: Annotated[str, typer.Option(metavar="|".join((*HALVES, "all")), help="只看一部分；调参时只看 dev。")] = "all",
    show: Annotated[bool, typer.Option("--show", help="列出判错的句子。")] = False,
) -> None:
    """Print, per set and half, how many answers the check judged rightly."""
    for name in SETS:
        outcomes = judge([case for case in load_cases(name) if half in ("all", case.half)])
        for one in HALVES if half == "all" else (half,):
            part = [outcome for outcome in outcomes if outcome.case.half == one]
            if not part:
                continue
            sys.stdout.write(f"{name}\t{one}\t{sum(o.right for o in part)}/{len(part)}\t{share_right(part):.3f}\n")
        for outcome in outcomes if show else ():
            if not outcome.right:
                told = "；".join(problem.message for verdict in outcome.verdicts for problem in verdict.problems)
                sys.stdout.write(f"  {outcome.case.id} {outcome.case.error} {outcome.case.answer}\t{told}\n")


if __name__ == "__main__":
    typer.run(main)
