"""Answering a file of questions, row by row onto disk."""

from __future__ import annotations

import hashlib
import json
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from assistant.batch_files import check_output, read_questions
from assistant.errors import BatchError
from assistant.journal import Circumstances, Journal, Tally
from assistant.types import Answer, Mode, Status
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from assistant.batch_files import Questions, Row
    from index.store import Index


class Asker(Protocol):
    """Answers questions over an index."""

    @property
    def index(self) -> Index:
        """The index it answers from."""

    def ask(self, question: str, *, history: Sequence[str], top_k: int, mode: Mode) -> Answer:
        """Return the answer to one question; raises TongbaoError if it cannot be asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchOptions:
    """How a file of questions is answered."""

    resume: bool = False
    restart: bool = False
    top_k: int = 10
    mode: Mode = Mode.EXTRACTIVE


def run_batch(assistant: Asker, questions_path: Path, output: Path, *, options: BatchOptions | None = None) -> int:
    """Write the answers to the questions at `questions_path` to `output`; return 1 if a row was an error, else 0.

    Raises BatchError if a file cannot be used, is there already, or does not belong to what is to be resumed.
    """
    options = options or BatchOptions()
    check_output(output)
    if output.exists() and questions_path.exists() and output.samefile(questions_path):
        raise BatchError(f"输出 {output} 就是问题文件，会被覆盖；请换一个文件名")
    questions = read_questions(questions_path)
    journal = Journal(output, circumstances_of(assistant.index, questions, options))
    tally = journal.resume(questions.rows) if options.resume else journal.begin(restart=options.restart)
    if tally.total < len(questions.rows):
        try:
            _answer_rows(assistant, questions.rows, journal, tally, options)
        except KeyboardInterrupt as interrupt:
            raise KeyboardInterrupt("已中断；用同样的命令加 --resume 可从断点继续") from interrupt
    journal.finish(tally)
    return _summary(tally, output)


def _answer_rows(assistant: Asker, rows: Sequence[Row], journal: Journal, tally: Tally, options: BatchOptions) -> None:
    """Answer the rows behind those that `tally` counts."""
    with _progress(tally.total, len(rows)) as advance, journal.appending() as append:
        for row in rows[tally.total :]:
            answer = answer_row(assistant, row, options)
            append(answer.to_record())
            tally.add(str(answer.status))
            advance()


def answer_row(assistant: Asker, row: Row, options: BatchOptions) -> Answer:
    """Return the answer to one row; whatever goes wrong with it becomes an answer of status error."""
    reason = row.problem
    if not reason:
        try:
            answer = assistant.ask(row.question, history=row.history, top_k=options.top_k, mode=options.mode)
            return replace(answer, id=row.id, extra=dict(row.extra))
        except TongbaoError as error:
            reason = str(error)
        except Exception as error:  # noqa: BLE001 (one row must not end the run; the record says what happened)
            reason = f"程序内部错误（{type(error).__name__}：{error}）"
    return Answer(row.question, Status.ERROR, "", id=row.id, reason=reason, mode=options.mode, extra=dict(row.extra))


def circumstances_of(index: Index, questions: Questions, options: BatchOptions) -> Circumstances:
    """Return what the answers depend on; two builds of the same notices are the same index."""
    manifest = index.manifest
    stored = sorted((name, file.sha256) for name, file in manifest.stored.items())
    told = json.dumps([stored, manifest.fingerprint, manifest.config.to_json()], ensure_ascii=False)
    digest = hashlib.sha256(told.encode()).hexdigest()
    return Circumstances(questions.sha256, digest, index.generation, str(options.mode), options.top_k)


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
