"""What is known of a stretch of plain prose that may be the answer, as numbers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from assistant.types import Wanted
from index.analysis import segment, word_class

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.evidence import Evidence
    from assistant.question import Question

NAMES = (
    "probability",
    "sentence",
    "first",
    "typed",
    "typed_score",
    "named",
    "named_score",
    "nouns",
    "verb_inside",
    "verb_behind",
    "noun_behind",
    "adverb_behind",
    "near",
    "marks",
    "length",
    "length_squared",
    "clausal_length",
    "clausal_marks",
    "single",
    "person",
    "person_first",
    "person_last",
    "person_before",
    "place_first",
    "noun_first",
    "said",
)
LEAST = -8.0
"""Score of evidence, against the best, below which it makes no difference."""
_BESIDE = 6
"""Characters beside a stretch in which the words next to it are looked for."""
_ALIKE = 0.5
"""Share of characters that a stretch and a candidate must have in common to be taken for the same."""
_INSIDE = re.compile(r"[,;:]")
_ASKS_PERSON = re.compile(
    r"谁|何人|什么人|哪位|名字|哪一?[个位]?(?:人|学者|皇帝|君主|国王|将领|画家|科学家|作家|歌手|演员|导演|教授|球员|总统|诗人)"
)
_ASKS_CLAUSE = re.compile(
    r"为什么|为何|原因|怎么|如何|怎样|什么样|要求|条件|目的|作用|意义|指的?是|什么叫|含义|意思|做法|规定|政策|处理|处罚|资格|图的"
)
_NOUNS = ("n", "m", "t", "eng")
_TYPED = (Wanted.NUMBER, Wanted.DATE, Wanted.TITLE)


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """A stretch `start:end` of a sentence with the score of the span model."""

    own: Sequence[Evidence]
    """The evidence of its sentence, best first."""
    start: int
    end: int
    score: float

    @property
    def text(self) -> str:
        """The folded words of the stretch."""
        return self.own[0].sentence.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the features compare a stretch with."""

    said: tuple[str, ...]
    """Words of the question of two characters and more."""
    person: bool
    clause: bool
    typed: bool
    top: float
    """The reader's best score."""
    total: float
    """Logarithm of the sum of the exponentials of the span model's scores."""

    @classmethod
    def of(cls, question: Question, stretches: Sequence[Stretch]) -> Asked:
        """Return what `question` asks; `stretches` are all that it chooses from, at least one."""
        text = question.folded
        highest = max(one.score for one in stretches)
        return cls(
            said=tuple(word for word in segment(text) if len(word) > 1),
            person=_ASKS_PERSON.search(text) is not None,
            clause=_ASKS_CLAUSE.search(text) is not None,
            typed=question.wanted in _TYPED,
            top=max(one.own[0].score for one in stretches),
            total=highest + math.log(sum(math.exp(one.score - highest) for one in stretches)),
        )


def stretch_features(one: Stretch, asked: Asked) -> NDArray[np.float32]:
    """Return the features in `NAMES`."""
    value, sentence = one.text, max(LEAST, one.own[0].score - asked.top)
    known = _same_candidate(one)
    alike, fit = (0.0, 0.0) if known is None else (1.0, max(LEAST, known - asked.top))
    length = math.log(max(1, len(value)))
    marks = float(_INSIDE.search(value) is not None)
    return np.array(
        (
            one.score - asked.total,
            sentence,
            sentence >= 0,
            alike * asked.typed,
            fit * asked.typed,
            alike * (not asked.typed),
            fit * (not asked.typed),
            *_words(one, value),
            any(word in one.own[0].sentence.text[max(0, one.start - len(word) - 2) : one.start] for word in asked.said),
            marks,
            length,
            length * length / 4,
            asked.clause * length,
            asked.clause * marks,
            len(value) == 1,
            *_people(one, value, asked),
            min(3, sum(word in value for word in asked.said)) / 3,
        ),
        np.float32,
    )


def _same_candidate(one: Stretch) -> float | None:
    """Return the reader's score of the best candidate with a type that is the same stretch, more or less."""
    scores = [
        item.score
        for item in one.own
        if item.candidate.kind != "clause" and _shared(one, item.candidate.start, item.candidate.end) >= _ALIKE
    ]
    return max(scores, default=None)


def _shared(one: Stretch, start: int, end: int) -> float:
    common = min(one.end, end) - max(one.start, start)
    return 2 * common / (one.end - one.start + end - start) if common > 0 else 0.0


def _words(one: Stretch, value: str) -> tuple[float, ...]:
    """Return whether there are nouns alone, a verb inside, and a verb, noun or adverb behind."""
    text = one.own[0].sentence.text
    kinds = [_kind(word) for word in segment(value)] or ["x"]
    behind = segment(text[one.end : one.end + _BESIDE])
    after = _kind(behind[0]) if behind else ""
    nouns = all(kind[0] == "n" or kind in _NOUNS for kind in kinds)
    return float(nouns), float("v" in kinds), *(float(after == kind) for kind in ("v", "n", "d"))


def _people(one: Stretch, value: str, asked: Asked) -> tuple[float, ...]:
    """Return whether a person is asked for and named, stands first, last or before, and whether a place or noun leads."""
    kinds = [_kind(word) for word in segment(value)] or ["x"]
    ahead = segment(one.own[0].sentence.text[max(0, one.start - _BESIDE) : one.start])
    return (
        float(asked.person and ("nr" in kinds or "·" in value)),
        float(kinds[0] == "nr"),
        float(kinds[-1] == "nr"),
        float(bool(ahead) and _kind(ahead[-1]) == "nr"),
        float(kinds[0] == "ns"),
        float(kinds[0] == "n"),
    )


def _kind(word: str) -> str:
    """Return the class of a word in the dictionary: nr for persons, ns, nt and nz as they are, else its first letter."""
    found = word_class(word)
    if found.startswith("nr"):
        return "nr"
    return found if found in ("ns", "nt", "nz", "eng") else found[0]
