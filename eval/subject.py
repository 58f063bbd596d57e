"""What is evaluated: something to ask, the texts it speaks of, and what is known about its index."""

from __future__ import annotations

import os
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from eval.texts import FolderTexts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from eval.runs import Asker
    from eval.texts import Texts
    from index.store import Index
    from index.types import Notice


@dataclass(frozen=True, slots=True)
class Subject:
    """An assistant under evaluation, opened only when something is asked."""

    texts: Texts
    open_asker: Callable[[], Asker]
    notices: Sequence[Notice] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """Generation, model, fingerprint, counts and settings of the index; empty for a folder."""


def open_subject(index_dir: Path, *, texts_dir: Path | None = None, threshold: float | None = None) -> Subject:
    """Return the assistant on the index at `index_dir`; with `texts_dir` its texts are those of that folder.

    `threshold` replaces the confidence below which the assistant declines.

    Raises:
        TongbaoError: the index cannot be opened.

    """
    if texts_dir is not None:
        folder = FolderTexts(texts_dir)
        return Subject(folder, lambda: _open_assistant(index_dir, threshold), folder.notices())
    from index.store import open_index

    index = open_index(index_dir)
    return Subject(index, lambda: _open_assistant(index_dir, threshold), index.notices, describe_index(index))


def describe_index(index: Index) -> dict[str, Any]:
    """Return generation, model, fingerprint, counts and settings of an index as plain JSON values."""
    manifest = index.manifest
    return {
        "generation": index.generation,
        "created": manifest.created,
        "model": manifest.model,
        "fingerprint": manifest.fingerprint,
        "files": manifest.counts.files,
        "notices": manifest.counts.notices,
        "passages": manifest.counts.passages,
        "config": index.config.to_json(),
    }


def _open_assistant(index_dir: Path, threshold: float | None) -> Asker:
    from assistant import load_assistant
    from assistant.settings import configured

    config = configured(os.environ)
    return load_assistant(index_dir, config=config if threshold is None else replace(config, threshold=threshold))
