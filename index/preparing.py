"""A file made ready for the index: read, cut, its words split, its passages embedded. Nothing is written here.

`cut` and `prepare` depend on the file and the settings only, so that they may run anywhere: in this process, or on other
machines.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.analysis import tokens
from index.build import heading_text
from index.vectors import embedded_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.config import IndexConfig
    from index.documents import Document
    from index.embedding import Embedder
    from index.plan import Pipeline
    from index.scan import Candidate

_BETWEEN = "\n"
"""No word holds it: words are made of letters and digits."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What was computed of the passages of a file, in their order."""

    words: tuple[str, ...]
    """The words of each passage with those of its headings, a line each: a tenth of the size of lists."""
    vectors: NDArray[np.float32]
    """Shape (passages, dimensions)."""

    def words_of(self, number: int) -> list[str]:
        """Return the words of the passage with this number in the file."""
        joined = self.words[number]
        return joined.split(_BETWEEN) if joined else []


class Preparing(Protocol):
    """Reads and cuts files, wherever that is done."""

    def expect(self, candidates: Sequence[Candidate]) -> None:
        """Note which files will probably be asked for, in this order, so that work on them may begin."""

    def document(self, candidate: Candidate, name: str, sha256: str) -> Document:
        """Return a file as the index will keep it, called `name`. Raises ReadError with the reason if it cannot be read.

        `sha256` is that of its bytes as they were seen here.
        """


class Here:
    """Reads and cuts files one after the other in this process; words and vectors are left to the writer."""

    def __init__(self, pipeline: Pipeline, config: IndexConfig) -> None:
        self._pipeline = pipeline
        self._config = config

    def expect(self, candidates: Sequence[Candidate]) -> None:
        """Begin nothing before it is asked for."""

    def document(self, candidate: Candidate, name: str, sha256: str) -> Document:
        """Return the file at the place of `candidate`; what it holds by now is read, were it altered since `sha256`."""
        del sha256
        return cut(candidate.location, root=candidate.root, name=name, pipeline=self._pipeline, config=self._config)


def cut(location: Path, *, root: Path, name: str, pipeline: Pipeline, config: IndexConfig) -> Document:
    """Return the file at `location` as the index will keep it, called `name`, without its words and vectors.

    Raises ReadError with the reason if it cannot be read or holds no passage.
    """
    source = replace(pipeline.read(location, root=root), path=name)
    return pipeline.document(source, location=str(location), passage_size=config.passage_size)


def prepare(documents: Sequence[Document], *, config: IndexConfig, embedder: Embedder) -> list[Document]:
    """Return the documents with their words and vectors, embedded in one go; no documents give none."""
    heading_words = functools.lru_cache(maxsize=64)(tokens)
    words: list[tuple[str, ...]] = []
    texts: list[str] = []
    for document in documents:
        pairs = [(part.notice, passage) for part in document.parts for passage in part.passages]
        texts += [embedded_text(passage) for _, passage in pairs]
        headings = [heading_words(heading_text(notice, passage)) * config.heading_repeats for notice, passage in pairs]
        own = (tokens(passage.text) for _, passage in pairs)
        words.append(tuple(_BETWEEN.join(mine + above) for mine, above in zip(own, headings, strict=True)))
    if not texts:
        return []
    vectors = iter(np.split(embedder.encode(texts), np.cumsum([len(one) for one in words])[:-1]))
    made = (Made(one, vector) for one, vector in zip(words, vectors, strict=True))
    return [replace(document, made=one) for document, one in zip(documents, made, strict=True)]
