"""What people say about answers: a line of JSON each, in a file that `tongbao eval draft --feedback` reads.

The format is told in docs/feedback.md; it is all that this module and `eval.feedback` share.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from index.reasons import with_advice
from ui.errors import FeedbackError
from ui.scopes import write_scope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ui.turns import Turn

VALUES = ("up", "down")
MAX_COMMENT = 1000
_MAX_FILE = 64 * 2**20
_WAIT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Rating:
    """What a person said about an answer."""

    id: str
    """The same for all that is said about one answer: the last line of an id counts."""
    value: str
    """`up` or `down`."""
    comment: str = ""


class FeedbackFile:
    """Appends to the file, one writer at a time, other processes included."""

    def __init__(self, path: Path, *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._path = path
        self._now = now

    def rate(self, action: Mapping[str, object], turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
        """Return the turns with what a click said about one of them, after it was written.

        The same turns are returned for a click that says nothing: on no answer, or with an unknown value.
        Raises FeedbackError if the file cannot be written or is full.
        """
        i = int(str(action.get("turn"))) if str(action.get("turn")).isdecimal() else -1
        turn = turns[i] if 0 <= i < len(turns) else None
        if turn is None or turn.answer is None:
            return turns
        rating = _rating(action, turn)
        if rating is None or rating == turn.rating:
            return turns
        self._append(self._record(turn, rating, [before.question for before in turns[:i] if before.answer]))
        return (*turns[:i], replace(turn, rating=rating), *turns[i + 1 :])

    def _record(self, turn: Turn, rating: Rating, history: list[str]) -> dict[str, Any]:
        answer = turn.answer.to_record() if turn.answer else {}
        return {
            "id": rating.id,
            "time": self._now().isoformat(timespec="seconds"),
            "generation": turn.generation,
            "rating": rating.value,
            "comment": rating.comment,
            "question": turn.question,
            "history": history,
            "scope": json.loads(write_scope(turn.scope) or "{}"),
            "answer": answer,
        }

    def _append(self, record: Mapping[str, Any]) -> None:
        from filelock import FileLock, Timeout

        line = json.dumps(record, ensure_ascii=False) + "\n"
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self._path}.lock", timeout=_WAIT_SECONDS):
                if self._path.exists() and self._path.stat().st_size > _MAX_FILE:
                    raise FeedbackError(f"反馈文件 {self._path} 已满，请移走后再试")
                self._write(line.encode())
        except Timeout as error:
            raise FeedbackError(f"反馈文件 {self._path} 正被其他程序写入，请稍后再试") from error
        except OSError as error:
            raise FeedbackError(f"反馈文件 {self._path} 无法写入：{with_advice(error)}") from error

    def _write(self, line: bytes) -> None:
        """Append all of the line or nothing of it: half a line would spoil the file for whoever reads it."""
        with self._path.open("ab", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            try:
                if file.write(line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
            except OSError:
                with suppress(OSError):
                    file.truncate(size)
                raise


def default_file(index: Path) -> Path:
    """Return the file beside the index that holds what is said about its answers."""
    home = index.absolute()
    return home.with_name(f"{home.name}-feedback.jsonl")


def _rating(action: Mapping[str, object], turn: Turn) -> Rating | None:
    name = turn.rating.id if turn.rating else secrets.token_hex(8)
    if action.get("deed") == "rate" and action.get("value") in VALUES:
        return Rating(name, str(action["value"]), turn.rating.comment if turn.rating else "")
    if action.get("deed") == "remark" and turn.rating:
        comment = "".join(char for char in str(action.get("comment", "")) if char.isprintable() or char == "\n")
        return replace(turn.rating, comment=comment.strip()[:MAX_COMMENT])
    return None
