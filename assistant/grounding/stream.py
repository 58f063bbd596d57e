"""The check as a stream: text in as it is generated, verdicts out sentence by sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.grounding.check import check_sentence
from assistant.grounding.splitter import SentenceSplitter
from assistant.grounding.support import Support, shipped_embedder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.grounding.types import SentenceVerdict, Source
    from index.embedding import Embedder


class GroundingStream:
    """Checks one generated answer against the passages that the model was shown.

    The verdicts do not depend on how the text is cut into chunks.
    """

    def __init__(self, sources: Sequence[Source], *, question: str, embedder: Embedder | None = None) -> None:
        """Without an `embedder` the shipped one is used; the thresholds were chosen with it."""
        self.question = question
        self.dropped_marks = 0
        self._sources = {source.n: source for source in sources}
        self._splitter = SentenceSplitter()
        self._support = Support(embedder if embedder is not None else shipped_embedder())

    def feed(self, chunk: str) -> Iterator[SentenceVerdict]:
        """Return the verdicts on the sentences that `chunk` completes; the text is taken at once."""
        return iter(self._verdicts(self._splitter.feed(chunk)))

    def finish(self) -> Iterator[SentenceVerdict]:
        """Return the verdicts on what was still held back; call it once, when the generation has ended."""
        return iter(self._verdicts(self._splitter.finish()))

    def _verdicts(self, sentences: Iterable[str]) -> list[SentenceVerdict]:
        found: list[SentenceVerdict] = []
        for sentence in sentences:
            verdict, dropped = check_sentence(sentence, self._sources, support=self._support)
            self.dropped_marks += dropped
            if verdict is not None:
                found.append(verdict)
        return found
