"""What an update has to do: which files of the index stay, which are made anew, which go."""

from __future__ import annotations

import hashlib
import json
import os
from collections import ChainMap, defaultdict
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from index.config import PIPELINE_VERSION, IndexConfig
from index.documents import Document, Kept, Part
from index.errors import ReadError
from index.manifest import FORMAT
from index.preparing import Here
from index.reasons import reason_of
from index.scan import free_name
from index.seen import Seen
from index.types import SourceFile

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from typing import Any

    from index.build import Progress
    from index.pipeline import Pipeline
    from index.preparing import Preparing
    from index.scan import Candidate, Scan
    from index.store import Index
    from index.types import Notice


def _digest(candidate: Candidate) -> str:
    with candidate.location.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is_gone(location: Path) -> bool:
    """Return whether there is nothing at `location`; in a folder that cannot be read nothing counts as gone."""
    try:
        return not location.exists()
    except OSError:
        return False


class Plan:
    """The files of the next generation, begun with those of the earlier one."""

    def __init__(
        self,
        earlier: Index | None,
        pipeline: Pipeline,
        config: IndexConfig,
        preparing: Preparing | None = None,
        seen: Seen | None = None,
    ) -> None:
        """Begin with the files of `earlier`; those that `seen` remembers to have met as they stand are not read."""
        self._sources = seen or Seen({})
        self._earlier = earlier
        self._pipeline = pipeline
        self._config = config
        self._preparing = preparing or Here(pipeline, config)
        records = json.loads(f"[{','.join(earlier.table('files'))}]") if earlier else []
        self._records: dict[str, dict[str, Any]] = {record["path"]: record for record in records}
        self._kept: dict[str, Any] = dict.fromkeys(self._records)
        self._new: dict[str, Document] = {}
        self._dropped_notices: set[str] = set()
        self._dropped_files: set[str] = set()
        """Files that lose some of their notices."""
        self._moved: dict[str, str] = {}
        self._digests: dict[Path, str] = {}
        self._old_roots: set[Path] = set()
        self._seen: set[str] = set()
        self.added: set[str] = set()
        self.changed: set[str] = set()
        self.removed: set[str] = set()
        self.failed: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []

    @property
    def is_empty(self) -> bool:
        """Whether no file would be left."""
        return not self._kept and not self._new

    @property
    def locations(self) -> set[str]:
        """Where the files of the next generation were read from."""
        kept = {self._moved.get(name, str(self._records[name]["location"])) for name in self._kept}
        return kept | {document.location for document in self._new.values()}

    @property
    def alters_files(self) -> bool:
        """Whether the next generation holds other files than the earlier one, or from other places."""
        return bool(self._new or self.removed or self._moved or self._dropped_notices)

    @property
    def recuts(self) -> bool:
        """Whether files that stay have to be cut again, because the rules of cutting or counting changed."""
        if self._earlier is None:
            return False
        manifest, wanted = self._earlier.manifest, self._config
        built = (manifest.pipeline, manifest.config.passage_size, manifest.config.heading_repeats)
        return built != (PIPELINE_VERSION, wanted.passage_size, wanted.heading_repeats)

    @property
    def unchanged(self) -> set[str]:
        """The files met again that are as they were."""
        return self._seen - self.added - self.changed - self.removed

    def take(self, found: Scan, progress: Progress) -> None:
        """Bring the plan up to the files in `found`, and remove those that have gone from its folders."""
        by_location = {record["location"]: name for name, record in self._records.items()}
        self.failed.extend((str(path), "找不到该文件或文件夹") for path in found.missing)
        self.failed.extend(found.refused)
        self.notes.extend(found.others)
        # Files known by their place come first, so that no stranger of the same name takes their record.
        candidates = sorted(found.candidates, key=lambda candidate: str(candidate.location) not in by_location)
        self._expect(candidates)
        for done, candidate in enumerate(candidates, start=1):
            self._take_file(candidate, by_location.get(str(candidate.location)))
            progress("读取", done, len(candidates))
        self._drop_vanished([*found.folders, *self._old_roots])

    def _expect(self, candidates: Sequence[Candidate]) -> None:
        """Tell what prepares files which of them are probably new; one that was met with the same content is not."""
        if not self._records:
            self._preparing.expect(candidates)
            return
        names = {record["location"]: name for name, record in self._records.items()}
        known = {"", *(record["sha256"] for record in self._records.values() if record["whole"])}
        for candidate in candidates:
            with suppress(OSError):  # told when its turn comes
                self._digests[candidate.location] = self._digest(candidate, names.get(str(candidate.location)))
        self._preparing.expect([one for one in candidates if self._digests.get(one.location, "") not in known])

    def _take_file(self, candidate: Candidate, name: str | None) -> None:
        """Add, refresh or keep one file, known as `name` or not yet known."""
        try:
            sha256 = self._digests.pop(candidate.location, "") or self._digest(candidate, name)
        except OSError as error:
            # Whether it changed cannot be told: what the index holds of it stays.
            self.failed.append((name or candidate.relative, f"无法读取：{reason_of(error)}"))
            return
        name = name or self._name(candidate, sha256)
        if name in self._seen and self._sha256(name) == sha256:
            return
        record = self._records.get(name)
        if record is not None and record["sha256"] == sha256 and record["whole"]:
            self._seen.add(name)
            return
        self._read(candidate, name, sha256)

    def _digest(self, candidate: Candidate, name: str | None) -> str:
        """Return the SHA-256 of a file, known as `name` or not yet known; it is read unless it stands as it was met."""
        location = str(candidate.location)
        record = self._records.get(name or "")
        if record is not None and self._sources.holds(location, candidate.stood, record["sha256"]):
            return str(record["sha256"])
        sha256 = _digest(candidate)
        self._sources.note(location, candidate.stood, sha256)
        return sha256

    def _name(self, candidate: Candidate, sha256: str) -> str:
        """Return the name of a file in an unknown place: that of a moved or equal one, or a free one."""
        name = candidate.relative
        if name in self._seen:
            return name if self._sha256(name) == sha256 else free_name(candidate, self._taken)
        record = self._records.get(name)
        if record is None:
            return free_name(candidate, self._taken)
        location = Path(record["location"])
        if _is_gone(location):
            self._moved[name] = str(candidate.location)
            self._old_roots.add(location.parents[len(Path(name).parts) - 1])
            return name
        return name if record["sha256"] == sha256 else free_name(candidate, self._taken)

    @property
    def _taken(self) -> ChainMap[str, Any]:
        return ChainMap(self._kept, self._new)

    def _sha256(self, name: str) -> str:
        return self._new[name].sha256 if name in self._new else str(self._records[name]["sha256"])

    def _read(self, candidate: Candidate, name: str, sha256: str) -> None:
        """Read and cut a new or changed file; one that fails loses what the index held of it."""
        known = name in self._records
        self._kept.pop(name, None)
        try:
            document = self._new[name] = self._preparing.document(candidate, name, sha256)
        except ReadError as error:
            self.failed.append((name, str(error)))
            self.removed |= {name} if known else set()
            return
        self._seen.add(name)
        self.notes.extend((name, note) for note in document.notes)
        (self.changed if known else self.added).add(name)

    def _cut(self, source: SourceFile, location: str) -> Document:
        return self._pipeline.document(source, location=location, passage_size=self._config.passage_size)

    def _drop_vanished(self, folders: Collection[Path]) -> None:
        """Remove the files that stood in one of `folders` and stand there no more."""
        inside = tuple(os.path.join(folder, "") for folder in folders)  # noqa: PTH118 - with the separator behind it
        for name in [name for name in self._kept if name not in self._seen]:
            location = str(self._records[name]["location"])
            if location.startswith(inside) and _is_gone(Path(location)):
                self._remove(name)

    def _remove(self, name: str) -> None:
        self._kept.pop(name, None)
        self.removed.add(name)

    def drop(self, names: Collection[str]) -> None:
        """Remove the notices and files called `names`; a name that is neither is reported as failed."""
        files = self._notices_by_file()
        owner = {notice.id: file for file, notices in files.items() for _, notice in notices}
        for name in sorted(set(names)):
            if name in self._records:
                self._remove(name)
            elif name in owner:
                self._dropped_notices.add(name)
                self._dropped_files.add(owner[name])
                self.changed.add(owner[name])
            else:
                self.failed.append((name, "索引中没有这个通报或文件"))
        for file in [file for file in self.changed if file in self._kept]:
            if all(notice.id in self._dropped_notices for _, notice in files[file]):
                self._remove(file)
        self.changed -= self.removed

    def documents(self) -> list[Document | Kept]:
        """Return the files of the next generation, sorted by name; a file that can no longer be cut fails."""
        numbers = {name: number for number, name in enumerate(self._records)}
        anew = self.recuts or (self._earlier is not None and self._earlier.manifest.format != FORMAT)
        touched = self._kept if anew else {*self._moved, *self._dropped_files}
        notices = self._notices_by_file() if touched else {}
        documents: list[Document | Kept] = list(self._new.values())
        for name in list(self._kept):
            if name not in touched:
                documents.append(Kept(name, numbers[name]))
                continue
            try:
                documents.append(self._kept_document(name, numbers[name], notices.get(name, [])))
            except ReadError as error:
                self.failed.append((name, str(error)))
                self._remove(name)
        return sorted(documents, key=lambda document: document.path)

    def _notices_by_file(self) -> dict[str, list[tuple[int, Notice]]]:
        """Return the numbered notices of the earlier generation by their files."""
        found: dict[str, list[tuple[int, Notice]]] = defaultdict(list)
        for number, notice in enumerate(self._earlier.notices if self._earlier else ()):
            found[notice.file].append((number, notice))
        return found

    def _kept_document(self, name: str, number: int, notices: list[tuple[int, Notice]]) -> Document:
        """Return a file of the earlier generation, cut anew if the rules changed."""
        assert self._earlier is not None
        record = self._records[name]
        location = self._moved.get(name, record["location"])
        text, marks = self._earlier.text_of(number), self._earlier.marks_of(number)
        notes = tuple(record.get("notes", ()))
        if self.recuts:
            source = SourceFile(name, text, record["sha256"], record["encoding"], marks, notes)
            document = self._cut(source, location)
            kept = tuple(part for part in document.parts if part.notice.id not in self._dropped_notices)
            return replace(document, parts=kept)
        parts = tuple(self._part(place, notice) for place, notice in notices if notice.id not in self._dropped_notices)
        whole = record["whole"] and len(parts) == len(notices)
        return Document(name, location, record["sha256"], record["encoding"], text, parts, marks, notes, whole)

    def _part(self, place: int, notice: Notice) -> Part:
        assert self._earlier is not None
        numbers = self._earlier.passage_numbers([notice.id])
        passages = tuple(self._earlier.passages_of(notice.id))
        origin = int(numbers[0]) if len(numbers) else 0
        return Part(notice, self._earlier.sections_at(place), passages, origin, place)
