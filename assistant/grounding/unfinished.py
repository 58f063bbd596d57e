"""A no that the passage does not write and yet bears out: what is left of a total, what is planned only, a target missed."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from assistant.grounding.facts import find_facts
from assistant.grounding.values import alike
from index.analysis import segment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from assistant.quantities import Value

_NO = re.compile(r"未能|没有|尚未|还未|从未|未|没|不(?![超低少高多早晚迟]|足|断|仅|但)|无(?!线)")
_OPEN = re.compile(r"[还尚仍]|未能|目前|暂|没有?在|[未没]有?[^,。]{0,8}[到成完前]|剩")
_AHEAD = re.compile(
    r"计划(?!的)|预计|拟|将(?=于|在|再|继续|会|按|逐)|力争|目标(?!的)|争取|准备|有望|结转|转入|顺延|延期|延[至到]|推迟|正在|推进|基本完成|阶段性|须|底前|末前|月前|待"
)
_TARGET = re.compile(r"原定|计划|目标|任务|预期|应")
_REACHED = re.compile(r"实际|完成|建成|达到|只|仅")
_MISSED = re.compile(r"(?:未|没有?|不)(?:能)?(?:如期|按时)?(?:达到|达成|完成|实现|达|足)|不足|不及|落后|缺口")
_BEATEN = re.compile(r"超额|超过(?!\d)|超出|超计划|提前完成|突破")
_SHARE_OF = re.compile(r"(?:完成|达到?|占)[^,;。]{0,8}(?:目标|任务|计划)[^,;。]{0,4}的?$")
_QUOTED = 2


def borne_out(clause: str, sentences: list[str]) -> bool:
    """Whether a no in a clause follows from one of the passage's sentences, which are canonical and the likeliest first.

    >>> borne_out("还有3名未返回原单位", ["清理借调人员14名,其中11名已返回原单位"])
    True
    >>> borne_out("还有11名未返回原单位", ["清理借调人员14名,其中11名已返回原单位"])
    False
    """
    return (
        any(_left_over(clause, one) or _still_ahead(clause, one) for one in sentences) or missed(clause, sentences) < 0
    )


def said_so(clause: str, text: str) -> bool:
    """Whether each no in a clause stands in `text` with the words behind it; a clause without a no gives False."""
    found = list(_NO.finditer(clause))
    heads = [
        match.group() + "".join(segment(re.split(r"\W|\d", clause[match.end() :])[0])[:_QUOTED]) for match in found
    ]
    return bool(heads) and all(
        len(head) > len(match.group()) + 1 and head in text for head, match in zip(heads, found, strict=True)
    )


def missed(clause: str, sentences: list[str]) -> int:
    """Return -1 if the clause says that a target is missed and the passage bears it out, 1 for a target beaten, else 0."""
    ours = -1 if _MISSED.search(clause) else 1 if _BEATEN.search(clause) else 0
    return ours if ours and ours in {_outcome(one) for one in sentences} else 0


def contradicted(clause: str, sentences: list[str]) -> bool:
    """Whether a clause says that a target is missed or beaten, and the passage's figures show the other."""
    ours = -1 if _MISSED.search(clause) else 1 if _BEATEN.search(clause) else 0
    return bool(ours) and -ours in {_outcome(one) for one in sentences[:1]}


def _outcome(sentence: str) -> int:
    """Return -1 if what was reached stands behind the target it falls short of (原定300部,实际完成264部), 1 if above, else 0."""
    figures = [one for one in find_facts(sentence) if one.value is not None]
    for share in figures:
        if share.value and share.value.unit == "ratio" and _SHARE_OF.search(sentence[: share.start]):
            return 1 if share.value.number >= 1 else -1
    for target, reached in itertools.pairwise(figures):
        ahead = re.split(r"[,;、。]", sentence[: target.start])[-1]
        between = sentence[target.end : reached.start]
        if target.value is None or reached.value is None or target.value.unit != reached.value.unit:
            continue
        if _TARGET.search(ahead) and not _TARGET.search(between) and _REACHED.search(between):
            return (reached.value.number > target.value.number) - (reached.value.number < target.value.number)
    return 0


def _left_over(clause: str, sentence: str) -> bool:
    """Whether a figure of the clause is what is left of a total in the sentence, and is not told there itself."""
    known = [one.value for one in find_facts(sentence) if one.value is not None]
    mine = [one.value for one in find_facts(clause) if one.value is not None]
    return bool(mine) and all(_rest(value, known) for value in mine)


def _rest(value: Value, known: list[Value]) -> bool:
    same = [one.number for one in known if one.unit == value.unit or alike(one.unit, value.unit)]
    return value.number not in same and value.number in set(_differences(same))


def _differences(numbers: list[Decimal]) -> Iterator[Decimal]:
    for whole, part in itertools.combinations(numbers, 2):
        if whole > part:
            yield whole - part


def _still_ahead(clause: str, sentence: str) -> bool:
    """Whether the passage lets what the clause calls not done lie ahead: planned, due, put off or under way."""
    if not _OPEN.search(clause) or any(one.value and one.text not in sentence for one in find_facts(clause)):
        return False
    denied = _NO.split(clause)[-1]
    words = [word for word in segment(denied) if len(word) > 1]
    pieces = re.split(r"[,;]", sentence)
    told = [piece for piece in pieces if any(word in piece for word in words)]
    return any(_AHEAD.search(piece) for piece in told or pieces)
