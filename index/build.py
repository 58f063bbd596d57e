"""Writing a generation: what earlier ones computed is taken over, the rest is cut, counted and embedded."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from index.analysis import tokens
from index.config import PIPELINE_VERSION, IndexConfig
from index.dense import FaissStore
from index.kinship import find_kin
from index.lexical import count_words, merge
from index.manifest import Counts, Manifest, stored_files, write_manifest
from index.sketches import SIZE, content, digest, sketch
from index.tables import TextTable, to_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.embedding import Embedder
    from index.kinship import Kin
    from index.marks import Mark
    from index.store import Index
    from index.types import Notice, Passage, Section

Progress = Callable[[str, int, int], None]
"""Called with a stage (读取, 分词, 向量), the work done and all the work of that stage."""

_BATCH = 1024


@dataclass(frozen=True, slots=True)
class Part:
    """A notice of a file with all that was cut from it."""

    notice: Notice
    sections: tuple[Section, ...]
    passages: tuple[Passage, ...]
    origin: int | None = None
    """Number of its first passage in the generation it is taken over from; None if it is new."""
    number: int | None = None
    """Its own number in that generation."""


@dataclass(frozen=True, slots=True)
class Document:
    """A file as the index keeps it."""

    path: str
    location: str
    """Absolute path that it was read from."""
    sha256: str
    encoding: str
    text: str
    parts: tuple[Part, ...]
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    whole: bool = True
    """False once a notice of the file was removed by hand; the next indexing reads the file anew."""


@dataclass(frozen=True, slots=True)
class _Work:
    """The passages of a generation under way, and where those that are taken over come from."""

    passages: list[tuple[Notice, Passage]]
    origins: NDArray[np.int64]
    """Shape (passages,): number in the earlier generation, -1 for a new passage."""

    @property
    def new(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.origins < 0)


def heading_text(notice: Notice, passage: Passage) -> str:
    """Return the title of the notice and the heading path, searched with the words of the passage."""
    return "\n".join((notice.title, *passage.path))


def embedded_text(passage: Passage) -> str:
    """Return what is embedded for a passage: its heading path, then its text."""
    return "\n".join((*passage.path, passage.text))


def write_generation(
    folder: Path,
    documents: Sequence[Document],
    *,
    config: IndexConfig,
    model: str,
    embedder: Embedder,
    earlier: Index | None,
    progress: Progress,
) -> Manifest:
    """Write the generation of `documents` into the empty `folder` and return its manifest.

    Word counts of passages with an origin come from `earlier`, and so do vectors if its model is the same.
    """
    pairs = [(part.notice, passage) for document in documents for part in document.parts for passage in part.passages]
    work = _Work(pairs, _origins(documents))
    _write_documents(folder, documents)
    _write_passages(folder, documents)
    _write_kinship(folder / "kinship", documents, earlier)
    _write_words(folder / "lexical", work, config, earlier, progress)
    _write_vectors(folder / "dense", work, embedder, earlier, progress)
    manifest = Manifest(
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        pipeline=PIPELINE_VERSION,
        config=config,
        model=model,
        fingerprint=embedder.fingerprint,
        dimensions=embedder.dimensions,
        counts=Counts(len(documents), sum(len(document.parts) for document in documents), len(pairs)),
        stored=stored_files(folder),
    )
    write_manifest(folder, manifest)
    return manifest


def _origins(documents: Sequence[Document]) -> NDArray[np.int64]:
    parts = [part for document in documents for part in document.parts]
    ranges = [
        np.full(len(part.passages), -1) if part.origin is None else part.origin + np.arange(len(part.passages))
        for part in parts
    ]
    return np.concatenate([np.zeros(0, np.int64), *ranges])


def _write_documents(folder: Path, documents: Sequence[Document]) -> None:
    """Write the tables of files, texts, notices and sections."""
    records = (
        {"path": d.path, "location": d.location, "sha256": d.sha256, "encoding": d.encoding, "whole": d.whole}
        | ({"notes": d.notes} if d.notes else {})
        for d in documents
    )
    parts = [part for document in documents for part in document.parts]
    TextTable.write(folder, "files", map(to_row, records))
    TextTable.write(folder, "texts", (document.text for document in documents))
    TextTable.write(folder, "marks", (to_row([mark.to_row() for mark in document.marks]) for document in documents))
    TextTable.write(folder, "notices", (to_row(_values(part.notice)) for part in parts))
    TextTable.write(folder, "notice_ids", (part.notice.id for part in parts))
    TextTable.write(folder, "sections", (to_row([_values(section) for section in part.sections]) for part in parts))


def _write_kinship(folder: Path, documents: Sequence[Document], earlier: Index | None) -> None:
    """Write the sketches of the notices, making those of new ones only, and how the notices are related."""
    folder.mkdir()
    parts = [(document, part) for document in documents for part in document.parts]
    sketches, digests = np.empty((len(parts), SIZE), np.uint32), np.empty((len(parts), 2), np.uint64)
    known = earlier.sketches() if earlier else None
    for row, (document, part) in enumerate(parts):
        if known is not None and part.number is not None:
            sketches[row], digests[row] = known[0][part.number], known[1][part.number]
        else:
            said = content(document.text, part.sections)
            sketches[row], digests[row] = sketch(said), digest(said)
    np.save(folder / "sketches.npy", sketches, allow_pickle=False)
    np.save(folder / "digests.npy", digests, allow_pickle=False)
    TextTable.write(
        folder, "kin", map(to_row, map(_values, find_kin([part.notice for _, part in parts], sketches, digests)))
    )


def _values(noun: Notice | Section | Kin) -> dict[str, object]:
    """Return the fields of `noun`; `asdict` copies them deeply and takes ten times as long."""
    return {field.name: getattr(noun, field.name) for field in fields(noun)}


def _write_passages(folder: Path, documents: Sequence[Document]) -> None:
    """Write the tables of passages: id, and numbers of file and heading path with start and end."""
    paths: dict[tuple[str, ...], int] = {}
    rows: list[tuple[int, int, int, int]] = []
    ids: list[str] = []
    firsts = [0]
    for number, document in enumerate(documents):
        for part in document.parts:
            for passage in part.passages:
                rows.append((number, paths.setdefault(passage.path, len(paths)), passage.start, passage.end))
                ids.append(passage.id)
            firsts.append(len(rows))
    TextTable.write(folder, "passage_ids", ids)
    TextTable.write(folder, "paths", map(to_row, paths))
    np.save(folder / "passages.npy", np.array(rows, dtype=np.int32).reshape(-1, 4), allow_pickle=False)
    np.save(folder / "notice_passages.npy", np.array(firsts, dtype=np.int64), allow_pickle=False)


def _write_words(folder: Path, work: _Work, config: IndexConfig, earlier: Index | None, progress: Progress) -> None:
    """Write the word counts, tokenising new passages only."""
    folder.mkdir()
    parts = [(count_words(_tokenised(work, config, progress)), work.new)]
    if earlier is not None and len(work.new) < len(work.passages):
        renumbered = np.full(len(earlier.lexical), -1, dtype=np.int64)
        kept = np.flatnonzero(work.origins >= 0)
        renumbered[work.origins[kept]] = kept
        parts.append((earlier.lexical.postings(), renumbered))
    merge(parts, len(work.passages)).save(folder)


def _tokenised(work: _Work, config: IndexConfig, progress: Progress) -> Iterator[list[str]]:
    """Yield the words of each new passage with those of its headings."""
    heading_words = functools.lru_cache(maxsize=_BATCH)(tokens)
    new = work.new.tolist()
    for done, number in enumerate(new, start=1):
        notice, passage = work.passages[number]
        yield tokens(passage.text) + heading_words(heading_text(notice, passage)) * config.heading_repeats
        if done % _BATCH == 0 or done == len(new):
            progress("分词", done, len(new))


def _write_vectors(folder: Path, work: _Work, embedder: Embedder, earlier: Index | None, progress: Progress) -> None:
    """Write the vectors, embedding new passages only if the model stayed the same."""
    folder.mkdir()
    reusable = earlier if earlier is not None and earlier.manifest.fingerprint == embedder.fingerprint else None
    fresh = int((work.origins < 0).sum()) if reusable else len(work.passages)
    store = FaissStore(embedder.dimensions)
    done = 0
    for start in range(0, len(work.passages), _BATCH):
        origins = work.origins[start : start + _BATCH]
        new = origins < 0 if reusable else np.ones(len(origins), dtype=bool)
        vectors = np.empty((len(origins), embedder.dimensions), dtype=np.float32)
        if reusable:
            vectors[~new] = reusable.vector_store.vectors(origins[~new])
        texts = [embedded_text(work.passages[start + int(place)][1]) for place in np.flatnonzero(new)]
        if texts:
            vectors[new] = embedder.encode(texts)
            done += len(texts)
            progress("向量", done, fresh)
        store.add(vectors)
    store.save(folder)
