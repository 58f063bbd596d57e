"""Questions made from plain text for the span model: a stretch of a sentence is hidden behind a question word."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.candidates import find_kind
from index.analysis import fold, segment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from training.everyday import Everyday

_SENTENCE = re.compile(r"[^。!?;\n]*[。!?;\n]+|[^。!?;\n]+")
_CLAUSE = re.compile(r"[^,:;。!?\n]+")
_UNIT = re.compile(r"^[\d,.零一二两三四五六七八九十百千万亿余多]+(.*)$")
_DIGITS = re.compile(r"\d[\d,.]*")
_WORDS = {
    "figure": ("多少", "几", "多少", "是多少"),
    "date": ("什么时候", "哪天", "何时", "哪一年", "几月"),
    "title": ("哪份文件", "什么文件", "哪个文件", "什么", "哪个办法"),
    "quoted": ("什么", "哪个", "叫什么"),
    "name": ("哪个单位", "什么", "哪里", "谁", "哪个", "哪个机构", "什么地方"),
    "clause": (
        "什么", "哪些", "怎么做", "如何", "怎么样", "做了什么", "哪些措施", "为什么", "有什么要求", "什么情况",
    ),
}  # fmt: skip
_SHARES = {"figure": 0.2, "date": 0.1, "title": 0.06, "quoted": 0.07, "name": 0.29, "clause": 0.28}
_LEAST = {"figure": 2, "date": 3, "title": 3, "quoted": 2, "name": 3}
_MOST = 30
_TAIL = re.compile(
    r"(?:委员会|办公室|研究院|公司|集团|医院|大学|学院|中心|平台|项目|工程|行动|制度|机制|小组|街道|社区|[局厅部处站所村镇乡区县市省会院])$"
)
_HEAD_START = 20
_SHORTEST, _LONGEST = 15, 160
_FROM_ONE_TEXT = 4
_NARROW, _WIDE = 80, 260
"""Characters of the text around the answer, between which the wanted length is drawn."""


@dataclass(frozen=True, slots=True)
class MadeQuestion:
    """A question with the text that it is asked of; `text[start:end]` answers it."""

    question: str
    text: str
    start: int
    end: int


def make_questions(texts: Sequence[str], everyday: Everyday, *, count: int, seed: int) -> Iterator[MadeQuestion]:
    """Yield up to `count` questions made from the texts in a drawn order, at most four from one text."""
    generator = random.Random(seed)
    drawn = list(texts)
    generator.shuffle(drawn)
    made = dict.fromkeys(_SHARES, 0)
    for raw in drawn:
        sentences = _SENTENCE.findall(fold(raw))
        places = list(range(len(sentences)))
        generator.shuffle(places)
        used = 0
        for place in places:
            one = _from_sentence(sentences, place, generator, everyday, made)
            if one is None:
                continue
            yield one
            used += 1
            if used >= _FROM_ONE_TEXT:
                break
        if sum(made.values()) >= count:
            return


def _from_sentence(
    sentences: Sequence[str], place: int, generator: random.Random, everyday: Everyday, made: dict[str, int]
) -> MadeQuestion | None:
    sentence = sentences[place]
    if not _SHORTEST <= len(sentence) <= _LONGEST:
        return None
    limit = sum(made.values()) + _HEAD_START
    spans = [span for span in answer_spans(sentence) if made[span[2]] <= _SHARES[span[2]] * limit]
    if not spans:
        return None
    start, end, kind = generator.choice(spans)
    question = ask_for(sentence, (start, end), kind, generator, everyday)
    if len(question) < 5:
        return None
    first, last = _around(sentences, place, generator)
    ahead = sum(len(one) for one in sentences[first:place])
    made[kind] += 1
    return MadeQuestion(question, "".join(sentences[first : last + 1]), ahead + start, ahead + end)


def answer_spans(sentence: str) -> list[tuple[int, int, str]]:
    """Return the stretches of a folded sentence that a question may ask for, with their kind."""
    found = [
        (start, end, kind)
        for kind, least in _LEAST.items()
        for start, end in find_kind(sentence, kind)
        if least <= end - start <= _MOST
    ]
    clauses = [match.span() for match in _CLAUSE.finditer(sentence)]
    if len(clauses) >= 2:
        found += [(start, end, "clause") for start, end in clauses if end - start >= 6]
    return found


def ask_for(sentence: str, span: tuple[int, int], kind: str, generator: random.Random, everyday: Everyday) -> str:
    """Return a question to which the stretch is the answer, or an empty string where too little would be left.

    Words are dropped, official wordings give way to everyday ones, clauses change places, figures become vague.
    """
    start, end = span
    clauses = [match.span() for match in _CLAUSE.finditer(sentence)]
    own = [one for one in clauses if one[0] <= start and end <= one[1]]
    others = [one for one in clauses if one not in own]
    word = _question_word(sentence[start:end], kind, generator)
    if kind == "clause":
        parts = [sentence[a:b] for a, b in others]
        generator.shuffle(parts)
        parts = parts[: generator.choice((1, 1, 2))]
    else:
        if not own:
            return ""
        parts = _with_gap(sentence, span, own[0], others, word, generator)
    kept = []
    for part in parts:
        said = everyday.reword(part, generator) if generator.random() < 0.4 else part
        kept.append("".join(piece for piece in segment(said) if piece in word or generator.random() > 0.22))
    question = generator.choice(("", ",")).join(kept) + (word if kind == "clause" else "")
    if kept and generator.random() < 0.6:
        question = _DIGITS.sub(lambda match: generator.choice(("", match[0])), question)
    rare = "吗?" if kind == "clause" and generator.random() < 0.1 else "?"
    return question + generator.choice(("?", "", "?", rare)) if kept else ""


def _question_word(value: str, kind: str, generator: random.Random) -> str:
    word = generator.choice(_WORDS[kind])
    if kind == "figure" and (unit := _UNIT.match(value)) and unit[1] and generator.random() < 0.6:
        return generator.choice(("多少", "多少", "几")) + unit[1]
    if kind == "name" and (tail := _TAIL.search(value)) and generator.random() < 0.5:
        return generator.choice(("哪个", "什么", "哪家", "哪些")) + tail[0]
    return word


def _with_gap(
    sentence: str,
    span: tuple[int, int],
    own: tuple[int, int],
    others: Sequence[tuple[int, int]],
    word: str,
    generator: random.Random,
) -> list[str]:
    """Return the clause with the question word in the answer's place or behind it, and maybe a clause beside it."""
    (start, end), (a, b) = span, own
    rest = sentence[a:start] + sentence[end:b]
    if len(rest) < 4 and not others:
        return []
    gapped = sentence[a:start] + word + sentence[end:b]
    if generator.random() < 0.35:
        gapped = rest + generator.choice(("", "是")) + word
    if not others or (len(rest) >= 5 and generator.random() >= 0.4):
        return [gapped]
    nearest = min(others, key=lambda one: abs(one[0] - a))
    c, d = nearest if generator.random() < 0.7 else generator.choice(list(others))
    parts = [sentence[c:d], gapped]
    return parts if generator.random() < 0.7 else parts[::-1]


def _around(sentences: Sequence[str], place: int, generator: random.Random) -> tuple[int, int]:
    """Return the first and last sentence of a stretch of drawn length and place around the sentence."""
    first = last = place
    wanted, length = generator.randint(_NARROW, _WIDE), len(sentences[place])
    while length < wanted and (first > 0 or last + 1 < len(sentences)):
        if first > 0 and (last + 1 == len(sentences) or generator.random() < 0.5):
            first -= 1
            length += len(sentences[first])
        else:
            last += 1
            length += len(sentences[last])
    return first, last
