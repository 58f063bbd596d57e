"""Evidence: candidates in sentences of the best passages, scored by a small learned linear model."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib import resources
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from assistant.choice import named_inside, typed_inside, unbeaten
from assistant.features import NAMES, sentence_features
from assistant.matching import Match, match_sentences
from assistant.standing import standings
from assistant.types import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from assistant.candidates import Candidate
    from assistant.probe import Probe
    from assistant.sentences import Sentence, SentenceStore
    from index.types import Hit

_FRAME = re.compile(
    r"^.{4,60}(?:通报|公告|通知)$|^[(]?中共[^,;。]{2,40}(?:委|委员会|党组|工委)[)]?$|^(?:发布|公布|信息)?(?:时间|日期)[ ]*:|"
    r"^.{0,30}(?:来源|作者|浏览次数|阅读(?:次数)?|字体)[ ]*:|欢迎(?:广大|社会|各界).{0,12}监督|意见建议.{0,6}反映|"
    r"^(?:联系(?:方式|电话|地址)|来信(?:地址|请寄)|邮政信箱|电子邮箱|通信地址|邮[ ]*编|电话|邮箱|传真)[ ]*:|"
    r"^.{0,24}?\d{4}年\d{1,2}月(?:\d{1,2}日)?$|^[零一二三四五六七八九]{4}年[一二三四五六七八九十]+月[一二三四五六七八九十]*日?$|^\d{4}-\d{1,2}-\d{1,2}[ :\d]*$"
)
"""Title lines and the closing block: never the answer to a question about the work."""
_WEIGHTS = "data/reader.json"
_PLAIN = frozenset({"coverage", "near"})
"""Features that count for the plain reader: shares of the question's words in the sentence and near the value."""
_NUMBERS = MappingProxyType({name: number for number, name in enumerate(NAMES)})


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """A candidate answer with the sentence that bears it."""

    sentence: Sentence
    match: Match
    candidate: Candidate
    """Offsets count from the sentence's start."""
    features: NDArray[np.float32]
    score: float
    hit: Hit
    rank: int

    @property
    def start(self) -> int:
        """Offset of the bare value in the file."""
        return self.sentence.start + self.candidate.start

    @property
    def end(self) -> int:
        """End offset of the bare value in the file."""
        return self.sentence.start + self.candidate.end

    def feature(self, name: str) -> float:
        """Return one feature by its name."""
        return float(self.features[_NUMBERS[name]])


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """Scores candidates: one weight a feature for each kind of answer wanted."""

    weights: dict[str, NDArray[np.float32]]
    local: dict[str, NDArray[np.float32]]
    """What is added to the weights when candidates of one sentence are compared."""

    @classmethod
    def open(cls) -> Reader:
        """Return the reader with the shipped weights."""
        record = json.loads(resources.files("assistant").joinpath(_WEIGHTS).read_text("utf-8"))
        order = [record["features"].index(name) for name in NAMES]
        tables = (record["weights"], record["local"])
        first, second = ({kind: np.array(row, np.float32)[order] for kind, row in table.items()} for table in tables)
        return cls(first, second)

    @classmethod
    def plain(cls) -> Reader:
        """Return a reader that has learned nothing: most of the question's words, then the value nearest to them."""
        names = np.array([float(name in _PLAIN) for name in NAMES], np.float32)
        return cls({"*": names}, {"*": np.zeros_like(names)})

    def read(self, probe: Probe, hits: Sequence[Hit], store: SentenceStore) -> list[Evidence]:
        """Return every candidate of the hits' sentences: the sentence with the best one first, its best value first."""
        kind = str(probe.question.wanted)
        weights, local = (table.get(kind, table["*"]) for table in (self.weights, self.local))
        found = gather(probe, hits, store, weights)
        if not found:
            return []
        inside = (np.stack([item.features for item in found]) @ local).tolist()
        groups: dict[int, list[tuple[float, Evidence]]] = {}
        for item, share in zip(found, inside, strict=True):
            groups.setdefault(id(item.sentence), []).append((item.score + share, item))
        ranked = sorted(groups.values(), key=_best_score)
        first, *rest = ([item for _, item in sorted(group, key=_inside)] for group in ranked)
        return [*_chosen(first, probe), *chain.from_iterable(rest)]

    def shares(self, item: Evidence, kind: str) -> list[tuple[str, float]]:
        """Return what each feature adds to the score of `item` for the kind of answer wanted, the largest first."""
        weights = self.weights.get(kind, self.weights["*"])
        added = zip(NAMES, (item.features * weights).tolist(), strict=True)
        return sorted(added, key=lambda share: -abs(share[1]))


def _best_score(group: Sequence[tuple[float, Evidence]]) -> tuple[float, int, int]:
    """Return what sentences are sorted by: the best score of a candidate, then the rank and the place."""
    item = group[0][1]
    return -max(one.score for _, one in group), item.rank, item.sentence.start


def _inside(scored: tuple[float, Evidence]) -> tuple[float, int, int]:
    score, item = scored
    return -score, item.start, item.end


def _chosen(found: Sequence[Evidence], probe: Probe) -> list[Evidence]:
    """Return the candidates of one sentence, best first, with the value in front that plays the asked part."""
    standing = unbeaten(found, probe)
    wanted = probe.question.wanted
    best = typed_inside(standing[0], standing, wanted)
    if wanted is Wanted.ENTITY:
        best = named_inside(best, standing, probe)
    return [best, *(item for item in found if item is not best)]


def gather(probe: Probe, hits: Sequence[Hit], store: SentenceStore, weights: NDArray[np.float32]) -> list[Evidence]:
    """Return the candidates of all sentences of the hits, scored with `weights`, in order of rank and position."""
    store.of([hit.passage for hit in hits])  # cuts and encodes all of them in one go
    sentences = [
        (rank, hit, one) for rank, hit in enumerate(hits) for one in store.of([hit.passage]) if not _frames(one)
    ]
    found, rows = [], []
    for (rank, hit, sentence), match in zip(sentences, match_sentences(probe, sentences), strict=True):
        standing = standings(sentence.text, probe.question.wanted)
        rows += sentence_features(probe, sentence, match, standing)
        found += [(sentence, match, one.candidate, hit, rank) for one in standing]
    features = np.array(rows, np.float32).reshape(len(rows), len(NAMES))
    return [
        Evidence(sentence, match, candidate, row, float(row @ weights), hit, rank)
        for (sentence, match, candidate, hit, rank), row in zip(found, features, strict=True)
    ]


def _frames(sentence: Sentence) -> bool:
    """Whether a sentence is a title line or of the closing block."""
    return sentence.passage.path == () and _FRAME.search(sentence.text) is not None
