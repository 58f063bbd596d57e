"""Which of several values in one sentence is meant, where the parts they play say it beyond doubt."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.terms import said
from assistant.types import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.evidence import Evidence
    from assistant.probe import Probe

_ROLES = ("year_fit", "state_fit", "stage_fit", "change_fit", "office_fit", "total_fit")
_CLEARLY = 1.0
"""Difference in one part from which a value plays it and another does not."""
_LESS = 0.3
"""How much less a value may fit in other ways and still be the better one."""
_WHOLE_BEFORE = re.compile(r"\d[\u4e00-\u9fff]{0,3}$")
_PART_NAME = re.compile(r"[,、;:]")
_BEHIND = 6
"""Characters behind a figure in which its own noun stands (28个问题)."""
_NAMES = ("name", "quoted", "person", "office", "title")
_WHOLE = 0.55
"""Cleanness of a name that begins behind a boundary and holds none."""
_WHOLE_IF_GIVEN = 0.45
"""The same behind 成立 and the like, where a boundary inside (投资合作中心) belongs to the name."""
_BELOW = 4.0
"""How far below the best evidence of its sentence a name may lie and still be the answer."""
_GIVEN = re.compile(r"(?:成立|组建|设立|打造|推出|更名为?|改名为?|命名为?|名为|称为|改为|叫做?)了?$")
"""Behind these stands the name of what is set up or renamed."""
_PART_MARK = re.compile(r"[,;:。、]")
_DIGIT = re.compile(r"\d")
_NUMERAL = re.compile(r"[\d.,零一二两三四五六七八九十百千几余多约近超达共]+")
_NAMED = 0.35
"""Credit from which a part of a sentence says a term: half of the pairs of characters of a longer word (中级 of 中级工)."""
_PARALLEL = 0.4
"""Share of the characters of the shorter of two parts from which they are of one form: 博士每人…, 硕士每人…."""
_TYPED = {
    Wanted.NUMBER: ("figure",),
    Wanted.DATE: ("date",),
    Wanted.TITLE: ("title",),
}


def unbeaten(found: Sequence[Evidence], probe: Probe) -> list[Evidence]:
    """Return those of the candidates `found` in one sentence that no rival outplays, in their order; none give none.

    A rival of the same kind outplays what does not play the asked part where it does itself. It must be no worse in any
    part, nor in its unit; else nothing is beyond doubt.
    """
    parts = [(item, item.feature("unit_fit"), _parts(item, probe)) for item in found]
    return [
        item
        for item, fit, own in parts
        if not any(
            rival.candidate.kind == item.candidate.kind
            and rivalling >= fit - _LESS
            and (_better(theirs, own) or (_no_worse(theirs, own) and _named_instead(rival, item, probe)))
            for rival, rivalling, theirs in parts
            if rival is not item
        )
    ]


def _no_worse(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return all(mine >= theirs - _LESS for mine, theirs in zip(one, other, strict=True))


def _better(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return _no_worse(one, other) and any(mine >= theirs + _CLEARLY for mine, theirs in zip(one, other, strict=True))


def _named_instead(one: Evidence, other: Evidence, probe: Probe) -> bool:
    """Whether of two figures of one unit beside each other (博士10000元、硕士7000元) the question names the first alone.

    It says a word of the clause of the one that the other's lacks, and none of the other's that the one's lacks.
    """
    if one.candidate.kind != "figure" or _unit_of(one) != _unit_of(other):
        return False
    mine, theirs = _own_words(one), _own_words(other)
    common = set(mine) & set(theirs)
    if not mine or not theirs or len(common) < _PARALLEL * min(len(set(mine)), len(set(theirs))):
        return False
    named = False
    for term in probe.terms:
        first, second = said(term, mine), said(term, theirs)
        if second >= _NAMED > first:
            return False
        named = named or first >= _NAMED > second
    return named


def _unit_of(item: Evidence) -> str:
    value = item.sentence.text[item.candidate.start : item.candidate.end]
    return _NUMERAL.sub("", value)


def _own_words(item: Evidence) -> str:
    """Return the words of the part of a sentence, between marks, that a figure stands in; empty if they hold another figure."""
    text, start, end = item.sentence.text, item.candidate.start, item.candidate.end
    first = max((found.end() for found in _PART_MARK.finditer(text, 0, start)), default=0)
    after = _PART_MARK.search(text, end)
    words = text[first:start] + text[end : after.start() if after else len(text)]
    return "" if _DIGIT.search(words) else words


def _parts(item: Evidence, probe: Probe) -> tuple[float, ...]:
    return (*(item.feature(name) for name in _ROLES), _counts(item, probe), _share(item, probe))


def _share(item: Evidence, probe: Probe) -> float:
    """Return -1.0 for a figure in brackets behind the whole that it is a part of, unless the part is asked for.

    In 处分38人(警告22人、开除7人) the 38 are all, and 7 the answer to who asks for 开除.
    """
    text, start = item.sentence.text, item.candidate.start
    opened = text.rfind("(", 0, start)
    if (
        item.candidate.kind != "figure"
        or opened < 1
        or ")" in text[opened:start]
        or not _WHOLE_BEFORE.search(text[max(0, opened - 6) : opened])
    ):
        return 0.0
    own = _PART_NAME.split(text[opened + 1 : start])[-1]
    return 0.0 if any(said(term, own) for term in probe.terms) else -1.0


def _counts(item: Evidence, probe: Probe) -> float:
    """Return 1.0 if the noun that the question counts stands right behind a figure."""
    if item.candidate.kind != "figure" or not probe.noun:
        return 0.0
    behind = item.sentence.text[item.candidate.end : item.candidate.end + _BEHIND]
    return float(max(said(term, behind) for term in probe.noun) >= _CLEARLY)


def typed_inside(best: Evidence, found: Sequence[Evidence], wanted: Wanted) -> Evidence:
    """Return the bare value inside a clause that was found to answer, `best` itself if it is bare or holds none.

    `found` holds the candidates of its sentence, best first.
    """
    kinds = _TYPED.get(wanted, ())
    if best.candidate.kind != "clause":
        return best
    inside = (
        item for item in found if item.candidate.kind in kinds and best.start <= item.start and item.end <= best.end
    )
    return next(inside, best)


def named_inside(best: Evidence, found: Sequence[Evidence], probe: Probe) -> Evidence:
    """Return the name that a sentence gives for what is asked, `best` itself if it is one or none is clear.

    A clause (约谈万春街道党工委领导班子), or a name with a verb in it, tells more than was asked. Of the names that the question
    does not say itself, those of the asked kind (哪个街道 → …街道) come first, then whole ones, then the best.
    """
    if best.candidate.kind not in (*_NAMES, "clause"):
        return best
    names = [item for item in found if item.candidate.kind in _NAMES and not item.feature("in_question")]
    fitting = [item for item in names if _fits(item, probe)]
    whole = [item for item in fitting if _whole(item) and item.score > best.score - _BELOW]
    if not (_fits(best, probe) and _whole(best)):
        best = max(whole, key=lambda item: item.score, default=best)
    return next((item for item in fitting if item.candidate.kind == "quoted" and _holds(best, item)), best)


def _fits(item: Evidence, probe: Probe) -> bool:
    """Whether a name is of the kind asked for, told by its ending or the words behind its quotation marks (“…”项目).

    Without a kind, names are those that the text marks as such, or gives to something (合并成立投资合作中心).
    """
    kind, text = item.candidate.kind, item.sentence.text
    if kind not in _NAMES:
        return False
    if not probe.classes:
        return kind != "name" or _given(item)
    behind = text[item.candidate.end + 1 : item.candidate.end + 5] if kind == "quoted" else ""
    tails = (behind[:length] for length in range(2, len(behind) + 1))
    return item.feature("name_fit") >= 1.0 or any(ends.search(tail) for tail in tails for ends in probe.classes)


def _holds(outer: Evidence, inner: Evidence) -> bool:
    return outer.start < inner.start and inner.end < outer.end


def _given(item: Evidence) -> bool:
    start = item.candidate.start
    return _GIVEN.search(item.sentence.text, max(0, start - 4), start) is not None


def _whole(item: Evidence) -> bool:
    least = _WHOLE_IF_GIVEN if _given(item) else _WHOLE
    return item.candidate.kind != "name" or item.feature("clean_name") >= least
