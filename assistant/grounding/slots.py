"""Figures and dates with the words around them, and how well the words of one stand around another."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.grounding.clauses import keys_of, says, told
from assistant.grounding.courses import sign_of
from assistant.grounding.dealt import dealt
from assistant.grounding.facts import find_facts, without_figures
from assistant.grounding.parts import part_of
from assistant.grounding.polarity import PLANNED
from assistant.grounding.types import ProblemKind
from assistant.grounding.wordlists import word_set
from index.analysis import segment, word_class

if TYPE_CHECKING:
    from assistant.grounding.facts import Fact
    from assistant.roles import Role

_PIECE_END = re.compile(r"[、;:。!?\n()]|(?<!\d),|,(?!\d{3}(?!\d))")
_SENTENCE_END = "。!?;\n"
_NEAR, _PIECE, _BEFORE, _AFTER, _EARLIER = 1.0, 0.9, 0.6, 0.4, 0.2
"""What a word is worth between the neighbouring figures, in the same piece, earlier and later in the sentence, earlier in the text."""
_ELIDED = 0.9
"""What a noun of the piece before is worth if the clause of the figure names nothing itself: 闲置大棚86座,已盘活71座."""
_PARTLY = 0.7
"""What any of its words is worth to a part of it: 其中三年以上账款1.9亿元."""
_AMONG = re.compile(r"其中")
_EMPTY = "vdpcurzmqtfya"
"""Classes of words that name nothing: verbs, adverbs and the like."""
_NOUNS = "nljx"
DATED = "YMD"
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
    part: Role
    led: str
    """The piece before, if the words right before the figure name nothing, so that it tells what the figure counts."""
    led_keys: tuple[str, ...]
    partly: bool
    """Whether the figure is a part of one in the piece before (其中)."""


@functools.lru_cache(maxsize=512)
def slots_of(text: str) -> tuple[Slot, ...]:
    """Return the figures and dates of a canonical text with what stands around them, in order."""
    facts = tuple(fact for fact in find_facts(text) if fact.kind in _KINDS)
    items = dealt(text)
    return tuple(_slot(text, facts, fact, items.get(fact.start, (0, 0))) for fact in facts)


@dataclass(frozen=True, slots=True)
class _Reach:
    """Where things stand around a fact: its sentence, its piece, and the nearest figures of its kind in the piece."""

    begin: int
    first: int
    left: int
    right: int
    last: int
    stop: int


def _reach(text: str, facts: tuple[Fact, ...], fact: Fact) -> _Reach:
    first, last = _piece(text, fact)
    if fact.kind is ProblemKind.DATE and text[last : last + 1] == "," and not _names_something(text[first:last]):
        _, last = _piece(text, replace(fact, end=last + 1))  # a date alone is the time of the clause behind it
    alike = [one for one in facts if one.kind is fact.kind and one is not fact and first <= one.start < last]
    return _Reach(
        begin=max(text.rfind(mark, 0, first) for mark in _SENTENCE_END) + 1,
        first=first,
        left=max((one.end for one in alike if one.end <= fact.start), default=first),
        right=min((one.start for one in alike if one.start >= fact.end), default=last),
        last=last,
        stop=min((at for at in (text.find(mark, last) for mark in _SENTENCE_END) if at >= 0), default=len(text)),
    )


def _slot(text: str, facts: tuple[Fact, ...], fact: Fact, item: tuple[int, int]) -> Slot:
    reach = _reach(text, facts, fact)
    followed = any(one.kind is fact.kind and reach.last <= one.start < reach.stop for one in facts)
    own = {word for word, _ in told(text, fact.start, fact.end)}

    def keys(start: int, end: int) -> tuple[str, ...]:
        return tuple(key for one in facts if one is not fact and start <= one.start < end for key in keys_of(one))

    def words(start: int, end: int) -> tuple[tuple[str, float], ...]:
        return tuple((word, weight) for word, weight in told(text, start, end) if word not in own)

    led = _led(text, fact, reach)
    return Slot(
        fact,
        near=text[slice(*item)] + text[reach.left : fact.start] + "," + text[fact.end : reach.right],
        piece=text[reach.first : reach.last],
        before=text[reach.begin : reach.first],
        earlier=text[: reach.begin],
        after=text[reach.last : reach.stop],
        near_words=tuple(dict((*words(*item), *words(reach.left, reach.right))).items()),
        piece_words=words(reach.first, reach.last),
        before_words=words(reach.begin, reach.first),
        after_words=() if followed else words(reach.last, reach.stop),
        sign=sign_of(fact, text),
        after_keys=keys(reach.last, reach.stop),
        near_keys=keys(reach.left, reach.right),
        piece_keys=keys(reach.first, reach.last),
        before_keys=keys(reach.begin, reach.first),
        part=part_of(fact, text),
        led=led,
        led_keys=keys(reach.begin + text[reach.begin : reach.first].rfind(led), reach.first) if led else (),
        partly=bool(_AMONG.match(text, reach.first)),
    )


def _led(text: str, fact: Fact, reach: _Reach) -> str:
    """Return the piece before a figure's in its sentence, if its own names nothing or is a part of it (其中); else nothing."""
    behind = segment(text[fact.end : reach.last])[:1]
    named = _names_something(text[reach.left : fact.start]) or any(_names_something(word) for word in behind)
    before = text[reach.begin : reach.first]
    return _before_last(before) if _AMONG.match(text, reach.first) or not named else ""


def _before_last(text: str) -> str:
    """Return the last piece of what stands before."""
    return _PIECE_END.split(text.rstrip(",、;:。()"))[-1]


def _names_something(stretch: str) -> bool:
    """Whether a stretch says more than what is done or when: a noun, or characters that are no known word."""
    words = segment(without_figures(PLANNED.sub("", stretch)))
    kept = [word for word in words if word not in word_set("idle") and not word.isascii()]
    named = any(len(word) > 1 and word_class(word)[0] not in _EMPTY for word in kept)
    lone = [len(word) == 1 and word in kept and word_class(word)[0] not in _EMPTY for word in words]
    return named or any(one and other for one, other in pairwise(lone))


def _piece(text: str, fact: Fact) -> tuple[int, int]:
    first = max((match.end() for match in _PIECE_END.finditer(text, 0, fact.start)), default=0)
    match = _PIECE_END.search(text, fact.end)
    return first, match.start() if match else len(text)


def agreement(weights: dict[str, float], slot: Slot) -> float:
    """Return the weight of the words that stand around a figure of the passage; no words give 0."""
    return sum(weight * _presence(word, slot) for word, weight in weights.items())


def _presence(word: str, slot: Slot) -> float:
    return max(
        _NEAR * says(word, slot.near, slot.near_keys),
        _PIECE * says(word, slot.piece, slot.piece_keys),
        _BEFORE * says(word, slot.before, slot.before_keys),
        _inherited(word, slot) * says(word, slot.led, slot.led_keys),
        _AFTER * says(word, slot.after, slot.after_keys),
        _EARLIER * says(word, slot.earlier),
    )


def _inherited(word: str, slot: Slot) -> float:
    if slot.partly:
        return _PARTLY
    return _ELIDED if word[0] in DATED or word_class(word)[0] in _NOUNS else 0.0
