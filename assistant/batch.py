"""Answering a file of questions, row by row onto disk."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from assistant.batch_answers import check_output
from assistant.batch_files import read_questions
from assistant.batch_lanes import CallLane, ProcessLane, answer_in_order, opened_lanes
from assistant.errors import BatchError
from assistant.journal import Circumstances, Journal, Tally, line_of
from assistant.types import Answer, Mode, Status
from index.errors import TongbaoError
from index.events import event
from index.milvus_address import is_single_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from assistant.batch_files import Questions, Row
    from assistant.batch_lanes import Lane
    from index.store import Index

_WORTH_A_WORKER = 40
"""Questions from which a further process pays: it takes as long to start as to answer about so many."""
_MOST_WORKERS = 8


class Asker(Protocol):
    """Answers questions over an index."""

    @property
    def index(self) -> Index:
        """The index it answers from."""

    def ask(self, question: str, *, history: Sequence[str], unit: str | None = None, top_k: int, mode: Mode) -> Answer:
        """Return the answer to one question, of one unit's notices if told so; raises TongbaoError if it cannot be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How a file of questions is answered."""

    resume: bool = False
    restart: bool = False
    top_k: int = 10
    mode: Mode = Mode.EXTRACTIVE
    workers: int = 1
    """Questions answered at the same time; 0 is as many processes as pay on this machine, or one with a model."""
    model: str = ""
    """The language model, if one answers: with another one, a run is another run."""
    unit: str | None = None
    """The only unit whose notices are searched, by any of its names."""
    all_versions: bool = False
    """Whether the assistant searches copies and older versions too: it was opened so, and the workers are."""


def run_batch(assistant: Asker, questions_path: Path, output: Path, *, options: BatchOptions | None = None) -> int:
    """Write the answers to the questions at `questions_path` to `output`; return 1 if a row was an error, else 0.

    Raises BatchError if a file cannot be used, is there already, or does not belong to what is to be resumed.
    """
    options = options or BatchOptions()
    check_output(output)
    if output.exists() and questions_path.exists() and output.samefile(questions_path):
        raise BatchError(f"输出 {output} 就是问题文件，会被覆盖；请换一个文件名")
    questions = read_questions(questions_path)
    journal = Journal(output, circumstances_of(assistant.index, questions, options), heading=questions.heading)
    with journal.locked():
        tally = journal.resume(questions.rows) if options.resume else journal.begin(restart=options.restart)
        try:
            if tally.total < len(questions.rows):
                _answer_rows(assistant, questions.rows, journal, tally, options)
            journal.finish(tally)
        except KeyboardInterrupt as interrupt:
            raise KeyboardInterrupt("已中断；用同样的命令加 --resume 可从断点继续") from interrupt
    return _summary(tally, output)


def _answer_rows(assistant: Asker, rows: Sequence[Row], journal: Journal, tally: Tally, options: BatchOptions) -> None:
    """Answer the rows behind those that `tally` counts."""
    left = rows[tally.total :]
    event("batch", "begun", rows=len(rows), done=tally.total, mode=options.mode)
    with (
        _progress(tally.total, len(rows)) as advance,
        journal.appending() as append,
        opened_lanes(lanes_for(assistant, len(left), options)) as lanes,
        closing(answer_in_order(left, lanes)) as lines,
    ):
        for line in lines:
            append(line)
            record = json.loads(line)
            tally.add(record["status"])
            event("batch", "row", level="debug", id=record["id"], status=record["status"])
            advance()
    event("batch", "ended", answered=tally.answered, no_answer=tally.no_answer, error=tally.error)


def lanes_for(assistant: Asker, count: int, options: BatchOptions) -> list[Lane]:
    """Return what answers `count` rows side by side: worker processes, or threads where a server does the work."""

    def answer(row: Row) -> bytes:
        return line_of(answer_row(assistant, row, options).to_record())

    if options.mode is not Mode.EXTRACTIVE:
        writer = getattr(assistant, "writer", None)
        stop = None if writer is None else writer.stop
        return [CallLane(answer, stop=stop) for _ in range(min(max(1, options.workers), count))]
    workers = options.workers or min(_processors(), _MOST_WORKERS, max(1, count // _WORTH_A_WORKER))
    if workers == 1 or is_single_process(assistant.index.config.store):
        return [CallLane(answer)]
    index = assistant.index
    told: dict[str, Any] = {"index": str(index.directory), "digest": index_digest(index), "top_k": options.top_k}
    told |= {"unit": options.unit, "all_versions": options.all_versions}
    if "assistant.logs" in sys.modules:
        from assistant.logs import settings_in_force

        told["logs"] = settings_in_force()
    arguments = [json.dumps(told | {"mode": str(options.mode)})]
    return [
        ProcessLane(arguments, lost=lambda row, reason: line_of(_error(row, options, reason).to_record()))
        for _ in range(min(workers, count))
    ]


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def answer_row(assistant: Asker, row: Row, options: BatchOptions) -> Answer:
    """Return the answer to one row; whatever goes wrong with it becomes an answer of status error."""
    reason = row.problem
    if not reason:
        try:
            asked: dict[str, Any] = {"history": row.history, "top_k": options.top_k, "mode": options.mode}
            answer = assistant.ask(row.question, unit=options.unit, **asked)
            return replace(answer, id=row.id, extra=dict(row.extra))
        except TongbaoError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 (one row must not end the run; the record says what happened)
            event("batch", "failed", level="error", failure=error, id=row.id)
            reason = f"程序内部错误（{type(error).__name__}：{error}）"
    return _error(row, options, reason)


def _error(row: Row, options: BatchOptions, reason: str) -> Answer:
    return Answer(row.question, Status.ERROR, "", id=row.id, reason=reason, mode=options.mode, extra=dict(row.extra))


def circumstances_of(index: Index, questions: Questions, options: BatchOptions) -> Circumstances:
    """Return what the answers depend on; two builds of the same notices are the same index."""
    mode = f"{options.mode} {options.model}".strip()
    scope = " ".join(filter(None, (options.unit, "--all-versions" if options.all_versions else "")))
    return Circumstances(questions.sha256, index_digest(index), index.generation, mode, options.top_k, scope)


def index_digest(index: Index) -> str:
    """Return a SHA-256 over the files of the generation, its model and settings, hex."""
    manifest = index.manifest
    stored = sorted((name, file.sha256) for name, file in manifest.stored.items())
    told = json.dumps([stored, manifest.fingerprint, manifest.config.to_json()], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()


def _summary(tally: Tally, output: Path) -> int:
    line = f"共 {tally.total} 题：答出 {tally.answered}，没有答案 {tally.no_answer}，出错 {tally.error}；写入 {output}"
    sys.stderr.write(f"{line}\n")
    return 1 if tally.error else 0


@contextmanager
def _progress(done: int, total: int) -> Iterator[Callable[[], None]]:
    """Yield what counts one more question: a bar on stderr, nothing if that is no terminal."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=total, completed=done, rate="")

        def advance() -> None:
            bar.advance(task)
            speed = bar.tasks[0].speed
            bar.update(task, rate=f"{speed:.1f} 题/秒" if speed else "")

        yield advance
