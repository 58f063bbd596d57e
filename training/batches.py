"""Batches of queries and contexts, drawn anew at each step from a table of pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from training.pairs import Origin

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from training.pairs import PairTable


@dataclass(frozen=True, slots=True)
class Drawing:
    """How a batch is drawn. Shares and rates are in [0, 1], lengths are in tokens."""

    size: int = 2048
    people_share: float = 0.15
    """Part of the batch that people asked; the rest is made from news sentences."""
    lexicon_share: float = 0.07
    """Part of the batch that asks for an official wording by an everyday term alone."""
    sibling_share: float = 0.3
    """Part of the batch that comes from the same document as another pair: its hard negative."""
    kept_share: float = 0.3
    """How often the sentence that the query was made from stays in its context."""
    context: tuple[int, int] = (30, 200)
    """Bounds of the context's length, drawn evenly."""
    span: tuple[float, float] = (0.35, 1.0)
    """Bounds of the part of a made query that is taken, drawn evenly."""
    dropped: float = 0.15
    """Rate at which tokens of queries and contexts are left out."""


@dataclass(frozen=True, slots=True)
class Bags:
    """Token ids of many texts joined (int64) and where each text begins (int64)."""

    ids: NDArray[np.int64]
    offsets: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """Queries and contexts, row by row; `window` (n × 2) is each context's stretch of the documents."""

    queries: Bags
    contexts: Bags
    window: NDArray[np.int64]


def ranges(starts: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return `starts[i], …, starts[i] + lengths[i] - 1` for each i, joined.

    >>> ranges(np.array([5, 0]), np.array([2, 3])).tolist()
    [5, 6, 0, 1, 2]
    """
    ends = np.cumsum(lengths)
    return np.repeat(starts - ends + lengths, lengths) + np.arange(ends[-1] if len(ends) else 0)


def _bags(ids: NDArray[np.int32], row: NDArray[np.int64], rows: int, kept: NDArray[np.bool_]) -> Bags:
    counts = np.bincount(row[kept], minlength=rows)
    offsets = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
    return Bags(ids=ids[kept].astype(np.int64), offsets=offsets)


def _draw_queries(table: PairTable, which: NDArray[np.int64], how: Drawing, rng: np.random.Generator) -> Bags:
    start, end = table.query_start[which], table.query_end[which]
    length = end - start
    part = np.where(table.origin[which] != Origin.SENTENCE, 1.0, rng.uniform(*how.span, len(which)))
    taken = np.clip(np.ceil(length * part).astype(np.int64), np.minimum(length, 4), length)
    start = start + (rng.random(len(which)) * (length - taken + 1)).astype(np.int64)
    row = np.repeat(np.arange(len(which)), taken)
    return _bags(table.ids[ranges(start, taken)], row, len(which), rng.random(len(row)) >= how.dropped)


def draw_windows(
    table: PairTable, which: NDArray[np.int64], how: Drawing, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Return for each pair the start and end of a stretch of its document around its sentence.

    The third array says whether the sentence is to stay in the context; where the query was not made from it, it
    always does.
    """
    length = rng.integers(how.context[0], how.context[1] + 1, len(which))
    focus_start, focus_end = table.focus_start[which], table.focus_end[which]
    kept = (table.origin[which] != Origin.SENTENCE) | (rng.random(len(which)) < how.kept_share)
    left_room, right_room = focus_start - table.doc_start[which], table.doc_end[which] - focus_end
    left = np.minimum((rng.random(len(which)) * (length + 1)).astype(np.int64), left_room)
    right = np.minimum(length - left, right_room)
    left = np.minimum(length - right, left_room)
    return focus_start - left, focus_end + right, kept


@dataclass(frozen=True, slots=True)
class Pools:
    """Numbers of the pairs to draw from, by origin."""

    made: NDArray[np.int64]
    people: NDArray[np.int64]
    lexicon: NDArray[np.int64]


def draw_batch(table: PairTable, pools: Pools, how: Drawing, seed: list[int]) -> Batch:
    """Return the batch that `seed` determines, drawn from `pools`; where one is empty, the others make up for it."""
    rng = np.random.default_rng(seed)
    from_lexicon = round(how.size * how.lexicon_share) if len(pools.lexicon) else 0
    rest = how.size - from_lexicon
    from_people = round(how.size * how.people_share) if len(pools.made) else rest
    from_people = from_people if len(pools.people) else 0
    news = _choose(pools.made, rest - from_people, rng)
    siblings = round(len(news) * how.sibling_share / 2)
    news[:siblings] = _siblings(table, news[siblings : 2 * siblings], rng)
    which = np.concatenate([news, _choose(pools.people, from_people, rng), _choose(pools.lexicon, from_lexicon, rng)])
    start, end, kept = draw_windows(table, which, how, rng)
    position = ranges(start, end - start)
    row = np.repeat(np.arange(len(which)), end - start)
    hidden = ~kept[row] & (position >= table.focus_start[which][row]) & (position < table.focus_end[which][row])
    contexts = _bags(table.ids[position], row, len(which), ~hidden & (rng.random(len(row)) >= how.dropped))
    queries = _draw_queries(table, which, how, rng)
    return Batch(queries=queries, contexts=contexts, window=np.stack([start, end], axis=1))


def _choose(pool: NDArray[np.int64], size: int, rng: np.random.Generator) -> NDArray[np.int64]:
    return rng.choice(pool, size) if len(pool) else pool[:0]


def _siblings(table: PairTable, which: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Return for each pair another of the same document some sentences on, or the pair itself."""
    other = np.clip(which + rng.integers(3, 9, len(which)) * rng.choice([-1, 1], len(which)), 0, len(table) - 1)
    return np.where(table.document[other] == table.document[which], other, which)
