"""One sentence against the passages that it cites."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.agents import other_agent, other_stem
from assistant.grounding.bounds import wrong_bound, wrong_counter, wrong_kind, wrong_rate, wrong_way
from assistant.grounding.canonical import canonical
from assistant.grounding.contrasts import contrasted, needless, unlike_prefix
from assistant.grounding.courses import old_for_new, wrong_course, wrong_hour, wrong_order, wrong_sign
from assistant.grounding.derived import derived, year_before
from assistant.grounding.evidence import gather
from assistant.grounding.facts import counts_a_list, find_facts
from assistant.grounding.marks import read_marks
from assistant.grounding.offices import beyond_only, inside_exception, other_cause, other_holder, wider_place
from assistant.grounding.parts import wrong_part
from assistant.grounding.places_in_a_phrase import other_character, other_subject, other_target
from assistant.grounding.polarity import turned
from assistant.grounding.scope import misattributed
from assistant.grounding.substitutes import substituted
from assistant.grounding.swaps import swapped
from assistant.grounding.transplants import transplanted
from assistant.grounding.twins import twin_names
from assistant.grounding.types import Problem, ProblemKind, SentenceVerdict
from assistant.grounding.years import other_year

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.support import Support
    from assistant.grounding.types import Source

_PUBLISHED = re.compile(r"发布|公布|印发|通报|通告|公告|公示|刊登|成文|落款")
_RELATIONS = (
    swapped,
    wrong_bound,
    wrong_way,
    wrong_counter,
    wrong_kind,
    wrong_rate,
    needless,
    old_for_new,
    turned,
    transplanted,
    twin_names,
    substituted,
    misattributed,
    contrasted,
    unlike_prefix,
    wrong_sign,
    wrong_part,
    wrong_course,
    other_holder,
    beyond_only,
    wider_place,
    other_cause,
    other_year,
    wrong_hour,
    wrong_order,
    inside_exception,
    other_target,
    other_subject,
    other_character,
    other_agent,
    other_stem,
)
"""What is right by itself may still be said of the wrong thing."""


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
    problems = broken_rules(body, evidence)
    share = support.of(body, evidence)
    if share < support.calibration.threshold:
        problems.append(Problem(ProblemKind.WORDING))
    verdict = SentenceVerdict(marked.text, marks, supported=not problems, problems=tuple(problems), support=share)
    return verdict, marked.dropped


def broken_rules(body: str, evidence: Evidence) -> list[Problem]:
    """Return what the rules find wrong with a canonical sentence, its wording aside; nothing wrong gives an empty list."""
    missing = [*_missing(body, evidence)]
    return missing or [problem for rule in _RELATIONS for problem in rule(body, evidence)]


def _missing(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield what a sentence states to the letter and the evidence does not hold."""
    published = bool(_PUBLISHED.search(body))
    for fact in find_facts(body):
        if evidence.holds(fact, published=published) or counts_a_list(fact, body):
            continue
        if not derived(fact, body, evidence) and not year_before(fact, body, evidence):
            yield Problem(fact.kind, fact.text)
