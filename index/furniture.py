"""Page furniture: the lines of a web page around a notice, such as captchas, disclaimers and source links."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_DISCLAIMER = re.compile(r"[ \t]*[\[【(]?(?:免责声明|版权声明|特别声明)")
_HEADLESS = re.compile(r"[ \t]*[\[【(]?(?:免责声明|版权声明|特别声明)[\]】)]?[ \t]*:?[ \t]*$")
_SHORT = re.compile(
    r"[ \t]*(?:请输入验证码|验证码[ \t]*:?[ \t]*$|(?:技术支持|原文链接|主办单位|承办单位|责任编辑)[ \t]*:|版权所有|"
    r"网站标识码|.{0,6}icp备|.{0,4}公网安备|(?:浏览|阅读|点击)(?:次数|数|量)|扫一扫|分享到|[上下]一[篇条][ \t]*:|"
    r"当前位置|您所在的位置|[\[【]?字[体号](?:大小)?[ \t]*:)"
)
_BUTTONS = re.compile(
    r"[ \t]*(?:[\[【(]?(?:(?:打印|关闭|收藏)(?:本页|页面|窗口)?|返回(?:顶部|首页)?|大|中|小|字体)[\]】)]?[ \t|/]*)+$"
)
_BEGINNING = re.compile(
    r"^[ \t]*(?:[\[【(免版特请验技原主承责网浏阅点扫分上下当您字打关收返大中小]|.{0,6}icp|.{0,4}公网)", re.MULTILINE
)
"""What every line of furniture begins with: most lines are told apart by their first character."""
_MAX_SHORT = 120


def furniture_lines(folded: str, lines: Sequence[tuple[int, int]]) -> frozenset[int]:
    """Return the starts of those `lines` (start, end) of folded text that are page furniture; none gives an empty set.

    A line of running text is none, however it begins. The line after a bare [免责声明] is the disclaimer.
    """
    if not lines:
        return frozenset()
    first = lines[0][0]
    begun = {first, *(match.start() for match in _BEGINNING.finditer(folded, first, lines[-1][1]))}
    found = set()
    headless = False
    for start, end in lines:
        if not headless and start not in begun:
            continue
        line = folded[start : min(end, start + _MAX_SHORT)]
        if headless or _is_furniture(line, whole=end - start <= _MAX_SHORT):
            found.add(start)
        headless = bool(_HEADLESS.match(line))
    return frozenset(found)


def _is_furniture(line: str, *, whole: bool) -> bool:
    if _DISCLAIMER.match(line):
        return True
    return whole and bool(_BUTTONS.match(line) or (_SHORT.match(line) and "。" not in line.rstrip(" \t\n。")))
