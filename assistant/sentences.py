"""Sentences of passages, with what stands around them; made once a passage and kept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.analysis import fold, segment
from index.dates import arabic_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.store import Index
    from index.types import Passage

_SENTENCE = re.compile(r"[^。!?;\n]+[。!?;]*[”’」)]?")
_CLAUSE = re.compile(r"[^,:;。|]+")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|届|-|—)")


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence `start:end` of a file, folded, with its surroundings."""

    passage: Passage
    start: int
    end: int
    text: str
    """Folded; `len(text) == end - start`."""
    before: str
    """Folded text of the passage before it."""
    headings: str
    """Folded heading path, joined."""
    words: tuple[str, ...]
    vectors: NDArray[np.float32]
    """Word vectors of `words`, shape (len(words), d), L2-normalised; zero rows for unknown words."""
    directions: NDArray[np.float32]
    """Vector of heading and sentence together, then those of the clauses, shape (1 + len(clauses), d)."""
    inherited_year: str
    """The last year named before the sentence in its passage, or an empty string."""
    clauses: tuple[int, ...]
    """Offsets at which clauses start, ascending."""


class SentenceStore:
    """Cuts passages into sentences and remembers them; vectors of words are shared."""

    def __init__(self, index: Index, *, limit: int = 20_000) -> None:
        self._index = index
        self._limit = limit
        self._cut: dict[str, tuple[Sentence, ...]] = {}
        self._words: dict[str, NDArray[np.float32]] = {}

    def of(self, passages: Sequence[Passage]) -> list[Sentence]:
        """Return the sentences of the passages, in order."""
        if len(self._cut) > self._limit:
            self._cut.clear()
            self._words.clear()
        missing = [passage for passage in passages if passage.id not in self._cut]
        if missing:
            self._add(missing)
        return [sentence for passage in passages for sentence in self._cut[passage.id]]

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of words, shape (len(words), d)."""
        unknown = [word for word in dict.fromkeys(words) if word not in self._words]
        if unknown:
            self._words.update(zip(unknown, self._index.embedder.encode(unknown), strict=True))
        if not words:
            return np.zeros((0, self._index.embedder.dimensions), np.float32)
        return np.stack([self._words[word] for word in words])

    def _add(self, passages: Sequence[Passage]) -> None:
        spans = [(passage, _folded(passage)) for passage in passages]
        cut = [(passage, text, list(_sentences(text))) for passage, text in spans]
        words = {word for _, text, found in cut for a, b in found for word in segment(text[a:b]) if len(word) > 1}
        self.word_vectors(sorted(words))
        leads = [" ".join(passage.path[-2:]) for passage, _, found in cut for _ in found]
        texts = [text[a:b] for _, text, found in cut for a, b in found]
        vectors = iter(self._index.embedder.encode([f"{lead} {text}" for lead, text in zip(leads, texts, strict=True)]))
        parts = [[(m.start(), m.group()) for m in _CLAUSE.finditer(text)] for text in texts]
        flat = iter(self._index.embedder.encode([part for row in parts for _, part in row]))
        clauses = iter([[(start, next(flat)) for start, _ in row] for row in parts])
        for passage, text, found in cut:
            rows = [(a, b, next(vectors), next(clauses)) for a, b in found]
            self._cut[passage.id] = tuple(self._sentence(passage, text, *row) for row in rows)

    def _sentence(
        self,
        passage: Passage,
        text: str,
        a: int,
        b: int,
        vector: NDArray[np.float32],
        clauses: list[tuple[int, NDArray[np.float32]]],
    ) -> Sentence:
        words = tuple(dict.fromkeys(word for word in segment(text[a:b]) if len(word) > 1))
        years = _YEAR.findall(arabic_years(text[:a])) or _YEAR.findall(arabic_years(fold(" ".join(passage.path))))
        return Sentence(
            passage=passage,
            start=passage.start + a,
            end=passage.start + b,
            text=text[a:b],
            before=text[:a],
            headings=fold(" ".join(passage.path) or self._index.notice(passage.notice).title),
            words=words,
            vectors=self.word_vectors(words),
            directions=np.stack([vector, *(one for _, one in clauses)]),
            inherited_year=years[-1] if years else "",
            clauses=tuple(start for start, _ in clauses),
        )


def _folded(passage: Passage) -> str:
    return fold(passage.text)


def _sentences(text: str) -> list[tuple[int, int]]:
    spans = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        if start < end:
            spans.append((start, end))
    return spans
