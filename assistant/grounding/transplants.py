"""Whether a word or name of the passage stands in the answer where the passage has another."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from assistant.grounding.align import align
from assistant.grounding.clauses import cut_clauses, overlap
from assistant.grounding.facts import find_facts
from assistant.grounding.twins import persons_in
from assistant.grounding.types import Problem, ProblemKind
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence

_ALIGNED = 0.5
_FAR = 0.35
"""How much better a sentence without the name must say the rest than any sentence with it."""
_NAMED = frozenset({ProblemKind.NAME, ProblemKind.QUOTED, ProblemKind.TITLE})
_PERSON = re.compile(r"[\u4e00-\u9fff]某某?")
_ITEM = re.compile(r"(?<=[。;])(?=\d{1,2}[.、]\D|[一二三四五六七八九十]+是|\([一二三四五六七八九十\d]+\))")
"""Between the numbered items of a passage."""
_HAN = re.compile(r"[\u3400-\u9fff]+$")
_LINKS = frozenset("的和与及或、由在从到将把被对为是有等了都也还其以按于")


def transplanted(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield what a canonical sentence takes from another place of the evidence."""
    for pair in align(body, evidence):
        if pair.found >= _ALIGNED:
            yield from (
                Problem(ProblemKind.SWAPPED, word) for word in _other_qualifier(pair.ours, pair.core, evidence.text)
            )
    yield from _misplaced_names(body, evidence)


def _other_qualifier(ours: str, theirs: str, everywhere: str) -> Iterator[str]:
    """Yield the words of ours before a noun that theirs has behind another word (厨余垃圾 for 其他垃圾)."""
    before = dict(_qualified(theirs)) | {word[-2:]: word[:-2] for word in segment(theirs) if len(word) == 3}
    for noun, word in _qualified(ours):
        other = before.get(noun)
        if other and word not in theirs and other not in ours and word + noun in everywhere:
            yield word + noun


def _qualified(text: str) -> Iterator[tuple[str, str]]:
    words = [(word, text.find(word)) for word in segment(text)]
    for (word, at), (noun, behind) in itertools.pairwise(words):
        if (
            at + len(word) == behind
            and _HAN.match(noun)
            and word not in _LINKS
            and noun not in _LINKS
            and not word[0].isdigit()
        ):
            yield noun, word


def _misplaced_names(body: str, evidence: Evidence) -> Iterator[Problem]:
    names = (
        [fact.text for fact in find_facts(body) if fact.kind in _NAMED]
        + _PERSON.findall(body)
        + persons_in(body, evidence)
    )
    sentences = [sentence for text in evidence.bodies for sentence in re.split(r"[。!?;\n]", text) if sentence]
    words = tuple(word for clause in cut_clauses(body) for word in clause.words if word[0][0] not in "#YMD")
    items = [item for text in evidence.bodies for item in _ITEM.split(text) if item]
    for name in names:
        if name in evidence.around or not any(name in sentence for sentence in sentences):
            continue
        rest = tuple((word, weight) for word, weight in words if word not in name)
        with_it = max(overlap(rest, sentence) for sentence in sentences if name in sentence)
        if (
            rest
            and max(overlap(rest, sentence) for sentence in sentences) > with_it + _FAR
            and _far(name, body, sentences, items)
        ):
            yield Problem(ProblemKind.SWAPPED, name)


def _far(name: str, body: str, sentences: list[str], items: list[str]) -> bool:
    """Whether also the clauses with the name alone are said elsewhere, and no numbered item with the name says them."""
    own = [word for clause in cut_clauses(body) if name in clause.text for word in clause.words if word[0] not in name]
    words = tuple(word for word in own if word[0][0] not in "#YMD")
    best = max(overlap(words, sentence) for sentence in sentences)
    return best > max(overlap(words, piece) for piece in (*sentences, *items) if name in piece)
