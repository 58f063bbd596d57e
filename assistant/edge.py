"""The edge of the process: failures become one line and an exit code, streams hold any text."""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from assistant.settings import configured
from assistant.types import Mode
from index.errors import TongbaoError
from index.events import event
from index.reasons import in_a_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from assistant.llm.answering import Writer
    from assistant.pipeline import Assistant

FAILURE = 1
INTERRUPTED = 130
"""128 + SIGINT, as shells count."""
BROKEN_PIPE = 141
"""128 + SIGPIPE."""
_DEBUG = "TONGBAO_DEBUG"


@dataclass(slots=True)
class Outcome:
    """The exit code of a failure, once it was told."""

    code: int = 0


@contextmanager
def told() -> Iterator[Outcome]:
    """Tell a failure of the block in one line on stderr and keep its exit code; what leaves by SystemExit passes.

    A reader that has closed the pipe is told nothing. With TONGBAO_DEBUG set, an unforeseen error keeps its trace.
    """
    import typer

    outcome = Outcome()
    try:
        yield outcome
        sys.stdout.flush()
    except (typer.Exit, typer.Abort):
        outcome.code = _flushed()
        if not outcome.code:
            raise
    except (TongbaoError, OSError, KeyboardInterrupt, MemoryError) as error:
        outcome.code = _tell(error)
    except Exception as error:
        if os.environ.get(_DEBUG) or _is_usage(error):
            raise
        outcome.code = _tell(error)


def _is_usage(error: Exception) -> bool:
    """Return whether `error` is the parser's: it knows how to show itself, and ends with 2."""
    return hasattr(error, "exit_code") and hasattr(error, "show")


def _flushed() -> int:
    """Return 0 if what was printed could be written, else the exit code of the failure, which was told."""
    try:
        sys.stdout.flush()
    except OSError as error:
        return _tell(error)
    return 0


def _tell(error: BaseException) -> int:
    """Write the line for `error` and return its exit code."""
    event("edge", "failed", level="error", failure=error)
    if isinstance(error, BrokenPipeError):
        _drop_output()
        return BROKEN_PIPE
    if isinstance(error, OSError):
        _drop_output()
    line = " ".join(_message(error).splitlines())
    try:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
    except OSError:
        return BROKEN_PIPE
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAILURE


def _message(error: BaseException) -> str:
    if isinstance(error, TongbaoError):
        return str(error)
    if isinstance(error, OSError):
        return in_a_line(error)
    if isinstance(error, KeyboardInterrupt):
        return str(error) or "已中断"
    if isinstance(error, MemoryError):
        return "内存不足"
    return f"程序内部错误（{type(error).__name__}：{error}）；设置环境变量 {_DEBUG}=1 再试可看到详情"


def _drop_output() -> None:
    """Point stdout away from a place that takes nothing more, so that the interpreter's last flush cannot fail."""
    try:
        sys.stdout.flush()
    except OSError:
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, sys.stdout.fileno())


@contextmanager
def opened(
    directory: Path, *, writer: Writer | None = None, all_versions: bool = False, **models: str | None
) -> Iterator[Assistant]:
    """Yield the assistant on the index at `directory`, with a language model if `writer` has one.

    `all_versions` makes it search older versions too; `models` name a `reranker` and an `extractor`, which the
    environment and the user's settings file name otherwise.

    An error that the index's altered bytes may explain becomes IndexDamagedError. Raises what `open_index` raises.
    """
    from assistant.pipeline import load_assistant

    config = replace(configured(os.environ, **models), all_versions=all_versions)
    try:
        yield load_assistant(directory, config=config, writer=writer)
    except (TongbaoError, OSError):
        raise
    except Exception:
        _blame_index(directory)
        raise


def _blame_index(directory: Path) -> None:
    """Raise IndexDamagedError if any byte of the index at `directory` was altered."""
    from index.manifest import generations, open_generation, require_intact

    name, manifest = open_generation(directory)
    require_intact(generations(directory) / name, manifest)


def writer_of(mode: Mode, llm: str | None = None, llm_model: str | None = None) -> Writer | None:
    """Return what writes answers in this way: None without a language model.

    Raises BadParameter if a model is named that the mode does not use, ModeError if it needs one and none is set up,
    LlmError if that cannot be used.
    """
    if mode is Mode.LLM:
        from assistant.llm.opening import require_writer

        return require_writer(llm, llm_model)
    if llm or llm_model:
        import typer

        raise typer.BadParameter("--llm 和 --llm-model 要与 --mode llm 一起用")
    return None


def valid_text(text: str) -> str:
    """Return `text` with U+FFFD for the lone surrogates that stand for undecodable bytes of an argument."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if not _is_valid(text) else text


def _is_valid(text: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in text)


def one_thread_for_products() -> None:
    """Let products of matrices keep to one thread, unless the environment says otherwise; only before NumPy is imported.

    Those of a question are small: a second thread makes none of them faster, takes as much processor time again, and where the
    other core is busy, one waits for the other.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")


def steady_streams() -> None:
    """Make stdout and stderr take any text: UTF-8 into files and pipes, replacement characters on a screen."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 (kept to the end)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
