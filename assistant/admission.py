"""Which evidence may answer at all: of the asked year, about the asked place, of the asked kind and unit."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from assistant.compose.open_items import says_open
from assistant.compose.whole import asks_what_is_open
from assistant.indicators import asked_indicators, names_indicators
from assistant.metadata import fits_contact
from assistant.roles import asked_role
from assistant.types import Reason, Wanted
from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from assistant.evidence import Evidence
    from assistant.question import Question
    from assistant.sentences import Sentence
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
_UNSAID = (
    (("coverage_passage", 0.02), ("bigrams", 0.02), ("words_share", 0.06)),
    (("coverage_passage", 0.02), ("bigrams", 0.02), ("characters", 0.02)),
)
"""Shares of the question up to which evidence says nothing of it: neither its words nor wordings of the lexicon, or not
a character of its own, whatever single words of a wording it shares."""
_NAME_ASKED = re.compile(r"名字|姓名|叫(?:什么|啥)|姓(?:什么|啥|甚)|巡[视察]组|督[查察]组|检查组")
_NOT_DONE = re.compile(r"没|未|剩|[欠差]")
_CODE = re.compile(r"(?<![A-Za-z0-9])(?=[0-9.]*[A-Za-z])(?=[A-Za-z.]*[0-9])[A-Za-z0-9][A-Za-z0-9.]*")
"""Letters and digits together: PM2.5, 5G, A320."""
_BASES = tuple(
    (re.compile(base), re.compile(said))
    for base, said in (
        ("人均", "人均|每人|个人"),
        ("亩均", "亩均|每亩"),
        ("户均", "户均|每户"),
        ("[日天]均", "[日天]均|每[天日]"),
        ("月均", "月均|每个?月"),
        ("年均", "年均|每年"),
    )
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年)")
_TOLD_OF_OTHERS = 0.4
"""Share of the question that a sentence must say of a place that has no notice of its own."""
_DAY_ASKED = re.compile(r"哪一?[天日]|几号|何日|几日|哪个日子|几月几")
_DAY = re.compile(r"\d日|[一二三四五六七八九十]日|当[日天]")
_MONTH = re.compile(r"\d月|[一二三四五六七八九十]月")
_DAY_MARGIN = 4.0
"""How far below the best date one that names the day may lie and still be the answer."""
_YEAR_MARGIN = 8.0
"""How far below the best candidate one of the asked year may lie and still be the answer."""


def admit(asked: Question, ranked: Found, index: Index, gazetteer: Gazetteer) -> tuple[Found, Reason | None, str]:
    """Return the evidence that may answer, best first; if there is none, the reason and what is missing."""
    kept = ranked
    if asked.places.other and not asked.places.held:
        kept = _about(asked.places.other, kept, index, gazetteer)
        if not kept:
            return (), Reason.UNKNOWN_UNIT, ""
    for rule in (_contact, _person, _indicator, _year, _value, _open, _day, _unit, _said):
        kept, missing = rule(asked, kept, index)
        if not kept:
            return (), Reason.NOT_FOUND, missing
    return kept, None, ""


def _contact(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    del index
    if asked.wanted is not Wanted.CONTACT:
        return ranked, ""
    return tuple(item for item in ranked if fits_contact(asked, _value_of(item))), ""


def _person(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    del index
    if not asked.office_holder:
        return ranked, ""
    people = [item for item in ranked if item.candidate.kind in ("person", "office")]
    if asked.places.other and not asked.places.held:
        people = [item for item in people if any(name in _title_of(item) for name in asked.places.other)]
    people = [item for item in people if item.candidate.kind == "person" or _may_answer(asked, _value_of(item))]
    kept = (item for item in people if not asked_role(asked.core).offices or item.feature("office_fit") > 0)
    return tuple(kept), "通报没有写明任职人员的姓名"


def _may_answer(asked: Question, office: str) -> bool:
    """Whether an office whose holder is appointed (由区委书记任组长) may answer who is asked for.

    It is no name, is not its own holder, and heads its own unit's group, not the inspectors.
    """
    return office not in asked.core and not _NAME_ASKED.search(asked.core)


def _title_of(item: Evidence) -> str:
    """Return what stands before a person in the same clause: the office, and the place whose office it is."""
    return item.sentence.text[: item.candidate.start].rpartition(",")[2]


def _indicator(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    """Keep figures of the measure that is asked for by its name."""
    del index
    wanted = asked_indicators(asked.core) if asked.wanted is Wanted.NUMBER else ()
    if not wanted or not ranked:
        return ranked, ""
    least = ranked[0].score - _YEAR_MARGIN
    kept = (item for item in ranked if item.score > least and names_indicators(wanted, _around(item)))
    return tuple(kept), "通报没有提到所问的指标"


def _around(item: Evidence) -> str:
    """Return what evidence can be about: its headings, what stands before it in its line, and itself."""
    sentence = item.sentence
    return "\n".join((sentence.headings, sentence.before.rpartition("\n")[2] + sentence.text))


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
    """Whether undated evidence may be of an asked year: one that the notice's own dates span, or else its text's."""
    if item.feature("year_fit"):
        return True
    notice = index.notice(item.sentence.passage.notice)
    dates = [int(day[:4]) for day in (notice.period[0], notice.feedback_date, notice.published) if day]
    if dates:
        return any(min(dates) - 1 <= int(year) <= max(dates) for year in years)
    named = [int(year) for year in _YEAR.findall(index.text(notice.file)[notice.start : notice.end])]
    return not named or any(min(named) <= int(year) <= max(named) for year in years)


def _value(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    """Keep figures or dates where one is asked for: a clause that has none says that the notice gives none."""
    del index
    if asked.wanted not in _BARE_KINDS or not ranked or ranked[0].candidate.kind != "clause":
        return ranked, ""
    what = "日期" if asked.wanted is Wanted.DATE else "数值"
    near = _near(ranked, lambda item: item.candidate.kind != "clause")
    return near, f"通报提到了相关内容，但没有写明{what}"


def _open(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    """Keep figures of what is still open where that is asked for, and what is called open where it is asked what."""
    del index
    if asks_what_is_open(asked):
        return tuple(
            i for i in ranked if says_open(i.sentence.text) and not i.feature("foreign")
        ), "通报没有写明哪些尚未完成"
    if asked.wanted is not Wanted.NUMBER or not ranked or not _NOT_DONE.search(asked.core):
        return ranked, ""
    if asked_role(asked.core).stage != "open":
        return ranked, ""
    least = ranked[0].score - _YEAR_MARGIN
    kept = (item for item in ranked if item.score > least and item.feature("stage_fit") > 0)
    return tuple(kept), "通报没有写明尚未完成的数量"


def _day(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    """Keep dates as exact as asked: who asks for the day is not told a year, but a month if there is no day."""
    del index
    if asked.wanted is not Wanted.DATE or not ranked or not _DAY_ASKED.search(asked.core):
        return ranked, ""
    for exact, margin in ((_DAY, _DAY_MARGIN), (_MONTH, _YEAR_MARGIN)):
        kept = tuple(i for i in ranked if i.score > ranked[0].score - margin and exact.search(_value_of(i)))
        if kept:
            return kept, ""
    return (), "通报提到了相关内容，但没有写明是哪一天"


def _value_of(item: Evidence) -> str:
    return item.sentence.text[item.candidate.start : item.candidate.end]


def _unit(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    del asked, index
    if not ranked or ranked[0].candidate.kind != "figure" or ranked[0].feature("unit_fit") > _MISFIT:
        return ranked, ""
    return _near(ranked, lambda item: item.feature("unit_fit") > 0), "通报提到了相关内容，但没有写明所问的数值"


def _said(asked: Question, ranked: Found, index: Index) -> tuple[Found, str]:
    """Keep nothing if the best evidence says nothing that was asked: a figure alone is no answer."""
    del index
    if (
        asked.exhaustive or asked.wanted in (*_BARE_KINDS, Wanted.ENTITY, Wanted.YES_NO, Wanted.LIST, Wanted.MEASURES)
    ) and ranked:
        best = ranked[0]
        unsaid = any(all(best.feature(name) <= most for name, most in shares) for shares in _UNSAID)
        unsaid = unsaid or not _same_thing(asked, best)
        return (() if unsaid else ranked), "通报没有提到所问的事项"
    return ranked, ""


def _same_thing(asked: Question, best: Evidence) -> bool:
    """Whether codes (PM10, 5G) and the base of an average (人均, 亩均) of a question stand around the evidence too."""
    around = _around(best).lower()
    codes = all(code.lower() in around for code in _CODE.findall(asked.core))
    near = f"{best.sentence.headings}\n{best.sentence.text}"
    return codes and all(said.search(near) for asks, said in _BASES if asks.search(asked.core))


def _near(ranked: Found, fits: Callable[[Evidence], bool]) -> Found:
    return tuple(item for item in ranked if fits(item) and item.score > ranked[0].score - _TYPE_MARGIN)


def _about(names: Sequence[str], ranked: Found, index: Index, gazetteer: Gazetteer) -> Found:
    """Keep evidence about a place that no notice bears: its notice begins with it, or it says what is asked of it."""
    bare = [re.sub(r"(?:省|市|区|县)$", "", fold(name)) if len(name) > 2 else fold(name) for name in names]
    pattern = re.compile(rf"(?<![与和同赴及、到向鉴习比])(?:{'|'.join(map(re.escape, bare))})")

    @functools.cache
    def begins(notice_id: str) -> bool:
        notice = index.notice(notice_id)
        if notice.unit:
            return False
        lead = fold(index.text(notice.file)[notice.start : min(notice.end, notice.start + _LEAD)])
        return bool(pattern.search(gazetteer.mask(f"{fold(notice.title)}\n{lead}")))

    @functools.cache
    def says(sentence: Sentence) -> bool:
        return bool(pattern.search(gazetteer.mask(f"{sentence.headings}\n{sentence.text}")))

    def told(item: Evidence) -> bool:
        return item.feature("coverage") >= _TOLD_OF_OTHERS and says(item.sentence)

    return tuple(item for item in ranked if begins(item.sentence.passage.notice) or told(item))
