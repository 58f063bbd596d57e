"""How a figure, date or person meets what is asked beyond its words: the year, the noun it counts, the part it plays."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.roles import (
    Role,
    change_fit,
    date_stage,
    figure_roles,
    office_fit,
    stage_fit,
    state_fit,
    total_fit,
)
from assistant.terms import said
from index.dates import arabic_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.candidates import Candidate
    from assistant.probe import Probe
    from assistant.sentences import Sentence

_TELLING = 3.0
"""Size of the features of a part: few questions turn on them, and the penalty of the fit would leave them small."""
_CLAIMED = re.compile(
    r"[\u4e00-\u9fff]{1,6}(?=[,、;:。()]|细化|分解|梳理|形成|制定|提出|已|完成|整改|均|全部|由)|[\u4e00-\u9fff]{0,4}"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|届|-)")
_AGAINST = re.compile(r"(?:比|较|从|由)(?:上年|去年|年初)?\(?(?:19|20)\d{2}年?")


def year_fit(years: Sequence[str], sentence: Sentence, candidate: Candidate) -> float:
    """Return how the year that governs a place in a sentence meets the asked years: 1 equal, -1 another, 0 unknown.

    The year that a change is measured against (比2022年增长9.8%) does not govern it.
    """
    if not years:
        return 0.0
    text, position = arabic_years(sentence.text), candidate.start
    ahead = text[: position + 6]
    if candidate.kind == "figure" and figure_roles(sentence.text)[position].change:
        ahead = _AGAINST.sub("", ahead)
    before = _YEAR.findall(ahead)
    if before:
        return 1.0 if before[-1] in years else -1.0
    behind = _YEAR.findall(_AGAINST.sub("", text[position:]))
    if behind:
        return 0.6 if set(behind) & set(years) else -0.6
    if sentence.inherited_year:
        return 0.7 if sentence.inherited_year in years else -0.7
    return 0.0


def role_fits(probe: Probe, text: str, candidate: Candidate) -> tuple[float, ...]:
    """Return how the part that a figure, date or person plays meets the one asked for: the last five features."""
    asked, start, end = probe.role, candidate.start, candidate.end
    if candidate.kind in ("person", "office"):
        return 0.0, 0.0, 0.0, _TELLING * office_fit(asked, text, start, end), 0.0
    if candidate.kind == "date":
        stage = stage_fit(asked, Role(stage=date_stage(text, start, end))) if asked.stage else 0.0
        return 0.0, _TELLING * stage, 0.0, 0.0, 0.0
    if candidate.kind != "figure":
        return 0.0, 0.0, 0.0, 0.0, 0.0
    role = figure_roles(text)[start]
    fits = (state_fit(asked, role), stage_fit(asked, role), change_fit(asked, role), 0.0, total_fit(asked, role))
    return tuple(_TELLING * fit for fit in fits)


def noun_fit(probe: Probe, text: str, candidate: Candidate, rivals: Sequence[Candidate]) -> float:
    """Return how well the words next to a figure name what the question counts, in [0, 1].

    In 4个方面28个问题 each figure counts what stands between it and the next one.
    """
    if not probe.noun or candidate.kind != "figure":
        return 0.0
    low = max([_claimed(text, rival.end) for rival in rivals if rival.end <= candidate.start], default=0)
    high = min([rival.start for rival in rivals if rival.start >= candidate.end], default=len(text))
    behind = text[candidate.end : min(high, candidate.end + 10)]
    around = (behind, text[max(low, candidate.start - 14) : candidate.start])
    total = sum(term.weight for term in probe.noun)
    return max(sum(said(term, part) * term.weight for term in probe.noun) for part in around) / total


def _claimed(text: str, end: int) -> int:
    """Return where the words end that belong to the figure before them (28个问题细化为96项): at the next verb or mark."""
    found = _CLAIMED.match(text, end)
    return found.end() if found else end
