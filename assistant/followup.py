"""Turns a question that leans on earlier ones into one that stands alone, by rules."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING

from assistant.errors import QuestionError
from assistant.question import asks_of_all, clean, wanted
from assistant.terms import general_weight
from assistant.types import Wanted
from index.analysis import fold, segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from assistant.units import Gazetteer

_LEAN = re.compile(r"^(?:那么?|那|还有|以及|其中|另外|换成|再看看?|至于|同样|它|他|她|这)")
_BARE = re.compile(r"^(?:那么?|那)?(?:换成|至于|同样)?(?P<what>.{1,24}?)(?:的)?(?:呢|怎么样|又如何|如何)[?？。!！]*$")
_YEAR = re.compile(r"(?:19|20)\d{2}年?")
_ASKS = re.compile(
    r"什么|多少|几|哪|谁|吗|是否|有没有|如何|怎么|怎样|何时|何地|啥|咋|第几|多大|多高|多长|多久|百分之[几多]"
)
_AGAINST = re.compile(r"(?:比|较|与|同)?(?:上一?年|去年|前一?年|头一年)(?:同期|底|末)?(?:相比)?|同比|环比")
"""What a growth is measured against: no topic of its own."""
_PRONOUN = re.compile(r"它们?|他们|她们?|该市|该区|该地|当地|这里|那里|这些|那些|其中|^其|跟它|与其")
_YEAR_SHIFT = re.compile(r"(?:再?往)?[前后]一年|上一年|上年|头一年|下一年|次年|第二年|转过年")
_FILLER = re.compile(r"^(?:那么?|那|还有|其中|另外|以及)[,，]?")
_ASKED_OF = {Wanted.DATE: "是什么时候", Wanted.TITLE: "是哪份文件", Wanted.ENTITY: "是哪家"}
_LONG_WORD = 4
"""Characters of a word that names a topic by itself (高新技术企业)."""
_TELLING = 0.5
"""Weight in general text from which a word tells something of its own."""


def stand_alone(question: str, history: Sequence[str], gazetteer: Gazetteer) -> str:
    """Return `question` with what it leaves to `history`: unit, year, indicator, topic; without a history itself.

    Earlier questions are resolved in turn, so that a chain of follow-ups keeps its unit.

    A question that names its own unit and says what it asks is a new topic and stays as it is.
    """
    previous = ""
    for earlier in history:
        if earlier.strip():
            previous = _resolve(earlier.strip(), previous, gazetteer)
    return _resolve(question.strip(), previous, gazetteer)


def _resolve(question: str, previous: str, gazetteer: Gazetteer) -> str:
    if not previous:
        return question
    shifted = _shifted_year(question, previous)
    if shifted:
        return shifted
    bare = _BARE.match(question)
    if bare and not _ASKS.search(fold(bare["what"])):
        return _replaced(bare["what"].strip(",， "), previous, gazetteer)
    units = _unit_names(question, gazetteer)
    if units or gazetteer.find(question).other:
        return question
    if _new_topic(question):
        if asks_of_all(fold(question)):
            return question
        before = _unit_names(previous, gazetteer) or gazetteer.find(previous).other
        return f"{before[0]}{question}" if before else question
    return _joined(question, previous)


def _replaced(what: str, previous: str, gazetteer: Gazetteer) -> str:
    """Return the previous question with `what` in the place of its unit, its year, or the word most like it."""
    new, old = _unit_names(what, gazetteer), _unit_names(previous, gazetteer)
    if new or gazetteer.find(what).other:
        old = old or tuple(place for place in gazetteer.find(previous).other if place in previous)
        name = what.removesuffix("的").strip()
        if old:
            swapped = previous.replace(old[0], name, 1)
            for other in old[1:]:
                swapped = re.sub(rf"[和与跟及、]?{re.escape(other)}", "", swapped, count=1)
            return swapped
        return f"{name}{previous}"
    year = _YEAR.search(what)
    if year and len(what) <= len(year.group()) + 3:
        return _with_year(year.group().rstrip("年"), previous, old)
    if year and old:
        previous = _with_year(year.group().rstrip("年"), previous, old)
        what = what.replace(year.group(), "").removeprefix("年").removeprefix("的").strip()
    return _with_topic(what, previous, old[0] if old else "")


def _with_year(year: str, previous: str, units: Sequence[str]) -> str:
    if _YEAR.search(previous):
        return re.sub(r"(?:19|20)\d{2}", year, previous, count=1)
    if units:
        return previous.replace(units[0], f"{units[0]}{year}年", 1)
    return f"{year}年{previous}"


def _with_topic(what: str, previous: str, unit: str) -> str:
    """Return the previous question with the word that shares most characters with `what` exchanged for it.

    If none does, `what` is a new indicator of the same unit and year, or, behind 其中, a part of the old one.
    """
    within = bool(re.match(r"其中|里面", what))
    what = _FILLER.sub("", what).strip()
    best, most = "", 0.0
    words = segment(fold(previous))
    spans = ["".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, min(i + 3, len(words)) + 1)]
    for span in spans:
        shared = len(set(span) & set(fold(what))) - abs(len(span) - len(what)) / 10
        if shared > max(most, 1.5) and span in previous and not _ASKS.search(span):
            best, most = span, shared
    if best:
        return previous.replace(best, what, 1)
    if not what:
        return previous
    if not within and unit and max(map(general_weight, segment(fold(what))), default=0.0) >= _TELLING:
        year = _YEAR.search(previous)
        return f"{unit}{year.group() if year else ''}{what}{_ASKED_OF.get(wanted(fold(previous)), '有多少')}？"
    return f"{previous.rstrip('?？。 ')}，其中{what}的呢？"


def _shifted_year(question: str, previous: str) -> str:
    """Return the previous question with its year moved for 前一年 or 后一年, or an empty string."""
    asked = _YEAR_SHIFT.search(question)
    year = re.search(r"(?:19|20)\d{2}", previous)
    content = re.sub(r"[的呢是多少几个那有?？。\s]", "", question)
    if not asked or not year or len(content) > len(asked.group()) + 1:
        return ""
    step = -1 if re.search(r"[前上头]", asked.group()) else 1
    return previous.replace(year.group(), str(int(year.group()) + step), 1)


def _new_topic(question: str) -> bool:
    """Whether a question says enough to stand alone: two telling words or more, and nothing that points back."""
    folded = fold(question)
    if _LEAN.match(folded) or _PRONOUN.search(folded):
        return False
    telling = [word for word in segment(_AGAINST.sub(" ", _ASKS.sub(" ", folded))) if general_weight(word) >= _TELLING]
    return len(telling) >= 2 or any(len(word) >= _LONG_WORD for word in telling)


def _joined(question: str, previous: str) -> str:
    """Return the statement of the previous question followed by the new one."""
    statement = re.split(r"[?？]", previous)[0]
    return f"{statement.rstrip('。 ，,')}；{_FILLER.sub('', question)}"


def _unit_names(text: str, gazetteer: Gazetteer) -> tuple[str, ...]:
    return tuple(text[mention.start : mention.end] for mention in gazetteer.find(text).held)


def askable(history: Sequence[str]) -> Iterable[str]:
    """Yield the earlier questions, cleaned; one that could not be asked leaves nothing to later ones."""
    for earlier in history:
        with contextlib.suppress(QuestionError):
            yield clean(earlier)
