"""Enumerations in one sentence: 《甲》《乙》, “甲”“乙”, 甲、乙和丙, and the one with as many parts as are asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.candidates import BOUNDARY, find_kind
from assistant.features import SMALL
from assistant.terms import said
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.evidence import Evidence
    from assistant.probe import Probe

_TITLES = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》(?:[(（](?:试行|暂行)[)）])?")
_LAST = re.compile(r"^(.+?)(?:以及|和|及|与)(.+?)(?:等.*)?$")
_SUM = re.compile(
    r"(?:等)?[两三四五六七八九十\d]{1,3}(?:大|个|项|类|种|方面|条|块|家|处|支|张|座)[^、]{0,12}$|的?(?:目标任务|目标|任务)$"
)
"""What counts an enumeration behind its last part: …三大标识."""
_MANY = re.compile(r"([两三四五六七八九十]|\d{1,2})(?:个|大|块|项|类|种|条|家|处|支|张|座|件|份|部|方面)(?![年月日天])")
_COUNT = r"[两三四五六七八九十]|\d{1,2}"
_COUNTER = "大|个|块|项|类|种|条|家|处|支|张|座|件|份|部|方面|道|所|门|名|位"
_RUN = r"((?:[^,;:。、《》\s]{1,20}、){1,30}[^,;:。、《》\s]{1,20}?)"
_OF = re.compile(rf"哪(?:几|些|{_COUNT})?(?:{_COUNTER}|样)?(?:的)?([\u4e00-\u9fff]{{2,8}})")
_HAS = re.compile(r"([\u4e00-\u9fff]{2,8}?)(?:分别)?(?:有|是|为|包括)哪")
_NUMBERED = re.compile(r"^(?:[(（]\d{1,2}[)）]|[①-⑳]|[一二三四五六七八九十]{1,3}是|[-—]+)")
_SETS_UP = re.compile(
    r"^(?:[\u4e00-\u9fff]{0,12}?[另下增分共内]设(?:立|有|置)?|(?:优先|重点|着力|集中|逐步|先后)?(?:解决|退出|清退|整治|治理|处置|关停|取消))"
)
"""Verbs before the first of things that are counted behind the last: 下设甲、乙2个组."""
_FEWEST = 2
_LONGEST = 20
_SAID = 0.15
"""Share of the question that a sentence must say for its enumeration to be the one that is meant."""


def split_series(series: str) -> list[str]:
    """Return the parts of an enumeration, in order; one part if it is none."""
    if series.startswith("《"):
        return [match.group() for match in _TITLES.finditer(series)]
    if series.startswith("“") and "、" not in series:
        return [part for part in re.findall(r"“([^“”]+)”", series) if part]
    parts = [part for part in series.split("、") if part]
    last = _LAST.match(parts[-1])
    if last and len(last[1]) <= _LONGEST:
        parts[-1:] = [last[1], last[2]] if len(last[2]) <= _LONGEST else [last[1]]
    return [re.sub(r"等.{0,12}$", "", part) if number == len(parts) - 1 else part for number, part in enumerate(parts)]


def counted_series(
    probe: Probe, ranked: Sequence[Evidence], text_of: Callable[[str], str]
) -> tuple[Evidence, list[str]] | None:
    """Return the best sentence with an enumeration of as many parts as the question says (五个中心), and its parts.

    Where the question says no number, the text does: 甲、乙、丙3个城中村, asked 哪几个城中村. The sentence must say a part of the
    question; `text_of` gives the text of a file by its name. None if there is none.
    """
    many = _MANY.search(probe.question.core)
    number = 0 if many is None else number_of(many[1])
    nouns = _nouns(probe)
    seen: set[int] = set()
    for item in ranked:
        sentence = item.sentence
        if id(sentence) in seen or item.feature("coverage") < _SAID:
            continue
        seen.add(id(sentence))
        text = text_of(sentence.passage.file)[sentence.start : sentence.start + len(sentence.text)]
        found = _told_to_be(sentence.text, text, nouns, number) or (_of_number(probe, sentence.text, text, number))
        if found:
            return item, found
    return None


def _of_number(probe: Probe, folded: str, text: str, number: int) -> list[str]:
    """Return the parts of an enumeration that has as many as the question says and says its noun; none otherwise."""
    if number < _FEWEST:
        return []
    for start, end in find_kind(folded, "series"):
        parts = _bare(text[start:end])
        if len(parts) == number and _names(probe, folded[start : end + _LONGEST]):
            return parts
    return []


def _told_to_be(folded: str, text: str, nouns: Sequence[str], number: int) -> list[str]:
    """Return the parts of an enumeration behind which their number and the noun that is asked for stand; none otherwise."""
    if not nouns:
        return []
    noun = "|".join(map(re.escape, nouns))
    for found in re.finditer(rf"{_RUN}(?:等)?({_COUNT})(?:{_COUNTER})(?:的)?[^,;:。、]{{0,4}}?(?:{noun})", folded):
        parts = _bare(text[found.start(1) : found.end(1)])
        if len(parts) == number_of(found[2]) and number in (0, len(parts)) and len(parts) >= _FEWEST:
            return parts
    return []


def _nouns(probe: Probe) -> tuple[str, ...]:
    """Return the words of what a list is asked of, the last of them: 城中村 of 哪几个城中村, 标识 of 标识有哪三块."""
    asked = _OF.search(probe.question.core) or _HAS.search(probe.question.core)
    words = segment(asked[1]) if asked else []
    last = next((word for word in reversed(words) if len(word) > 1), "")
    others = next((term.others for term in probe.terms if term.text == last), ())
    return tuple(word for word in (last, *(wording for wording, _ in others)) if word)


def number_of(text: str) -> int:
    """Return the value of a small numeral in digits or Chinese; 0 for other text."""
    return SMALL.get(text) or (int(text) if text.isdigit() else 0)


def _names(probe: Probe, stretch: str) -> bool:
    """Whether an enumeration, with what stands behind it, says the noun that is counted."""
    return not probe.noun or any(said(term, stretch) > 0 for term in probe.noun)


def _bare(series: str) -> list[str]:
    """Return the parts of an enumeration without the verb before the first and the count behind the last."""
    parts = split_series(_SUM.sub("", series))
    parts = [quoted[1] if (quoted := re.search(r"“([^“”]+)”", part)) else part for part in parts]
    if parts and "“" not in series.split("、")[0]:
        parts[0] = _NUMBERED.sub("", parts[0])
        parts[0] = _SETS_UP.sub("", parts[0][_behind_verb(parts[0]) :]) or parts[0]
    return parts


def _behind_verb(part: str) -> int:
    """Return where the last verb or preposition ends that is made of whole words (not the 经 of 神经系统); 0 for none."""
    edges, at = {0}, 0
    for word in segment(part):
        at = max(at, part.find(word, at))
        edges |= {at, at + len(word)}
        at += len(word)
    cuts = [found.end() for found in BOUNDARY.finditer(part) if {found.start(), found.end()} <= edges]
    return max((cut for cut in cuts if cut < len(part)), default=0)
