"""The records of a batch on disk: appended one by one, taken up again after a kill without one lost or doubled."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assistant.batch_answers import convert
from assistant.errors import BatchError
from index.reasons import with_advice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from assistant.batch_files import Row

_SYNC_SECONDS = 1.0
"""How often what was appended is forced through to the disk: what a loss of power may cost. A kill costs nothing."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What has to be the same for a run to be resumed."""

    questions: str
    """SHA-256 of the questions file."""
    index: str
    """SHA-256 over the files of the generation, its model and settings."""
    generation: str
    mode: str
    top_k: int
    scope: str = ""
    """What is searched, if not the current notices of all units."""


@dataclass(slots=True)
class Tally:
    """How many questions came out how."""

    answered: int = 0
    no_answer: int = 0
    error: int = 0

    @property
    def total(self) -> int:
        """All questions counted."""
        return self.answered + self.no_answer + self.error

    def add(self, status: str) -> None:
        """Count one more; `status` is one of a record's."""
        setattr(self, status, getattr(self, status) + 1)


@dataclass(frozen=True, slots=True)
class _Note:
    """What the hidden file says of the last run."""

    circumstances: Circumstances
    finished: Tally
    fresh: bool
    """Whether the run had yet to empty the journal: the rows in it, if any, belong to an earlier run."""


class Journal:
    """The records written so far, as JSON lines, with the circumstances of the run in a hidden file beside them.

    For a .jsonl output it is the output itself; for any other a hidden file that is converted at the end.
    """

    def __init__(self, output: Path, circumstances: Circumstances, *, heading: str = "") -> None:
        self.output = output
        self.circumstances = circumstances
        self._heading = heading
        self._is_output = output.suffix.lower() == ".jsonl"
        self.path = output if self._is_output else output.with_name(f".{output.name}.rows")
        self.side = output.with_name(f".{output.name}.resume")

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the output for this process. Raises BatchError if another one writes it."""
        from filelock import FileLock, Timeout

        path = self.output.with_name(f".{self.output.name}.lock")
        lock = FileLock(path, timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise BatchError(f"另一个程序正在写 {self.output}；等它结束，或换一个输出文件名") from error
        except OSError as error:
            raise BatchError(
                f"不能在文件夹 {self.output.parent} 中写入 {self.output.name}：{with_advice(error)}"
            ) from error
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
            lock.release()

    def begin(self, *, restart: bool) -> Tally:
        """Empty the journal and return that no row is done.

        Killed at any point in it, `resume` still finds either nothing, or a note that this run begins.
        Raises BatchError if there is an output and no leave to replace it.
        """
        if not restart and (self.output.exists() or self.path.exists()):
            raise BatchError(f"输出 {self.output} 已存在或未写完；用 --resume 继续，或用 --restart 从头开始")
        nothing = Tally()
        with self._writing():
            self._note(nothing, fresh=True)
            self.path.write_bytes(b"")
            self._note(nothing)
        return nothing

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Tell a failure to write as one of the output; what was written before it stays."""
        try:
            yield
        except OSError as error:
            raise BatchError(
                f"输出 {self.output} 写入失败：{with_advice(error)}，用同样的命令加 --resume 可继续，写完的行都在"
            ) from error

    def _note(self, tally: Tally, *, fresh: bool = False) -> None:
        """Write the hidden file: what the run depends on, and how its rows came out once it is finished."""
        partial = self.side.with_name(f"{self.side.name}.part")
        noted = asdict(self.circumstances) | {"finished": asdict(tally), "fresh": fresh}
        try:
            with partial.open("w", encoding="utf-8") as file:
                file.write(json.dumps(noted, ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
            partial.replace(self.side)
        except OSError:
            partial.unlink(missing_ok=True)
            raise

    def resume(self, rows: Sequence[Row]) -> Tally:
        """Return how the rows that are done came out; a row that was cut off in the writing is dropped.

        Without an earlier run this begins one. Raises BatchError if the earlier run was another one.
        """
        if not self.output.exists() and not self.path.exists():
            return self.begin(restart=False)
        noted = self._require_same()
        if noted.fresh:
            return self.begin(restart=True)
        if not self.path.exists():
            return noted.finished
        tally, size = Tally(), 0
        for number, (line, row_id, status) in enumerate(_whole_records(self.path)):
            if number >= len(rows) or row_id != rows[number].id:
                raise BatchError(f"输出 {self.output} 与问题文件对不上；用 --restart 从头开始")
            tally.add(status)
            size += len(line)
        if size < self.path.stat().st_size:
            with self.path.open("r+b") as file:
                file.truncate(size)
        return tally

    def _require_same(self) -> _Note:
        """Return what the earlier run noted; raises BatchError if it was another one."""
        try:
            noted = json.loads(self.side.read_text("utf-8"))
            finished, fresh = Tally(**noted.pop("finished")), bool(noted.pop("fresh", False))
            earlier = Circumstances(**noted)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise BatchError(
                f"找不到 {self.output} 的续跑记录（{self.side.name}），不能继续；用 --restart 从头开始"
            ) from error
        now = self.circumstances
        changes = {
            "问题文件": earlier.questions != now.questions,
            "索引": earlier.index != now.index,
            "作答方式": earlier.mode != now.mode,
            "查询范围": earlier.scope != now.scope,
            "--top-k": earlier.top_k != now.top_k,
        }
        changed = [name for name, differs in changes.items() if differs]
        if changed:
            raise BatchError(f"上次运行之后{'、'.join(changed)}变了，不能继续；用 --restart 从头开始")
        return _Note(earlier, finished, fresh)

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the records in the journal, from the first on."""
        with self.path.open(encoding="utf-8", newline="\n") as file:
            yield from map(json.loads, file)

    @contextmanager
    def appending(self) -> Iterator[Callable[[bytes], None]]:
        """Yield what appends the line of a record; each is handed to the system at once, in one piece."""
        with self._writing(), self.path.open("ab", buffering=0) as file:
            synced = time.monotonic()

            def append(line: bytes) -> None:
                nonlocal synced
                left = memoryview(line)
                while left:
                    left = left[file.write(left) or 0 :]
                if time.monotonic() - synced > _SYNC_SECONDS:
                    os.fsync(file.fileno())
                    synced = time.monotonic()

            try:
                yield append
            finally:
                os.fsync(file.fileno())

    def finish(self, tally: Tally) -> None:
        """Turn the journal into the output, if it is not that already, and note how the rows came out."""
        with self._writing():
            if not self._is_output and self.path.exists():
                convert(self.records, self.output, heading=self._heading)
            self._note(tally)
            if not self._is_output:
                self.path.unlink(missing_ok=True)


def line_of(record: dict[str, Any]) -> bytes:
    """Return a record as its line of the journal; halves of surrogate pairs, which no file holds, become `?`."""
    return f"{json.dumps(record, ensure_ascii=False)}\n".encode(errors="replace")


def _whole_records(path: Path) -> Iterator[tuple[bytes, str, str]]:
    """Yield line, id and status up to the first line that is no record: cut off, or zeros after a loss of power."""
    with path.open("rb") as file:
        for line in file:
            found = _id_and_status(line) if line.endswith(b"\n") else None
            if found is None:
                return
            yield line, *found


def _id_and_status(line: bytes) -> tuple[str, str] | None:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict) or record.get("status") not in ("answered", "no_answer", "error"):
        return None
    return (str(record["id"]), record["status"]) if "id" in record else None
