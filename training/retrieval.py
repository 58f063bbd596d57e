"""Open retrieval over the passages of a question set: BM25, an embedding, and both together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.analysis import tokens
from training.batches import Drawing, Pools, draw_batch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from training.batches import Bags
    from training.corpora import Question
    from training.pairs import PairTable
    from training.static_model import StaticModel

_LEXICAL_SHARE = 0.65
_HELD_OUT_PAIRS = 4000


@dataclass(frozen=True, slots=True)
class Scores:
    """Share of questions with the right passage first, and mean reciprocal rank down to rank 10."""

    hit_at_1: float
    mrr_at_10: float


@dataclass(frozen=True, slots=True)
class Measurement:
    """Scores of each way of searching; `fused` is 0.65 lexical + 0.35 dense after min–max scaling."""

    questions: int
    passages: int
    lexical: Scores
    dense: Scores
    fused: Scores


def score_ranking(scores: NDArray[np.float32], right: NDArray[np.int64]) -> Scores:
    """Return the scores of a questions × passages matrix; a tie counts against the right passage.

    A matrix without rows scores zero.
    """
    if not len(right):
        return Scores(0.0, 0.0)
    own = scores[np.arange(len(right)), right]
    rank = (scores >= own[:, None]).sum(axis=1)
    return Scores(float((rank == 1).mean()), float(np.where(rank <= 10, 1.0 / rank, 0.0).mean()))


def _scaled(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    low = scores.min(axis=1, keepdims=True)
    high = scores.max(axis=1, keepdims=True)
    return np.asarray((scores - low) / np.maximum(high - low, 1e-9), np.float32)


def _lexical(questions: Sequence[str], passages: Sequence[str]) -> NDArray[np.float32]:
    import bm25s

    search = bm25s.BM25()
    search.index([tokens(passage) for passage in passages], show_progress=False)
    empty = np.zeros(len(passages), np.float32)
    asked = [tokens(question) for question in questions]
    return np.stack([search.get_scores(query) if query else empty for query in asked]).astype(np.float32)


def measure(model: StaticModel, questions: Sequence[Question]) -> Measurement:
    """Return how well `model` finds the passage of each of `questions` among all their passages.

    At least one question is needed.
    """
    passages = list(dict.fromkeys(question.passage for question in questions))
    place = {passage: number for number, passage in enumerate(passages)}
    right = np.array([place[question.passage] for question in questions], np.int64)
    asked = [question.question for question in questions]
    lexical = _lexical(asked, passages)
    dense = model.encode(asked) @ model.encode(passages).T
    fused = _LEXICAL_SHARE * _scaled(lexical) + (1 - _LEXICAL_SHARE) * _scaled(dense)
    return Measurement(
        questions=len(questions),
        passages=len(passages),
        lexical=score_ranking(lexical, right),
        dense=score_ranking(dense, right),
        fused=score_ranking(fused, right),
    )


def _embed(vectors: NDArray[np.float32], bags: Bags) -> NDArray[np.float32]:
    padded = np.vstack([vectors[bags.ids], np.zeros((1, vectors.shape[1]), np.float32)])
    sums = np.add.reduceat(padded, bags.offsets, axis=0)
    sums[np.diff(bags.offsets, append=len(bags.ids)) == 0] = 0.0
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9), np.float32)


def measure_held_out(vectors: NDArray[np.float32], table: PairTable, *, seed: int) -> Scores:
    """Return how well made questions find their contexts, which lack the sentence they were made from.

    At most 4,000 pairs of `table` stand against each other; overlapping contexts do not count as wrong.
    An empty table scores zero.
    """
    if not len(table):
        return Scores(0.0, 0.0)
    size = min(_HELD_OUT_PAIRS, len(table))
    chosen = np.random.default_rng([seed, 1]).permutation(len(table))[:size]
    how = Drawing(
        size=size,
        people_share=0,
        lexicon_share=0,
        sibling_share=0,
        kept_share=0,
        context=(100, 150),
        span=(0.6, 0.9),
        dropped=0.0,
    )
    batch = draw_batch(table, Pools(chosen, chosen[:0], chosen[:0]), how, [seed, 2])
    scores = _embed(vectors, batch.queries) @ _embed(vectors, batch.contexts).T
    start, end = batch.window.T
    overlap = (start[:, None] < end[None, :]) & (start[None, :] < end[:, None])
    np.fill_diagonal(overlap, False)
    scores[overlap] = -2.0
    return score_ranking(scores, np.arange(size))
