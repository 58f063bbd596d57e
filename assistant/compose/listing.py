"""Lists and measures: every part, found where the best evidence stands, never silently cut."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.compose.draft import Draft, Quote
from assistant.compose.fact import compose_fact
from assistant.compose.rows import without_headers
from assistant.compose.series import counted_series, split_series
from assistant.compose.whole import asks_what_is_open
from assistant.prose_order import is_prose
from assistant.terms import said
from assistant.types import Wanted
from index.analysis import fold
from index.passages import measures

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.evidence import Evidence
    from assistant.probe import Probe
    from assistant.question import Question
    from index.store import Index
    from index.types import Section

_SENTENCE = re.compile(r"[^。!?;\n]+[。!?;]?[”’」)]?")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}是|[(（]?\d{1,2}[)）.、]|[①-⑳])\s*")
_TITLE_SERIES = re.compile(r"《[^《》]*(?:《[^《》]*》[^《》]*)*》(?:[(（](?:试行|暂行)[)）])?")
_CLOSING = re.compile(
    r"(?:\n[ ]*|(?<=[。;]))(?:欢迎|如(?:对|有)|(?:社会各界|公众|广大|干部群众)[^。\n]{0,20}(?:意见|建议|监督)|(?:监督|联系|举报|咨询)(?:电话|方式)|(?:通[信讯]|来信|邮寄|联系)地址|"
    r"邮政信箱|电子邮箱|中共[^。,;\n]{2,40}(?:委|委员会|党组|工委)[ ]*(?=\n|$)|\d{4}年\d{1,2}月\d{1,2}日[ ]*(?=\n|$))"
)
_TOPIC_SHARE = 0.34
"""Share of the question's weight in a section's own heading from which the whole section is the answer."""
_SHORT_SECTION = 460
"""Characters up to which a section is taken to have one topic."""
_ITEM_LEVEL, _SHORT_ITEM, _MOST_FAMILY = 3, 130, 1200
_MOST_SECTION = 10_000
"""Characters before and behind the best evidence that are looked at; the longest section of real notices has 821."""
_NEAR = 1.5
"""How far below the best a measure that stands under a heading may lie and still be the answer."""
_SHORT_PART = 10
"""Characters of a part of an enumeration in prose that says something alone."""
_COUNTED = 0.5
"""Confidence of an enumeration with as many parts as are said, behind or in the question: of ten found so, ten were right."""
_BEGINS = re.compile(r"(?:包括|如下|分别(?:是|为)|下列|以下)[^;。:]{0,12}:([^。]+);$")
_CLOSE = 0.62
"""Share of the best sentence's weighted coverage from which a neighbour belongs to the same answer."""


def compose_list(question: Question, probe: Probe, ranked: Sequence[Evidence], index: Index) -> Draft:
    """Return the parts that answer a list or measures question, from the section of the best evidence."""
    best = _in_a_section(question, ranked, index)
    if asks_what_is_open(question):
        start, end = best.sentence.start, best.sentence.end
        text = " ".join(index.text(best.sentence.passage.file)[start:end].split())
        return _draft([_NUMBERING.sub("", text).rstrip("。；;")], (start, end), best)
    file = best.sentence.passage.file
    text = index.text(file)
    if question.wanted is Wanted.LIST:
        counted = counted_series(probe, ranked, index.text)
        if counted:
            place = (counted[0].sentence.start, counted[0].sentence.end)
            return replace(_draft(counted[1], place, counted[0]), least=_COUNTED)
        series = _best_series(best, text)
        if series and is_prose(best, index):
            return _in_its_sentence(question, best, text, series)
        if series:
            return _draft(series, (best.sentence.start, best.sentence.end), best)
    stretch, found = _parts(question, probe, best, index, text)
    parts = without_headers(file, found, index)
    if parts[0] != found[0]:
        stretch = (parts[0][0], stretch[1])
    items = [_NUMBERING.sub("", text[start:end].strip()).rstrip("。；;") for start, end in parts]
    return _draft([" ".join(item.split()) for item in items if item], stretch, best)


