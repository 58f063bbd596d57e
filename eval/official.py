"""Exact match and F1 as the evaluation script of CMRC 2018 (version 4) defines them; DRCD is measured by it too.

F1 is over mixed segments (each Han character, each other word) and counts the longest common run of segments, not a
bag of them. The script cuts words with NLTK; here a pattern does, which agrees on words, numbers and punctuation.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_PUNCTUATION = frozenset("-:_*^/\\~`+=，。：？！“”；’《》·、「」（）－～『』")
"""The script also lists 〈……〉, two characters, which no single character ever equals."""
_HAN = re.compile(r"[\u4e00-\u9fa5]")
_WORD = re.compile(r"\w+(?:[.,']\w+)*|[^\w\s]")


def mixed_segments(text: str) -> list[str]:
    """Return the Han characters and other words of `text`, punctuation removed; an empty list for an empty text.

    >>> mixed_segments("光荣和ω-force，约1.5万")
    ['光', '荣', '和', 'ωforce', '约', '1.5', '万']
    """
    segments: list[str] = []
    other = ""
    for char in text.lower().strip():
        if char in _PUNCTUATION:
            continue
        if _HAN.match(char):
            segments += [*_WORD.findall(other), char]
            other = ""
        else:
            other += char
    return [*segments, *_WORD.findall(other)]


def official_exact_match(prediction: str, answers: Sequence[str]) -> float:
    """Return 1.0 if `prediction` equals an answer but for case and punctuation, otherwise 0.0."""
    return float(any(_without_punctuation(prediction) == _without_punctuation(one) for one in answers))


def official_f1(prediction: str, answers: Sequence[str]) -> float:
    """Return the best F1 with an answer, in [0, 1]; 0 without answers or a common segment."""
    return max((_f1(mixed_segments(prediction), mixed_segments(one)) for one in answers), default=0.0)


def longest_common_run(one: Sequence[str], other: Sequence[str]) -> int:
    """Return the length of the longest run of segments that stands in both; 0 if either is empty."""
    longest = 0
    row = [0] * (len(other) + 1)
    for segment in one:
        last, row = row, [0] * (len(other) + 1)
        for at, segment_2 in enumerate(other, start=1):
            if segment == segment_2:
                row[at] = last[at - 1] + 1
                longest = max(longest, row[at])
    return longest


def _f1(ours: Sequence[str], theirs: Sequence[str]) -> float:
    common = longest_common_run(ours, theirs)
    if not common:
        return 0.0
    precision, recall = common / len(ours), common / len(theirs)
    return 2 * precision * recall / (precision + recall)


def _without_punctuation(text: str) -> str:
    return "".join(char for char in text.lower().strip() if char not in _PUNCTUATION)
