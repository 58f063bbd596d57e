"""Which passages a model is shown, and which words of them stand behind what it wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assistant.citing import cite
from assistant.compose.draft import Quote
from assistant.grounding.types import Source
from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.grounding.types import SentenceVerdict
    from assistant.types import Answer, Citation
    from index.store import Index

_MARK = re.compile(r"\[(\d+)\]")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]*[”’」』）)]*")
_FIGURE = re.compile(r"\d+(?:\.\d+)?")
_ADDS = 0.2
"""Share of a claim's pairs of characters that a further sentence must bring to be quoted too."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A passage and where it stands."""

    source: Source
    quote: Quote


def passages_behind(answer: Answer, index: Index, *, limit: int) -> list[Shown]:
    """Return at most `limit` passages for the model: those that `answer` cites, then those retrieved for it, in order.

    What a citation quotes outside of all passages (the head of a notice) is a passage of its own.
    """
    quotes = dict.fromkeys([*_cited(answer, index), *_retrieved(answer, index)])
    return [_shown(quote, number, index) for number, quote in enumerate(list(quotes)[:limit], start=1)]


def _cited(answer: Answer, index: Index) -> Iterator[Quote]:
    for citation in answer.citations:
        around = (p for p in index.passages_of(citation.notice) if p.start <= citation.start and citation.end <= p.end)
        passage = next(around, None)
        start, end = (passage.start, passage.end) if passage else (citation.start, citation.end)
        yield Quote(citation.file, citation.notice, start, end)


def _retrieved(answer: Answer, index: Index) -> Iterator[Quote]:
    for place in answer.retrieved:
        within = (n for n in index.notices_of(place.file) if n.start <= place.start < n.end)
        notice = next(within, None)
        if notice is not None:
            yield Quote(place.file, notice.id, place.start, place.end)


def _shown(quote: Quote, number: int, index: Index) -> Shown:
    notice = index.notice(quote.notice)
    sections = index.sections(quote.notice)
    path = next((one.path for one in sections if one.start <= quote.start < one.end), ())
    text = index.text(quote.file)[quote.start : quote.end]
    date = notice.published or notice.feedback_date
    return Shown(Source(number, text, notice.unit, notice.title, date, path), quote)


class Citer:
    """Numbers the quotes behind the sentences of one answer, in the order in which they are first needed."""

    def __init__(self, shown: Sequence[Shown], index: Index) -> None:
        self._quotes = {one.source.n: one.quote for one in shown}
        self._index = index
        self._numbers: dict[Quote, int] = {}

    def cited(self, verdict: SentenceVerdict) -> str:
        """Return the sentence with the numbers of its citations in the place of those of the passages."""
        claim = _MARK.sub("", verdict.text)
        text = _MARK.sub(lambda mark: f"[{self._number(int(mark[1]), claim)}]", verdict.text)
        return re.sub(r"(\[\d+\])(?:\1)+", r"\1", text)

    def citations(self) -> tuple[Citation, ...]:
        """Return the citations, each a slice of its file; raises IndexDamagedError if one is not."""
        return cite(tuple(self._numbers), self._index)

    def _number(self, passage: int, claim: str) -> int:
        whole = self._quotes[passage]
        start, end = best_slice(self._index.text(whole.file), whole.start, whole.end, claim)
        quote = Quote(whole.file, whole.notice, start, end)
        return self._numbers.setdefault(quote, len(self._numbers) + 1)


def best_slice(text: str, start: int, end: int, claim: str) -> tuple[int, int]:
    """Return the shortest run of sentences of `text[start:end]` that says what it can of `claim`; else the whole.

    >>> best_slice("甲增长5%。乙下降3%。丙持平。", 0, 16, "乙下降3%")
    (6, 12)
    """
    spans = [(m.start() + start, m.end() + start) for m in _SENTENCE.finditer(text[start:end]) if m.group().strip()]
    wanted = _pieces(claim)
    if not spans or not wanted:
        return start, end
    held = [_pieces(text[a:b]) & wanted for a, b in spans]
    best = max(range(len(spans)), key=lambda place: len(held[place]))
    if not held[best]:
        return start, end
    chosen, covered = [best], set(held[best])
    for place in sorted(range(len(spans)), key=lambda place: -len(held[place])):
        new = held[place] - covered
        if len(new) >= _ADDS * len(wanted) or any(_FIGURE.fullmatch(piece) for piece in new):
            chosen.append(place)
            covered |= new
    return spans[min(chosen)][0], spans[max(chosen)][1]


def _pieces(text: str) -> set[str]:
    """Return the pairs of characters of `text` and its figures."""
    folded = "".join(char for char in fold(text) if char.isalnum() or char == ".")
    return {folded[at : at + 2] for at in range(len(folded) - 1)} | set(_FIGURE.findall(fold(text)))
