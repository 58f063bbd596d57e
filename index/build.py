"""Writing a generation: what earlier ones computed is taken over, the rest is cut, counted and embedded."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from index.config import PIPELINE_VERSION, IndexConfig
from index.counting import counted, together
from index.documents import Contents, Document, Kept, Part, Run
from index.kinship import find_kin, group_keys
from index.manifest import WITH_BLOCKS, Counts, Manifest, stored_files, write_manifest
from index.passage_table import PassageTable
from index.preparing import remembering_words, sketched
from index.rows import values_of
from index.segments import write_words
from index.sketches import SIZE
from index.tables import TextTable, to_row
from index.vectors import write_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.counting import Counted
    from index.embedding import Embedder
    from index.manifest import StoredFile
    from index.store import Index

Progress = Callable[[str, int, int], None]
"""Called with a stage (读取, 分词, 向量), the work done and all the work of that stage."""

_BATCH = 1024


def write_generation(
    folder: Path,
    documents: Sequence[Document | Kept],
    *,
    config: IndexConfig,
    model: str,
    embedder: Embedder,
    earlier: Index | None,
    progress: Progress,
    whole: bool = False,
) -> Manifest:
    """Write the generation of `documents`, sorted by path, into the empty `folder` and return its manifest.

    Word counts of passages with an origin come from `earlier`, and so do vectors if its model is the same. With `whole`
    nothing of a passage that went is left among the word counts.
    """
    contents = Contents(documents, earlier)
    _write_documents(folder, contents)
    _write_passages(folder, contents)
    _write_kinship(folder / "kinship", contents)
    linked = _write_words(folder / "lexical", contents, config, progress, whole=whole)
    write_vectors(folder, contents, config, embedder, progress)
    manifest = Manifest(
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        pipeline=PIPELINE_VERSION,
        config=config,
        model=model,
        fingerprint=embedder.fingerprint,
        dimensions=embedder.dimensions,
        counts=Counts(contents.count, len(contents.notices), len(contents.origins)),
        stored=stored_files(folder, known=linked),
    )
    write_manifest(folder, manifest)
    return manifest


def _write_documents(folder: Path, contents: Contents) -> None:
    """Write the tables of files, texts, notices and sections."""

    def by_part(row: Callable[[Part], str]) -> Callable[[Document], Iterator[str]]:
        return lambda document: map(row, document.parts)

    def write(name: str, kept: str, new: Callable[[Document], Iterator[str]], *, packed: bool = False) -> None:
        TextTable.write(folder, name, contents.rows(name, kept, new), packed=packed, summed=True)

    write("files", "files", lambda document: iter([_record(document)]))
    write("texts", "files", lambda document: iter([document.text]), packed=True)
    write("marks", "files", lambda document: iter([to_row([mark.to_row() for mark in document.marks])]))
    write("notices", "notices", by_part(lambda part: to_row(values_of(part.notice))))
    write("notice_ids", "notices", by_part(lambda part: part.notice.id))
    write("sections", "notices", by_part(lambda part: to_row([values_of(section) for section in part.sections])))
    counts = [np.zeros(1, np.int64)]
    for item in contents.items:
        if isinstance(item, Document):
            counts.append(np.array([len(item.parts)]))
        elif contents.earlier is not None:
            counts.append(np.diff(contents.earlier.file_notices[item.files.start : item.files.stop + 1]))
    np.save(folder / "unit_notices.npy", np.array(contents.notices_with_unit(), dtype=np.int64), allow_pickle=False)
    np.save(folder / "file_notices.npy", np.cumsum(np.concatenate(counts)), allow_pickle=False)


def _record(document: Document) -> str:
    notes = {"notes": document.notes} if document.notes else {}
    return to_row(
        {
            "path": document.path,
            "location": document.location,
            "sha256": document.sha256,
            "encoding": document.encoding,
            "whole": document.whole,
        }
        | notes
    )


def _write_kinship(folder: Path, contents: Contents) -> None:
    """Write sketches and keys of the notices, making those of new ones only, and how the notices are related."""
    folder.mkdir()
    grouped: list[NDArray[np.uint64]] = [group_keys(())]
    known = contents.earlier.sketches() if contents.earlier else None
    sketches: list[NDArray[np.uint16]] = [np.zeros((0, SIZE), np.uint16)]
    digests: list[NDArray[np.uint64]] = [np.zeros((0, 2), np.uint64)]
    for item in contents.items:
        if isinstance(item, Run):
            assert known is not None
            sketches.append(known[0][item.notices.start : item.notices.stop])
            digests.append(known[1][item.notices.start : item.notices.stop])
            grouped.append(known[2][item.notices.start : item.notices.stop])
            continue
        grouped.append(group_keys(part.notice for part in item.parts))
        numbers = [part.number for part in item.parts if part.number is not None]
        if known is not None and len(numbers) == len(item.parts):
            sketches.append(known[0][numbers])
            digests.append(known[1][numbers])
        else:
            one, other = sketched(item) if item.made is None else (item.made.sketches, item.made.digests)
            sketches.append(one)
            digests.append(other)
    every, digested, keys = np.concatenate(sketches), np.concatenate(digests), np.concatenate(grouped)
    for name, array in (("sketches", every), ("digests", digested), ("keys", keys)):
        np.save(folder / f"{name}.npy", array, allow_pickle=False)
    kin = find_kin(contents.notices, every, digested, keys)
    TextTable.write(folder, "kin", map(to_row, map(values_of, kin)), summed=True)


def _write_passages(folder: Path, contents: Contents) -> None:
    """Write the tables of passages: id, and numbers of file and heading path with start and end."""
    paths: dict[tuple[str, ...], int] = {}
    rows: list[NDArray[np.int32]] = [np.zeros((0, 4), np.int32)]
    counts: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
    file = 0
    for item in contents.items:
        if isinstance(item, Document):
            made = [
                (file, paths.setdefault(passage.path, len(paths)), passage.start, passage.end)
                for part in item.parts
                for passage in part.passages
            ]
            rows.append(np.array(made, dtype=np.int32).reshape(-1, 4))
            counts.append(np.array([len(part.passages) for part in item.parts]))
            file += 1
        elif contents.earlier is not None:
            rows.append(_kept_rows(contents.earlier, item, file, paths))
            firsts = contents.earlier.notice_passages[item.notices.start : item.notices.stop + 1]
            counts.append(np.diff(firsts))
            file += len(item.files)
    joined = np.concatenate(rows)
    # Paths are numbered as they come, so that it does not matter where the passages were taken from.
    held, begins = np.unique(joined[:, 1], return_index=True)
    order = held[np.argsort(begins)]
    renumbered = np.zeros(len(paths), dtype=np.int32)
    renumbered[order] = np.arange(len(order))
    joined[:, 1] = renumbered[joined[:, 1]]
    known = list(paths)
    TextTable.write(folder, "passage_ids", contents.rows("passage_ids", "passages", _passage_ids))
    TextTable.write(folder, "paths", (to_row(known[number]) for number in order.tolist()), summed=True)
    PassageTable.write(folder, joined, np.concatenate(counts))


def _passage_ids(document: Document) -> Iterator[str]:
    return (passage.id for part in document.parts for passage in part.passages)


def _kept_rows(earlier: Index, run: Run, file: int, paths: dict[tuple[str, ...], int]) -> NDArray[np.int32]:
    """Return the rows of the passages of `run` with the numbers of their files from `file` on, and of their paths."""
    rows = np.array(earlier.passage_rows[run.passages.start : run.passages.stop])
    rows[:, 0] += file - run.files.start
    held, where = np.unique(rows[:, 1], return_inverse=True)
    numbers = [paths.setdefault(earlier.path_at(number), len(paths)) for number in held.tolist()]
    rows[:, 1] = np.array(numbers, dtype=np.int32)[where]
    return rows


def _write_words(
    folder: Path, contents: Contents, config: IndexConfig, progress: Progress, *, whole: bool
) -> dict[str, StoredFile]:
    """Write the word counts, counting new passages only, and return the files that are those of the generation before."""
    folder.mkdir()
    new = together(_counted(contents, config, progress))
    origins, earlier = contents.origins, contents.earlier
    old = earlier.lexical if earlier is not None else None
    kept = np.flatnonzero(origins >= 0)
    renumbered = np.full(0 if old is None else len(old), -1, dtype=np.int64)
    renumbered[origins[kept]] = kept
    # Milvus numbers words, which segments do not.
    anew = whole or config.store or (earlier is not None and earlier.manifest.format < WITH_BLOCKS)
    most = len(origins) if anew else config.exact_up_to
    linked = write_words(
        folder, new, np.flatnonzero(origins < 0), old.segments if old else (), renumbered, whole_up_to=most
    )
    if earlier is None:
        return {}
    stored, home = earlier.manifest.stored, earlier.folder
    return {f"{folder.name}/{name}": stored[path.relative_to(home).as_posix()] for name, path in linked.items()}


def _counted(contents: Contents, config: IndexConfig, progress: Progress) -> Iterator[Counted]:
    """Yield the word counts of the new passages, in order."""
    done, told, size = 0, 0, len(contents.fresh)
    waiting: list[list[str]] = []
    words = remembering_words(config.heading_repeats)
    for document in contents.documents:
        parts = [part for part in document.parts if part.origin is None]
        done += sum(len(part.passages) for part in parts)
        if document.made is not None:
            if waiting:
                yield counted(waiting)
                waiting = []
            yield document.made.counted
        else:
            for part in parts:
                for passage in part.passages:
                    waiting.append(words(part.notice, passage))
                    if len(waiting) == _BATCH:
                        # Not all words of a large file at once.
                        yield counted(waiting)
                        waiting = []
        if done // _BATCH > told // _BATCH:
            told = done
            progress("分词", done, size)
    if waiting:
        yield counted(waiting)
    progress("分词", done, size)
