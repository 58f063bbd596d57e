"""Measures between two texts: equality, containment, character F1, ROUGE-L on characters."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_ANSWER_CHARACTERS = 160
"""A fact answered in more characters than this is not an answer but a passage."""
_DROPPED = re.compile(r"[\s,]+")
_PUNCTUATION = re.compile(r"[^\w%‰.]+")
_QUOTES = "《》〈〉“”‘’\"'「」『』()[]【】"
_ENDS = ",.。;:、!?"
_COUNTERS = "个家户项件条处台套辆栋座所份期批轮场次起宗例篇部只人名位年月日天元亩"
_MEASURE_WORDS = ("平方公里", "平方米", "个月", "人次", *_COUNTERS)
_FIGURE = r"[0-9零一二两三四五六七八九十百千万亿]"
_MARK = re.compile(r"\[\d{1,3}\]")


def normalise(text: str) -> str:
    """Return `text` without differences of width, case, script, spaces, commas and `[n]` marks.

    >>> normalise("投资 １,４００ 万元[1]")
    '投资1400万元'
    """
    return _DROPPED.sub("", _MARK.sub("", fold(text)))


def bare(text: str) -> str:
    """Return `text` normalised and without surrounding quotation marks, brackets and final punctuation."""
    return normalise(text).strip(_QUOTES + _ENDS)


def exact_match(text: str, golds: Iterable[str]) -> bool:
    """Whether `text` equals a gold answer but for marks, quotation marks and final punctuation."""
    ours = bare(text)
    return bool(ours) and any(ours == bare(gold) for gold in golds)


def same_but_measure_word(text: str, gold: str) -> bool:
    """Whether two short texts are equal but for quotation marks, or one is the other with a measure word after it."""
    ours, theirs = bare(text), bare(gold)
    return bool(ours) and (
        ours == theirs or _without_measure_word(ours) == theirs or ours == _without_measure_word(theirs)
    )


def contains(text: str, wanted: str) -> bool:
    """Whether normalised `text` contains normalised `wanted`, a figure not being part of a longer one.

    >>> contains("共有15个项目", "5个"), contains("共有 1,500 个项目", "1500个")
    (False, True)
    """
    ours, theirs = normalise(text), normalise(wanted)
    if not theirs:
        return False
    before = rf"(?<!{_FIGURE})(?<![0-9]\.)" if re.match(_FIGURE, theirs) else ""
    after = rf"(?!\.?[0-9])(?!{_FIGURE})(?![%‰])" if re.search(_FIGURE + "$", theirs) else ""
    return re.search(before + re.escape(theirs) + after, ours) is not None


def holds_answer(text: str, golds: Iterable[str], *, most: int = MOST_ANSWER_CHARACTERS) -> bool:
    """Whether `text` has at most `most` characters and contains one of the gold answers; False for empty text."""
    return len(text.strip()) <= most and any(contains(text, gold) for gold in golds)


def char_f1(text: str, golds: Iterable[str]) -> float:
    """Return the best F1 of the characters of `text` and a gold answer, in [0, 1]; 0 if either is empty."""
    return max((_f1(_characters(text), _characters(gold)) for gold in golds), default=0.0)


def rouge_l(text: str, golds: Iterable[str]) -> float:
    """Return the best ROUGE-L F1 on characters (Lin 2004, beta 1), in [0, 1]; 0 if either is empty."""
    return max((_rouge_l(_characters(text), _characters(gold)) for gold in golds), default=0.0)


def _characters(text: str) -> str:
    return _PUNCTUATION.sub("", normalise(text))


def _f1(ours: str, theirs: str) -> float:
    common = sum((Counter(ours) & Counter(theirs)).values())
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def _rouge_l(ours: str, theirs: str) -> float:
    common = longest_common_subsequence(ours, theirs)
    return 2 * common / (len(ours) + len(theirs)) if common else 0.0


def longest_common_subsequence(one: str, other: str) -> int:
    """Return the length of the longest common subsequence; 0 if either is empty.

    Bit-parallel (Hyyrö 2004), so that long list answers cost nothing.
    """
    places: dict[str, int] = {}
    for at, char in enumerate(one):
        places[char] = places.get(char, 0) | (1 << at)
    full = (1 << len(one)) - 1
    row = full
    for char in other:
        shared = row & places.get(char, 0)
        row = ((row + shared) | (row - shared)) & full
    return len(one) - row.bit_count()


def _without_measure_word(text: str) -> str:
    for word in _MEASURE_WORDS:
        stem = text.removesuffix(word)
        if stem != text and re.search(_FIGURE + "$", stem):
            return stem
    return text
