"""Source marks as models write them: [1], 【1】, ［1］, [1,2], [1-3], [来源1]."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

LONGEST = 40
"""Characters between the brackets of a mark; what is longer is no mark."""
_OPEN, _CLOSE = "[\\[［【]", "[\\]］】]"
_LABEL = r"(?:\^|#|来源|资料|段落|材料|通报|文献|出处|第|(?i:source|ref))?\s*"
_JOIN = r"\s*[,，、;；\-–—~～至到]\s*"
_NUMBER = rf"{_LABEL}\d{{1,3}}段?"
MARK = rf"{_OPEN}(?=[^\]］】\n]{{1,{LONGEST}}}{_CLOSE})\s*{_NUMBER}(?:{_JOIN}{_NUMBER})*\s*{_CLOSE}"
"""Pattern of one mark. Years and document numbers such as [2024] have four digits and are none."""
UNFINISHED = re.compile(rf"{_OPEN}[^\]］】\n]{{0,{LONGEST}}}\Z")
"""What may still become a mark when more text comes."""
_MARK = re.compile(MARK)
_MEMBER = re.compile(r"(?P<join>[\-–—~～至到])?[^\d\-–—~～至到]*(?P<number>\d{1,3})")
_WIDEST_RANGE = 50


@dataclass(frozen=True, slots=True)
class Marked:
    """A text whose marks are written `[n]`, and which of them there are."""

    text: str
    groups: tuple[tuple[int, tuple[int, ...]], ...]
    """Where in `bare` each run of marks stands, and its numbers."""
    bare: str
    """The text without marks."""
    dropped: int

    @property
    def numbers(self) -> tuple[int, ...]:
        """The valid numbers in order, each once."""
        return tuple(dict.fromkeys(number for _, numbers in self.groups for number in numbers))


def visible(text: str) -> str:
    r"""Return `text` without control and format characters and variation selectors; line feeds and tabs stay.

    >>> visible("增长[\u200b1]\u202e。")
    '增长[1]。'
    """
    return "".join(char for char in text if not _hidden(char))


def _hidden(char: str) -> bool:
    if char in "\n\t":
        return False
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or unicodedata.category(char) in {"Cc", "Cf", "Cs"}


def read_marks(text: str, valid: Collection[int]) -> Marked:
    """Return `text` with the marks in `valid` written `[n]`; others are left out and counted.

    >>> read_marks("共5个【1，9】。", {1, 2}).text, read_marks("[1-3]好", {1, 2}).dropped
    ('共5个[1]。', 1)
    """
    shown: list[str] = []
    bare: list[str] = []
    groups: list[tuple[int, tuple[int, ...]]] = []
    dropped = position = length = 0
    for match in _MARK.finditer(text):
        between = text[position : match.start()]
        numbers = _numbers(match.group())
        kept = tuple(number for number in dict.fromkeys(numbers) if number in valid)
        dropped += sum(number not in valid for number in numbers)
        shown += [between, *(f"[{number}]" for number in kept)]
        bare.append(between)
        length += len(between)
        if groups and groups[-1][0] == length:
            kept = (*groups.pop()[1], *kept)
        if kept:
            groups.append((length, kept))
        position = match.end()
    return Marked("".join((*shown, text[position:])), tuple(groups), "".join((*bare, text[position:])), dropped)


def _numbers(mark: str) -> list[int]:
    """Return the numbers of a mark, ranges written out; a range that runs backwards gives its two ends."""
    found: list[int] = []
    for member in _MEMBER.finditer(mark):
        number = int(member["number"])
        if member["join"] and found and found[-1] < number <= found[-1] + _WIDEST_RANGE:
            found += range(found[-1] + 1, number)
        found.append(number)
    return found
