"""Which body does it: what the passage lets one office do must not be told of another, and no name may be half another's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.align import align
from assistant.grounding.clauses import cut_clauses, overlap
from assistant.grounding.names import holds_name
from assistant.grounding.types import Problem, ProblemKind
from index.analysis import segment, word_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.clauses import Clause
    from assistant.grounding.evidence import Evidence

_ACTS = re.compile(
    r"(?:^|由|经|的是)(?P<name>[^\W\da-z由经]{1,10}?(?:局|委员会|管委会|纪委监委|[市区县州省]委|办公室|[^不举主兴]办|厅|[^干全内外]部|院|馆|公司|集团|政府|支队|大队|街道|中心))"
    r"(?=[\u4e00-\u9fff])(?![的等、和与及对向长门内外])"
)
_NO_HEAD = "vpdcurm"
_SAID = 0.6
"""Share of what our clause says beside the name that the passage's clause must hold."""
_HAN = re.compile(r"[\u4e00-\u9fff]{2}")
_LEVELS = "省市区县州镇乡"
_NAMING = ("nr", "ns", "nz")
_EMPTY = frozenset(
    "的了已仍最将被把在对由与和及或都均也还且又再就才只不未没可能会应须要该其此这那有是为以于从到至向各本全个前后里内外上下中"
)


def other_agent(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the bodies at the head of a clause of a canonical sentence of which the evidence lets another do it."""
    clauses = [clause for text in evidence.bodies for clause in cut_clauses(text)]
    for ours in cut_clauses(body):
        name = _acting(ours.text)
        if not name or name in evidence.around:
            continue
        words = tuple((word, weight) for word, weight in ours.words if word not in name)
        if not words:
            continue
        fits = [(overlap(words, one.text, _keys(one)), number) for number, one in enumerate(clauses)]
        best = max((fit for fit, _ in fits), default=0.0)
        near = [number for fit, number in fits if fit >= max(best, _SAID)]
        holders = [_holder(number, clauses) for number in near]
        if near and all(
            holder and not _one(name, holder) and name not in clauses[at].text
            for holder, at in zip(holders, near, strict=True)
        ):
            yield Problem(ProblemKind.SWAPPED, name)


def _acting(clause: str) -> str:
    """Return the body that a clause begins with or names behind 由 as the one who acts; none gives an empty string."""
    for match in _ACTS.finditer(clause):
        words = segment(match["name"])
        if word_class(words[0])[0] not in _NO_HEAD and not any(word in _EMPTY for word in words if word not in "和与"):
            return match["name"]
    return ""


def _holder(number: int, clauses: list[Clause]) -> str:
    """Return the body that acts in a clause, or in the last clause before in its sentence that names one."""
    sentence = [other for other in clauses[: number + 1] if other.sentence == clauses[number].sentence]
    return next((name for one in reversed(sentence) if (name := _acting(one.text))), "")


def _one(ours: str, theirs: str) -> bool:
    """Whether two bodies may be the same: one name within the other, or its short form."""
    return (
        holds_name(ours, theirs)
        or holds_name(theirs, ours)
        or ours.strip(_LEVELS) in theirs
        or theirs.strip(_LEVELS) in ours
    )


def _keys(clause: Clause) -> tuple[str, ...]:
    return tuple(word for word, _ in clause.words if word[0] in "#YMD")


def other_stem(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the names of a canonical sentence before a word that the evidence has behind another name only (石渡断面, 赤桥断面)."""
    text = "\n".join(evidence.bodies)
    for pair in align(body, evidence):
        for at in range(len(pair.ours) - 3):
            stem, head = pair.ours[at : at + 2], pair.ours[at + 2 : at + 4]
            if not (_HAN.fullmatch(stem) and _HAN.fullmatch(head)) or stem in evidence.text or _EMPTY & set(stem):
                continue
            if not _is_name(pair.ours, at) or not _noun_at(pair.ours, at + 2):
                continue
            places = [match.start() for match in re.finditer(re.escape(head), pair.theirs) if match.start() > 1]
            others = [pair.theirs[place - 2 : place] for place in places if _is_name(pair.theirs, place - 2)]
            if (
                others
                and not any(other in body or _EMPTY & set(other) or other[1] in _LEVELS for other in others)
                and head in text
            ):
                yield Problem(ProblemKind.NAME, stem + head)


def _noun_at(text: str, at: int) -> bool:
    """Whether a noun of the dictionary begins at a place."""
    word = segment(text[at:])[0]
    return len(word) > 1 and word_class(word) == "n"


def _is_name(text: str, at: int) -> bool:
    """Whether the two characters at a place are a name, or two that are no word of the dictionary."""
    start = 0
    words = []
    for word in segment(text):
        start = text.find(word, start)
        if start < at + 2 and at < start + len(word):
            words.append((word, start))
        start += len(word)
    if len(words) == 1:
        return words[0] == (text[at : at + 2], at) and word_class(words[0][0]).startswith(_NAMING)
    return all(len(word) == 1 for word, _ in words)
