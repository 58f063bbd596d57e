"""A file made ready for the index: read, cut, its words counted, its passages embedded. Nothing is written here.

`cut` and `prepare` depend on the file and the settings only, so that they may run anywhere: in this process, or on other
machines.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np

from index.analysis import tokens
from index.counting import counted
from index.sketches import SIZE, content, digest, sketch
from index.vectors import embedded_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.config import IndexConfig
    from index.counting import Counted
    from index.documents import Document
    from index.embedding import Embedder
    from index.pipeline import Pipeline
    from index.scan import Candidate
    from index.types import Notice, Passage

_HEADINGS = 1024
"""Titles with heading paths whose words are remembered."""
_SAME = 64
"""Passages whose words are remembered: some megabytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What was computed of a file."""

    counted: Counted
    """The words of each passage with those of its headings."""
    vectors: NDArray[np.float32] | None
    """Shape (passages, dimensions); None if they are left to the writer."""
    sketches: NDArray[np.uint16]
    """Those of its notices, shape (notices, SIZE)."""
    digests: NDArray[np.uint64]
    """Those of its notices, shape (notices, 2)."""


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


def prepare(documents: Sequence[Document], *, config: IndexConfig, embedder: Embedder | None) -> list[Document]:
    """Return the documents with all that is computed of them, embedded in one go; no documents give none.

    Without an embedder the vectors are left out.
    """
    words = remembering_words(config.heading_repeats)
    passages = [
        [(part.notice, passage) for part in document.parts for passage in part.passages] for document in documents
    ]
    vectors: list[NDArray[np.float32] | None] = [None] * len(documents)
    if embedder is not None and documents:
        texts = [embedded_text(passage) for pairs in passages for _, passage in pairs]
        vectors = list(np.split(embedder.encode(texts), np.cumsum([len(pairs) for pairs in passages])[:-1]))
    made = []
    for document, pairs, vector in zip(documents, passages, vectors, strict=True):
        made.append(Made(counted([words(notice, passage) for notice, passage in pairs]), vector, *sketched(document)))
    return [replace(document, made=one) for document, one in zip(documents, made, strict=True)]


def remembering_words(heading_repeats: int) -> Callable[[Notice, Passage], list[str]]:
    """Return what gives the words of a passage, those of its title and heading path behind them so many times.

    What a text repeats word for word is split once, as is what stands above many passages.
    """
    heading_words = functools.lru_cache(maxsize=_HEADINGS)(tokens)
    own_words = functools.lru_cache(maxsize=_SAME)(tokens)
    return lambda notice, passage: (
        own_words(passage.text) + heading_words(heading_text(notice, passage)) * heading_repeats
    )


def heading_text(notice: Notice, passage: Passage) -> str:
    """Return the title of the notice and the heading path, searched with the words of the passage."""
    return "\n".join((notice.title, *passage.path))


def sketched(document: Document) -> tuple[NDArray[np.uint16], NDArray[np.uint64]]:
    """Return sketches and digests of the notices of a file, shapes (notices, SIZE) and (notices, 2)."""
    said = [content(document.text, part.sections) for part in document.parts]
    return np.array([sketch(one) for one in said]).reshape(-1, SIZE), np.array([digest(one) for one in said]).reshape(
        -1, 2
    )
