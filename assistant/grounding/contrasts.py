"""One of two opposite words in the place of the other: 上游 for 下游, 以下 for 以上, 二小 for 三小, 营利性 for 非营利性."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.grounding.clauses import cut_clauses
from assistant.grounding.derived import on_the_matter
from assistant.grounding.types import Problem, ProblemKind
from assistant.grounding.unfinished import borne_out
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.grounding.evidence import Evidence

_ROWS = (
    ("以上", "以下"),
    ("以上", "以内"),
    ("以内", "以外"),
    ("以前", "以后", "以来"),
    ("双方", "一方"),
    ("至少", "最多", "至多"),
    ("之前", "之后"),
    ("前", "后"),
    ("上游", "下游"),
    ("主要", "次要", "分管"),
    ("省", "市", "县", "区", "镇", "乡"),
    ("大", "小"),
    ("老年", "未成年", "青年"),
    ("男", "女"),
    ("多", "少"),
    ("早于", "晚于"),
    ("最早", "最晚", "最迟"),
    ("第一", "第二", "第三", "第四", "第五"),
    ("一", "二", "三", "四", "五", "六", "七", "八", "九"),
    ("东", "南", "西", "北"),
    ("甲", "乙", "丙", "丁"),
    ("个人", "单位"),
    ("家庭", "企业"),
    ("日间", "夜间", "昼间"),
    ("进口", "出口"),
    ("城镇", "农村", "城市"),
    ("本科", "专科", "硕士", "博士"),
    ("初中", "高中", "小学"),
    ("省级", "市级", "县级", "国家级"),
    ("年初", "年底", "年末"),
    ("儿子", "女儿"),
    ("其子", "其女"),
    ("父亲", "母亲"),
    ("暴雨", "台风", "大风"),
)
_SIDES = frozenset({"双方", "一方"})
_WORDS = 2
"""Characters on one side that must be the same, beside at least one on the other, or the end of the clause."""
_PREFIX = re.compile(
    r"(?P<no>(?:不[得能可准许宜要应]|不允许|没有(?=暂|停|取消)|暂停|暂缓|停止|取消|严禁|禁止|切勿)(?:[再以]|一切|任何)?|[非无未不])(?P<word>[\u4e00-\u9fff]{2,3})"
)
_EDGE = re.compile(r"[^\u4e00-\u9fff\d]")
_NOT_NEAR = re.compile(r"[非无未不没别免禁拒勿零]|停止|取消|严禁|暂停|暂缓|叫停|计划|拟|预计")
_SHORT = 3
"""不去 is too short to be found again."""
_REACH = 4
_NEEDLESS = re.compile(r"(?:无需|无须|不需要?|不必|不用)(?P<what>[\u4e00-\u9fff]{2})")
_BETWEEN = "[^,。;]{0,6}?"
_STOPS = frozenset({"暂停", "暂缓", "停止", "取消"})
_LEFT_OVER = re.compile(r"[还尚仍另]有|剩|其余|余下")
_CLASS = re.compile(r"(?P<number>[一二三四五六七])(?P<kind>[级类])(?=水|响应|标准|医院|[,。;、以及达]|$)")


def contrasted(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the words of a canonical sentence in whose place, between the same words, the evidence has an opposite."""
    text, whole = re.sub(r"[的及]", "", evidence.text), body
    body = re.sub(r"[的及]", "", whole)
    for row in _ROWS:
        for word in row:
            for match in re.finditer(re.escape(word), body):
                if _has_other(body, match.start(), match.end(), row, text):
                    yield Problem(ProblemKind.DIRECTION, body[max(0, match.start() - 2) : match.end() + 2])
    for match in _CLASS.finditer(whole):
        if match.group() not in text and re.search(rf"[一二三四五六七]{match['kind']}", text):
            yield Problem(ProblemKind.FIGURE, match.group())


def _has_other(body: str, start: int, end: int, row: tuple[str, ...], text: str) -> bool:
    word = body[start:end]
    left, right = _clean(body[max(0, start - _WORDS) : start], left=True), _clean(body[end : end + _WORDS], left=False)
    opens = start == 0 or body[start - 1] in ",;:。"
    if (not left and not opens) or len(left) + len(right) < _WORDS + (len(word) < 2):
        return False
    alone = [(left, "")] if word in _SIDES and len(left) == _WORDS else []
    for one, other in ((left, right), (left[-1:], right), *alone):
        if len(one) + len(other) < _WORDS + (len(word) < 2):
            continue
        if one + word + other in text:
            return False
        if any(one + rival + other in text for rival in row if rival != word):
            return True
    return False


def _clean(text: str, *, left: bool) -> str:
    """Return the part of a neighbourhood up to the first sign that is neither Han nor digit."""
    parts = _EDGE.split(text)
    return parts[-1] if left else parts[0]


def unlike_prefix(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield the words that the evidence has only behind a no and the sentence without one, or the reverse."""
    text = "\n".join(evidence.bodies)
    for match in _PREFIX.finditer(text):
        far = len(match["no"]) > 1
        for word in _heads(match["word"]):
            if (
                len(word) + len(match["no"]) > 3
                and word in body
                and _always_denied(word, text)
                and not _denied(word, body, far=far)
            ):
                yield Problem(ProblemKind.DIRECTION, word)
    for match in _PREFIX.finditer(body):
        far = len(match["no"]) > 1
        word = _heads(match["word"])[0] if far else match["word"]
        left_over = match["no"] == "未" and (_LEFT_OVER.search(body) or _is_rest(match.start(), body, evidence))
        stopped = word in _STOPS and match["no"] != word
        if word in text and not left_over and (stopped or not _denied(word, text, far=far or match["no"] == "未")):
            yield Problem(ProblemKind.DIRECTION, match.group())


def _is_rest(at: int, body: str, evidence: Evidence) -> bool:
    """Whether the clause that holds an offset tells what is left of a total of the passage."""
    clause = next((one.text for one in cut_clauses(body) if one.start <= at < one.end), "")
    return borne_out(clause, list(on_the_matter(None, body, evidence)))


def needless(body: str, evidence: Evidence) -> Iterator[Problem]:
    """Yield what a canonical sentence calls needless and the evidence demands."""
    for match in _NEEDLESS.finditer(body):
        if re.search(rf"(?:[须应需]|必须|应当){_BETWEEN}{re.escape(match['what'])}", evidence.text):
            yield Problem(ProblemKind.DIRECTION, match.group())


def _heads(stretch: str) -> tuple[str, ...]:
    first = segment(stretch)[:1]
    return tuple(word for word in (*first, stretch) if len(word) > 1)


def _always_denied(word: str, text: str) -> bool:
    return all(_NOT_NEAR.search(text[_clause_start(text, at) : at]) for at in _places(word, text))


def _denied(word: str, text: str, *, far: bool) -> bool:
    """Whether a no stands right before some place of the word; `far`: or anywhere in the clause or the one before."""
    for at in _places(word, text):
        start, stop = (_clause_start(text, at), _clause_stop(text, at)) if far else (max(0, at - _REACH), at)
        if _NOT_NEAR.search(text[start:at] + "," + text[at + len(word) : max(stop, at)]):
            return True
    return False


def _places(word: str, text: str) -> list[int]:
    return [match.start() for match in re.finditer(re.escape(word), text)]


def _clause_start(text: str, at: int) -> int:
    return max(text.rfind(mark, 0, at) for mark in ",。;\n") + 1


def _clause_stop(text: str, at: int) -> int:
    return min((place for place in (text.find(mark, at) for mark in ",。;\n") if place >= 0), default=len(text))
