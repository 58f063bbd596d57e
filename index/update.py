"""Adding, refreshing and removing files of an index under its lock, with one new generation at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from index.build import write_generation
from index.config import PIPELINE_VERSION, IndexConfig
from index.embedding import SHIPPED, Embedder, open_embedder
from index.errors import IndexMissingError, NothingIndexedError
from index.manifest import FORMAT, current_generation, require_intact
from index.pipeline import Pipeline, default_pipeline
from index.plan import Plan
from index.publish import begin_generation, locked, publish, regain, tidy, written
from index.scan import scan
from index.seen import Seen
from index.store import Index, open_index
from index.stores import chosen_store, require_store

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from index.build import Progress
    from index.preparing import Preparing

Elsewhere = Callable[[IndexConfig, Embedder], "Preparing"]
"""Returns what prepares files with these settings and this model."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateReport:
    """What an update did; the tuples hold the names of files in the index, sorted."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    """Pairs of file and reason."""
    notes: tuple[tuple[str, str], ...] = ()
    """Pairs of file and what could not be read of it, of files read by this update."""
    generation: str = ""
    """The generation in use afterwards."""


def silent(stage: str, done: int, total: int) -> None:
    """Report no progress."""


def update_index(
    paths: Sequence[Path],
    *,
    directory: Path,
    config: IndexConfig | None = None,
    progress: Progress = silent,
    pipeline: Pipeline | None = None,
    embedder: Embedder | None = None,
    elsewhere: Elsewhere | None = None,
    check_contents: bool = False,
) -> UpdateReport:
    """Bring the index at `directory` up to the files and folders at `paths`, and return what that changed.

    Files that have gone from a folder in `paths` are removed, were it the last one; files elsewhere stay. Unchanged files are neither
    cut nor counted nor embedded again, unless a build setting changed, and not even read if they stand as they were met
    (`index.seen`), unless `check_contents`. If nothing changed, nothing is published.
    `elsewhere` gives what prepares the files with other machines; without it that is done here.
    Without `config` an existing index keeps its settings, without a model in it its model. Raises
    NothingIndexedError if there is no file to index, IndexLockedError, IndexWriteError, ModelError, StoreError, or what
    `open_index` raises; the generation in use then stays.
    """
    pipeline = pipeline or default_pipeline()
    with locked(directory, timeout=(config or IndexConfig()).lock_timeout):
        regain(directory)
        earlier = open_index(directory) if current_generation(directory) is not None else None
        chosen = config or (earlier.manifest.config if earlier else IndexConfig())
        chosen = replace(chosen, model=_model_name(chosen, earlier), store=chosen_store(chosen.store))
        require_store(chosen.store)
        embedder = embedder or open_embedder(chosen.model)
        seen = Seen({}) if check_contents else Seen.open(directory)
        plan = Plan(earlier, pipeline, chosen, elsewhere(chosen, embedder) if elsewhere else None, seen)
        plan.take(scan(paths, suffixes=pipeline.suffixes, without=directory), progress)
        if plan.is_empty and (plan.failed or not plan.removed):
            raise NothingIndexedError(_nothing(plan))
        report = _carry_out(plan, directory, chosen, earlier, embedder, progress)
        seen.save(directory, plan.locations)
        return report


def remove_notices(
    names: Collection[str], *, directory: Path, progress: Progress = silent, embedder: Embedder | None = None
) -> UpdateReport:
    """Remove the notices with these ids, and all notices of files with these names, and return what changed.

    A file goes with its last notice, and the index may become empty; indexing a path again brings its notices
    back. A name that is neither is reported as failed. Raises IndexLockedError and what `open_index` raises.
    """
    if current_generation(directory) is None:
        raise IndexMissingError(f"{directory} 中没有索引；请先运行 tongbao index")
    with locked(directory, timeout=IndexConfig().lock_timeout):
        earlier = open_index(directory)
        config = earlier.manifest.config
        plan = Plan(earlier, default_pipeline(), config)
        plan.drop(names)
        return _carry_out(plan, directory, config, earlier, embedder or earlier.embedder, progress, whole=True)


def _model_name(config: IndexConfig, earlier: Index | None) -> str:
    """Return the model asked for, or that of the index, or the shipped one; a folder by its absolute path."""
    from pathlib import Path

    if config.model is None:
        return earlier.manifest.model if earlier else SHIPPED
    folder = Path(config.model)
    return str(folder.resolve()) if config.model != SHIPPED and folder.is_dir() else config.model


def _nothing(plan: Plan) -> str:
    """Return the line that tells why nothing can be indexed."""
    if not plan.failed:
        return "没有找到可索引的文件，索引未改动"
    file, reason = plan.failed[0]
    more = f"（另有 {len(plan.failed) - 1} 个文件失败）" if len(plan.failed) > 1 else ""
    return f"没有一个文件可以索引，索引未改动；{file}：{reason}{more}"


def _carry_out(
    plan: Plan,
    directory: Path,
    config: IndexConfig,
    earlier: Index | None,
    embedder: Embedder,
    progress: Progress,
    *,
    whole: bool = False,
) -> UpdateReport:
    """Publish the generation that `plan` asks for, unless it is the one in use, and return the report."""
    if earlier is not None and not plan.alters_files and _same_build(earlier, config, embedder):
        tidy(directory)
        return _report(plan, earlier.generation)
    if earlier is not None:
        # Spoilt bytes must not be taken over under a fresh checksum.
        require_intact(earlier.folder, earlier.manifest)
    documents = plan.documents()
    with written(directory):
        folder = begin_generation(directory)
        write_generation(
            folder,
            documents,
            config=config,
            model=config.model or SHIPPED,
            embedder=embedder,
            earlier=earlier,
            progress=progress,
            whole=whole,
        )
        return _report(plan, publish(directory, folder))


def _same_build(earlier: Index, config: IndexConfig, embedder: Embedder) -> bool:
    """Return whether `earlier` was written with these settings, by these rules and with this model."""
    manifest = earlier.manifest
    same = replace(config, lock_timeout=manifest.config.lock_timeout) == manifest.config
    same = same and manifest.format == FORMAT
    return same and manifest.fingerprint == embedder.fingerprint and manifest.pipeline == PIPELINE_VERSION


def _report(plan: Plan, generation: str) -> UpdateReport:
    return UpdateReport(
        added=tuple(sorted(plan.added)),
        changed=tuple(sorted(plan.changed)),
        unchanged=tuple(sorted(plan.unchanged)),
        removed=tuple(sorted(plan.removed)),
        failed=tuple(sorted(plan.failed)),
        notes=tuple(plan.notes),
        generation=generation,
    )