def wants_value(question: Question, draft: Draft) -> bool:
    """Whether what `compose_list` found in plain prose is one sentence, of which a part would be the better answer.

    That is so for measures (怎么处理: what is done, of all that the sentence says), and for lists without a short form.
    """
    several = len(draft.items) > 1
    return not several and (question.wanted is Wanted.MEASURES or not draft.short)


def _in_a_section(question: Question, ranked: Sequence[Evidence], index: Index) -> Evidence:
    """Return the best evidence; measures that stand in no section give way to near ones that do, if the notice has any."""
    best = ranked[0]
    if question.wanted is not Wanted.MEASURES or _section_of(index, best).level:
        return best
    own = (item for item in ranked if item.sentence.passage.notice == best.sentence.passage.notice)
    near = (item for item in own if item.score > best.score - _NEAR and _section_of(index, item).level)
    return next(near, best)


def _in_its_sentence(question: Question, best: Evidence, text: str, series: Sequence[str]) -> Draft:
    """Return an enumeration within the sentence that has it: plain prose seldom enumerates just what is asked for.

    The parts are told apart only if each is short: of 从事桂花加工、销售和研究的企业 they say nothing alone.
    """
    draft = compose_fact(question, best, text)
    return replace(draft, items=tuple(series)) if max(map(len, series)) <= _SHORT_PART else draft


def _draft(items: Sequence[str], stretch: tuple[int, int], best: Evidence) -> Draft:
    passage = best.sentence.passage
    quote = Quote(passage.file, passage.notice, *stretch)
    if len(items) == 1:
        return Draft(
            f"{items[0]}。[1]",
            short=items[0] if len(items[0]) <= 60 else "",
            items=tuple(items),
            quotes=(quote,),
            best=best,
        )
    lines = "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))
    short = "、".join(items) if sum(map(len, items)) <= 120 else ""
    return Draft(f"共 {len(items)} 项[1]：\n{lines}", short=short, items=tuple(items), quotes=(quote,), best=best)


def _best_series(best: Evidence, text: str) -> list[str]:
    """Return the parts of the best evidence if it is an enumeration, else nothing."""
    value = text[best.start : best.end]
    if best.candidate.kind == "titles":
        return [match.group() for match in _TITLE_SERIES.finditer(value)]
    return split_series(value) if best.candidate.kind == "series" else []


def _parts(
    question: Question, probe: Probe, best: Evidence, index: Index, text: str
) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """Return the stretch to cite and its parts: a whole section about the topic, else the sentences on it."""
    section = _section_of(index, best)
    folded = fold(text)
    family = _family(probe, index, section, best, text)
    if family:
        return (family[0][0], family[-1][1]), family
    start, end = max(section.body_start, section.start), section.end
    if not section.level:
        start, end = _paragraph(folded, best, start, end)
    end = _before_closing(folded, max(start, best.end), end)
    if end - start > 2 * _MOST_SECTION:
        start, end = max(start, best.start - _MOST_SECTION), min(end, best.end + _MOST_SECTION)
    found = measures(folded, start, end)
    if not section.level and not found:
        whole = (best.sentence.start, best.sentence.end)
        parts = _to_its_stop(folded, whole, end) if question.wanted is Wanted.LIST else whole
        return (whole[0], parts[1]), _clauses(folded, [parts])
    on_topic = end - start <= _SHORT_SECTION or _own_share(probe, fold(section.heading)) >= _TOPIC_SHARE
    if found and (on_topic or _spread(probe, folded, found)):
        return (found[0][0], found[-1][1]), found
    inside = next(((a, b) for a, b in found if a <= best.start < b), (start, end))
    sentences = [match.span() for match in _SENTENCE.finditer(folded, *inside) if match.group().strip()]
    if not sentences:
        return (best.sentence.start, best.sentence.end), [(best.sentence.start, best.sentence.end)]
    if not on_topic:
        sentences = _run(probe, folded, sentences, best)
    return (_skip(text, sentences[0][0]), sentences[-1][1]), _clauses(folded, sentences)


