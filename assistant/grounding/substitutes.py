"""Words in the place of others: a clause says what the passage says, but of the company for the office."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from assistant.grounding.align import align
from assistant.grounding.facts import without_figures
from assistant.grounding.support import wordings
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.wordlists import word_list, word_set
from assistant.terms import general_weight
from index.analysis import segment, word_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.align import Pair
    from assistant.grounding.evidence import Evidence

_ALIGNED = 0.4
_NOUNS = "njslb"
"""First letters of the dictionary's classes of nouns, short names, places, set phrases and qualifiers."""
_NAMES = ("nr", "ns", "nt", "nz")
_KINDS = frozenset("路车厂病店站业品物证局院校队林田港桥河湖江山镇村县市省")
"""Last characters of words that name sorts of one kind: 公路 is not 铁路."""
_TELLING = 0.2
_NEIGHBOUR = 0.25
"""Weight that the word beside must have if ours stands elsewhere in the passages."""
_SKIPPED = frozenset("的了已也都均地得")


def substituted(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the nouns of a canonical sentence that stand where the nearest clause of the evidence has another noun."""
    for pair in align(body, evidence):
        if pair.found >= _ALIGNED:
            yield from (Problem(ProblemKind.SWAPPED, word) for word in _others(pair, body, evidence.text))


def _others(pair: Pair, body: str, text: str) -> Iterator[str]:
    ours, theirs = _words(pair.ours), _words(pair.theirs)
    for place, word in enumerate(ours):
        if not is_noun(word) or word in pair.theirs:
            continue
        for step in (1, -1):
            if not 0 <= place + step < len(ours):
                continue
            beside = ours[place + step]
            places = [at for at, one in enumerate(theirs) if one == beside and 0 <= at - step < len(theirs)]
            if word in text and (len(beside) < 2 or general_weight(beside) < _NEIGHBOUR):
                places = [at for at in places if _next(ours, place + 2 * step) == _next(theirs, at + step) != ""]
            rivals = [theirs[at - step] for at in places]
            if any(is_noun(one) and one not in body and not akin(word, one) for one in rivals):
                yield word


def _next(words: list[str], place: int) -> str:
    return words[place] if 0 <= place < len(words) else ""


def is_noun(word: str) -> bool:
    """Whether a word of two characters or more is a noun that tells something."""
    return (
        len(word) > 1
        and word_class(word)[:1] in _NOUNS
        and word not in word_set("vague")
        and general_weight(word) >= _TELLING
    )


def _words(text: str) -> list[str]:
    return [word for word in segment(without_figures(text)) if word not in _SKIPPED]


@functools.cache
def _alike() -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row.split("/")) for row in word_list("alike"))


def akin(one: str, other: str) -> bool:
    """Whether two words may mean the same: by the lexicon, or by a character that they share and that is no name's."""
    shared = set(one) & set(other)
    if any(one in row and other in row for row in _alike()):
        return True
    if len(shared) > 1 or wordings(one, other) or wordings(other, one):
        return True
    if one[-1] == other[-1] and one[-1] in _KINDS:
        return False
    return bool(shared) and not any(word_class(word).startswith(_NAMES) for word in (one, other))
