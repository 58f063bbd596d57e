"""The subword vocabulary of the static embedding: a Unigram tokenizer that folds what the index folds."""

from __future__ import annotations

import math
import re
import struct
from collections import Counter
from importlib import resources
from typing import TYPE_CHECKING

from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tokenizers import Tokenizer

UNKNOWN = "[UNK]"
_RUN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]+|[a-z]+|[0-9]+")
_HAN = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff]")
_RARE_CHARACTER = 50
"""A character seen less often than this in the training text has no piece of its own."""
_LONGEST_NUMBER = 4
_ROOT = 256
"""Where the root's children lie in the double array: a block of 256 units, one for each byte."""
_BLOCK = 64
"""Units of any other node's block: one for each UTF-8 continuation byte."""


def count_words(texts: Iterable[str]) -> Counter[str]:
    """Return how often each dictionary word, Latin word, number and single character is cut from `texts`."""
    import rjieba

    counts: Counter[str] = Counter()
    characters: Counter[str] = Counter()
    for text in texts:
        for run in _RUN.findall(fold(text)):
            counts.update(rjieba.cut(run, False) if _HAN.match(run) else [run])
            characters.update(run)
    for character, count in characters.items():
        if count < _RARE_CHARACTER and _HAN.match(character):
            counts.pop(character, None)
        else:
            counts.setdefault(character, 1)
    return counts


def choose_pieces(counts: Mapping[str, int], *, size: int) -> list[tuple[str, float]]:
    """Return `size` pieces at most with their log-probabilities; empty counts give the unknown piece alone.

    The unknown piece comes first, then every single character counted, then the most frequent longer words.
    """
    single = [word for word in counts if len(word) == 1]
    longer = [word for word in counts if len(word) > 1 and not (word.isdigit() and len(word) > _LONGEST_NUMBER)]
    longer.sort(key=lambda word: (-counts[word], word))
    single.sort(key=lambda word: (-counts[word], word))
    kept = (single + longer)[: max(size - 1, 0)]
    total = math.log(sum(counts[word] for word in kept) or 1)
    lowest = min((math.log(counts[word]) - total for word in kept), default=0.0)
    return [(UNKNOWN, lowest - 10.0), *((word, math.log(counts[word]) - total) for word in kept)]


def _simplifications() -> dict[str, str]:
    """Return the traditional characters that one simplified character stands for."""
    source = resources.files("opencc").joinpath("dictionary/TSCharacters.txt").read_text("utf-8")
    pairs = (line.split("\t") for line in source.splitlines() if "\t" in line)
    table = {left: right.split()[0] for left, right in pairs}
    return {
        left: right
        for left, right in table.items()
        if left != right and len(left.encode()) == len(right.encode()) == 3  # the basic plane, for the trie below
    }


def character_map(table: Mapping[str, str]) -> bytes:
    """Return `table` (single characters of three UTF-8 bytes) as the precompiled map of SentencePiece.

    Form: the trie's size in bytes, a Darts double array of 32-bit units, then the replacements, each
    ended by a zero byte. A node's children lie at `base ^ byte`; since the bytes of one level share
    their upper bits, each inner node gets a block of 64 units. An empty table gives a map that changes nothing.
    """
    keys = sorted((key.encode(), value) for key, value in table.items())
    prefixes = sorted({key[:cut] for key, _ in keys for cut in (1, 2)}, key=lambda prefix: (len(prefix), prefix))
    base = {b"": _ROOT} | {prefix: 2 * _ROOT + _BLOCK * rank for rank, prefix in enumerate(prefixes)}
    first_leaf = 2 * _ROOT + _BLOCK * (len(prefixes) + 3)  # three spare blocks: `base ^ byte` may lie beyond `base`
    units = [0] * (first_leaf + len(keys))
    values = bytearray()
    units[0] = base[b""] << 10
    for prefix in prefixes:
        position = base[prefix[:-1]] ^ prefix[-1]
        units[position] = prefix[-1] | (position ^ base[prefix]) << 10
    for leaf, (key, value) in enumerate(keys, start=first_leaf):
        position = base[key[:2]] ^ key[2]
        units[position] = key[2] | 1 << 8 | (position ^ leaf) << 10
        units[leaf] = 1 << 31 | len(values)
        values += value.encode() + b"\0"
    return struct.pack(f"<I{len(units)}I", 4 * len(units), *units) + bytes(values)


def build_tokenizer(pieces: list[tuple[str, float]]) -> Tokenizer:
    """Return a Unigram tokenizer over `pieces` (the first is the unknown piece).

    It folds width, case and traditional characters, drops punctuation and cuts Latin words and numbers
    from Chinese, so that `Tokenizer.encode` takes raw text. Text without a letter or figure has no tokens.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    tokenizer = Tokenizer(models.Unigram(pieces, 0, False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Precompiled(character_map(_simplifications()))]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(r"[^\p{Han}a-z0-9]+"), "removed"),
            pre_tokenizers.Split(Regex(r"[a-z]+|[0-9]+"), "isolated"),
        ]
    )
    return tokenizer


def train_tokenizer(texts: Iterable[str], *, size: int) -> Tokenizer:
    """Return a tokenizer whose pieces are the `size` most useful dictionary words and characters of `texts`."""
    return build_tokenizer(choose_pieces(count_words(texts), size=size))
