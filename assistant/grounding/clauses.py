"""Clauses of a canonical text, the words that tell something in them, and which clause of a passage says the same."""

from __future__ import annotations

import functools
import itertools
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.grounding.facts import Fact, find_facts
from assistant.grounding.types import ProblemKind
from assistant.grounding.wordlists import word_set
from assistant.terms import general_weight
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SENTENCE = re.compile(r"[^。!?;\n]+")
_CLAUSE = re.compile(r"(?:[^,:]|(?<=\d),(?=\d{3})|:(?=\d))+")
_IDLE = frozenset(
    "的了在是和与对为把被给从向到于由将以等都也还又并中上下里内后前年月日个一有要会该其这那此们共已各且而或及则就可能"
)
_JOINTS = {"进出口": ("进口", "出口"), "上下级": ("上级", "下级")}
"""Words for two opposites that hold one of them by their letters."""
_STATES = frozenset({"合格", "达标", "到位", "规范", "及时", "合规", "透明"})
"""What a thing is or is not: 不合格 is a kind of its own, and does not say 合格."""
_COUNTED = frozenset({ProblemKind.FIGURE, ProblemKind.DATE})


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause `start:end` of a canonical text."""

    start: int
    end: int
    text: str
    sentence: int
    """Number of its sentence; a semicolon ends one too."""
    words: tuple[tuple[str, float], ...]
    """Words that tell something, with their weights, and the keys of its figures and dates."""
    before: str
    """What its sentence says before it."""


@functools.lru_cache(maxsize=512)
def cut_clauses(text: str) -> tuple[Clause, ...]:
    """Return the clauses of a canonical text in order; empty text has none."""
    return tuple(_clauses(text))


def _clauses(text: str) -> Iterator[Clause]:
    for number, sentence in enumerate(_SENTENCE.finditer(text)):
        for match in _CLAUSE.finditer(text, sentence.start(), sentence.end()):
            words = told(text, match.start(), match.end())
            if words:
                before = text[sentence.start() : match.start()]
                yield Clause(match.start(), match.end(), match.group(), number, words, before)


def told(text: str, start: int, end: int) -> tuple[tuple[str, float], ...]:
    """Return the telling words of `text[start:end]` and the keys of its figures and dates, each with its weight."""
    facts = [fact for fact in find_facts(text) if fact.kind in _COUNTED and start <= fact.start and fact.end <= end]
    masked = list(text[start:end])
    for fact in facts:
        masked[fact.start - start : fact.end - start] = "," * (fact.end - fact.start)
    found = {
        word: general_weight(word.removeprefix("不"))
        for word in _with_states(segment("".join(masked)))
        if word not in word_set("idle") and word not in _IDLE
    }
    quoted = [fact.text for fact in find_facts(text) if fact.kind is ProblemKind.QUOTED and start <= fact.start < end]
    found |= {f"“{words}”": 1.0 for words in quoted}
    return (*found.items(), *((key, 1.0) for fact in facts for key in keys_of(fact)))


def _with_states(words: list[str]) -> Iterator[str]:
    """Yield the words, a 不 joined to the state that it denies."""
    for before, word in itertools.pairwise(("", *words)):
        yield "不" + word if before == "不" and word in _STATES else word


def keys_of(fact: Fact) -> tuple[str, ...]:
    """Return what a figure or date is compared by: #34, Y2023, M7, D8; other facts have none."""
    if fact.day is not None:
        day = fact.day
        parts = (("Y", day.year), ("M", day.month), ("D", day.day))
        return tuple(f"{mark}{number}" for mark, number in parts if number)
    return (f"#{fact.value.number}",) if fact.value is not None else ()


def says(word: str, text: str, keys: Sequence[str] = ()) -> float:
    """Return how far a stretch of text, with the `keys` of its figures, says a word: 1, a part, or 0."""
    if word[0] in "#YMD":
        return float(word in keys)
    for joint, parts in _JOINTS.items():
        if word in parts:
            text = text.replace(joint, ",")
    if word in _STATES:
        text = text.replace("不" + word, ",")
    if word in text:
        return 1.0
    if len(word) < 3 or word[0] == "“":
        return 0.0
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    share = sum(pair in text for pair in pairs) / len(pairs)
    return share if share >= 0.5 else 0.0


def rarity(word: str, text: str) -> float:
    """Return what a word is worth in a text that says it often: 1 if once or never, then less and less."""
    return 1 / (1 + math.log(max(1, text.count(word))))


def overlap(words: Sequence[tuple[str, float]], text: str, keys: Sequence[str] = ()) -> float:
    """Return the share by weight of `words` that a stretch of text says, in [0, 1]; no words give 0."""
    total = sum(weight for _, weight in words)
    return sum(weight * says(word, text, keys) for word, weight in words) / total if total else 0.0
