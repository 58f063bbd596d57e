"""Whether a figure or date stands in the passage for the same thing: its words must not fit another one better."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.clauses import rarity
from assistant.grounding.dealt import dealt
from assistant.grounding.derived import derived, is_total, on_the_matter
from assistant.grounding.facts import find_facts
from assistant.grounding.parts import at_odds, in_common
from assistant.grounding.polarity import PLANNED, denied_words
from assistant.grounding.slots import DATED, Slot, agreement, slots_of
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.values import equal_values, same_dimension
from assistant.grounding.wordlists import word_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.facts import Fact

_ROW = re.compile(r"[、和与及]|(?:\d+:\d\d)?起?[至到](?:\d+:\d\d)?")
_TOTAL = re.compile(r"(?:总数|总量|总额|合计|总计|共计|共有|共|总共)(?:达到?|为|有)?$")
_OUT_OF = re.compile(r"[中里]的?$")
_CONTEXT = 0.5
"""What words before 中的 count: they tell of what the figure is a part."""
_WHOLE = re.compile(r"[\u4e00-\u9fff“”]{0,10}?[中里]")
"""Behind a figure of which the next one is a part: 29处重大隐患中已有24处. The passage may tell it apart from its parts."""
_OWN_PIECE, _OWN_BEFORE, _OWN_AFTER = 0.8, 0.5, 0.3
"""How much words of the answer count that stand farther from the figure."""
_UNLIKE = frozenset({"个", "人"})
_MARGIN = 0.06
"""By how much weight another figure must fit the words better."""
_UNIT = 0.1
"""How much better if it is counted otherwise, where ours is counted alike."""
_CROSSED = 0.15
"""By how much two figures must fit each other's places better, together."""
_CLOSE = 0.2
"""How much better still, if the answer states the other figure too or the two stand side by side in the passage."""


