"""A draft from the evidence for one question: a list, or a fact with its bare value."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.compose.fact import compose_fact
from assistant.compose.listing import compose_list, wants_value
from assistant.prose_order import in_prose_order, is_prose
from assistant.span_choice import choose
from assistant.types import Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.compose.draft import Draft
    from assistant.evidence import Evidence
    from assistant.probe import Probe
    from assistant.question import Question
    from assistant.spans import HasSpans
    from index.store import Index

_LIST_KINDS = (Wanted.LIST, Wanted.MEASURES)


def composed(asked: Question, probe: Probe, ranked: Sequence[Evidence], index: Index, models: HasSpans) -> Draft:
    """Return the draft that `ranked`, best first and at least one, gives; its `best` is what the reader itself holds best.

    How sure an answer is, is learnt from that; in plain prose another sentence may be what is told.
    """
    ordered = in_prose_order(probe, ranked, index)
    if asked.wanted in _LIST_KINDS:
        draft = compose_list(asked, probe, ordered, index)
        if not is_prose(ordered[0], index) or not wants_value(asked, draft):
            return draft if ordered[0] is ranked[0] else replace(draft, best=ranked[0])
    best, bare = choose(models, asked, ordered, index)
    draft = compose_fact(asked, best, index.text(best.sentence.passage.file), bare=bare)
    if asked.wanted is Wanted.LIST and best.sentence is not ordered[0].sentence:
        several = compose_list(asked, probe, (best, *ordered), index)
        draft = draft if wants_value(asked, several) else several
    return replace(draft, best=ranked[0])
