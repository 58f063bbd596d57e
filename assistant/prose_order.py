"""In which order the sentences of plain prose answer: policy texts and news, without headings and of no unit.

The reader knows a notice's sentence by the words it shares with the question. A policy text says the words of its topic in
every sentence, most of all in the first, which tells that a rule was issued; what tells the sentences apart is which
words are rare in this text, and whether the sentence is of the kind asked for: a sum, a ban, a term, a reason.
The weights are made by `training.prose_order`.
"""

from __future__ import annotations

import functools
import json
import math
import re
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from assistant.prose_cues import NAMES as CUES
from assistant.prose_cues import asked_cues, tells
from assistant.types import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.evidence import Evidence
    from assistant.probe import Probe
    from index.store import Index

NAMES = (
    "score",
    "score_coverage",
    "local_coverage",
    "local_soft",
    "local_before",
    "rarest",
    "first",
    "issued",
    "issued_first",
    "position",
    "length",
    "short",
    "score_before",
    "no_figure",
    *CUES,
)
_WEIGHTS = "data/prose_order.json"
_ISSUED = re.compile(
    r"获悉|(?:近日|日前|今日|今天|昨日|昨天|\d日)[^。]{0,40}(?:印发|出台|发布|公布|下发|召开|通过|制定|联合)|讯[ (]|^原标题|记者从|电[ (]|消息[,:]|"
    r"^据.{2,12}(?:网|报|局|消息)|(?:印发|出台|发布|提请|形成)了?《|^问:|发布会|回答.{0,4}提问|已由[^,。]{2,30}通过|征求.{0,6}意见"
)
"""A sentence that says that a rule was issued, not what it says; a reporter's opening; a question."""
_FIGURE = re.compile(r"[\d一二三四五六七八九十两]")
_SAID = 0.5
"""Credit from which a sentence says a term."""
_BEFORE = 0.6
"""What a term counts that the sentence before says."""
_SHORT = 15
_FARTHEST = 10.0


def is_prose(item: Evidence, index: Index) -> bool:
    """Whether evidence stands in plain prose: a text of no unit, without headings."""
    passage = item.sentence.passage
    return not passage.path and not index.notice(passage.notice).unit


def in_prose_order(probe: Probe, ranked: Sequence[Evidence], index: Index) -> tuple[Evidence, ...]:
    """Return the evidence with the sentences of plain prose in the order in which they answer.

    `ranked` is best first, the candidates of a sentence together; they stay together, and get scores by that order. If the
    best does not stand in prose, or there is none, nothing changes; else what stands in notices follows as it was.
    """
    if not ranked or not is_prose(ranked[0], index):
        return tuple(ranked)
    sentences: dict[int, list[Evidence]] = {}
    others = []
    for item in ranked:
        if is_prose(item, index):
            sentences.setdefault(id(item.sentence), []).append(item)
        else:
            others.append(item)
    groups = list(sentences.values())
    scores = sentence_features(probe, groups) @ _weights()
    order = np.argsort(-scores, kind="stable").tolist()
    return (*(item for number in order for item in _scored(groups[number], float(scores[number]))), *others)


def _scored(group: Sequence[Evidence], score: float) -> list[Evidence]:
    """Return the evidence of one sentence, in its order, the best of it with `score` and the rest as far below as before."""
    best = max(item.score for item in group)
    return [replace(item, score=score + item.score - best) for item in group]


@functools.cache
def _weights() -> NDArray[np.float32]:
    record = json.loads(resources.files("assistant").joinpath(_WEIGHTS).read_text("utf-8"))
    return np.array([record["weights"][name] for name in NAMES], np.float32)


def sentence_features(probe: Probe, groups: Sequence[Sequence[Evidence]]) -> NDArray[np.float32]:
    """Return the features named in `NAMES`, shape (sentences, features); each group is the evidence of one sentence."""
    scores = np.array([max(item.score for item in group) for group in groups], np.float32)
    best = groups[int(scores.argmax())][0]
    scores -= scores.max()
    table = np.zeros((len(groups), len(NAMES)), np.float32)
    asked = asked_cues(probe.question.folded)
    coverage = best.feature("coverage_passage")
    for numbers in _by_text(groups):
        own = [groups[number][0] for number in numbers]
        table[numbers] = np.column_stack(
            (
                scores[numbers],
                scores[numbers] * coverage,
                _local(probe, own),
                [_of_words(probe, item, order, len(own), asked) for order, item in enumerate(own)],
            )
        )
        before = [-_FARTHEST, *np.maximum(-_FARTHEST, scores[numbers[:-1]])]
        table[numbers, NAMES.index("score_before")] = np.array(before, np.float32) / 5
    return table


def _by_text(groups: Sequence[Sequence[Evidence]]) -> list[list[int]]:
    """Return the numbers of the sentences of each text, in their order there."""
    texts: dict[str, list[int]] = {}
    for number in sorted(range(len(groups)), key=lambda number: groups[number][0].sentence.start):
        texts.setdefault(groups[number][0].sentence.passage.notice, []).append(number)
    return list(texts.values())


def _local(probe: Probe, own: Sequence[Evidence]) -> NDArray[np.float32]:
    """Return how much of the question the sentences of one text say, by what is rare in this text.

    Shape (sentences, 4): by letters, with related words, with the sentence before, and of the rarest term alone.
    """
    hard, soft = (np.stack([getattr(item.match, name) for item in own]) for name in ("hard", "soft"))
    if not hard.shape[1]:
        return np.zeros((len(own), 4), np.float32)
    said = (hard >= _SAID).sum(axis=0)
    weights = probe.weights * np.log((len(own) + 1) / (said + 0.5)) / math.log((len(own) + 1) / 0.5)
    total = max(float(weights.sum()), 1e-6)
    before = soft.copy()
    before[1:] = np.maximum(soft[1:], _BEFORE * soft[:-1])
    shares = [table @ weights / total for table in (hard, soft, before)]
    return np.column_stack((*shares, soft[:, int(weights.argmax())])).astype(np.float32)


def _of_words(probe: Probe, item: Evidence, order: int, count: int, asked: Sequence[str]) -> tuple[float, ...]:
    text = item.sentence.text
    issued = float(_ISSUED.search(text) is not None)
    first = float(not order)
    return (
        first,
        issued,
        first * issued,
        order / count,
        math.log1p(len(text)) / 5,
        float(len(text) < _SHORT),
        0.0,
        float(probe.question.wanted is Wanted.NUMBER and _FIGURE.search(text) is None),
        *(float(name in asked and tells(name, text)) for name in CUES),
    )
