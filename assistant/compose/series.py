"""Enumerations in one sentence: 《甲》《乙》, “甲”“乙”, 甲、乙和丙, and the one with as many parts as are asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.candidates import BOUNDARY, find_kind
from assistant.features import SMALL
from assistant.terms import said

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

    The sentence must say a part of the question; `text_of` gives the text of a file by its name. None if there is none.
    """
    many = _MANY.search(probe.question.core)
    number = 0 if many is None else SMALL.get(many[1]) or (int(many[1]) if many[1].isdigit() else 0)
    if number < _FEWEST:
        return None
    seen: set[int] = set()
    for item in ranked:
        sentence = item.sentence
        if id(sentence) in seen or item.feature("coverage") < _SAID:
            continue
        seen.add(id(sentence))
        for start, end in find_kind(sentence.text, "series"):
            parts = _bare(text_of(sentence.passage.file)[sentence.start + start : sentence.start + end])
            if len(parts) == number and _names(probe, sentence.text[start : end + _LONGEST]):
                return item, parts
    return None


def _names(probe: Probe, stretch: str) -> bool:
    """Whether an enumeration, with what stands behind it, says the noun that is counted."""
    return not probe.noun or any(said(term, stretch) > 0 for term in probe.noun)


def _bare(series: str) -> list[str]:
    """Return the parts of an enumeration without the verb before the first and the count behind the last."""
    parts = split_series(_SUM.sub("", series))
    parts = [quoted[1] if (quoted := re.search(r"“([^“”]+)”", part)) else part for part in parts]
    if parts and "“" not in series.split("、")[0]:
        cuts = [match.end() for match in BOUNDARY.finditer(parts[0]) if match.end() < len(parts[0])]
        parts[0] = parts[0][cuts[-1] :] if cuts else parts[0]
    return parts
