"""Adding files to the index from the page, and removing notices: stored under names of our own, told step by step.

DIR/uploads/3f2a….txt        a file as it was sent, named by its SHA-256
DIR/uploads/3f2a….txt.json   its name on the sender's machine, who sent it and when
"""

from __future__ import annotations

import hashlib
import logging
import queue
import shutil
import threading
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from index.errors import NothingIndexedError, ReadError, TongbaoError
from index.manifest import current_generation
from index.pipeline import default_pipeline
from index.readers import SUFFIXES
from index.reasons import in_a_line
from index.store import open_index
from index.update import remove_notices, update_index
from ui.arrivals import NOTICE_LIMITS, Limits
from ui.stock import Stock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from index.pipeline import Pipeline
    from ui.arrivals import Arrival

_LOG = logging.getLogger(__name__)
_DIGITS = 24
_ROOM_KEPT = 200 * 2**20
"""Bytes of disk that uploads leave free."""


class Stage(StrEnum):
    """How far a file has come."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    ADDED = "added"
    HELD = "held"
    REFUSED = "refused"


DONE = frozenset({Stage.ADDED, Stage.HELD, Stage.REFUSED})


@dataclass(frozen=True, slots=True)
class Item:
    """One file on its way into the index."""

    name: str
    stage: Stage = Stage.WAITING
    reason: str = ""
    """Why it was refused: a key of the words, or a line."""
    titles: tuple[str, ...] = ()
    """Titles of the notices that it holds."""
    stored: str = ""
    """Its name in the index; empty if it is not stored."""


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of an intake."""

    items: tuple[Item, ...]
    stage: str = ""
    """The step of the index that is being built; empty before and after."""
    share: float = 0.0
    """How much of that step is done, in [0, 1]."""

    @property
    def finished(self) -> bool:
        """Whether every file has its result."""
        return all(item.stage in DONE for item in self.items)


class Intake:
    """Adds what browsers sent to the index at `directory`, and removes notices from it."""

    def __init__(self, directory: Path, *, limits: Limits = NOTICE_LIMITS, pipeline: Pipeline | None = None) -> None:
        self.limits = limits
        self.stock = Stock(directory / "uploads")
        self._directory = directory
        self._pipeline = pipeline

    @property
    def suffixes(self) -> tuple[str, ...]:
        """The kinds of files that are taken, sorted."""
        return tuple(sorted(self._pipeline.suffixes if self._pipeline else SUFFIXES))

    def add(self, sent: Sequence[Arrival], *, user: str = "") -> Iterator[Progress]:
        """Yield how the files come along, at the end with a result for each; none sent yields one empty progress.

        The work goes on if nobody listens any more. What was sent is removed from where it lay; a refused file is
        kept nowhere, and the index stays as it was.
        """
        told: queue.SimpleQueue[Progress | None] = queue.SimpleQueue()
        work = _Work(self, tuple(sent), user, told.put)
        threading.Thread(target=work.run, name="intake", daemon=True).start()
        while (progress := told.get()) is not None:
            yield progress

    def remove(self, notice_id: str) -> bool:
        """Remove a notice and return whether there was one; an uploaded file goes with its last notice.

        Raises what `remove_notices` raises; the index then stays as it was.
        """
        with self.stock.reserved():
            report = remove_notices([notice_id], directory=self._directory)
            for name in report.removed:
                self.stock.drop(name)
        return not report.failed

    def update(self, paths: Sequence[Path], *, pipeline: Pipeline, progress: Callable[[str, int, int], None]) -> None:
        """Bring the index up to the files at `paths`; raises what `update_index` raises."""
        update_index(paths, directory=self._directory, pipeline=pipeline, progress=progress)

    def held(self) -> dict[str, str]:
        """Return the name in the index of each file held whole, by its SHA-256; no index gives none."""
        if current_generation(self._directory) is None:
            return {}
        return {record["sha256"]: record["path"] for record in open_index(self._directory).files if record["whole"]}

    def names_held(self) -> frozenset[str]:
        """Return the names of all files in the index; no index gives none."""
        if current_generation(self._directory) is None:
            return frozenset()
        return frozenset(record["path"] for record in open_index(self._directory).files)

    def watched(self, note: Callable[..., None]) -> Pipeline:
        """Return the pipeline that tells `note(name, …)` what it reads, cannot read and finds.

        The reader is a new one each time: its process ends with it.
        """
        pipeline = self._pipeline or default_pipeline()

        def read(path: Path, **options: Any) -> Any:
            note(path.name, stage=Stage.READING)
            try:
                found = pipeline.read(path, **options)
            except ReadError as error:
                note(path.name, stage=Stage.REFUSED, reason=str(error))
                raise
            note(path.name, stage=Stage.READ)
            return found

        def parse(source: Any) -> Any:
            found = pipeline.parse(source)
            note(source.path, titles=tuple(notice.title for notice, _ in found))
            return found

        return replace(pipeline, read=read, parse=parse)


