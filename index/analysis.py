"""Text normalisation and tokens, the same for notices and questions."""

from __future__ import annotations

import functools
import re
import unicodedata
from importlib import resources
from typing import Any

_HAN_RANGES = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_LETTERS = "a-z\u00df-\u024f\u0370-\u03ff\u0430-\u045f\u3041-\u30ff"
"""Latin with accents, Greek, Cyrillic and kana: rare in notices, but words all the same."""
_HAN = re.compile(f"[{_HAN_RANGES}]+")
_WORD = re.compile(f"[{_HAN_RANGES}]+|[{_LETTERS}]+|[0-9]+(?:\\.[0-9]+)?")
_FOLDED_RANGES = (
    (0xFF01, 0xFF65),  # full-width forms
    (0xF900, 0xFB00),  # compatibility ideographs
    (0xFE50, 0xFE70),  # small punctuation
    (0x2F00, 0x2FD6),  # radicals that PDF readers give for characters
    (0x41, 0x5B),
)
_SPACES = "\u3000\xa0\u1680\u202f\u205f\x0b\x0c"
_INVISIBLE = "\xad\u180e\u2060\ufeff"
_LONG = 100
"""Length in characters from which folding by array pays."""
_OPENCC_TABLE = "dictionary/TSCharacters.txt"


@functools.cache
def _fold_table() -> dict[int, str]:
    """Map of code points to one folded code point: width, case, traditional to simplified."""
    table: dict[int, str] = {}
    source = resources.files("opencc").joinpath(_OPENCC_TABLE).read_text("utf-8")
    for line in source.splitlines():
        traditional, _, simplified = line.partition("\t")
        candidates = simplified.split()
        if len(traditional) == 1 and candidates and len(candidates[0]) == 1:
            table[ord(traditional)] = candidates[0]
    for point in (point for first, stop in _FOLDED_RANGES for point in range(first, stop)):
        folded = unicodedata.normalize("NFKC", chr(point)).lower()
        if len(folded) == 1:
            table[point] = folded
    invisible = (*range(0x2000, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))
    table.update(dict.fromkeys((*map(ord, _SPACES + _INVISIBLE), *invisible), " "))
    table.update(dict.fromkeys((0x85, 0x2028, 0x2029), "\n"))
    for dash in "—–―－‐‑‒":
        table[ord(dash)] = "-"
    for zero in "〇○":
        table[ord(zero)] = "零"
    return {point: table.get(ord(char), char) for point, char in table.items()}


def fold(text: str) -> str:
    """Return `text` with width, case and traditional characters folded; the length never changes.

    Odd spaces, direction marks and zero-width characters become a space, odd line ends a line feed. Because every code
    point maps to exactly one, offsets into the folded text are offsets into `text`.

    >>> fold("（２０２４年）臺灣ＧＤＰ")
    '(2024年)台湾gdp'
    """
    if len(text) < _LONG:
        return text.translate(_fold_table())
    import numpy as np

    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    folded: bytes = _fold_array()[points].tobytes()
    return folded.decode("utf-32-le", "surrogatepass")


@functools.cache
def _fold_array() -> Any:
    """Return the folded code point of each code point, uint32 of shape (0x110000,): twenty times as fast as the map."""
    import numpy as np

    folded = np.arange(0x110000, dtype="<u4")
    for point, char in _fold_table().items():
        folded[point] = ord(char)
    return folded


@functools.cache
def _segmenter() -> Any:
    try:
        import rjieba
    except ImportError:
        import jieba

        jieba.setLogLevel(60)
        return jieba
    return rjieba


def words(text: str) -> list[str]:
    """Return the dictionary words of already folded `text`, in search mode; empty text gives an empty list.

    rjieba and jieba share a dictionary and, without the hidden Markov model, their cuts.
    """
    segmenter = _segmenter()
    found: list[str] = []
    for run in _WORD.findall(text):
        if _HAN.match(run):
            found.extend(segmenter.cut_for_search(run, False))
        else:
            found.append(run)
    return found


def segment(text: str) -> list[str]:
    """Return the words of already folded `text` one after another, without the shorter words inside them.

    >>> segment("物业管理投诉量下降23.5%")
    ['物业管理', '投诉量', '下降', '23.5']
    """
    segmenter = _segmenter()
    found: list[str] = []
    for run in _WORD.findall(text):
        if _HAN.match(run):
            found.extend(segmenter.cut(run, HMM=False) if segmenter.__name__ == "jieba" else segmenter.cut(run, False))
        else:
            found.append(run)
    return found


@functools.lru_cache(maxsize=4096)
def word_class(word: str) -> str:
    """Return the class of a folded word in the segmenter's dictionary: n, v, ns, …; the empty word and unknown ones give x.

    >>> word_class("水库"), word_class("负责")
    ('n', 'v')
    """
    segmenter = _segmenter()
    if segmenter.__name__ == "jieba":
        from jieba import posseg

        tags = [pair.flag for pair in posseg.cut(word, HMM=False)]
    else:
        tags = [tag for _, tag in segmenter.tag(word, False)]
    return str(tags[-1]) if tags else "x"


def bigrams(text: str) -> list[str]:
    """Return the overlapping pairs of Han characters of already folded `text`.

    >>> bigrams("老旧小区2024")
    ['老旧', '旧小', '小区']
    """
    return [run[i : i + 2] for run in _HAN.findall(text) for i in range(len(run) - 1)]


def tokens(text: str) -> list[str]:
    """Return the index tokens of raw `text`: words, then character bigrams (prefixed with `_`).

    Words alone reach a reciprocal rank of 0.73 on hard questions about notices, with bigrams 0.79.
    """
    folded = fold(text)
    return [*words(folded), *("_" + pair for pair in bigrams(folded))]
