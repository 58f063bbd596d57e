"""A fact: the sentence or clauses that say it, and the bare value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.compose.draft import Draft, Quote
from assistant.types import Wanted

if TYPE_CHECKING:
    from assistant.evidence import Evidence
    from assistant.question import Question

MAX_ANSWER = 150
"""Characters of an answer to a fact, its mark `[1]` aside; the contract allows 160 in all."""
_LEAD_IN = re.compile(r"^(?:[一二三四五六七八九十]{1,3}是|其中[,，]|同时[,，])")
_BREAKS = "，,；;：:。"
_NO = re.compile(
    r"(?:尚未|暂未|仍未|还未|未(?!来|成年)|没有|尚无|并无|已无|不存在|不再|不予|不得|不允许|不容许|禁止|不能)"
)
_NOT_YET = re.compile(r"确保[^，。]{0,12}前|正在|抓紧|有序推进|加快推进|推进中|将于|拟于|计划于|力争|年底前")
_DONE_ASKED = re.compile(r"(?:完|好|到位|干净|成|了)(?:了)?(?:吗|没|没有)|是否(?:已|完成)|都.*了吗|有没有完成")


def compose_fact(question: Question, best: Evidence, text: str) -> Draft:
    """Return the draft that answers with `best`; `text` is the decoded file that it stands in."""
    sentence = best.sentence
    start, end = window(text, sentence.start, sentence.end, best.start, best.end)
    shown = _LEAD_IN.sub("", text[start:end].strip())
    shown = " ".join(shown.split())
    short = _short(question, best, text)
    if question.wanted is Wanted.YES_NO:
        verdict = verdict_of(question.folded, text[start:end])
        room = MAX_ANSWER - len(verdict) - 1
        shown = f"{verdict}。{shown}" if len(shown) <= room else f"{verdict}。{shown[: room - 1]}…"
    quote = Quote(sentence.passage.file, sentence.passage.notice, sentence.start, sentence.end)
    return Draft(text=f"{shown}[1]", short=short, quotes=(quote,), best=best)


def window(text: str, start: int, end: int, first: int, last: int) -> tuple[int, int]:
    """Return the stretch of the sentence `start:end` that holds `first:last` in at most `MAX_ANSWER` characters.

    A long sentence is cut at clause marks; clauses before the value are kept before those after it.
    """
    if end - start <= MAX_ANSWER:
        return start, end
    left, right = first, min(last, first + MAX_ANSWER)
    while right < end and text[right] not in _BREAKS and right - left < MAX_ANSWER:
        right += 1
    while left > start:
        back = max(text.rfind(mark, start, left - 1) for mark in _BREAKS) + 1 or start
        if right - back > MAX_ANSWER:
            break
        left = back
    while right < end:
        ahead = min((at for mark in _BREAKS if (at := text.find(mark, right + 1, end)) >= 0), default=end)
        if ahead - left > MAX_ANSWER:
            break
        right = ahead
    if right < end and text[right] in "。；;":
        right += 1
    return max(left, right - MAX_ANSWER), right


def _short(question: Question, best: Evidence, text: str) -> str:
    value = text[best.start : best.end].strip()
    if best.candidate.kind == "clause":
        value = _LEAD_IN.sub("", value).strip("“”\"' ")
        if question.wanted in (Wanted.NUMBER, Wanted.DATE, Wanted.CONTACT):
            return ""
    return " ".join(value.split())


def verdict_of(folded_question: str, said: str) -> str:
    """Return 是, 否 or 尚未完成 for a yes/no question, by the polarity of the deciding words."""
    negative = bool(_NO.search(said))
    if _DONE_ASKED.search(folded_question) and _NOT_YET.search(said) and "已" not in said:
        return "尚未完成"
    return "否" if negative else "是"
