"""Who holds an office, what alone is done, for what reason, and for how wide a place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.clauses import overlap
from assistant.grounding.support import content_words, wordings
from assistant.grounding.types import Problem, ProblemKind
from assistant.terms import general_weight
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence

_HOLDS = re.compile(
    r"(?:^|[,、;:。由和])(?P<who>[\u4e00-\u9fff]{2,8}?)(?:任|担任|当|为)(?P<office>副?(?:[总]?指挥长?|组长|队长|主任|召集人|主席|会长|团长|校长|院长))"
)
_ONLY = re.compile(r"(?<![不之])[只仅](?P<verb>[\u4e00-\u9fff]{2})(?P<list>[^,;。]+)")
_WHOLE = re.compile(r"全(?P<level>[国省市区县州镇乡村])(?![民性有])")
_WHOLE_HOUSE = re.compile(r"全(?P<what>[寺校院厂园社街线馆])")
_EXCEPT = re.compile(r"(?:^|[,。;])(?P<what>[^,。;]{2,16}?)除外|除(?P<other>[^,。;]{2,16}?)外")
_SPARED = re.compile(r"除|不|例外|无|未|免")
_CAUSE = re.compile(
    r"(?:是因为|因为|由于|(?<![起原病诱外内])因(?!此|而|素|地|人|公|材)|原因是|为了)(?P<cause>[^,;。]{2,24}?)(?=(?:而|被|受到|导致|造成|才|没|未|推迟|暂)|[,;。]|$)"
)
_CAUSE_BEFORE = re.compile(r"(?:^|[,;。])(?P<cause>[^,;。是]{2,20})是[^,;。]{2,24}原因")
_GIVEN = 0.4
"""Share of the words of a cause that must stand in the sentences of the evidence that tell the effect."""
_GIVEN_ANYWHERE = 0.7
_PAIR = 2
_GIVEN_NEAR = 0.25
_TELLS, _TOLD = 0.35, 0.6


def other_holder(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield those who hold in a canonical sentence an office that the evidence gives to another."""
    theirs = [(match["who"], match["office"]) for text in evidence.bodies for match in _HOLDS.finditer(text)]
    for match in _HOLDS.finditer(body):
        who, office = match["who"], match["office"]
        own = {other for name, other in theirs if name.endswith(who) or who.endswith(name)}
        if own and office not in own and any(office == other for _, other in theirs):
            yield Problem(ProblemKind.SWAPPED, who)


def beyond_only(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield what a canonical sentence lets in where the evidence lets in only something else, or more than it."""
    for text in evidence.bodies:
        for match in _ONLY.finditer(text):
            verb, allowed = match["verb"], match["list"]
            at = body.find(verb)
            if at < 0 or body[max(0, at - 2) : at].endswith(("不", "拒绝", "未")):
                continue
            named = re.split(r"[,;。]", body[at + len(verb) :])[0]
            words = [word for word in segment(named) if len(word) > 1]
            outside = [word for word in words if word not in allowed and word in text]
            fewer = body[at - 1 : at] in ("只", "仅") and len(re.split(r"[、和与及]", named)) < len(
                re.split(r"[、和与及]", allowed)
            )
            if outside or fewer:
                yield Problem(ProblemKind.SWAPPED, verb + named)


def wider_place(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield a 全县 of a canonical sentence where the passages speak of a town only."""
    for match in _WHOLE.finditer(body):
        if match.group() not in evidence.text and match["level"] not in evidence.around:
            yield Problem(ProblemKind.NAME, match.group())
    for match in _WHOLE_HOUSE.finditer(body):
        if match.group() not in evidence.text and match["what"] in evidence.text:
            yield Problem(ProblemKind.DIRECTION, match.group())


def inside_exception(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield what a canonical sentence takes in, and the evidence leaves out: 急诊抢救也降低 for 急诊抢救除外."""
    for text in evidence.bodies:
        for match in _EXCEPT.finditer(text):
            what = match["what"] or match["other"]
            clauses = [one for one in re.split(r"[,。;]", body) if what in one]
            if text.count(what) == 1 and clauses and not any(_SPARED.search(_tail(body, what)) for _ in clauses):
                yield Problem(ProblemKind.SWAPPED, what)


def _tail(body: str, what: str) -> str:
    """Return a sentence from the clause with `what` on, without words for what is not done before the point (未办理…的)."""
    start = max(body.rfind(mark, 0, body.find(what)) for mark in ",。;") + 1
    return re.sub(r"[未没][^,。;的]{1,8}的", "", body[start:])


def other_cause(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the causes of a canonical sentence that the evidence does not tell of that effect."""
    for pattern in (_CAUSE, _CAUSE_BEFORE):
        for match in pattern.finditer(body):
            cause = match["cause"]
            effect = body.replace(match.group(), ",")
            words = [(word, general_weight(word)) for word in content_words(cause)]
            rest = [(word, general_weight(word)) for word in content_words(effect)]
            sentences = [one for text in evidence.bodies for one in re.split(r"[。!?;]", text) if one]
            near = [one for one in sentences if rest and overlap(rest, one) >= _TELLS] + list(evidence.headings)
            given = max((_share(words, one) for one in near), default=0.0)
            anywhere = max((_share(words, one) for one in sentences), default=0.0)
            told = [one for one in sentences if rest and overlap(rest, one) >= _TOLD]
            apart = bool(told) and max(_share(words, one) for one in told) < _GIVEN_NEAR
            if words and sentences and (apart or (given < _GIVEN and anywhere < _GIVEN_ANYWHERE)):
                yield Problem(ProblemKind.SWAPPED, cause)


def _share(words: list[tuple[str, float]], sentence: str) -> float:
    total = sum(weight for _, weight in words)
    return sum(weight * _said(word, sentence) for word, weight in words) / total if total else 1.0


def _said(word: str, sentence: str) -> float:
    if word in sentence:
        return 1.0
    return max(wordings(word, sentence), (0.6 if len(word) > _PAIR else 0.3) * any(char in sentence for char in word))
