"""What is called in other processes, here or on a Dask cluster: a look at what is installed there, and preparing files."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from index.config import PIPELINE_VERSION, IndexConfig
from index.errors import ReadError, TongbaoError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.documents import Document
    from index.embedding import Embedder
    from index.pipeline import Pipeline

_SAMPLE = "中共云川市委关于巡视整改进展情况的通报：落实管护资金1260万元，聘用管护员415人，2023-2025年完成。"
_PACKAGES = ("tongbao", "dask", "distributed")


@dataclass(frozen=True, slots=True)
class Errand:
    """A file to be prepared."""

    location: str
    root: str
    name: str
    """What it will be called in the index."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an errand: a document, or the reason why there is none."""

    document: Document | None = None
    reason: str = ""
    unseen: bool = False
    """Whether there is no such file at that machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """What a process brings along that an index depends on; all that are at work on one must bring the same."""

    versions: tuple[tuple[str, str], ...]
    """Pairs of package, or `python`, and version."""
    rules: str
    """Digest of how texts are cut and words are split."""
    model: str
    """Fingerprint of the embedding model, or why it cannot be opened."""
    unseen: tuple[str, ...] = ()
    """Those of the files asked about that it does not see."""


def machine(model: str | None, locations: Sequence[str]) -> Machine:
    """Return what this process brings along for `model`, and which of the files at `locations` it does not see."""
    from index.analysis import tokens

    python = ".".join(platform.python_version_tuple()[:2])
    versions = (("python", python), *((name, version(name)) for name in _PACKAGES))
    rules = hashlib.sha256(json.dumps([PIPELINE_VERSION, tokens(_SAMPLE)]).encode()).hexdigest()
    try:
        fingerprint = _embedder(model).fingerprint
    except TongbaoError as error:
        fingerprint = str(error)
    unseen = tuple(location for location in locations if not Path(location).is_file())
    return Machine(versions=versions, rules=rules, model=fingerprint, unseen=unseen)


def prepare_files(errands: Sequence[Errand], settings: str, *, embed: bool = True) -> list[Outcome]:
    """Return the outcome of each errand, in order; `settings` are those of the index, as JSON.

    Without `embed` the vectors are left to the writer.
    """
    from index.preparing import prepare

    config = IndexConfig.from_json(json.loads(settings))
    outcomes = [_cut(errand, config) for errand in errands]
    documents = [outcome.document for outcome in outcomes if outcome.document is not None]
    made = iter(prepare(documents, config=config, embedder=_embedder(config.model) if embed else None))
    return [outcome if outcome.document is None else Outcome(next(made)) for outcome in outcomes]


def _cut(errand: Errand, config: IndexConfig) -> Outcome:
    from index.preparing import cut

    location = Path(errand.location)
    if not location.is_file():
        return Outcome(unseen=True)
    try:
        return Outcome(cut(location, root=Path(errand.root), name=errand.name, pipeline=_pipeline(), config=config))
    except ReadError as error:
        return Outcome(reason=str(error))


@functools.cache
def _pipeline() -> Pipeline:
    """Return the readers, opened once: they keep files that may be hostile in a process of their own."""
    from index.pipeline import default_pipeline

    return default_pipeline()


@functools.lru_cache(maxsize=1)
def _embedder(model: str | None) -> Embedder:
    from index.embedding import open_embedder

    # A worker is a process a core: the tokeniser's own threads would only stand in the way of other workers.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    return open_embedder(model)
