"""Whom a clause of the passage is about: what is said of one village, company or person must not be said of another."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.grounding.clauses import cut_clauses, overlap, rarity
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.wordlists import word_set
from index.analysis import segment, word_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence

_HAN = "\u4e00-\u9fff"
_KINDS = {
    "person": rf"[{_HAN}]某某?",
    "village": rf"[{_HAN}]{{2}}(?:村|社区|小区)(?![民级务])",
    "town": rf"[{_HAN}]{{2}}(?:镇|乡|街道)(?![村镇卫级])",
    "county": rf"[{_HAN}]{{2}}(?:县|区|市)(?![级域场民内外])",
    "company": rf"[{_HAN}]{{2,6}}(?:公司|集团|厂|银行|置业)",
    "station": rf"[{_HAN}]{{2}}站(?![点长房])",
    "office": rf"[{_HAN}]{{2,4}}(?:派出所|窗口|服务站|供电所|税务所|司法所)",
    "school": rf"[{_HAN}]{{2,4}}(?:小学|中学|大学|学院|幼儿园)",
    "hospital": rf"[{_HAN}]{{2,4}}(?:医院|卫生院)",
    "ship": r"“[^“”]{2,8}”(?=轮|号|船|[,。])",
}
_PATTERN = {kind: re.compile(pattern) for kind, pattern in _KINDS.items()}
_SAID = 0.6
"""Share of the words of our clause that a clause of the passage must hold to be its origin."""
_LEAD = 0.25
"""How much more of it that clause must hold than any clause about the one whom we name."""
_SHORT = ("公司", "集团", "银行")
_WHOLE = frozenset({"person", "ship"})
_NOT_IN = re.compile(r"[由与和及对在向将把被给因为各该本全每的是从至到于]")
_NO_PART = "pcdrumq"
"""Classes of words that no name of these kinds holds."""


@dataclass(frozen=True, slots=True)
class _Scoped:
    text: str
    about: frozenset[str]
    """Whom it names, else those named last before it or in the clause behind it."""


def misattributed(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the persons, places and firms of a canonical sentence of which the evidence does not say it, but of another."""
    for kind in _KINDS:
        names = _names(kind, body)
        known = frozenset(name for text in evidence.bodies for name in _names(kind, text))
        if len(known) < 2 or len(names) != 1 or names <= {name for name in names if name in evidence.around}:
            continue
        scoped = [one for text in evidence.bodies for one in _scopes(text, known)]
        told: frozenset[str] = frozenset()
        for clause in cut_clauses(body):
            told = _names(kind, clause.text) or told
            own = {name for name in told if _held(name, known)}
            if not own:
                continue
            words = tuple(
                (word, weight * rarity(word, evidence.text))
                for word, weight in clause.words
                if not any(word in name or name in word for name in told)
            )
            yield from _elsewhere(next(iter(own)), words, scoped)


def _short(name: str, text: str) -> bool:
    """Whether a text calls a firm by the last word of its name alone (集团)."""
    return name.endswith(_SHORT) and name[-2:] in text


def _elsewhere(name: str, words: tuple[tuple[str, float], ...], scoped: list[_Scoped]) -> Iterator[Problem]:
    if not words or not scoped:
        return
    fits = [(overlap(words, one.text, _keys(one.text)), one) for one in scoped]
    best = max(fit for fit, _ in fits)
    mine = max((fit for fit, one in fits if _among(name, one.about) or not one.about), default=0.0)
    if best >= _SAID and best > mine + _LEAD:
        yield Problem(ProblemKind.SWAPPED, name)


def _among(name: str, about: frozenset[str]) -> bool:
    return any(name in other or other in name or (other[-2:] == name[-2:] and other[0] == name[0]) for other in about)


def _held(name: str, known: frozenset[str]) -> bool:
    return any(name in other or other in name for other in known)


def _keys(text: str) -> tuple[str, ...]:
    return tuple(word for one in cut_clauses(text) for word, _ in one.words if word[0] in "#YMD")


def _names(kind: str, text: str) -> frozenset[str]:
    found = (
        _trimmed(match.group()) if kind not in _WHOLE else match.group() for match in _PATTERN[kind].finditer(text)
    )
    return frozenset(name for name in found if len(name) > 1 and not _NOT_IN.search(name))


def _trimmed(name: str) -> str:
    """Return the end of a name before which a verb or the like stands: 公司 of 扣减公司, which is none then."""
    words = segment(name)
    for place in range(len(words) - 2, -1, -1):
        verb = len(words[place]) > 1 and word_class(words[place])[0] == "v"
        if verb or word_class(words[place])[0] in _NO_PART:
            return "".join(words[place + 1 :]) if len(words[place + 1 :]) > 1 else ""
    return name if name not in word_set("common_name") else ""


@functools.lru_cache(maxsize=512)
def _scopes(text: str, known: frozenset[str]) -> tuple[_Scoped, ...]:
    """Return the clauses of a text with the names of the kind in force: their own, else the last ones before."""
    found: list[_Scoped] = []
    about: frozenset[str] = frozenset()
    clauses = cut_clauses(text)
    first: frozenset[str] = frozenset()
    sentence = -1
    for number, clause in enumerate(clauses):
        behind = clauses[number + 1] if number + 1 < len(clauses) else clause
        own = frozenset(name for name in known if name in clause.text or _short(name, clause.text))
        next_one = frozenset(name for name in known if name in behind.text and behind.sentence == clause.sentence)
        if clause.sentence != sentence:
            first, sentence = frozenset(), clause.sentence
        first = first or own
        about = own or about
        found.append(_Scoped(clause.text, about if own else about | next_one | first))
    return tuple(found)
