"""The process that reads files for another: a request a line, an answer a line, under limits of time and memory."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ReadError
from index.readers.limits import CPU_SECONDS, MEMORY_BYTES

if TYPE_CHECKING:
    from typing import BinaryIO

    from index.types import SourceFile


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer each request with what its file holds, until there are no more."""
    for line in requests:
        _limit_time()
        answers.write(json.dumps(_answer(json.loads(line))).encode("ascii") + b"\n")
        answers.flush()


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    """Return the file as JSON values, or the reason why it cannot be read."""
    from index.readers import read_file

    try:
        return as_values(read_file(Path(request["path"]), root=Path(request["root"])))
    except ReadError as error:
        return {"error": str(error)}
    except MemoryError:
        return {"error": f"读取时所需内存超过 {MEMORY_BYTES // 2**20} MB 的上限"}
    except RecursionError:
        return {"error": "内容嵌套过深"}


def as_values(source: SourceFile) -> dict[str, Any]:
    """Return a file as JSON values."""
    return {
        "path": source.path,
        "text": source.text,
        "sha256": source.sha256,
        "encoding": source.encoding,
        "marks": [mark.to_row() for mark in source.marks],
        "notes": list(source.notes),
    }


def _limit_memory() -> None:
    """Let no more memory be taken than the limit, where the system can do so."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _limit_time() -> None:
    """Let the next file have its share of processor time, where the system can do so."""
    try:
        import resource
    except ImportError:
        return
    usage = resource.getrusage(resource.RUSAGE_SELF)
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    wanted = int(usage.ru_utime + usage.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def main() -> None:
    """Serve on the standard streams; what libraries print goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    _limit_memory()
    serve(sys.stdin.buffer, answers)
