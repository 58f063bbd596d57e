"""Sentences of passages, with what stands around them; made once a passage and kept."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

import numpy as np

from index.analysis import fold, segment
from index.dates import arabic_years

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from index.embedding import Embedder
    from index.store import Index
    from index.types import Passage

    _Row = tuple[str, tuple[str, ...], tuple[int, ...], NDArray[np.float32]]

_SENTENCE = re.compile(r"[^。!?;\n]+[。!?;]*[”’」)]?")
_CLAUSE = re.compile(r"[^,:;。|]+")
_FIRST_ROWS = 2048
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?=年|届|-|—)")


class WordVectors:
    """The vectors of words met so far, one row each."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._numbers: dict[str, int] = {}
        self._rows = np.zeros((_FIRST_ROWS, embedder.dimensions), np.float32)

    def __len__(self) -> int:
        return len(self._numbers)

    def numbers(self, words: Sequence[str]) -> NDArray[np.int64]:
        """Return the numbers of the rows of `words`, shape (len(words),); new words are encoded first."""
        unknown = [word for word in dict.fromkeys(words) if word not in self._numbers]
        if unknown:
            size, wanted = len(self._rows), len(self) + len(unknown)
            if wanted > size:
                more = np.zeros((max(size, wanted - size), self._embedder.dimensions), np.float32)
                self._rows = np.concatenate([self._rows, more])
            self._rows[len(self) : wanted] = self._embedder.encode(unknown)
            self._numbers.update(zip(unknown, range(len(self), wanted), strict=True))
        return np.array([self._numbers[word] for word in words], np.int64)

    def rows(self, numbers: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return the vectors with these numbers, shape (len(numbers), d), L2-normalised; zeros for unknown words."""
        return self._rows[numbers]


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
    numbers: NDArray[np.int64]
    """Those of `words` in `known`."""
    known: WordVectors
    directions: NDArray[np.float32]
    """Vector of heading and sentence together, then those of the clauses, shape (1 + len(clauses), d)."""
    inherited_year: str
    """The last year named before the sentence in its passage, or an empty string."""
    clauses: tuple[int, ...]
    """Offsets at which clauses start, ascending."""

    @property
    def vectors(self) -> NDArray[np.float32]:
        """Word vectors of `words`, shape (len(words), d), L2-normalised; zero rows for unknown words."""
        return self.known.rows(self.numbers)


class SentenceStore:
    """Cuts passages into sentences and remembers those read last; may be used by several threads."""

    def __init__(self, index: Index, *, limit: int = 4000, most_words: int = 40_000) -> None:
        """Remember `limit` passages, of some 35 kB each, and the vectors of about `most_words` words, of 1 kB each."""
        self._index = index
        self._limit = limit
        self._most_words = most_words
        self._cut: dict[str, tuple[Sentence, ...]] = {}
        self._known: WordVectors | None = None
        self._lock = threading.RLock()

    def of(self, passages: Sequence[Passage]) -> list[Sentence]:
        """Return the sentences of the passages, in order."""
        with self._lock:
            known = self._words()
            wanted = {passage.id: passage for passage in passages}
            made = self._made([passage for name, passage in wanted.items() if name not in self._cut], known)
            found = {name: made[name] if name in made else self._cut.pop(name) for name in wanted}
            # What was asked for last stands last, and is forgotten last.
            self._cut |= found
            while len(self._cut) > self._limit:
                del self._cut[next(iter(self._cut))]
        return [sentence for passage in passages for sentence in found[passage.id]]

    def word_vectors(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of words, shape (len(words), d)."""
        with self._lock:
            known = self._words()
            return known.rows(known.numbers(words))

    def _words(self) -> WordVectors:
        """Return the words met so far; where they are too many, all is forgotten that refers to them."""
        if self._known is None or len(self._known) > self._most_words:
            self._known = WordVectors(self._index.embedder)
            self._cut.clear()
        return self._known

    def _made(self, passages: Sequence[Passage], known: WordVectors) -> dict[str, tuple[Sentence, ...]]:
        """Return the sentences of passages that are not remembered, by the passage's id."""
        if not passages:
            return {}
        cut = [(passage, text, _sentences(text)) for passage, text in ((one, fold(one.text)) for one in passages)]
        leads = [" ".join(passage.path[-2:]) for passage, _, found in cut for _ in found]
        texts = [text[a:b] for _, text, found in cut for a, b in found]
        words = [tuple(dict.fromkeys(word for word in segment(text) if len(word) > 1)) for text in texts]
        known.numbers(sorted({word for row in words for word in row}))
        rows = zip(texts, words, *self._directions(leads, texts), strict=True)
        return {passage.id: tuple(self._placed(passage, text, found, rows, known)) for passage, text, found in cut}

    def _directions(
        self, leads: Sequence[str], texts: Sequence[str]
    ) -> tuple[list[tuple[int, ...]], list[NDArray[np.float32]]]:
        """Return where the clauses of each sentence start, and the vectors of the sentence under its lead and of them."""
        encode = self._index.embedder.encode
        whole = encode([f"{lead} {text}" for lead, text in zip(leads, texts, strict=True)])
        clauses = [[(m.start(), m.group()) for m in _CLAUSE.finditer(text)] for text in texts]
        each = encode([clause for row in clauses for _, clause in row])
        ends = accumulate(len(row) for row in clauses)
        directions = [
            np.concatenate([whole[number : number + 1], each[end - len(row) : end]])
            for number, (row, end) in enumerate(zip(clauses, ends, strict=True))
        ]
        return [tuple(start for start, _ in row) for row in clauses], directions

    def _placed(
        self, passage: Passage, text: str, found: Sequence[tuple[int, int]], rows: Iterator[_Row], known: WordVectors
    ) -> Iterator[Sentence]:
        """Yield the sentences `found` in a passage, with the next of the `rows`."""
        headings = fold(" ".join(passage.path) or self._index.notice(passage.notice).title)
        years = _YEAR.findall(arabic_years(fold(" ".join(passage.path))))
        for (a, b), (own, words, clauses, directions) in zip(found, rows, strict=False):
            yield Sentence(
                passage=passage,
                start=passage.start + a,
                end=passage.start + b,
                text=own,
                before=text[:a],
                headings=headings,
                words=words,
                numbers=known.numbers(words),
                known=known,
                directions=directions,
                inherited_year=(_YEAR.findall(arabic_years(text[:a])) or years or [""])[-1],
                clauses=clauses,
            )


def _sentences(text: str) -> list[tuple[int, int]]:
    spans = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        if start < end:
            spans.append((start, end))
    return spans
