"""Whether a figure or date stands in the passage for the same thing: its words must not fit another one better."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.grounding.clauses import keys_of, rarity, says, told
from assistant.grounding.courses import sign_of
from assistant.grounding.derived import derived, is_total, on_the_matter
from assistant.grounding.facts import find_facts
from assistant.grounding.polarity import PLANNED, denied_words
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.values import equal_values, same_dimension
from assistant.grounding.wordlists import word_list

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.facts import Fact

_PIECE_END = re.compile(r"[、;:。!?\n()]|(?<!\d),|,(?!\d{3}(?!\d))")
_ROW = re.compile(r"[、和与及]|(?:\d+:\d\d)?起?[至到](?:\d+:\d\d)?")
_TOTAL = re.compile(r"(?:总数|总量|总额|合计|总计|共计|共有|共|总共)(?:达到?|为|有)?$")
_SENTENCE_END = "。!?;\n"
_NEAR, _PIECE, _BEFORE, _AFTER, _EARLIER = 1.0, 0.9, 0.6, 0.4, 0.2
"""What a word is worth between the neighbouring figures, in the same piece, earlier and later in the sentence, earlier in the text."""
_OWN_PIECE, _OWN_BEFORE, _OWN_AFTER = 0.8, 0.5, 0.3
_UNLIKE = frozenset({"个", "人"})
"""How much words of the answer count that stand farther from the figure."""
_MARGIN = 0.06
"""By how much weight another figure must fit the words better."""
_CLOSE = 0.2
"""How much better still, if the answer states the other figure too or the two stand side by side in the passage."""
_DATED = "YMD"
_KINDS = (ProblemKind.FIGURE, ProblemKind.DATE)


@dataclass(frozen=True, slots=True)
class Slot:
    """A figure or date with the text around it, nearest first."""

    fact: Fact
    near: str
    piece: str
    before: str
    after: str
    earlier: str
    near_words: tuple[tuple[str, float], ...]
    piece_words: tuple[tuple[str, float], ...]
    before_words: tuple[tuple[str, float], ...]
    after_words: tuple[tuple[str, float], ...]
    sign: int
    """Whether the figure is by how much something grows (1) or shrinks (-1)."""
    after_keys: tuple[str, ...]
    near_keys: tuple[str, ...]
    piece_keys: tuple[str, ...]
    before_keys: tuple[str, ...]


@functools.lru_cache(maxsize=512)
def slots_of(text: str) -> tuple[Slot, ...]:
    """Return the figures and dates of a canonical text with what stands around them, in order."""
    facts = tuple(fact for fact in find_facts(text) if fact.kind in _KINDS)
    return tuple(_slot(text, facts, number) for number in range(len(facts)))


def _slot(text: str, facts: tuple[Fact, ...], number: int) -> Slot:
    fact = facts[number]
    first, last = _piece(text, fact)
    alike = [one for one in facts if one.kind is fact.kind and one is not fact and first <= one.start < last]
    left = max((one.end for one in alike if one.end <= fact.start), default=first)
    right = min((one.start for one in alike if one.start >= fact.end), default=last)
    begin = max(text.rfind(mark, 0, first) for mark in _SENTENCE_END) + 1
    stop = min((at for at in (text.find(mark, last) for mark in _SENTENCE_END) if at >= 0), default=len(text))
    followed = any(one.kind is fact.kind and last <= one.start < stop for one in facts)

    def keys(start: int, end: int) -> tuple[str, ...]:
        return tuple(key for one in facts if one is not fact and start <= one.start < end for key in keys_of(one))

    def words(start: int, end: int) -> tuple[tuple[str, float], ...]:
        own = {word for word, _ in told(text, fact.start, fact.end)}
        return tuple((word, weight) for word, weight in told(text, start, end) if word not in own)

    return Slot(
        fact,
        near=text[left : fact.start] + "," + text[fact.end : right],
        piece=text[first:last],
        before=text[begin:first],
        earlier=text[:begin],
        after=text[last:stop],
        near_words=words(left, right),
        piece_words=words(first, last),
        before_words=words(begin, first),
        after_words=() if followed else words(last, stop),
        sign=sign_of(fact, text),
        after_keys=keys(last, stop),
        near_keys=keys(left, right),
        piece_keys=keys(first, last),
        before_keys=keys(begin, first),
    )


def _piece(text: str, fact: Fact) -> tuple[int, int]:
    first = max((match.end() for match in _PIECE_END.finditer(text, 0, fact.start)), default=0)
    match = _PIECE_END.search(text, fact.end)
    return first, match.start() if match else len(text)


def swapped(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the figures and dates of a canonical sentence whose words stand in the evidence with another one."""
    if "分别" in body or "依次" in body:
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
            and (_other_year(slot, same) or _other_kind(slot, same) or lead > _MARGIN)
            and not _follows(slot.fact, body, evidence)
        ):
            yield Problem(ProblemKind.SWAPPED, slot.fact.text)


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
    beside = any(other.piece == rival.piece for other in same)
    total = _TOTAL.search(slot.near.partition(",")[0]) and any(
        _TOTAL.search(one.near.partition(",")[0]) for one in same
    )
    return lead - _CLOSE * (stated or beside) - _CLOSE * bool(total)


def _weights(slot: Slot, text: str, *, far: bool) -> dict[str, float]:
    """Return what the words around our figure count, less if the passage says them often; `far` takes in earlier ones."""
    near = dict(slot.near_words)
    piece = {word: weight * _OWN_PIECE for word, weight in slot.piece_words if far and word not in near}
    denied = denied_words(slot.near)
    dated = any(key[0] in _DATED for key in slot.piece_keys)
    before = {
        word: weight * _OWN_BEFORE
        for word, weight in slot.before_words
        if far and word not in near and word not in piece and not (dated and word[0] in _DATED)
    }
    behind = {
        word: weight * _OWN_AFTER
        for word, weight in slot.after_words
        if far and word not in near and word not in piece and word[0] not in "#YMD"
    }
    words = (behind | before | piece | near).items()
    return {word: weight * rarity(word, text) for word, weight in words if word not in denied}


def agreement(weights: dict[str, float], slot: Slot) -> float:
    """Return the weight of the words that stand around a figure of the passage; no words give 0."""
    return sum(weight * _presence(word, slot) for word, weight in weights.items())


def _presence(word: str, slot: Slot) -> float:
    return max(
        _NEAR * says(word, slot.near, slot.near_keys),
        _PIECE * says(word, slot.piece, slot.piece_keys),
        _BEFORE * says(word, slot.before, slot.before_keys),
        _AFTER * says(word, slot.after, slot.after_keys),
        _EARLIER * says(word, slot.earlier),
    )


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
