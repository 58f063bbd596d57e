"""The records of a batch on disk: appended one by one, taken up again after a kill without one lost or doubled."""

from __future__ import annotations

import io
import json
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from assistant.batch_files import convert
from assistant.errors import BatchError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from assistant.batch_files import Row


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


class Journal:
    """The records written so far, as JSON lines, with the circumstances of the run in a hidden file beside them.

    For a .jsonl output it is the output itself; for any other a hidden file that is converted at the end.
    """

    def __init__(self, output: Path, circumstances: Circumstances) -> None:
        self.output = output
        self.circumstances = circumstances
        self._is_output = output.suffix.lower() == ".jsonl"
        self.path = output if self._is_output else output.with_name(f".{output.name}.rows")
        self.side = output.with_name(f".{output.name}.resume")

    def begin(self, *, restart: bool) -> Tally:
        """Empty the journal and return that no row is done.

        Raises BatchError if there is an output and no leave to replace it.
        """
        if not restart and (self.output.exists() or self.path.exists()):
            raise BatchError(f"输出 {self.output} 已存在或未写完；用 --resume 继续，或用 --restart 从头开始")
        self.side.unlink(missing_ok=True)
        self.path.write_bytes(b"")
        nothing = Tally()
        self._note(nothing)
        return nothing

    def _note(self, tally: Tally) -> None:
        """Write the hidden file: what the run depends on, and how its rows came out once it is finished."""
        partial = self.side.with_name(f"{self.side.name}.part")
        noted = asdict(self.circumstances) | {"finished": asdict(tally)}
        partial.write_text(json.dumps(noted, ensure_ascii=False) + "\n", "utf-8")
        partial.replace(self.side)

    def resume(self, rows: Sequence[Row]) -> Tally:
        """Return how the rows that are done came out; a row that was cut off in the writing is dropped.

        Without an earlier run this begins one. Raises BatchError if the earlier run was another one.
        """
        if not self.output.exists() and not self.path.exists():
            return self.begin(restart=False)
        finished = self._require_same()
        if not self.path.exists():
            return finished
        data = self.path.read_bytes()
        done = _whole_records(data)
        if len(done) > len(rows) or any(_id_of(one) != row.id for one, row in zip(done, rows, strict=False)):
            raise BatchError(f"输出 {self.output} 与问题文件对不上；用 --restart 从头开始")
        size = sum(map(len, done))
        if size < len(data):
            with self.path.open("r+b") as file:
                file.truncate(size)
        tally = Tally()
        for line in done:
            tally.add(json.loads(line)["status"])
        return tally

    def _require_same(self) -> Tally:
        """Return how the earlier run came out, if it was finished; raises BatchError if it was another one."""
        try:
            noted = json.loads(self.side.read_text("utf-8"))
            finished = Tally(**noted.pop("finished"))
            earlier = Circumstances(**noted)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise BatchError(
                f"找不到 {self.output} 的续跑记录（{self.side.name}），不能继续；用 --restart 从头开始"
            ) from error
        now = self.circumstances
        changes = {
            "问题文件": earlier.questions != now.questions,
            "索引": earlier.index != now.index,
            "作答方式": earlier.mode != now.mode,
            "--top-k": earlier.top_k != now.top_k,
        }
        changed = [name for name, differs in changes.items() if differs]
        if changed:
            raise BatchError(f"上次运行之后{'、'.join(changed)}变了，不能继续；用 --restart 从头开始")
        return finished

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield the records in the journal."""
        with self.path.open(encoding="utf-8", newline="\n") as file:
            yield from map(json.loads, file)

    @contextmanager
    def appending(self) -> Iterator[Callable[[dict[str, Any]], None]]:
        """Yield what appends a record; each is handed to the system at once, in one piece."""
        with self.path.open("ab") as file:

            def append(record: dict[str, Any]) -> None:
                # Halves of surrogate pairs, which JSON may hold and no file, become question marks.
                file.write(f"{json.dumps(record, ensure_ascii=False)}\n".encode(errors="replace"))
                file.flush()

            yield append

    def finish(self, tally: Tally) -> None:
        """Turn the journal into the output, if it is not that already, and note how the rows came out."""
        self._note(tally)
        if not self._is_output and self.path.exists():
            convert(self.records(), self.output)
            self.path.unlink()


def _whole_records(data: bytes) -> list[bytes]:
    """Return the lines of `data` up to the first that is no record: cut off, or zeros after a loss of power."""
    whole: list[bytes] = []
    for line in io.BytesIO(data):
        if not line.endswith(b"\n") or _id_of(line) is None:
            break
        whole.append(line)
    return whole


def _id_of(line: bytes) -> str | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return str(record["id"]) if isinstance(record, dict) and {"id", "status"} <= record.keys() else None
