"""Reading files that may be hostile: in a process of its own, which is ended if it takes too long or too much."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import ReadError
from index.marks import Mark
from index.readers import GUARDED, read_file
from index.readers.limits import CPU_SECONDS, MEMORY_BYTES, WALL_SECONDS
from index.types import SourceFile

if TYPE_CHECKING:
    from typing import BinaryIO

_HOME = Path(__file__).parents[2]
_START = "import sys; sys.path.insert(0, sys.argv[1]); from index.readers.worker import main; main()"


class GuardedReader:
    """Reads files one after the other as `read_file` does; formats that foreign code takes apart in a process of its own.

    The process starts with the first such file, serves all that follow, and ends with this reader. If it dies or has
    to be ended, the file at hand is refused and the next one gets a new process.
    """

    def __init__(self, *, wall_seconds: float = WALL_SECONDS) -> None:
        self._wall_seconds = wall_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._finalizer: weakref.finalize[..., Any] | None = None

    def __call__(self, path: Path, *, root: Path) -> SourceFile:
        """Return the decoded file at `path`, named relative to `root`. Raises ReadError with the reason."""
        if path.suffix.lower() not in GUARDED:
            return read_file(path, root=root)
        request = json.dumps({"path": str(path.absolute()), "root": str(root.absolute())}).encode("ascii") + b"\n"
        with self._lock:
            answer = self._asked(request)
        if "error" in answer:
            raise ReadError(answer["error"])
        marks = tuple(map(Mark.from_row, answer["marks"]))
        return SourceFile(
            answer["path"], answer["text"], answer["sha256"], answer["encoding"], marks, tuple(answer["notes"])
        )

    def close(self) -> None:
        """End the process, if there is one."""
        if self._finalizer is not None:
            self._finalizer()
        self._process = self._finalizer = None

    def _asked(self, request: bytes) -> dict[str, Any]:
        """Return the answer to a request. Raises ReadError if none comes in time."""
        process = self._started()
        timer = threading.Timer(self._wall_seconds, process.kill)
        timer.start()
        try:
            line = _exchange(process, request)
        finally:
            timer.cancel()
        if line.endswith(b"\n"):
            answer: dict[str, Any] = json.loads(line)
            return answer
        self.close()
        limits = f"{CPU_SECONDS} 秒或 {MEMORY_BYTES // 2**20} MB 内存"
        raise ReadError(f"读取中断：文件可能已损坏或有害，或需要超过 {limits}")

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            command = [sys.executable, "-P", "-c", _START, str(_HOME)]
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            self._finalizer = weakref.finalize(self, _end, self._process)
        return self._process


def _exchange(process: subprocess.Popen[bytes], request: bytes) -> bytes:
    """Return the line that answers `request`; a process that died gives none or a part of one."""
    source: BinaryIO = process.stdin  # type: ignore[assignment]
    answers: BinaryIO = process.stdout  # type: ignore[assignment]
    try:
        source.write(request)
        source.flush()
    except OSError:
        return b""
    return answers.readline()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
