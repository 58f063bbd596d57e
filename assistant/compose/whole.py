"""What is asked of a notice as a whole: the papers it names as issued, what is still open, what comes next.

No sentence answers that, and the words of the question (出台, 文件, 下一步, 打算) stand everywhere: the parts are read by rule.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.compose.draft import Draft, Quote
from assistant.compose.open_items import open_items
from assistant.types import Wanted
from index.analysis import fold
from index.passages import measures

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.question import Question
    from index.store import Index
    from index.types import Notice, Section

_SMALL_TALK = "请问|一共|总共|都|先后|具体|分别|整改(?:中|期间|过程中|以来)?|巡[视察](?:整改)?(?:中|期间)?|为此|针对|了|过|的|又|还|新|有|是|吗|呢|[ ,。?!]"
_KINDS = "措施性文件|制度性文件|文件|制度|办法|方案|意见|规定|政策|规章|细则"
_ISSUED = "出台|印发|下发|制定|修订|发布|颁布|建立|完善|起草|编制"
_PAPERS_ASKED = re.compile(rf"{_SMALL_TALK}|{_ISSUED}|哪些|哪几|什么|啥|[几多少份个部项]|{_KINDS}|和|与|或|、")
_NEXT_ASKED = re.compile(
    rf"{_SMALL_TALK}|下一?步|接下来|下一阶段|今后|后续|往后|以后|什么|啥|哪些|怎么|如何|打算|安排|计划|准备|要|将|会|做|干|办|工作|举措|措施"
)
_NEXT = re.compile(r"下一?步|接下来|下一阶段|今后|后续|往后")
_OPEN_ASKED = re.compile(
    rf"了结|销号|办结|收尾|{_SMALL_TALK}|还|尚|哪些|哪几|什么|啥|多少|几|[个项件]|问题|事项|事情?|任务|内容|地方|没有?|未|完成|整改|改|做|办|解决|落实|完|好|到位|剩下?|需要?|继续|长期|坚持"
)
_OPEN = re.compile(r"(?:没有?|未|尚未|还要|还需|需要).{0,4}(?:完|改|做|办|解决|落实|了结|销号|收尾|继续|坚持)")
_NEXT_HEADING = re.compile(r"下一?步|后续|今后|巩固|长效|常态|接续|持续(?:深化|推进|推动)")
_OPEN_HEADING = re.compile(r"未完成|尚未|未整改|未到位|长期坚持|长期整改|持续整改|正在推进|继续整改|需要?持续")
_FEWEST = 2
"""Papers that make a list: a single one is found like any other answer."""
_MOST_SECTION = 20_000
"""Characters of a part that is told whole; the longest of real notices has some 2,000."""
_PAPER = re.compile(r"《[^《》]{2,80}(?:《[^《》]{0,80}》[^《》]{0,80}){0,3}》(?:[(（](?:试行|暂行|修订)[)）])?")
_BEFORE = re.compile(rf"(?:{_ISSUED}|出具|拟定|草拟|研究提出)[^。；;《》]{{0,24}}$")
_AND = re.compile(r"^(?:[、,，和及与]|以及|等)?$")
_ORDINAL = re.compile(r"^[一二三四五六七八九十]{1,3}是")
_SENTENCE = re.compile(r"[^。!?\n]+[。!?]?")


def read_whole(asked: Question, notice: Notice, index: Index) -> Draft | None:
    """Return the parts of a notice that answer a question about it as a whole, or None if it is no such question.

    None too if the notice has no part of the kind: then the question is searched for like any other.
    """
    core = "".join(asked.core.split())
    if asked.context or asked.years or not core:
        return None
    text = index.text(notice.file)
    if _NEXT.search(core) and _only(_NEXT_ASKED, core):
        return _of_section(notice, index, text, _NEXT_HEADING)
    if asks_what_is_open(asked):
        return _of_section(notice, index, text, _OPEN_HEADING) or open_items(notice, text)
    if asked.wanted in (Wanted.LIST, Wanted.TITLE) and re.search(_ISSUED, core) and _only(_PAPERS_ASKED, core):
        return _papers(notice, text)
    return None


def asks_what_is_open(asked: Question) -> bool:
    """Whether a question asks what a notice leaves undone, and nothing else."""
    core = "".join(asked.core.split())
    return bool(_OPEN.search(core)) and _only(_OPEN_ASKED, core) and asked.wanted is not Wanted.NUMBER


def _only(words: re.Pattern[str], core: str) -> bool:
    """Whether a question holds nothing but these words; taken out one after another, in time that grows with its length."""
    return not words.sub("", core)


def _papers(notice: Notice, text: str) -> Draft | None:
    """Return all titles that a notice says were issued, each with its sentence; None if there are not at least two."""
    found: dict[str, tuple[int, int]] = {}
    for sentence in _SENTENCE.finditer(text, notice.start, notice.end):
        end, issued = sentence.start(), False
        for paper in _PAPER.finditer(text, sentence.start(), sentence.end()):
            between = text[end : paper.start()]
            issued = _BEFORE.search(between) is not None or (issued and _AND.match(between) is not None)
            if issued:
                found.setdefault(" ".join(paper.group().split()), sentence.span())
            end = paper.end()
    if len(found) < _FEWEST:
        return None
    numbers = {place: number for number, place in enumerate(dict.fromkeys(found.values()), start=1)}
    quotes = tuple(Quote(notice.file, notice.id, *_trimmed(text, *place)) for place in numbers)
    lines = [f"{number}. {title}[{numbers[place]}]" for number, (title, place) in enumerate(found.items(), start=1)]
    head = f"通报写明出台、印发或修订的文件共 {len(found)} 份："
    return Draft("\n".join((head, *lines)), items=tuple(found), quotes=quotes, certain=True)


def _of_section(notice: Notice, index: Index, text: str, heading: re.Pattern[str]) -> Draft | None:
    """Return the parts of the last section at the highest level whose heading is of the kind; None if there is none."""
    sections = [one for one in index.sections(notice.id) if one.level]
    top = min((one.level for one in sections), default=0)
    chosen = [one for one in sections if one.level == top and heading.search(one.heading)]
    if not chosen:
        return None
    start = chosen[-1].start
    end = next((one.start for one in sections if one.start > start and one.level <= top), None)
    closing = [one.start for one in index.sections(notice.id) if one.start > start and not one.level]
    end = min([notice.end if end is None else end, *closing])
    if end - start > _MOST_SECTION:
        return None
    parts = list(_parts(sections, chosen[-1], end, text))
    if not parts:
        return None
    items = tuple(_ORDINAL.sub("", " ".join(text[first:last].split())).rstrip("。；;") for first, last in parts)
    quote = Quote(notice.file, notice.id, *_trimmed(text, start, end))
    lines = "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))
    return Draft(
        f"见“{chosen[-1].heading}”，共 {len(items)} 项[1]：\n{lines}", items=items, quotes=(quote,), certain=True
    )


def _parts(sections: Sequence[Section], section: Section, end: int, text: str) -> Iterator[tuple[int, int]]:
    """Yield the parts below a section with their headings, else its measures, else its sentences."""
    below = [one for one in sections if section.start < one.start < end]
    level = min((one.level for one in below), default=0)
    inside = [one.start for one in below if one.level == level]
    if inside:
        for first, last in zip(inside, [*inside[1:], end], strict=True):
            yield _trimmed(text, first, last)
        return
    start = max(section.body_start, section.start)
    found = measures(fold(text), start, end) or [
        match.span() for match in _SENTENCE.finditer(text, start, end) if match.group().strip()
    ]
    for first, last in found:
        yield _trimmed(text, first, last)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    stretch = text[start:end]
    return start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())
