"""The passages of an index that bear on a question: lexical and dense, expanded, restricted and fused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.analysis import tokens
from index.fusion import fuse
from index.types import Hit
from index.vector_store import EVERYTHING, Filter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import numpy as np
    from numpy.typing import NDArray

    from index.fusion import Ranking
    from index.lexicon import Expansion
    from index.rarity import Rarity
    from index.store import Index
    from index.vector_store import Query

_ASKING = (
    "什么 多少 哪些 哪个 哪里 哪 几 几个 如何 怎么 怎样 怎么样 为什么 为何 何时 是否 有没有 请问 请 "
    "吗 呢 吧 啊 的 了 地 得 着 是 在 有 和 与 及 就 都 被 把"
)
QUESTION_WORDS = frozenset(_ASKING.split())
"""Words that ask or join and name nothing: dropped from a question, never from a notice."""


def question_words(
    question: str, expansions: Iterable[Expansion] = (), *, bigrams: bool = True
) -> tuple[tuple[str, float], ...]:
    """Return the words to look for with their weights: 1 for those of `question`, less for its expansions.

    A word that occurs twice gets its larger weight; a question of question words only gives an empty tuple. Without
    `bigrams` no pairs of characters are looked for.
    """
    weights = {word: 1.0 for word in tokens(question) if word.removeprefix("_") not in QUESTION_WORDS}
    for expansion in expansions:
        for word in tokens(expansion.wording):
            weights[word] = max(weights.get(word, 0.0), expansion.weight)
    return tuple((word, weight) for word, weight in weights.items() if bigrams or not word.startswith("_"))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A question made ready to be looked up, within whatever notices and as often as needed."""

    question: str
    query: Query


def prepare(index: Index, question: str, *, rarity: Rarity | None = None) -> Prepared:
    """Return `question` made ready to be looked up in `index`: expanded, its words weighted, its vector made.

    Words are worth what is rare in the whole index, or what `rarity` says.
    """
    expansions = index.lexicon.expand(question)
    words = question_words(question, expansions, bigrams=index.config.bigrams)
    if rarity is not None and rarity is not index.lexical:
        words = tuple((word, weight * rarity.idf(word) / index.lexical.idf(word)) for word, weight in words)
    return Prepared(question, index.vector_store.query(words, _vector(index, question, expansions)))


def search(
    index: Index,
    question: str | Prepared,
    *,
    top_k: int = 10,
    notices: Collection[str] | None = None,
    within: Filter = EVERYTHING,
) -> list[Hit]:
    """Return the at most `top_k` best passages for `question`, best first, equal scores in passage order.

    `within` restricts the search by notices, units and days; `notices` is short for a filter by ids alone. A filter
    that matches nothing finds nothing. So do an empty question, an empty index and a `top_k` below 1.
    """
    if notices is not None:
        within = replace(within, notices=notices)
    text = question if isinstance(question, str) else question.question
    if top_k < 1 or not text.strip() or (within.notices is not None and not within.notices):
        return []
    prepared = prepare(index, question) if isinstance(question, str) else question
    config = index.config
    lexical, dense = prepared.query.best(max(config.candidates, top_k), within=within)
    ids, scores = fuse(
        [lexical, dense],
        [config.lexical_weight, config.dense_weight],
        method=config.fusion,
        rank_constant=config.rank_constant,
    )
    by_word, by_vector = _by_number(lexical), _by_number(dense)
    return [
        Hit(index.passages[number], score, by_word.get(number, 0.0), by_vector.get(number, 0.0))
        for number, score in zip(ids[:top_k].tolist(), scores[:top_k].tolist(), strict=True)
    ]


def _vector(index: Index, question: str, expansions: Iterable[Expansion]) -> NDArray[np.float32]:
    """Return the vector of the question, with the expansions behind it if so configured."""
    wordings = [expansion.wording for expansion in expansions] if index.config.expand_dense else []
    vector: NDArray[np.float32] = index.embedder.encode([" ".join([question, *wordings])])[0]
    return vector


def _by_number(ranking: Ranking) -> dict[int, float]:
    return dict(zip(ranking[0].tolist(), ranking[1].tolist(), strict=True))
