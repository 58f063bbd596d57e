"""Who stands in a fixed place of a phrase: whom a fine falls on, who acts, of which house a name is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.clauses import cut_clauses
from assistant.grounding.substitutes import akin, is_noun
from assistant.grounding.types import Problem, ProblemKind
from assistant.terms import general_weight
from index.analysis import segment, word_class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence

_TO = re.compile(
    r"[对给向](?P<who>[^,;。对给向]{2,14}?)(?P<deed>处以|作出|给予|罚款|开展|采取|实行|实施|立案|问责|约谈|发放|收取|通报|处罚|免收|予以)"
)
_SHARED = 6
"""Characters in a row that two clauses must share to be about the same deed."""
_LONGEST = 12
_OUR_PART = 2
_ONE_CHARACTER = re.compile(r"[\u4e00-\u9fff]")
_DIGIT = re.compile(r"\d")
_LOOSE = "anxjg"
_NAMING = ("nr", "ns", "nz")
_NOUNS = "njsl"
_WHOLE_NAME = 4
_RARE = 0.6
_LONG_WORD = 4
_BEHIND_A_NAME = frozenset("某村镇乡寺庙里湾湖河江路街桥县厂庄园苑")
_EMPTY = frozenset("的了已仍最将被把在对由与和及或都均也还且又再就才只不未没可能会应须要该其此这那有是为以于从到至向")


def other_target(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield on whom a canonical sentence lets fall what the evidence lets fall on another (对…罚款, 给予…处分)."""
    theirs = [(match["deed"], match["who"]) for text in evidence.bodies for match in _TO.finditer(text)]
    for match in _TO.finditer(body):
        rivals = [who for deed, who in theirs if deed == match["deed"]]
        if rivals and not any(_same_head(match["who"], who) for who in rivals):
            yield Problem(ProblemKind.SWAPPED, match["who"])


def _same_head(one: str, other: str) -> bool:
    ours, theirs = segment(one), segment(other)
    if not ours or not theirs or any(len(word) > 1 and word in other for word in ours[-1:]):
        return True
    head = ours[-1] if len(ours[-1]) > 1 else "".join(ours[-2:])
    return (
        not (is_noun(head) or len(ours[-1]) == 1 < len(head))
        or head in other
        or akin(head, theirs[-1])
        or bool(set(head) & set(theirs[-1]))
    )


def other_subject(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the first words of the clauses of a canonical sentence that go on as a clause of the evidence about others."""
    theirs = [clause.text for text in evidence.bodies for clause in cut_clauses(text)]
    for clause in cut_clauses(body):
        ours = clause.text
        for other in theirs:
            start, at, size = _longest(ours, other)
            if size < _SHARED:
                continue
            if _apart(ours[:start], other[:at], body, evidence):
                yield Problem(ProblemKind.SWAPPED, ours[:start])
            if _apart(ours[start + size :], other[at + size :], body, evidence):
                yield Problem(ProblemKind.SWAPPED, ours[start + size :])


def _longest(one: str, other: str) -> tuple[int, int, int]:
    """Return where the longest common stretch begins in both, and how long it is."""
    from difflib import SequenceMatcher

    match = SequenceMatcher(None, one, other, autojunk=False).find_longest_match()
    return match.a, match.b, match.size


def _apart(ours: str, theirs: str, body: str, evidence: Evidence) -> bool:
    """Whether two beginnings name different things that the passages both know."""
    if not (_OUR_PART <= len(ours) <= _LONGEST and _OUR_PART <= len(theirs) <= _LONGEST):
        return False
    if ours[0] == "的" or _DIGIT.search(ours):
        return False
    ends = [segment(part)[-1:] for part in (ours, theirs)]
    if not all(end and word_class(end[0])[0] in _NOUNS for end in ends):
        return False
    if len(ours) >= _WHOLE_NAME and ours in evidence.text and ours not in theirs and theirs not in body:
        return not any(akin(word, other) for word in ends[0] for other in ends[1] if word != other)
    mine = [word for word in segment(ours) if is_noun(word)]
    its = [word for word in segment(theirs) if is_noun(word)]
    if not mine or not its or any(word in body for word in its) or any(word in theirs for word in mine):
        return False
    if any(akin(one, other) for one in mine for other in its):
        return False
    return all(word not in evidence.around if word in evidence.text else general_weight(word) >= _RARE for word in mine)


def other_character(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the names of a canonical sentence that differ in one character from one of the evidence (普陀寺, 普济寺)."""
    text = evidence.text
    for place in range(1, len(body) - 2):
        around = body[place - 1 : place + 3]
        char = body[place]
        if around in text or char in _EMPTY or not all(_ONE_CHARACTER.match(one) for one in around):
            continue
        for match in re.finditer(rf"{around[0]}(.){around[2:]}", text):
            if match[1] not in _EMPTY and _ONE_CHARACTER.match(match[1]) and _names(body, place, text):
                yield Problem(ProblemKind.NAME, around[:3])
                break


def _lone_beside(body: str, place: int) -> bool:
    """Whether the characters before and behind a place are words of one character too, so that together they are a name."""
    before = segment(body[max(0, place - 3) : place + 1])[-2:-1]
    return bool(before) and len(before[0]) == 1 and word_class(before[0])[0] in _LOOSE


def _names(body: str, place: int, text: str) -> bool:
    """Whether the word that holds the character is a name or a rare word that the passages lack."""
    at = 0
    for word in segment(body):
        at = body.find(word, at)
        if at <= place < at + len(word):
            named = 1 < len(word) < _LONG_WORD and word_class(word).startswith(_NAMING)
            lone = len(word) == 1 and word_class(word)[0] in _LOOSE and _lone_beside(body, place)
            return word not in text and (named or lone or body[place + 1] in _BEHIND_A_NAME)
        at += len(word)
    return False
