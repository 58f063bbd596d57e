"""Names that differ in one telling part: 城北 for 城南, 局长 for 副局长, one person for another."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from assistant.grounding.align import align
from assistant.grounding.types import Problem, ProblemKind
from assistant.terms import general_weight
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence

_CONTRASTS = ("东南西北", "一二三四五六七八九十", "甲乙丙丁")
_RANK = "局长|主任|县长|市长|区长|省长|镇长|乡长|部长|院长|校长|处长|科长|站长|主席|会长|厅长|组长|所长|队长|书记|经理|主管|秘书长"
_RANKED = re.compile(rf"(?P<deputy>副)?(?P<rank>{_RANK})")
_PERSON = re.compile(
    rf"(?:{_RANK}|同志|干部|职工|教师|医生)(?P<name>[\u4e00-\u9fff]{{2,3}}?)"
    r"(?=违|受|先后|利用|因|在|主持|安排|借|带|收|被|涉|同志|任|[,、。(])"
)
_HOLDER = re.compile(
    rf"(?P<rank>{_RANK})(?P<name>[\u4e00-\u9fff]{{2,3}}?)(?=[,、。()被任因在兼负担主违受]|牵头|包抓|带队|代表|$)"
)
_PLACE = re.compile(r"[^铁道线思网水电通公出]路$|[街桥镇村乡湖河山港]$")
_KIND = re.compile(r"新城|片区|广场|大厦|医院|学校|中心|平台|大桥|车站|机场|水库|公园|社区|小区")
_DUTY = re.compile(r"(?P<who>[^,、;:。]{2,})(?:负责|主管|牵头|承担|受到)(?P<what>[^,、;:。]{2,})")
_ALIGNED = 0.5
_TELLING = 0.6
"""Weight from which a word may tell one place from another."""


def twin_names(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the names of a canonical sentence that the evidence has with another direction, number, rank or first part."""
    text = evidence.text
    alike = (*_contrasted(body, text), *_ranked(body, text), *_misspelt(body, text))
    yield from (Problem(ProblemKind.NAME, name) for name in alike)
    yield from (Problem(ProblemKind.SWAPPED, who) for who in _exchanged(body, text))
    for pair in align(body, evidence):
        if pair.found >= _ALIGNED:
            yield from (Problem(ProblemKind.NAME, name) for name in _other_part(pair.ours, pair.core, text))


def persons_in(body: str, evidence: Evidence) -> list[str]:
    """Return the persons of a canonical sentence whom the evidence names behind their office, and more than once."""
    names = {match["name"] for text in evidence.bodies for match in _PERSON.finditer(text)}
    return sorted(name for name in names if name in body and evidence.text.count(name) > 1)


def _contrasted(body: str, text: str) -> Iterator[str]:
    """Yield the stretches that stand in the text with another direction or number of the same kind, and not as they are."""
    for row in _CONTRASTS:
        for match in re.finditer(rf"(?<=.)[{row}](?=..)", body):
            left, right = body[match.start() - 1], body[match.end() : match.end() + 2]
            if left + match.group() + right in text or (row.startswith("一") and left != "第"):
                continue
            if any(left + other + right in text for other in row):
                yield left + match.group() + right


def _ranked(body: str, text: str) -> Iterator[str]:
    """Yield the ranks that the text has only with, or only without, the 副 before it."""
    theirs = {match.group() for match in _RANKED.finditer(text)}
    for match in _RANKED.finditer(body):
        other = match["rank"] if match["deputy"] else "副" + match["rank"]
        if match.group() not in theirs and other in theirs:
            yield match.group()


def _misspelt(body: str, text: str) -> Iterator[str]:
    """Yield the persons behind an office whom the text lacks, where it has one of that family name behind that office."""
    theirs = [(match["rank"], match["name"]) for match in _HOLDER.finditer(text)]
    for match in _HOLDER.finditer(body):
        name = match["name"]
        if name not in text and any(rank == match["rank"] and name[0] == other[0] for rank, other in theirs):
            yield name


def _exchanged(body: str, text: str) -> Iterator[str]:
    """Yield who has the duty of another in a canonical sentence: 甲负责监管 for 乙负责监管,甲负责管护."""
    theirs = [(match["who"], match["what"]) for match in _DUTY.finditer(text)]
    for match in _DUTY.finditer(body):
        who, what = match["who"], match["what"]
        own = [duty for other, duty in theirs if who in other or other in who]
        holders = [other for other, duty in theirs if what in duty or duty in what]
        if own and holders and not any(what in duty or duty in what for duty in own):
            yield who


def _other_part(ours: str, theirs: str, text: str) -> Iterator[str]:
    """Yield the places of ours that the text lacks, where the clause has another place of the same kind that ours lacks."""
    kinds = {word[-1] for word in segment(theirs) if len(word) > 2 and _PLACE.search(word) and word not in ours}
    for word in segment(ours):
        if len(word) > 2 and _PLACE.search(word) and word[-1] in kinds and word not in text:
            yield word
    before = dict(_qualified(theirs))
    for noun, word in _qualified(ours):
        other = before.get(noun, "")
        telling = len(other) > 1 and general_weight(word) >= _TELLING and _KIND.search(noun)
        if telling and word not in text and other not in ours:
            yield word + noun


def _qualified(text: str) -> Iterator[tuple[str, str]]:
    """Yield each noun of two characters or more with the word right before it."""
    words = segment(text)
    for word, noun in itertools.pairwise(words):
        if len(noun) > 1 and word + noun in text and re.fullmatch(r"[\u3400-\u9fff]+", word + noun):
            yield noun, word
