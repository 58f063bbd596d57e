"""The title of a notice and the body that issued it, read from the first lines or built."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_TITLE_END = re.compile(
    r"(?:通报|通告|公告|公报|报告|公示|通知|意见|方案|办法|规定|决定|决议|细则|函|情况|批复|命令|纲要|规划|计划|要点|规则|条例|解读)"
    r"(?:\([^()]{1,20}\))?$"
)
_ISSUER_IN_TITLE = re.compile(r"(?P<issuer>.{2,40}?)(?:(?:转发|批转|印发)[^关]{0,40}?)?关于")
_BODY_END = re.compile(r"[委府组局会厅部院区室处站心司校学团署所行办社]$")
_NO_BODY = re.compile(r"[。;:!?《》“”\d]")
_META = re.compile(
    r"[\[【(]?(?:索[ ]*引[ ]*号|主[ ]*题[ ]*分[ ]*类|发文机关|发文字号|文[ ]*号|成文日期|发布日期|发布时间|公开日期|"
    r"信息来源|来[ ]*源|作[ ]*者|标[ ]*题|有[ ]*效[ ]*性|公开方式|公开范围|时[ ]*间|日[ ]*期|浏览|阅读|"
    r"字[ ]*[体号]|打印|分享)[ ]*[\]】)]?[ ]*:"
    r"|[^ ]{1,12}[\[(〔【]\d{4}[\])〕】](?:第)?\d{1,4}号$"
    r"|附[ ]*件[ ]*[\d一二三四五六七八九十]{0,2}[ ]*:?$"
    r"|\d{4}[年./-]\d{1,2}[月./-]\d{1,2}日?(?:[ ]+\d{1,2}:\d{2}(?::\d{2})?)?$"
    r"|[零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日$"
)
_NAMED = re.compile(r"标[ ]*题[ ]*:[ ]*")
_NUMBERED = re.compile(r"(?:[一二三四五六七八九十]{1,3}、|\(?[一二三四五六七八九十\d]{1,3}\)|\d{1,3}[.、])")
_MAX_TITLE = 80
_MAX_LINE = 50
_MAX_LINES = 3
_MAX_BUILT = 40
_HEAD_LINES = 16


def title_in(text: str) -> str:
    """Return the title in the first lines of `text`, joined if it spans up to three, or an empty string."""
    joined, count = "", 0
    for raw, line in _head(text):
        if _META.match(line):
            named = _NAMED.match(line)
            if named and line[named.end() :]:
                return raw[named.end() :].strip()
            continue
        if _NUMBERED.match(line) or len(line) > _MAX_TITLE or line.endswith(("。", ";", ",", ":")):
            return ""
        joined, count = joined + raw, count + 1
        if is_title(fold(joined)):
            return joined
        if len(line) > _MAX_LINE or count == _MAX_LINES:
            return ""
    return ""


def is_title(line: str) -> bool:
    """Return whether a folded line reads like the title of a document."""
    return (
        len(line) <= _MAX_TITLE
        and not re.search(r"[。;!?]", line)
        and not _NUMBERED.match(line)
        and bool(_TITLE_END.search(line))
    )


def issuer_in(title: str) -> str:
    """Return the body that a folded `title` begins with (…关于…), or an empty string."""
    match = _ISSUER_IN_TITLE.match(title)
    if not match:
        return ""
    issuer = re.split(r"(?:转发|批转|印发)", match["issuer"])[0].strip()
    return issuer if is_body(issuer) else ""


def is_body(name: str) -> bool:
    """Return whether a name ends as those of party and government bodies, companies and schools do."""
    return 2 <= len(name) <= _MAX_BUILT and not _NO_BODY.search(name) and bool(_BODY_END.search(name))


def built_title(issuer: str, kind: str, text: str) -> str:
    """Return a title for `text` that has none: from issuer and kind, else its first line or sentence, shortened."""
    if issuer and kind:
        return f"{issuer}关于{kind}整改进展情况的通报"
    lines = [raw for raw, line in _head(text) if not _META.match(line)] or [raw for raw, _ in _head(text)]
    first = re.split(r"[。！？!?]", lines[0], maxsplit=1)[0].strip() if lines else ""
    return first if len(first) <= _MAX_BUILT else first[:_MAX_BUILT] + "…"


def _head(text: str) -> Iterator[tuple[str, str]]:
    """Yield the first lines with content, as written and folded, both stripped."""
    start = len(text) - len(text.lstrip())
    count = 0
    for raw in text[start : start + 2000].split("\n"):
        line = fold(raw).strip()
        if line:
            yield raw.strip(), line
            count += 1
        if count == _HEAD_LINES:
            return