def swapped(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the figures and dates of a canonical sentence whose words stand in the evidence with another one."""
    if ("分别" in body or "依次" in body) and not dealt(body):
        return
    theirs = [slot for text in evidence.bodies for slot in slots_of(text)]
    joined = frozenset(pair for text in evidence.bodies for pair in _joined(text))
    ours = slots_of(body)
    for slot in ours:
        if slot.fact.day is not None and not slot.fact.day.month:
            continue
        others = [one.fact for one in ours if one is not slot]
        same = [other for other in theirs if _equal(slot.fact, other.fact)]
        rivals = [other for other in theirs if _rival(slot.fact, other.fact)]
        rivals = [one for one in rivals if not any((one.fact, other.fact) in joined for other in same)]
        if slot.fact.value is not None and evidence.shares_tenths(slot.fact.value):
            continue
        lead = max((_lead(slot, rival, same, others, evidence.text) for rival in rivals), default=0.0) if same else 0.0
        if (
            same
            and (
                _other_year(slot, same)
                or _other_kind(slot, same)
                or lead > _MARGIN
                or _crossed(slot, theirs, ours, evidence.text)
            )
            and not _follows(slot.fact, body, evidence)
        ):
            yield Problem(ProblemKind.SWAPPED, slot.fact.text)


def _crossed(slot: Slot, theirs: list[Slot], ours: tuple[Slot, ...], text: str) -> bool:
    """Whether two figures of the sentence together fit each other's places in the evidence better than their own."""
    weights = {word: weight for word, weight in _weights(slot, text, far=False).items() if word[0] != "#"}
    own = max((agreement(weights, one) for one in theirs if _equal(slot.fact, one.fact)), default=None)
    for other in ours:
        if other is slot or not _rival(slot.fact, other.fact) or own is None:
            continue
        words = {word: weight for word, weight in _weights(other, text, far=False).items() if word[0] != "#"}
        its = max((agreement(words, one) for one in theirs if _equal(other.fact, one.fact)), default=None)
        ours_there = max((agreement(weights, one) for one in theirs if _equal(other.fact, one.fact)), default=0.0)
        its_here = max((agreement(words, one) for one in theirs if _equal(slot.fact, one.fact)), default=0.0)
        if its is not None and ours_there > own and its_here > its and ours_there + its_here > own + its + _CROSSED:
            return True
    return False


def _unit(slot: Slot) -> str:
    return slot.fact.value.unit if slot.fact.value is not None else ""


def _follows(fact: Fact, body: str, evidence: Evidence) -> bool:
    """Whether the figure follows from others of a sentence of the evidence that does not itself state it."""
    nearest = next(on_the_matter(fact, body, evidence), "")
    stated = any(_equal(fact, other) for other in find_facts(nearest))
    return is_total(fact, body, evidence) or (not stated and derived(fact, body, evidence))


def _joined(text: str) -> Iterator[tuple[Fact, Fact]]:
    """Yield, both ways round, the figures and dates that stand in a row for one thing (3路、11路; 自甲日起至乙日)."""
    row: list[Fact] = []
    for slot in slots_of(text):
        if row and not _ROW.fullmatch(text, row[-1].end, slot.fact.start):
            row = []
        for other in row:
            yield slot.fact, other
            yield other, slot.fact
        row.append(slot.fact)


def _lead(slot: Slot, rival: Slot, same: list[Slot], others: list[Fact], text: str) -> float:
    """Return by how much weight the words around our figure fit a rival better than any place that has our figure."""
    stated = any(_equal(other, rival.fact) for other in others)
    weights = _weights(slot, text, far=not stated)
    lead = agreement(weights, rival) - max(agreement(weights, other) for other in same)
    if bool(PLANNED.search(slot.near)) is not bool(PLANNED.search(rival.near)):
        lead -= _CLOSE
    if slot.sign and slot.sign != rival.sign:
        lead -= _CLOSE * any(other.sign == slot.sign for other in same)
    if slot.fact.value and rival.fact.value and {slot.fact.value.unit, rival.fact.value.unit} >= _UNLIKE:
        lead -= _CLOSE
    if at_odds(slot.part, rival.part) and not all(at_odds(slot.part, other.part) for other in same):
        lead -= _CLOSE
    if not in_common(slot.part, rival.part) and any(in_common(slot.part, other.part) for other in same):
        lead -= _CLOSE
    if any(_unit(slot) == _unit(other) != _unit(rival) for other in same):
        lead -= _UNIT
    beside = any(other.piece == rival.piece for other in same)
    total = _TOTAL.search(slot.near.partition(",")[0]) and any(
        _TOTAL.search(one.near.partition(",")[0]) for one in same
    )
    return lead - _CLOSE * (stated or beside) - _CLOSE * bool(total)


def _weights(slot: Slot, text: str, *, far: bool) -> dict[str, float]:
    """Return what the words around our figure count, less if the passage says them often; `far` takes in earlier ones."""
    near = dict(slot.near_words)
    ahead = slot.near.partition(",")[0]
    if _OUT_OF.search(ahead):
        near = {word: weight * (_CONTEXT if word in ahead else 1.0) for word, weight in near.items()}
    piece = {word: weight * _OWN_PIECE for word, weight in slot.piece_words if far and word not in near}
    denied = denied_words(slot.near)
    dated = any(key[0] in DATED for key in slot.piece_keys)
    before = {
        word: weight * _OWN_BEFORE
        for word, weight in slot.before_words
        if far and word not in near and word not in piece and not (dated and word[0] in DATED)
    }
    behind = {
        word: weight * _OWN_AFTER
        for word, weight in slot.after_words
        if far and word not in near and word not in piece and word[0] not in "#YMD"
    }
    words = list((behind | before | piece | near).items())
    if _WHOLE.match(slot.near.partition(",")[2]):
        words = [(word, weight) for word, weight in words if word[0] != "#"]
    return {word: weight * rarity(word, text) for word, weight in words if word not in denied}


def _other_year(slot: Slot, same: list[Slot]) -> bool:
    """Whether the answer puts a year to the figure, and the passage puts another wherever it has the figure."""
    if slot.fact.kind is not ProblemKind.FIGURE:
        return False
    years = {key for key in slot.near_keys if key[0] == "Y"}
    given = [{key for key in other.near_keys if key[0] == "Y"} for other in same]
    return bool(years) and all(known and not known & years for known in given)


def _other_kind(slot: Slot, same: list[Slot]) -> bool:
    """Whether the answer says of the figure the opposite of what the passage says wherever it has it (公办, 民办)."""
    return all(_opposed(slot.near, other.near) for other in same)


def _opposed(ours: str, theirs: str) -> bool:
    for one, _, other in (words.partition("/") for words in word_list("antonym")):
        for mine, its in ((one, other), (other, one)):
            if mine in ours and its in theirs and its not in ours and mine not in theirs:
                return True
    return False


def _equal(one: Fact, other: Fact) -> bool:
    if one.day is not None and other.day is not None:
        pairs = ((one.day.year, other.day.year), (one.day.month, other.day.month), (one.day.day, other.day.day))
        return all(a == b or not (a and b) for a, b in pairs) and bool(one.day.month) == bool(other.day.month)
    return one.value is not None and other.value is not None and equal_values(one.value, other.value)


def _rival(one: Fact, other: Fact) -> bool:
    """Whether the other fact is another answer to the same kind of question."""
    if one.day is not None and other.day is not None:
        return (
            bool(one.day.day) == bool(other.day.day)
            and bool(one.day.month) == bool(other.day.month)
            and not _equal(one, other)
        )
    if one.value is None or other.value is None:
        return False
    return same_dimension(one.value, other.value) and not equal_values(one.value, other.value)
