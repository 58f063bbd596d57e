"""A fact: the sentence or clauses that say it, and the bare value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.compose.draft import Draft, Quote
from assistant.quantities import parse_values
from assistant.types import Wanted
from index.analysis import fold

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
_NOT_YET = re.compile(
    r"逐步(?!完善)|分步|分批|确保[^，。]{0,12}前|正在|抓紧|有序推进|加快推进|推进中|将于|拟于|计划于|力争|年底前"
)
_BOUND = re.compile(
    r"(超过|突破|达到|多于|高于|大于|不少于|低于|不到|少于|过|到)了?([\d零一二两三四五六七八九十百千万亿.]+[^\s?。,吗没]{0,3})"
)
_TIMES = ("年", "月", "日", "")
_STILL = re.compile(r"还[^,。?]{0,14}(?:吗|不|么)")
_ENDED = re.compile(r"关停|取消|停办|停止|撤销|注销|关闭|已无|不再")
_ALL_DONE = re.compile(r"已全部|(?<![前将拟内])全部完成|均已|全部(?:按|按程序)?(?:撤销|拆除|办结|整改|换届)")
_ALL_ASKED = re.compile(r"全部|全都|全改|全好|好了|都|所有|完成|销号|交付|整改|到位|干净")
_REMAINDER = re.compile(r"其余|剩余|余下|还有\d|仍有|尚有|剩下")
_DONE = re.compile(r"(?:完成|销号|办结|交付|整改到位|解决)(?:了)?(?:整改)?(\d+(?:\.\d+)?[个项件套条户处家])")
_DONE_ASKED = re.compile(
    r"(?:完|好|到位|干净|成|了)(?:了)?(?:吗|没|没有|不[?]?$)|是否(?:已|完成)|都.*了吗|有没有完成|"
    r"(?:是不是|是否|有没有)(?:全都?|都|已经?|彻底|完全|真的?){0,4}(?:解决|完成|整改|改|消除|建成|办结|到位|弄|搞定|治)[^,。?]{0,4}了"
)


def compose_fact(question: Question, best: Evidence, text: str, *, bare: tuple[int, int] | None = None) -> Draft:
    """Return the draft that answers with `best`; `text` is the decoded file that it stands in.

    `bare` is where in the sentence the bare value stands, if that is known better than by `best`.
    """
    sentence = best.sentence
    start, end = window(text, sentence.start, sentence.end, *(bare or (best.start, best.end)))
    shown = _LEAD_IN.sub("", text[start:end].strip())
    shown = " ".join(shown.split())
    short = _short(question, best, text) if bare is None else " ".join(text[slice(*bare)].split())
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
    """Return 是, 否 or 尚未完成 for a yes/no question, by the figures and the polarity of the deciding words.

    A remainder (其余5个), a part done of a whole named (78 of 92), or a bound not reached (突破700家, 612家 said)
    outweigh the words.
    """
    text = fold(said)
    for bound in _BOUND.finditer(folded_question):
        limit, values = parse_values(bound.group(2)), parse_values(text)
        if not limit or limit[0].unit in _TIMES:
            continue
        like = [v for v in values if limit and (v.unit == limit[0].unit or "" in (v.unit, limit[0].unit))]
        if like:
            reached = max(v.number for v in like) >= limit[0].number
            below = bound.group(1) in ("低于", "不到", "少于")
            return "是" if reached is not below else "否"
    if _ALL_ASKED.search(folded_question) and (_REMAINDER.search(text) or _part_of_whole(folded_question, text)):
        return "尚未完成"
    if _STILL.search(folded_question) and _ENDED.search(text):
        return "否"
    if _DONE_ASKED.search(folded_question) and _ALL_DONE.search(text):
        return "是"
    if _DONE_ASKED.search(folded_question) and _NOT_YET.search(text) and "已" not in text:
        return "尚未完成"
    return "否" if _NO.search(text) else "是"


def _part_of_whole(folded_question: str, text: str) -> bool:
    """Whether fewer are said to be done than there are."""
    done = _DONE.search(text)
    if not done:
        return False
    part = parse_values(done.group(1))
    whole = parse_values(text[: done.start()]) + parse_values(folded_question)
    return bool(part) and any(v.unit == part[0].unit and v.number > part[0].number for v in whole)
