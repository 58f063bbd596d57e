"""Structured logs, one JSON object a line, on stderr or in a file; no words of a question unless they are asked for."""

from __future__ import annotations

import json
import logging
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, TextIO

from assistant.errors import LogError
from index.reasons import with_advice

PRIVATE = frozenset({"question", "history", "answer", "message"})
"""Fields that hold what people asked, or may hold it: written with `questions` only."""
_ROOT = "tongbao"


class Level(StrEnum):
    """How much is logged."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class LogSettings:
    """What is logged, and where to."""

    level: Level = Level.INFO
    file: str | None = None
    """Lines are appended to it; None writes to stderr."""
    questions: bool = False
    """Whether the words of questions and answers are written too."""


class JsonLines(logging.Formatter):
    """Writes a log record as one line of JSON: time, level, logger, event, then the fields of the event."""

    def __init__(self, settings: LogSettings) -> None:
        super().__init__()
        self.settings = settings

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without what is private unless that is wanted."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created))
        line: dict[str, Any] = {
            "time": f"{moment}.{int(record.msecs):03d}Z",
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": record.getMessage(),
            "process": record.process,
        }
        fields = getattr(record, "fields", {}) | _failure(record)
        hidden = frozenset() if self.settings.questions else PRIVATE
        line |= {name: value for name, value in fields.items() if name not in hidden}
        return json.dumps(line, ensure_ascii=False, default=str).encode(errors="replace").decode()


def _failure(record: logging.LogRecord) -> dict[str, Any]:
    """Return what is known of the exception of a record: its type, where it was raised, and its private message."""
    if not record.exc_info or record.exc_info[1] is None:
        return {}
    error, frame = record.exc_info[1], record.exc_info[2]
    trace = []
    while frame is not None:
        code = frame.tb_frame.f_code
        trace.append(f"{code.co_filename}:{frame.tb_lineno} {code.co_name}")
        frame = frame.tb_next
    return {"error": type(error).__name__, "trace": trace, "message": str(error)}


class _Steady(logging.Handler):
    """Tells once that lines cannot be written, and lets the work go on."""

    _told = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name that logging calls
        """Say in one line on stderr why `record` is not in the log; of later ones nothing is said."""
        error = sys.exc_info()[1]
        if self._told:
            return
        self._told = True
        place = getattr(self, "baseFilename", "stderr")
        reason = with_advice(error) if isinstance(error, OSError) else f"{type(error).__name__}：{error}"
        with suppress(OSError, ValueError):
            sys.stderr.write(f"日志 {place} 写入失败（{record.getMessage()}）：{reason}；其余照常进行\n")


class _Stream(_Steady, logging.StreamHandler[TextIO]):
    """Writes to a stream."""


class _File(_Steady, logging.FileHandler):
    """Appends to a file."""


def configure(settings: LogSettings) -> None:
    """Send the events of this process to where `settings` say, and no longer to where earlier settings said.

    Raises LogError if the file cannot be written.
    """
    handler: logging.Handler
    if settings.file is None:
        handler = _Stream(sys.stderr)
    else:
        try:
            handler = _File(Path(settings.file), encoding="utf-8")
        except OSError as error:
            raise LogError(f"日志文件 {settings.file} 无法写入：{with_advice(error)}") from error
    handler.setFormatter(JsonLines(settings))
    logger = logging.getLogger(_ROOT)
    for earlier in list(logger.handlers):
        logger.removeHandler(earlier)
        with suppress(OSError):  # it was told that its file takes no more
            earlier.close()
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(settings.level.upper())


def settings_in_force() -> dict[str, Any] | None:
    """Return the settings as plain JSON values, for another process to configure the same; None if nothing is logged."""
    for handler in logging.getLogger(_ROOT).handlers:
        if isinstance(handler.formatter, JsonLines):
            return asdict(handler.formatter.settings)
    return None


def configure_from(values: dict[str, Any] | None) -> None:
    """Configure what `settings_in_force` of another process returned."""
    if values is not None:
        configure(LogSettings(Level(values["level"]), values["file"], bool(values["questions"])))
