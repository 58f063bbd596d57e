"""A worker process of a batch: rows as JSON lines on stdin, records as JSON lines on stdout, until stdin ends."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import IO, TYPE_CHECKING

from assistant.batch import BatchOptions, answer_row, index_digest
from assistant.batch_files import Row
from assistant.journal import line_of
from assistant.settings import configured
from assistant.types import Mode
from index.errors import TongbaoError
from index.reasons import in_a_line

if TYPE_CHECKING:
    from assistant.batch import Asker


def main() -> None:
    """Answer until stdin ends; the arguments are one JSON object: index, digest, top_k, mode, unit, all_versions, logs."""
    told = json.loads(sys.argv[1])
    if told.get("logs"):
        from assistant.logs import configure_from

        configure_from(told["logs"])
    # What a library prints goes to stderr, not among the records.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    try:
        assistant = _opened(Path(told["index"]), told["digest"], all_versions=told["all_versions"])
    except (TongbaoError, OSError) as error:
        answers.write(f"{' '.join(in_a_line(error).split())}\n".encode(errors="replace"))
        raise SystemExit(1) from None
    answers.write(b"ready\n")
    options = BatchOptions(top_k=told["top_k"], mode=Mode(told["mode"]), unit=told["unit"])
    serve(assistant, options, sys.stdin.buffer, answers)


def _opened(directory: Path, digest: str, *, all_versions: bool) -> Asker:
    """Return the assistant over the index; raises TongbaoError if it is not the one the run began with."""
    from assistant.pipeline import load_assistant

    config = replace(configured(os.environ), all_versions=all_versions)
    assistant = load_assistant(directory, config=config)
    if index_digest(assistant.index) != digest:
        raise TongbaoError(f"索引 {directory} 在运行中变了；用 --restart 从头开始")
    return assistant


def serve(assistant: Asker, options: BatchOptions, asked: IO[bytes], answers: IO[bytes]) -> None:
    """Write the record of every row that is read, one line each."""
    for line in asked:
        row_id, question, history, extra, problem = json.loads(line)
        row = Row(row_id, question, tuple(history), extra, problem)
        left = memoryview(line_of(answer_row(assistant, row, options).to_record()))
        while left:
            left = left[answers.write(left) :]
