"""Which evidence may answer at all: of the asked year, about the asked place, of the asked kind and unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.metadata import fits_contact
from assistant.types import Reason, Wanted
from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.evidence import Evidence
    from assistant.question import Question
    from assistant.units import Gazetteer
    from index.store import Index

    Found = tuple[Evidence, ...]

_BARE_KINDS = (Wanted.NUMBER, Wanted.DATE)
_TYPE_MARGIN = 1.0
"""How far below the best clause a figure or date may lie and still be the answer."""
_LEAD = 200
"""Characters at the head of a notice that say which place it is about."""
_MISFIT = -0.9
"""Fit of a figure's unit from which it can't be what was asked (标箱 asked, 第1 found)."""
_UNSAID = (("coverage_passage", 0.02), ("bigrams", 0.02), ("words_share", 0.06))
"""Shares of the question up to which evidence says nothing of it, neither in its words nor in wordings of the lexicon."""
_YEAR_MARGIN = 8.0
"""How far below the best candidate one of the asked year may lie and still be the answer."""


def admit(asked: Question, ranked: Found, index: Index, gazetteer: Gazetteer) -> tuple[Found, Reason | None, str]:
    """Return the evidence that may answer, best first; if there is none, the reason and what is missing."""
    kept = ranked
    if asked.places.other and not asked.places.held:
        kept = tuple(item for item in kept if _is_about(asked.places.other, item, index, gazetteer))
        if not kept:
            return (), Reason.UNKNOWN_UNIT, ""
    for rule in (_contact, _person, _year, _value, _unit, _said):
        kept, missing = rule(asked, kept, index)
        if not kept:
            return (), Reason.NOT_FOUND, missing
    return kept, None, ""


def _contact(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    del index
    if asked.wanted is not Wanted.CONTACT:
        return ranked, ""
    return tuple(i for i in ranked if fits_contact(asked, i.sentence.text[i.candidate.start : i.candidate.end])), ""


def _person(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    del index
    if not asked.office_holder:
        return ranked, ""
    return tuple(item for item in ranked if item.candidate.kind == "person"), "通报没有写明任职人员的姓名"


def _year(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    missing = f"现有通报没有{'、'.join(asked.years)}年的这项内容"
    if not asked.years or not ranked:
        return ranked, missing if asked.years else ""
    best = ranked[0]
    if best.feature("year_fit") < 0:
        near = (i for i in ranked if i.feature("year_fit") > 0 and i.score > best.score - _YEAR_MARGIN)
        return tuple(near), missing
    return (ranked if _in_time(asked.years, best, index) else ()), missing


def _in_time(years: Sequence[str], item: Evidence, index: Index) -> bool:
    """Whether undated evidence may be of an asked year: one that the notice's own dates span."""
    notice = index.notice(item.sentence.passage.notice)
    dates = [day[:4] for day in (notice.period[0], notice.feedback_date, notice.published) if day]
    if item.feature("year_fit") or not dates:
        return True
    return any(int(min(dates)) - 1 <= int(year) <= int(max(dates)) for year in years)


def _value(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    """Keep figures or dates where one is asked for: a clause that has none says that the notice gives none."""
    del index
    if asked.wanted not in _BARE_KINDS or not ranked or ranked[0].candidate.kind != "clause":
        return ranked, ""
    what = "日期" if asked.wanted is Wanted.DATE else "数值"
    near = _near(ranked, lambda item: item.candidate.kind != "clause")
    return near, f"通报提到了相关内容，但没有写明{what}"


def _unit(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    del asked, index
    if not ranked or ranked[0].candidate.kind != "figure" or ranked[0].feature("unit_fit") > _MISFIT:
        return ranked, ""
    return _near(ranked, lambda item: item.feature("unit_fit") > 0), "通报提到了相关内容，但没有写明所问的数值"


def _said(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    """Keep nothing if the best evidence says nothing that was asked: a figure alone is no answer."""
    del index
    if asked.wanted in (*_BARE_KINDS, Wanted.ENTITY, Wanted.YES_NO) and ranked:
        unsaid = all(ranked[0].feature(name) <= most for name, most in _UNSAID)
        return (() if unsaid else ranked), "通报没有提到所问的事项"
    return ranked, ""


def _near(ranked: Found, fits: Callable[[Evidence], bool]) -> Found:
    return tuple(item for item in ranked if fits(item) and item.score > ranked[0].score - _TYPE_MARGIN)


def _is_about(names: Sequence[str], item: Evidence, index: Index, gazetteer: Gazetteer) -> bool:
    notice = index.notice(item.sentence.passage.notice)
    lead = fold(index.text(notice.file)[notice.start : min(notice.end, notice.start + _LEAD)])
    about = () if notice.unit else (fold(notice.title), lead)
    said = (*about, item.sentence.headings, item.sentence.before, item.sentence.text)
    text = gazetteer.mask("\n".join(said))
    bare = [re.sub(r"(?:省|市|区|县)$", "", fold(name)) if len(name) > 2 else fold(name) for name in names]
    return any(re.search(rf"(?<![与和同赴及、到向鉴习比]){re.escape(name)}", text) for name in bare)
