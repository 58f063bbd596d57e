"""One sentence against the passages that it cites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.grounding.evidence import gather
from assistant.grounding.facts import canonical, find_facts, without_figures
from assistant.grounding.marks import read_marks
from assistant.grounding.types import Problem, ProblemKind, SentenceVerdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.support import Support
    from assistant.grounding.types import Source

_ENOUGH = 0.6
"""Share of a sentence's words, by weight, that its passages must say."""


def check_sentence(
    sentence: str, sources: Mapping[int, Source], *, support: Support
) -> tuple[SentenceVerdict | None, int]:
    """Return the verdict on a sentence and how many of its marks were dropped; None if it says nothing but marks."""
    marked = read_marks(sentence, sources)
    body = canonical(marked.bare).strip("*-#_>.。!?;,:、·• ")
    if not body:
        return None, marked.dropped
    marks = marked.numbers
    if not marks:
        problem = Problem(ProblemKind.NO_MARK)
        return SentenceVerdict(marked.text, (), supported=False, problems=(problem,)), marked.dropped
    evidence = gather(tuple(sources[number] for number in marks))
    problems = list(_missing(body, evidence))
    share = support.coverage(without_figures(body), evidence)
    if share < _ENOUGH:
        problems.append(Problem(ProblemKind.WORDING))
    verdict = SentenceVerdict(marked.text, marks, supported=not problems, problems=tuple(problems), support=share)
    return verdict, marked.dropped


def _missing(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield what a sentence states to the letter and the evidence does not hold."""
    for fact in find_facts(body):
        if not evidence.holds(fact):
            yield Problem(fact.kind, fact.text)
