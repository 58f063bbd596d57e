"""Questions to begin with, drawn from the notices that are held and kept only if they are answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from assistant.types import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.types import Notice
    from ui.library import Opened

_PROBLEM = re.compile(r"(?:\A(?:着力解决|解决|关于|针对)|[“\"])([\u4e00-\u9fff、]{5,20})[”\"]?的?问题")
_FIGURE = re.compile(r"(20\d\d年(?:[\u4e00-\u9fff]{4,12}))(\d[\d.]*)(亿元|万元|万亩|公里|家|个|人|件|套|户)")
_DOCUMENT = re.compile(r"《([\u4e00-\u9fff]{6,24})》")
_NUMBERING = re.compile(r"\A[^\u4e00-\u9fff]*(?:[一二三四五六七八九十]+[、)）])?")
_TRIED_PER_KIND = 4
_SURE = 0.5


@dataclass(frozen=True, slots=True)
class Example:
    """A question and the kind of fact it asks for."""

    kind: str
    """number, measures, contact, date, title or compare."""
    question: str
    value: str = ""
    """What the notice says to it; empty if that is not a single value."""


def examples(opened: Opened, *, limit: int = 6) -> tuple[Example, ...]:
    """Return questions about the notices, at most one of a kind and unit; no notices give none.

    Each was asked, and answered with fair confidence and the value that it was drawn from: none disappoints.
    """
    chosen: list[Example] = []
    units: dict[str, int] = {}
    for candidates in _by_kind(opened):
        tried = sorted(candidates[:24], key=lambda pair: units.get(pair[0], 0))[:_TRIED_PER_KIND]
        for unit, example in tried:
            answer = opened.assistant.ask(example.question, history=(), unit=None, top_k=3)
            sure = answer.status is Status.ANSWERED and answer.confidence >= _SURE
            if sure and example.value in answer.short_answer:
                chosen.append(example)
                units[unit] = units.get(unit, 0) + 1
                break
    return tuple(chosen[:limit])


def _by_kind(opened: Opened) -> Iterator[list[tuple[str, Example]]]:
    for kind, draw in (("number", _figures), ("measures", _problems), ("date", _periods), ("contact", _contacts)):
        found: list[tuple[str, Example]] = []
        drawn = [[(n.unit, Example(kind, *asked)) for asked in draw(n, opened)] for n in opened.notices if n.unit]
        for depth in range(_TRIED_PER_KIND):
            found += [questions[depth] for questions in drawn if depth < len(questions)]
        yield found
    yield [("", Example("compare", question)) for question in _comparisons(opened)]


def _body(notice: Notice, opened: Opened) -> str:
    return opened.assistant.index.text(notice.file)[notice.start : notice.end]


def _figures(notice: Notice, opened: Opened) -> Iterator[tuple[str, str]]:
    for found in _FIGURE.finditer(_body(notice, opened)):
        yield f"{notice.unit}{found[1]}多少{found[3]}？", found[2] + found[3]


def _problems(notice: Notice, opened: Opened) -> Iterator[tuple[str, str]]:
    for section in opened.assistant.index.sections(notice.id):
        found = _PROBLEM.search(_NUMBERING.sub("", section.heading))
        if found and not section.furniture:
            yield f"{notice.unit}针对{found[1].removesuffix('的')}的问题采取了哪些措施？", ""


def _periods(notice: Notice, opened: Opened) -> Iterator[tuple[str, str]]:
    if notice.inspector and notice.kind and notice.inspector in _body(notice, opened):
        yield f"{notice.inspector}是什么时候对{notice.unit}开展{notice.kind}的？", ""


def _contacts(notice: Notice, _opened: Opened) -> Iterator[tuple[str, str]]:
    for kind, value in notice.contact:
        if kind == "电话":
            yield f"对{notice.unit}的整改有意见，可以打什么电话？", value
        elif kind == "邮箱":
            yield f"{notice.unit}的监督邮箱是什么？", value


def _comparisons(opened: Opened) -> Iterator[str]:
    named = [notice.unit for notice in opened.notices if notice.unit and any(k == "电话" for k, _ in notice.contact)]
    for first, second in pairwise(named):
        if first != second:
            yield f"{first}和{second}的联系电话各是多少？"
