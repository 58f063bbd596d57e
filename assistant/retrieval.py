"""From a question to the passages that may bear its answer, kept within the units it names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from assistant.probe import probe
from assistant.rerank import reranked
from assistant.units import is_generic
from index.analysis import fold
from index.search import prepare, search

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from assistant.probe import Probe
    from assistant.question import Question
    from assistant.sentences import SentenceStore
    from assistant.units import Gazetteer, Unit
    from assistant.upgrades import Models
    from index.rarity import Rarity
    from index.search import Prepared
    from index.store import Index
    from index.types import Hit

DEPTH = 16
"""Passages whose sentences are read; the evidence of 97 in 100 questions is among the best ten."""
_FOREIGN = 4


@dataclass(frozen=True, slots=True, eq=False)
class LookUp:
    """What was searched for a question and what was found."""

    probe: Probe
    hits: tuple[Hit, ...]
    """Passages of the searched notices, best first."""
    read: tuple[Hit, ...]
    """Passages whose sentences are read: the best of `hits`, then a few of other notices."""
    notices: frozenset[str] | None
    """Ids of the notices searched; None if all were."""


def look_up(
    index: Index,
    question: Question,
    store: SentenceStore,
    *,
    units: Collection[Unit],
    only: frozenset[str] | None = None,
    at_least: int = 0,
    models: Models | None = None,
    rarity: Rarity | None = None,
) -> LookUp:
    """Return the best passages for `question` within the notices of `units` (all notices if there are none).

    At least `at_least` passages are returned if there are so many. `only` is a filter set from outside: notices not in it are never looked at. A few passages of other notices
    follow if they name one of the units: a province may report on its capital. A re-ranker orders the passages anew.
    Asked of a unit, words are worth what `rarity` says, if it is given.
    """
    own = frozenset(notice for unit in units for notice in unit.notices) or None
    allowed = own if only is None else only if own is None else own & only
    rarity = rarity if own else None
    prepared = prepare(index, question.text, rarity=rarity)
    hits = best_passages(index, prepared, top_k=max(DEPTH, at_least), notices=allowed, models=models)
    foreign = _foreign(index, prepared, units, allowed, only) if own and len(units) == 1 else []
    probed = probe(question, index, store, foreign=frozenset(hit.passage.notice for hit in foreign), rarity=rarity)
    return LookUp(probed, hits, (*hits[:DEPTH], *foreign), allowed)


def withheld(found: LookUp, without: Callable[[Hit], bool]) -> LookUp:
    """Return what would have been found if the notices did not have the passages that are `without`.

    Scores are shares of the best one's, so that they rise where that is left out.
    """
    left = [hit for hit in found.hits if not without(hit)]
    rise = found.hits[0].score / left[0].score if left and left[0].score > 0 else 1.0
    hits = tuple(replace(hit, score=hit.score * rise) for hit in left)
    others = tuple(hit for hit in found.read if hit not in found.hits and not without(hit))
    return replace(found, hits=hits, read=(*hits[:DEPTH], *others))


def best_passages(
    index: Index, asked: str | Prepared, *, top_k: int, notices: Collection[str] | None, models: Models | None
) -> tuple[Hit, ...]:
    """Return the best passages within `notices`, best first; none if `top_k` is below 1.

    Without a re-ranker they are at most `top_k`. A re-ranker orders at least as many as are read for an answer.
    """
    if models is None or models.reranker is None or top_k < 1:
        return tuple(search(index, asked, top_k=top_k, notices=notices))
    text = asked if isinstance(asked, str) else asked.question
    found = search(index, asked, top_k=max(DEPTH, top_k), notices=notices)
    return reranked(models.reranker, text, found)


def _foreign(
    index: Index,
    prepared: Prepared,
    units: Collection[Unit],
    allowed: frozenset[str] | None,
    only: frozenset[str] | None,
) -> list[Hit]:
    bearing = ((alias, unit.name) for unit in units for alias in (fold(unit.name), *unit.aliases))
    names = [alias for alias, name in bearing if (len(alias) > 2 or alias == name) and not is_generic(alias)]
    everywhere = search(index, prepared, top_k=_FOREIGN * 4, notices=only)
    others = ((hit, fold(hit.passage.text)) for hit in everywhere if not allowed or hit.passage.notice not in allowed)
    named = (hit for hit, text in others if any(name in text for name in names))
    return [replace(hit, score=hit.score * 0.9) for hit in islice(named, _FOREIGN)]


def mentions_elsewhere(index: Index, name: str, gazetteer: Gazetteer, *, only: frozenset[str] | None = None) -> bool:
    """Whether a place that no notice is about stands in some passage, outside the names of held units.

    `only` restricts the search to the notices with these ids.
    """
    folded = fold(name)
    bare = folded.rstrip("省市区县州镇乡") if len(folded) > 3 else folded
    hits = search(index, bare, top_k=10, notices=only)
    texts = (gazetteer.mask(fold(f"{index.notice(h.passage.notice).title}\n{h.passage.text}")) for h in hits)
    return any(folded in text or (len(bare) > 1 and bare in text) for text in texts)
