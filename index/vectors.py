"""The vectors of a generation: taken over where the model stayed the same, made where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from index.dense import FaissStore
from index.errors import StoreError
from index.events import event
from index.local_store import LocalStore
from index.stores import alias_in, open_writer
from index.tables import open_array

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from index.build import Progress
    from index.config import IndexConfig
    from index.documents import Contents
    from index.embedding import Embedder
    from index.preparing import Made
    from index.store import Index
    from index.types import Notice, Passage
    from index.vector_store import VectorWriter

_BATCH = 1024


def embedded_text(passage: Passage) -> str:
    """Return what is embedded for a passage: its heading path, then its text."""
    return "\n".join((*passage.path, passage.text))


def write_vectors(
    folder: Path, contents: Contents, config: IndexConfig, embedder: Embedder, progress: Progress
) -> None:
    """Write the vectors of the generation in `folder`, whose passages and word counts are written.

    Only new passages are embedded if the model stayed the same.
    """
    earlier, origins = contents.earlier, contents.origins
    reusable = earlier is not None and _has_vectors(earlier, embedder)
    new = origins < 0 if reusable else np.ones(len(origins), dtype=bool)
    made = _embedded(contents, new, embedder, progress)
    writer: VectorWriter | None = None
    if earlier is not None and reusable and len(origins) > config.exact_up_to and not config.store:
        writer = _grown(earlier, origins, made)
    if writer is None:
        writer = _opened_writer(folder, contents, config, embedder)
        places = np.cumsum(new) - 1
        for start in range(0, len(origins), _BATCH):
            part = slice(start, start + _BATCH)
            vectors = np.empty((len(new[part]), embedder.dimensions), np.float32)
            vectors[new[part]] = made[places[part][new[part]]]
            if earlier is not None and reusable:
                vectors[~new[part]] = earlier.vector_store.vectors(origins[part][~new[part]])
            writer.add(vectors)
    (folder / "dense").mkdir(exist_ok=True)
    writer.save(folder / "dense")


def _grown(earlier: Index, origins: NDArray[np.int64], made: NDArray[np.float32]) -> FaissStore | None:
    """Return the store of `earlier` with the vectors `made` for the new passages, or None if it must be made anew."""
    if not isinstance(earlier.vector_store, LocalStore):
        return None
    renumbered = np.full(len(earlier.vector_store), -1, dtype=np.int64)
    kept = np.flatnonzero(origins >= 0)
    renumbered[origins[kept]] = kept
    return FaissStore.grown(earlier.vector_store.dense, renumbered, made)


def _opened_writer(folder: Path, contents: Contents, config: IndexConfig, embedder: Embedder) -> VectorWriter:
    """Return what takes the vectors of the generation in `folder`, whose passages and word counts are written."""
    (folder / "dense").mkdir(exist_ok=True)
    earlier = contents.earlier
    return open_writer(
        folder / "dense",
        folder / "lexical",
        contents.notices if config.store else (),
        open_array(folder / "notice_passages.npy"),
        config=config,
        dimensions=embedder.dimensions,
        fingerprint=embedder.fingerprint,
        alias=alias_in(earlier.folder / "dense", store=config.store) if earlier else None,
    )


def _has_vectors(earlier: Index, embedder: Embedder) -> bool:
    """Return whether the vectors of `earlier` are of this model and can be had: a store elsewhere may have lost them."""
    if earlier.manifest.fingerprint != embedder.fingerprint:
        return False
    try:
        return len(earlier.vector_store) == earlier.manifest.counts.passages
    except StoreError as error:
        event("index", "vectors_lost", level="warning", failure=error)
        return False


def _embedded(
    contents: Contents, new: NDArray[np.bool_], embedder: Embedder, progress: Progress
) -> NDArray[np.float32]:
    """Return the vectors of the passages that are `new`, in order, shape (new.sum(), dimensions)."""
    fresh = zip(contents.fresh, contents.made, strict=True)
    origins = contents.origins[new]
    vectors = np.empty((len(origins), embedder.dimensions), dtype=np.float32)
    for start in range(0, len(origins), _BATCH):
        left: dict[int, str] = {}
        for place, origin in enumerate(origins[start : start + _BATCH].tolist(), start=start):
            made = _text_or_vector(origin, fresh, contents.earlier)
            if isinstance(made, str):
                left[place] = made
            else:
                vectors[place] = made
        if left:
            vectors[list(left)] = embedder.encode(list(left.values()))
        progress("向量", min(start + _BATCH, len(origins)), len(origins))
    return vectors


def _text_or_vector(
    origin: int, fresh: Iterator[tuple[tuple[Notice, Passage], tuple[Made, int] | None]], earlier: Index | None
) -> str | NDArray[np.float32]:
    """Return what is embedded for the next passage, or its vector if that is computed already.

    It is a new passage, or the one of `earlier` with the number `origin`.
    """
    if origin >= 0 and earlier is not None:
        return embedded_text(earlier.passages[origin])
    (_, passage), made = next(fresh)
    return embedded_text(passage) if made is None or made[0].vectors is None else made[0].vectors[made[1]]
