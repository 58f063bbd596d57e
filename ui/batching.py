"""Questions files in the page: read, answered row by row, cancelled, saved. No Gradio here."""

from __future__ import annotations

import json
import secrets
import tempfile
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.batch import BatchOptions, answer_row
from assistant.batch_answers import answer_suffixes, convert
from assistant.batch_files import question_suffixes, read_questions
from index.errors import TongbaoError
from ui.arrivals import QUESTION_LIMITS, Limits, arrivals
from ui.errors import UploadError
from ui.parcels import Parcel
from ui.words import words_of
from ui.zone import PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from assistant.batch_files import Questions, Row
    from ui.arrivals import Arrival
    from ui.library import Library

MOST_ROWS = 2000
_SHOWN_EVERY = 0.25
"""Seconds between two looks at a run."""


@dataclass(frozen=True, slots=True)
class Run:
    """One questions file on its way through the assistant."""

    token: str = ""
    """What cancels it."""
    name: str = ""
    """Name of the file on the sender's machine."""
    heading: str = ""
    """Name of the column of a table that holds the questions: its answers are written in that language."""
    total: int = 0
    records: tuple[dict[str, Any], ...] = ()
    finished: bool = False
    """Whether no more answers come: all are there, or it was cancelled."""
    error: str = ""

    @property
    def cancelled(self) -> bool:
        """Whether it ended before the last question."""
        return self.finished and len(self.records) < self.total

    def count(self, status: str) -> int:
        """Return how many questions came out as `status`."""
        return sum(record["status"] == status for record in self.records)


class Batches:
    """Answers questions files; knows of each run only whether it is to go on."""

    def __init__(
        self,
        library: Library,
        *,
        room: Path,
        limits: Limits = QUESTION_LIMITS,
        most_rows: int = MOST_ROWS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self.most_rows = most_rows
        self._library = library
        self._room = room
        self._clock = clock
        self._running: dict[str, threading.Event] = {}

    def run(self, action: Mapping[str, object], language: str) -> Iterator[Run]:
        """Yield how the file that a browser sent is answered, all of it from one generation.

        Whatever is wrong with the file is told by a run that ended with an error.
        """
        run = Run(token=secrets.token_hex(8))
        cancelled = self._running.setdefault(run.token, threading.Event())
        try:
            arrival = self._arrived(action)
            run = replace(run, name=arrival.name)
            asked = self._questions(arrival, language)
            run = replace(run, total=len(asked.rows), heading=asked.heading)
            yield from self._answer(run, asked.rows, cancelled)
        except TongbaoError as error:
            yield replace(run, finished=True, error=str(error))
        finally:
            self._running.pop(run.token, None)

    def cancel(self, token: str) -> None:
        """End the run of that token after the question it is at; an unknown one is passed over."""
        event = self._running.get(token)
        if event is not None:
            event.set()

    def _arrived(self, action: Mapping[str, object]) -> Arrival:
        sent = arrivals(action, room=self._room, problems=PROBLEMS)
        if not sent or sent[0].path is None:
            raise UploadError("没有收到问题文件，请重新上传")
        return sent[0]

    def _questions(self, arrival: Arrival, language: str) -> Questions:
        """Return the questions of the file; raises a TongbaoError that names it as its sender does."""
        words = words_of(language)
        try:
            if arrival.suffix not in question_suffixes():
                raise UploadError(words["upload_kind"].format(kinds="、".join(question_suffixes())))
            if arrival.path is None or arrival.path.stat().st_size > self.limits.bytes:
                raise UploadError(words["upload_large"].format(megabytes=self.limits.megabytes))
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / f"questions{arrival.suffix}"
                copy.write_bytes(arrival.path.read_bytes())
                try:
                    asked = read_questions(copy)
                except TongbaoError as error:
                    raise UploadError(str(error).replace(str(copy), f"“{arrival.name}”")) from error
        finally:
            arrival.forget()
        if len(asked.rows) > self.most_rows:
            raise UploadError(words["batch_rows"].format(count=len(asked.rows), rows=self.most_rows))
        return asked

    def _answer(self, run: Run, rows: tuple[Row, ...], cancelled: threading.Event) -> Iterator[Run]:
        assistant: Any = self._library.current().assistant
        options = BatchOptions()
        records: list[dict[str, Any]] = []
        yield run
        shown = self._clock()
        for row in rows:
            if cancelled.is_set():
                break
            records.append(answer_row(assistant, row, options).to_record())
            if self._clock() - shown >= _SHOWN_EVERY:
                yield replace(run, records=tuple(records))
                shown = self._clock()
        yield replace(run, records=tuple(records), finished=True)


def answers_of(run: Run | None, suffix: str, language: str) -> Parcel | None:
    """Return the answers of a run as a file of that kind; None without answers, or for an unknown kind."""
    if run is None or not run.records or suffix not in answer_suffixes():
        return None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"answers{suffix}"
        if suffix == ".jsonl":
            lines = (json.dumps(record, ensure_ascii=False) for record in run.records)
            content = "".join(f"{line}\n" for line in lines).encode(errors="replace")
        else:
            convert(lambda: iter(run.records), path, heading=run.heading)
            content = path.read_bytes()
    return Parcel(f"{Path(run.name).stem}-{words_of(language)['answers_file']}{suffix}", content)