class _Work:
    """One intake: checks, stores, indexes, and tidies up."""

    def __init__(
        self, intake: Intake, sent: tuple[Arrival, ...], user: str, tell: Callable[[Progress | None], None]
    ) -> None:
        self._intake = intake
        self._sent = sent
        self._user = user
        self._tell = tell
        self._now = Progress(tuple(Item(arrival.name) for arrival in sent))

    def run(self) -> None:
        """Do all of it, telling every step, and None at the end."""
        self._tell(self._now)
        try:
            with self._intake.stock.reserved():
                self._do()
        except (TongbaoError, OSError) as error:
            self._refuse_rest(in_a_line(error))
            self._tidy()
        finally:
            self._tell(self._now)
            self._tell(None)

    def _do(self) -> None:
        try:
            self._store()
            self._index()
        except Exception as error:  # noqa: BLE001 - the edge of a thread: every file must get its result
            _LOG.exception("an intake failed")
            self._refuse_rest(
                str(error) if isinstance(error, TongbaoError) else f"程序内部错误（{type(error).__name__}）"
            )
        finally:
            self._tidy()

    def _store(self) -> None:
        """Check each file by number, size and kind, and store those that pass and are not held."""
        held = self._intake.held()
        for number, arrival in enumerate(self._sent):
            problem = self._problem(number, arrival)
            if problem or arrival.path is None:
                self._put(number, stage=Stage.REFUSED, reason=problem or "upload_failed")
                continue
            with arrival.path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            name = f"{digest[:_DIGITS]}{arrival.suffix}"
            if digest in held:
                self._put(number, stage=Stage.HELD, reason=self._intake.stock.original(held[digest]))
            elif any(item.stored == name for item in self._now.items):
                self._put(number, stage=Stage.REFUSED, reason="upload_twice")
            else:
                self._intake.stock.put(arrival.path, name, original=arrival.name, user=self._user)
                self._put(number, stored=name)

    def _problem(self, number: int, arrival: Arrival) -> str:
        """Return the key of the words that tell why a file is not taken; empty if it is."""
        limits = self._intake.limits
        if arrival.problem:
            return arrival.problem
        if number >= limits.files:
            return "upload_many"
        if arrival.suffix not in self._intake.suffixes:
            return "upload_kind"
        size = arrival.path.stat().st_size if arrival.path else 0
        if size > limits.bytes:
            return "upload_large"
        if shutil.disk_usage(self._intake.stock.room()).free < size + _ROOM_KEPT:
            return "upload_disk"
        return "" if size else "upload_empty"

    def _index(self) -> None:
        stored = [item.stored for item in self._now.items if item.stored]
        if not stored:
            return
        paths = [self._intake.stock.path(name) for name in stored]
        try:
            self._intake.update(paths, pipeline=self._intake.watched(self._note), progress=self._building)
        except NothingIndexedError:
            self._refuse_rest("upload_nothing")
            return
        held = self._intake.names_held()
        for number, item in enumerate(self._now.items):
            if item.stage in DONE or not item.stored:
                continue
            if any(name == item.stored or name.startswith(f"{item.stored}/") for name in held):
                self._put(number, stage=Stage.ADDED)
            else:
                self._put(number, stage=Stage.REFUSED, reason=item.reason or "upload_nothing")

    def _building(self, stage: str, done: int, total: int) -> None:
        self._now = replace(self._now, stage=stage, share=done / total if total else 1.0)
        self._tell(self._now)

    def _note(self, name: str, **news: Any) -> None:
        """Note what was found out about a stored file; a name of none of them is passed over."""
        for number, item in enumerate(self._now.items):
            if item.stored and (name == item.stored or name.startswith(f"{item.stored}/")):
                titles = (*item.titles, *news.pop("titles", ()))
                self._put(number, **news, titles=titles)

    def _put(self, number: int, **news: Any) -> None:
        items = list(self._now.items)
        items[number] = replace(items[number], **news)
        self._now = replace(self._now, items=tuple(items))
        self._tell(self._now)

    def _refuse_rest(self, reason: str) -> None:
        for number, item in enumerate(self._now.items):
            if item.stage not in DONE:
                self._put(number, stage=Stage.REFUSED, reason=reason)

    def _tidy(self) -> None:
        """Remove what was sent, and what is stored of refused files."""
        self._now = replace(self._now, stage="", share=1.0)
        for arrival, item in zip(self._sent, self._now.items, strict=True):
            arrival.forget()
            if item.stage is Stage.REFUSED and item.stored:
                self._intake.stock.drop(item.stored)
