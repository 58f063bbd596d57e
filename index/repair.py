"""A damaged index made whole again: from its sources, from what is intact of it, or from the generation before."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from index.build import write_generation
from index.config import IndexConfig
from index.embedding import SHIPPED, Embedder, open_embedder
from index.errors import IndexDamagedError, IndexMissingError, ReadError, TongbaoError
from index.manifest import FORMAT, Manifest, altered_files, current_generation, generations, numbered, read_manifest
from index.marks import Mark
from index.pipeline import Pipeline, default_pipeline
from index.plan import Plan
from index.publish import begin_generation, locked, point, publish, written
from index.store import Index
from index.tables import TextTable
from index.types import SourceFile
from index.verify import STORE, verify_index

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from index.build import Progress
    from index.documents import Document, Kept

_RECORDS = frozenset({"files.txt", "files.npy"})
_TEXTS = frozenset({"texts.txt", "texts.z", "texts.npy", "marks.txt", "marks.npy", *_RECORDS})
_NOTICES = frozenset({"notices.txt", "notices.npy", "notice_ids.txt", "notice_ids.npy", *_RECORDS})


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairReport:
    """What a repair found and did."""

    damaged: tuple[str, ...] = ()
    """Files of the index that were missing or altered."""
    restored: tuple[tuple[str, str], ...] = ()
    """Pairs of a source file and where its text came from: 来源, 索引 or 上一版."""
    lost: tuple[tuple[str, str], ...] = ()
    """Pairs of a file, empty if its name is lost too, and why it could not be restored."""
    generation: str = ""
    """The generation in use afterwards; empty if there is none that could be used."""
    rewritten: bool = False
    """Whether a new generation was written."""


def repair_index(
    directory: Path,
    *,
    progress: Progress,
    pipeline: Pipeline | None = None,
    embedder: Embedder | None = None,
) -> RepairReport:
    """Make the index at `directory` sound again, and return what was restored and what was not.

    A sound index stays as it is, unless it has an older format: then it is rewritten in this one. Nothing that was
    removed comes back. Raises IndexMissingError, IndexFormatError, IndexLockedError, IndexWriteError or ModelError.
    """
    pipeline = pipeline or default_pipeline()
    with locked(directory):
        damaged = _damaged(directory)
        name = _chosen(directory, damaged)
        folder = generations(directory) / name
        with contextlib.suppress(IndexDamagedError):
            manifest = read_manifest(folder)
            if not damaged or not altered_files(folder, manifest):
                if manifest.format == FORMAT and STORE not in damaged:
                    return RepairReport(damaged=damaged, generation=name)
                report = _migrated(directory, Index(directory, name, manifest), embedder, progress)
                restored = ((STORE, "索引"),) if STORE in damaged else ()
                return replace(report, damaged=damaged, restored=restored)
        salvage = Salvage(directory, name, pipeline)
        documents = salvage.documents()
        config = salvage.config
        report = RepairReport(damaged=damaged, restored=tuple(salvage.restored), lost=tuple(salvage.lost))
        if not documents:
            return report
        embedder = embedder or open_embedder(config.model or SHIPPED)
        generation = _write(directory, documents, config, embedder, None, progress)
        return replace(report, generation=generation, rewritten=True)


def _damaged(directory: Path) -> tuple[str, ...]:
    """Return what `verify_index` names; a pointer that is gone beside generations that are not counts as damage."""
    try:
        return tuple(dict.fromkeys(problem.where for problem in verify_index(directory)))
    except IndexMissingError:
        if not numbered(directory):
            raise
        return ("CURRENT",)
    except TongbaoError:
        raise
    except Exception as error:  # noqa: BLE001 - tables that contradict one another; what they hold is not trusted
        return (f"{type(error).__name__}",)


def _chosen(directory: Path, damaged: Collection[str]) -> str:
    """Return the generation to repair, and point to it if the pointer was lost: the newest sound one, or the newest."""
    with contextlib.suppress(IndexDamagedError):
        name = current_generation(directory)
        if name is not None and (generations(directory) / name).is_dir():
            return name
    names = numbered(directory)
    if not names:
        raise IndexMissingError(f"{directory} 中没有可修复的索引；请运行 tongbao index 通报文件夹 --index {directory}")
    name = next((name for name in reversed(names) if _is_intact(generations(directory) / name)), names[-1])
    if damaged:
        point(directory, name)
    return name


def _is_intact(folder: Path) -> bool:
    try:
        return not altered_files(folder, read_manifest(folder))
    except TongbaoError:
        return False


def _migrated(directory: Path, earlier: Index, embedder: Embedder | None, progress: Progress) -> RepairReport:
    """Write what `earlier` holds anew in the format of this program."""
    config = replace(earlier.manifest.config, model=earlier.manifest.model)
    documents = Plan(earlier, default_pipeline(), config).documents()
    generation = _write(directory, documents, config, embedder or earlier.embedder, earlier, progress)
    return RepairReport(generation=generation, rewritten=True)


def _write(
    directory: Path,
    documents: Sequence[Document | Kept],
    config: IndexConfig,
    embedder: Embedder,
    earlier: Index | None,
    progress: Progress,
) -> str:
    with written(directory):
        folder = begin_generation(directory)
        model = config.model or SHIPPED
        write_generation(
            folder, documents, config=config, model=model, embedder=embedder, earlier=earlier, progress=progress
        )
        return publish(directory, folder)


class Salvage:
    """What can be had of the files of one damaged generation."""

    def __init__(self, directory: Path, name: str, pipeline: Pipeline) -> None:
        self._directory = directory
        self._name = name
        self._pipeline = pipeline
        self._folder = generations(directory) / name
        self._manifest, self._altered = _state(self._folder)
        self._others = list(self._sound_generations())
        self.restored: list[tuple[str, str]] = []
        self.lost: list[tuple[str, str]] = []

    @property
    def config(self) -> IndexConfig:
        """The settings of the generation, else those of the one before, else the default ones."""
        every = (self._manifest, *(index.manifest for index in self._others))
        known = next(filter(None, every), None)
        return IndexConfig() if known is None else replace(known.config, model=known.model)

    def documents(self) -> list[Document]:
        """Return what could be restored, in order of name; `restored` and `lost` then tell what and from where."""
        found = [document for record in self._records() if (document := self._document(record)) is not None]
        return sorted(found, key=lambda document: document.path)

    def _sound_generations(self) -> Iterator[Index]:
        """Yield the other generations that are intact, newest first."""
        for name in reversed(numbered(self._directory)):
            folder = generations(self._directory) / name
            if name != self._name and _is_intact(folder):
                yield Index(self._directory, name, read_manifest(folder))

    def _records(self) -> list[dict[str, Any]]:
        """Return the records of files that can be read; what cannot is counted as lost."""
        records: dict[str, dict[str, Any]] = {}
        with contextlib.suppress(OSError):
            for line in (self._folder / "files.txt").read_bytes().split(b"\n"):
                record = _record(line)
                if record is not None and (self._trusts(_RECORDS) or self._matches_its_source(record)):
                    records.setdefault(record["path"], record)
        expected = self._manifest.counts.files if self._manifest is not None else None
        missing = 0 if expected is None else expected - len(records)
        if missing > 0:
            self.lost.append(("", f"另有 {missing} 个文件的记录已损坏，请重新索引其所在文件夹"))
        elif expected is None:
            self.lost.append(("", "清单已损坏，不知道原有多少文件，请重新索引通报文件夹"))
        return list(records.values())

    def _trusts(self, names: Collection[str]) -> bool:
        return self._manifest is not None and not self._altered & set(names)

    def _matches_its_source(self, record: dict[str, Any]) -> bool:
        """Whether a record that may be altered names a file that has just the checksum and name that it names."""
        location = Path(record["location"])
        return location.name == PurePosixPath(record["path"]).name and _sha256(location) == record["sha256"]

    def _document(self, record: dict[str, Any]) -> Document | None:
        name = record["path"]
        try:
            kept = self._kept_notices(record)
            source, origin = self._source(record)
            document = self._pipeline.document(
                source, location=record["location"], passage_size=self.config.passage_size
            )
        except ReadError as error:
            self.lost.append((name, str(error)))
            return None
        self.restored.append((name, origin))
        if kept is None:
            return document
        parts = tuple(part for part in document.parts if part.notice.id in kept)
        return replace(document, parts=parts, whole=False)

    def _kept_notices(self, record: dict[str, Any]) -> set[str] | None:
        """Return the notices of a file that were not removed by hand, or None for all of them."""
        if record["whole"]:
            return None
        if not self._trusts(_NOTICES):
            raise ReadError("曾移除其中部分通报，现在无法分辨是哪些；如需恢复请重新索引该文件")
        rows = map(json.loads, TextTable.open(self._folder, "notices", checked=False))
        return {row["id"] for row in rows if row["file"] == record["path"]}

    def _source(self, record: dict[str, Any]) -> tuple[SourceFile, str]:
        """Return the text of a file and where it came from. Raises ReadError if it is nowhere to be had."""
        location, sha256 = Path(record["location"]), _sha256(Path(record["location"]))
        if sha256 == record["sha256"]:
            return self._read(location, record), "来源"
        wanted = (record["path"], record["sha256"])
        for folder, origin in self._intact_texts():
            if (source := stored_texts(folder).get(wanted)) is not None:
                return source(), origin
        if sha256:
            return self._read(location, record), "来源（内容已比索引新）"
        raise ReadError(f"来源 {location} 已不存在或无法读取，索引中的原文也已损坏")

    def _intact_texts(self) -> Iterator[tuple[Path, str]]:
        """Yield the generations whose texts can be trusted: the damaged one if they are intact, then the others."""
        if self._trusts(_TEXTS):
            yield self._folder, "索引"
        yield from ((index.folder, "上一版") for index in self._others)

    def _read(self, location: Path, record: dict[str, Any]) -> SourceFile:
        source = self._pipeline.read(location, root=location.parent)
        return replace(source, path=record["path"])


@functools.lru_cache(maxsize=4)
def stored_texts(folder: Path) -> dict[tuple[str, str], Callable[[], SourceFile]]:
    """Return what reads each file of the generation in `folder`, by its path and checksum."""
    texts = TextTable.open(folder, "texts", checked=False)
    marks = TextTable.open(folder, "marks", checked=False) if (folder / "marks.txt").exists() else None

    def reading(number: int, record: dict[str, Any]) -> Callable[[], SourceFile]:
        def read() -> SourceFile:
            found = () if marks is None else tuple(map(Mark.from_row, json.loads(marks[number])))
            notes = tuple(record.get("notes", ()))
            return SourceFile(record["path"], texts[number], record["sha256"], record["encoding"], found, notes)

        return read

    records = map(json.loads, TextTable.open(folder, "files", checked=False))
    return {(record["path"], record["sha256"]): reading(number, record) for number, record in enumerate(records)}


def _state(folder: Path) -> tuple[Manifest | None, set[str]]:
    """Return the manifest, None if it is damaged, and the names of the altered files."""
    try:
        manifest = read_manifest(folder)
    except IndexDamagedError:
        return None, set()
    return manifest, set(altered_files(folder, manifest))


def _record(line: bytes) -> dict[str, Any] | None:
    """Return the record in `line`, or None if it is none."""
    try:
        record = json.loads(line.decode("utf-8"))
        texts = [record[name] for name in ("path", "location", "sha256", "encoding")]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    sound = all(isinstance(text, str) and text and "\0" not in text for text in texts)
    return record if sound and isinstance(record.get("whole"), bool) else None


def _sha256(path: Path) -> str:
    """Return the checksum of the file at `path`, or '' if it cannot be read."""
    with contextlib.suppress(OSError, ValueError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""
