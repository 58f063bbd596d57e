"""The part that a figure plays: the old value told as the present one, a level as a change, a plan as done."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.clauses import cut_clauses
from assistant.grounding.derived import derived
from assistant.grounding.facts import find_facts
from assistant.grounding.polarity import PLANNED
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.values import equal_values
from assistant.roles import Role, figure_roles

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.facts import Fact

_PAST = re.compile(
    r"[由从自原曾比较前]|以往|过去|先前|起初|最初|上年|去年|同期|(?:19|20)\d{2}年|以来|改为|扩[至到]|[增减升降提压缩][^,;。]{0,4}[至到为]"
)
"""A sentence with one of these may tell an old value as such."""
_RATE = re.compile(r"增[长速幅]|同比|环比|幅度|涨幅|降幅|比例|占比|率")
_FROM = re.compile(r"[由从自][^,;。]{0,16}$")
_AHEAD = re.compile(r"要|将|至少|才|目标|任务|应|须|前完成|尚|还|未|原定|待")
_NO = re.compile(r"[不未没无]")
_NONE = Role()


def part_of(fact: Fact, text: str) -> Role:
    """Return the part that a figure of a canonical text plays; a role without any if nothing is said of it."""
    roles = figure_roles(text)
    return next((roles[start] for start in sorted(roles) if fact.start <= start < fact.end), _NONE)


def at_odds(ours: Role, theirs: Role) -> bool:
    """Whether two figures cannot be the same one for the parts that they play: old and new, done and still open."""
    return {ours.state, theirs.state} == {"old", "new"} or {ours.stage, theirs.stage} in (
        {"done", "open"},
        {"done", "planned"},
    )


def in_common(ours: Role, theirs: Role) -> bool:
    """Whether two figures play a part that few play, and the same one: what is left, a plan, an old value, a change."""
    stages = ours.stage == theirs.stage and ours.stage in ("open", "planned")
    return stages or bool(ours.change and ours.change == theirs.change) or ours.state == theirs.state == "old"


def wrong_part(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the figures of a canonical sentence that play another part than wherever the evidence has them."""
    theirs = [(fact, part_of(fact, text), text) for text in evidence.bodies for fact in find_facts(text) if fact.value]
    ours = [fact for fact in find_facts(body) if fact.value is not None]
    for fact in ours:
        same = [(role, one, text) for one, role, text in theirs if _equal(fact, one)]
        if not same:
            continue
        role = part_of(fact, body)
        clause = next((one.text for one in cut_clauses(body) if one.start <= fact.start < one.end), body)
        rules = (_outdated, _no_change, _not_done, _still_open)
        if all(any(rule(fact, role, one, clause, body, ours) for rule in rules) for one in same) and not derived(
            fact, body, evidence
        ):
            yield Problem(ProblemKind.DIRECTION, fact.text)


def _equal(one: Fact, other: Fact) -> bool:
    return one.value is not None and other.value is not None and equal_values(one.value, other.value)


def _outdated(fact: Fact, role: Role, same: tuple[Role, Fact, str], clause: str, body: str, ours: list[Fact]) -> bool:
    """Whether the passage has the figure as the old one of two, and the sentence tells it alone, with no word of the past."""
    theirs, their_fact, text = same
    if theirs.state != "old" or role.state == "old":
        return False
    new = next((one for one in find_facts(text) if one.value and one.start >= their_fact.end), None)
    if new is not None and any(_equal(new, one) for one in ours):
        return False
    del fact, clause
    return not _PAST.search(body)


def _no_change(fact: Fact, role: Role, same: tuple[Role, Fact, str], clause: str, body: str, ours: list[Fact]) -> bool:
    """Whether the sentence says by how much and the passage to how much."""
    theirs, their_fact, text = same
    led = theirs.state == "new" or (theirs.state == "old" and _FROM.search(text[: their_fact.start]))
    del fact, body, ours
    return bool(role.change and not theirs.change and led) and not _RATE.search(clause)


def _not_done(fact: Fact, role: Role, same: tuple[Role, Fact, str], clause: str, body: str, ours: list[Fact]) -> bool:
    """Whether the passage has the figure as a plan, and the sentence tells of no plan."""
    theirs, _, _ = same
    del fact, ours, clause
    reached = role.state == "new" or role.stage == "done"
    return theirs.stage == "planned" and reached and not PLANNED.search(body) and not _AHEAD.search(body)


def _still_open(fact: Fact, role: Role, same: tuple[Role, Fact, str], clause: str, body: str, ours: list[Fact]) -> bool:
    """Whether the passage has the figure as what is left and the sentence as what is done, or the reverse."""
    theirs, _, _ = same
    del fact, ours, body
    return {role.stage, theirs.stage} == {"open", "done"} and not _NO.search(clause)
