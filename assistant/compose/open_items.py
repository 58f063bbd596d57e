"""What a notice names in one sentence as not yet done: 对尚未完成的甲、乙、丙3个问题, 甲、乙2个未完成问题, 未完成的2个问题是甲、乙."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.compose.draft import Draft, Quote
from assistant.compose.series import number_of, split_series
from index.analysis import fold

if TYPE_CHECKING:
    from index.types import Notice

_RUN = r"(?P<run>[^,;:。、《》\s\d]{2,24}(?:、[^,;:。、《》\s]{2,24}?){1,15})"
_COUNT = r"(?P<count>[两三四五六七八九十]|\d{1,2})"
_OPEN = "(?:尚|还|仍|暂)?未(?:整改|彻底)?(?:完成|到位|销号|办结|整改)(?:整改|到位|销号)?|没有?(?:完成|整改完)|(?:仍在|正在)(?:推进|整改)|(?:剩余|余下|其余|遗留)"
_THINGS = "(?:整改)?(?:问题|事项|任务)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?:{_OPEN})的?{_RUN}(?:等)?(?:{_COUNT}[个项])?{_THINGS}",
        rf"(?:(?<=[对将把由])|(?<=[,;。]))(?:对|将|把)?{_RUN}{_COUNT}[个项](?:{_OPEN})的?{_THINGS}",
        rf"(?:{_OPEN})的?{_COUNT}[个项]{_THINGS}(?:分别)?(?:是|为|:|--|——|包括)+{_RUN}(?=[,;。])",
    )
)
_SENTENCE_ENDS = "。!?\n"


def says_open(folded: str) -> bool:
    """Whether a folded sentence calls something not yet done."""
    return re.search(_OPEN, folded) is not None


def open_items(notice: Notice, text: str) -> Draft | None:
    """Return what the last sentence that names things as not yet done names, with their number; None if none does.

    Where the sentence says how many they are, they must be as many.
    """
    folded = fold(text)[: notice.end]
    found = [match for form in _FORMS for match in form.finditer(folded, notice.start)]
    for match in sorted(found, key=lambda one: -one.start()):
        items = split_series(text[slice(*match.span("run"))])
        if match["count"] is None or number_of(match["count"]) == len(items):
            break
    else:
        return None
    start = max(folded.rfind(mark, notice.start, match.start()) for mark in _SENTENCE_ENDS) + 1
    ends = [at for mark in _SENTENCE_ENDS if (at := folded.find(mark, match.end())) >= 0]
    end = min(ends, default=len(folded) - 1) + 1
    start = max(start, notice.start)
    stretch = text[start:end]
    quote = Quote(notice.file, notice.id, start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip()))
    lines = "\n".join(f"{number}. {item}" for number, item in enumerate(items, start=1))
    short = "、".join(items)
    return Draft(
        f"通报写明尚未完成的共 {len(items)} 项[1]：\n{lines}",
        short=short,
        items=tuple(items),
        quotes=(quote,),
        certain=True,
    )