def _to_its_stop(folded: str, part: tuple[int, int], end: int) -> tuple[int, int]:
    """Return an enumeration between semicolons from its colon to its full stop, if `part` begins one (…包括:…;), else `part`."""
    begun = _BEGINS.search(folded, *part)
    stop = folded.find("。", part[1] - 1, end)
    return part if begun is None or not 0 <= stop <= part[0] + _MOST_FAMILY else (begun.start(1), stop + 1)


def _paragraph(folded: str, best: Evidence, start: int, end: int) -> tuple[int, int]:
    """Return the line between `start` and `end` on which the best evidence stands."""
    after = folded.find("\n", best.end, end)
    return max(start, folded.rfind("\n", start, best.start) + 1), end if after < 0 else after


def _before_closing(folded: str, start: int, end: int) -> int:
    """Return where the closing block (whom to call, signature, day) begins between `start` and `end`; `end` if it does not."""
    closing = _CLOSING.search(folded, start, end)
    return closing.start() if closing else end


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _section_of(index: Index, best: Evidence) -> Section:
    sections = index.sections(best.sentence.passage.notice)
    return next(item for item in sections if item.start <= best.sentence.start < item.end)


def _family(probe: Probe, index: Index, section: Section, best: Evidence, text: str) -> list[tuple[int, int]]:
    """Return the numbered items beside a short one (①, (1), 1.) under the same heading, or nothing.

    An item is short if it holds no list of its own; then the question is about the heading above it, unless it is
    the item's own heading, not the one above, that says what is asked about.
    """
    start, end = _trimmed(text, section.start, section.end)
    if section.level < _ITEM_LEVEL or end - start > _SHORT_ITEM:
        return []
    sections = index.sections(best.sentence.passage.notice)
    parent = section.path[:-1]
    body = text[max(section.body_start, section.start) : section.end].strip()
    own, above = (_own_share(probe, fold(heading)) for heading in (section.heading, " ".join(parent[-1:])))
    if body and own >= _TOPIC_SHARE > above:
        return []
    items = [one for one in sections if one.level == section.level and one.path[:-1] == parent]
    spans = [_trimmed(text, one.start, one.end) for one in items]
    if len(spans) < 2 or max(b - a for a, b in spans) > 2 * _SHORT_ITEM or spans[-1][1] - spans[0][0] > _MOST_FAMILY:
        return []
    return spans


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    start = _skip(text, start)
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _own_share(probe: Probe, heading: str) -> float:
    total = float(probe.weights.sum())
    credit = sum(said(term, heading) * term.weight for term in probe.terms)
    return credit / total if total else 0.0


def _spread(probe: Probe, folded: str, found: Sequence[tuple[int, int]]) -> bool:
    """Whether the question's words stand in most of the measures rather than in one."""
    shares = [_own_share(probe, folded[start:end]) for start, end in found]
    most = max(shares, default=0.0)
    return most > 0 and sum(share >= 0.5 * most for share in shares) > len(shares) / 2


def _run(probe: Probe, folded: str, sentences: list[tuple[int, int]], best: Evidence) -> list[tuple[int, int]]:
    """Return the unbroken run of sentences around the best one that say nearly as much of the question."""
    shares = [_own_share(probe, folded[start:end]) for start, end in sentences]
    at = next((n for n, (start, end) in enumerate(sentences) if start <= best.start < end), 0)
    floor = max(_CLOSE * shares[at], 0.05)
    first = last = at
    while first > 0 and shares[first - 1] >= floor:
        first -= 1
    while last + 1 < len(sentences) and shares[last + 1] >= floor:
        last += 1
    return sentences[first : last + 1]


def _clauses(folded: str, sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the sentences, or the parts between the semicolons of a single one."""
    if len(sentences) > 1:
        return list(sentences)
    start, end = sentences[0]
    return [
        (start + m.start(), start + m.end()) for m in re.finditer(r"[^;。]+", folded[start:end]) if m.group().strip()
    ]
