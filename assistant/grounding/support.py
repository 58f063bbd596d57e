"""How far passages say what a sentence says, by its words and by their vectors."""

from __future__ import annotations

import functools
import itertools
import json
import math
import re
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from assistant.grounding.facts import TO_THE_LETTER, find_facts, without_figures
from assistant.grounding.wordlists import word_set
from assistant.terms import general_weight, related
from index.analysis import segment
from index.lexicon import Lexicon

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from assistant.grounding.evidence import Evidence
    from index.embedding import Embedder

_REPLY = re.compile(r"^(?:不会|不能|不可以|不行|可以|能|会|是|是的|不是|有|没有|需要|不需要)[,。]")
"""A yes or no before the sentence, which says it again."""
_TOLD_BY = re.compile(
    r"(?:(?<=^)|(?<=[,。;:]))(?:根据|按照|据)?(?:该|本|上述|以上)?(?:通知|通告|公告|公报|通报|办法|细则|方案|规定|文件|数据|检查|资料|段落)中?"
    r"(?:明确规定|明确要求|明确|规定|要求|显示|提到|指出|发现|统计)(?=[\u4e00-\u9fff,])"
)
"""Who says it: the notice itself."""
_HALF = 0.4
"""What a word of two characters is worth of which the passages have one: 罚款 for 处罚."""
_SENTENCE = re.compile(r"[^。!?\n]+")
_IDLE = frozenset(
    "的了在是和与对为把被给从向到于由将以等都也还又并中上下里内后前年月日个一有要会该其这那此们共已各且而或及则"
)


@dataclass(frozen=True, slots=True)
class Calibration:
    """A logistic regression on coverage and likeness, fitted by training/grounding.py on the batches that were read."""

    coverage: float
    likeness: float
    bias: float
    threshold: float
    """Support below it is not enough."""

    @classmethod
    def open(cls) -> Calibration:
        """Return the shipped calibration."""
        table = json.loads(resources.files("assistant").joinpath("data/grounding.json").read_text("utf-8"))
        return cls(**{name: float(table[name]) for name in ("coverage", "likeness", "bias", "threshold")})

    def judge(self, coverage: float, likeness: float) -> float:
        """Return the support in [0, 1] of a sentence with these features."""
        return 1 / (1 + math.exp(-(self.coverage * coverage + self.likeness * likeness + self.bias)))


@functools.cache
def shipped_embedder() -> Embedder:
    """Return the embedding model that ships with the program, opened once."""
    from index.embedding import open_embedder

    return open_embedder()


class Support:
    """Scores sentences against evidence; remembers the vectors of words."""

    def __init__(self, embedder: Embedder, *, calibration: Calibration | None = None) -> None:
        """Without a `calibration` the shipped one is used."""
        self._embedder = embedder
        self.calibration = calibration if calibration is not None else Calibration.open()
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def of(self, sentence: str, evidence: Evidence) -> float:
        """Return how far the evidence supports a canonical sentence, in [0, 1]."""
        return self.calibration.judge(self.coverage(sentence, evidence), self.likeness(sentence, evidence))

    def coverage(self, sentence: str, evidence: Evidence) -> float:
        """Return which share of what a canonical sentence says stands in the evidence, in [0, 1]; 0 if it says nothing.

        A figure, date or code counts like a rare word and as held: those are looked up to the letter elsewhere.
        """
        told = _TOLD_BY.sub("", _REPLY.sub("", sentence))
        weights = {word: general_weight(word) for word in content_words(without_figures(told))}
        counted = sum(fact.kind in TO_THE_LETTER for fact in find_facts(sentence))
        total = sum(weights.values()) + counted
        if not total:
            return 0.0
        held = self._held(tuple(weights), evidence)
        return (sum(weight * share for weight, share in zip(weights.values(), held, strict=True)) + counted) / total

    def likeness(self, sentence: str, evidence: Evidence) -> float:
        """Return the cosine between a canonical sentence and the nearest one or two sentences of the evidence."""
        pieces = [piece for body in evidence.bodies for piece in _SENTENCE.findall(body)]
        clauses = [piece for one in pieces for piece in _neighbours(re.split(r"[,;:]", one))]
        pieces += [one + other for one, other in itertools.pairwise(pieces)]
        pieces = list(dict.fromkeys(pieces + clauses))
        if not pieces:
            return 0.0
        vectors = self._embedder.encode([sentence, *pieces])
        return float(np.max(vectors[1:] @ vectors[0]))

    def _held(self, words: tuple[str, ...], evidence: Evidence) -> list[float]:
        text = evidence.text
        missing = [word for word in words if word not in text]
        if not missing:
            return [1.0] * len(words)
        near = dict(zip(missing, self._nearest(missing, sorted(set(content_words(text)))), strict=True))
        return [
            max(_letters(word, text), related(near[word]), wordings(word, text)) if word in near else 1.0
            for word in words
        ]

    def _nearest(self, words: Sequence[str], others: Sequence[str]) -> list[float]:
        if not others:
            return [0.0] * len(words)
        cosines = self._of(words) @ self._of(others).T
        return [float(value) for value in cosines.max(axis=1)]

    def _of(self, words: Sequence[str]) -> NDArray[np.float32]:
        unknown = [word for word in dict.fromkeys(words) if word not in self._vectors]
        if unknown:
            self._vectors.update(zip(unknown, self._embedder.encode(unknown), strict=True))
        return np.stack([self._vectors[word] for word in words])


def _neighbours(clauses: Sequence[str]) -> Iterator[str]:
    """Yield each clause of a sentence, and each two and three that stand together."""
    for width in (1, 2, 3):
        for first in range(len(clauses) - width + 1):
            yield ",".join(clauses[first : first + width])


def content_words(text: str) -> list[str]:
    """Return the words of a canonical text that tell something, in order, each once; figures are left out."""
    return [
        word
        for word in dict.fromkeys(segment(text))
        if not word[0].isdigit() and word not in _IDLE and word not in word_set("idle") and word.strip()
    ]


@functools.cache
def _lexicon() -> Lexicon:
    return Lexicon.open()


def wordings(word: str, text: str) -> float:
    """Return how well an official wording for an everyday `word` stands in a canonical `text`, in [0, 1]; 0 if none does."""
    return max((one.weight for one in _lexicon().expand(word) if one.wording in text), default=0.0)


def _letters(word: str, text: str) -> float:
    """Return the part of a longer word's characters that stands in `text`, in pairs, in [0, 1]."""
    if len(word) < 3:
        return _HALF * any(char in text for char in word) if len(word) == 2 else 0.0
    pairs = [word[at : at + 2] for at in range(len(word) - 1)]
    return sum(pair in text for pair in pairs) / len(pairs)
