"""Questions that name no unit although another unit's notice answers them with the same value."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.units import Gazetteer
from eval.gold_checks import VERDICTS
from eval.text_metrics import contains, normalise
from eval.texts import text_or_none
from index.analysis import bigrams, fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eval.gold import GoldQuestion
    from eval.texts import Texts
    from index.types import Notice

_SENTENCE = re.compile(r"[^。；;！？\n]+")
_ALIKE = 0.3
"""Share of the shorter sentence's pairs of characters that stand in the other one too, from which both are taken to
speak of the same thing. Sentences of two notices that share nothing but a figure lie below 0.1."""
_DISTINCT = 6
"""Characters from which a value that is no figure (a title, a name) answers wherever it stands."""
_FIGURE = re.compile(r"[\d一二三四五六七八九十百千万亿]")


class AmbiguityCheck:
    """Finds the notices of other units that answer a question just as well."""

    def __init__(self, notices: Sequence[Notice], texts: Texts) -> None:
        self._notices = tuple(notices)
        self._texts = texts
        self._gazetteer = Gazetteer(self._notices)

    def problem(self, question: GoldQuestion) -> str:
        """Return what is wrong: a value answers for another unit too and no unit is named. Empty if nothing is."""
        if question.expects_refusal or question.by_items or not question.evidence or self._names_unit(question):
            return ""
        own = set(self._own_units(question))
        for notice in self._notices:
            if own and notice.unit and notice.unit not in own:
                for value in question.answers:
                    if value not in VERDICTS and self._answers(question, value, notice):
                        return f"问题未点明单位，而答案“{value}”对“{notice.unit}”的通报也成立：{question.question}"
        return ""

    def _names_unit(self, question: GoldQuestion) -> bool:
        asked = [*question.history, question.question]
        return any(self._gazetteer.find(one).held for one in asked) or any(
            unit and unit in one for unit in question.units for one in asked
        )

    def _own_units(self, question: GoldQuestion) -> Iterator[str]:
        for one in question.evidence:
            for notice in self._notices:
                if notice.file == one.file and any(notice.start <= start < notice.end for start, _ in one.places):
                    yield notice.unit

    def _answers(self, question: GoldQuestion, value: str, notice: Notice) -> bool:
        text = (text_or_none(self._texts, notice.file) or "")[notice.start : notice.end]
        if not contains(text, value):
            return False
        if len(normalise(value)) >= _DISTINCT and not _FIGURE.search(value):
            return True
        bearing = (found[0] for found in _SENTENCE.finditer(text) if contains(found[0], value))
        quotes = [one.quote for one in question.evidence if contains(one.quote, value)]
        return any(alike(quote, said, without=value) >= _ALIKE for said in bearing for quote in quotes)


def alike(one: str, other: str, *, without: str = "") -> float:
    """Return the share of the shorter text's distinct pairs of Han characters that the other has too, in [0, 1].

    `without` is left out of both; a text without a pair gives 0.
    """
    ours, theirs = (set(bigrams(fold(text.replace(without, "\n") if without else text))) for text in (one, other))
    return len(ours & theirs) / min(len(ours), len(theirs)) if ours and theirs else 0.0
