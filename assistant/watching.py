"""`tongbao index --watch`: the index follows its folders until it is told to stop."""

from __future__ import annotations

import signal
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.indexing import config_of, print_changes
from assistant.layout import Paragraph, printable, write
from index.errors import NothingIndexedError, TongbaoError
from index.reasons import in_a_line
from index.update import UpdateReport, update_index
from index.workers import local_workers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from watchfiles import Change

DEBOUNCE_MS = 1600
"""Longest time that changes are gathered; a copy of many files ends in one update."""
_QUIET_MS = 200
_LOOK_MS = 2000
_RETRY_S = 30.0
"""Pause before an update that failed, say because the index is locked or the disk full, is tried again."""


def watch_paths(
    paths: Sequence[Path],
    *,
    directory: Path,
    model: str | None = None,
    store: str | None = None,
    stop: threading.Event | None = None,
) -> int:
    """Index `paths`, then keep the index at `directory` in step with them until Ctrl-C, SIGTERM or `stop`; return 0.

    A file that cannot be read is told and the rest is indexed; an update that fails is told and tried again. Raises
    TongbaoError if none of `paths` exists.
    """
    watched = [path if path.is_dir() else path.parent for path in paths if path.exists()]
    if not watched:
        raise TongbaoError(f"找不到 {paths[0]}，无法监视" if paths else "没有给出要监视的路径")
    follower = Follower(paths, directory, model, store)
    try:
        with _ended_by_signals():
            for changed in _changes(watched, directory, stop):
                follower.follow(changed=changed)
    except KeyboardInterrupt:
        pass
    write([Paragraph("已停止监视")], sys.stdout)
    return 0


def _changes(watched: Sequence[Path], directory: Path, stop: threading.Event | None) -> Iterator[bool]:
    """Yield whether anything changed: at once when the watching has begun, then at least every two seconds."""
    from watchfiles import watch

    home = directory.resolve()

    def counts(_: Change, name: str) -> bool:
        path = Path(name)
        return not path.name.startswith(".") and not path.is_relative_to(home)

    # The first wait is short: from then on nothing that changes is missed, and the first indexing may begin.
    yield from (
        bool(found)
        for found in watch(
            *watched,
            watch_filter=counts,
            debounce=DEBOUNCE_MS,
            step=_QUIET_MS,
            stop_event=stop,
            rust_timeout=_LOOK_MS,
            yield_on_timeout=True,
        )
    )


class Follower:
    """Brings the index up to its folders when they changed, and tells each failure once."""

    def __init__(
        self, paths: Sequence[Path], directory: Path, model: str | None = None, store: str | None = None
    ) -> None:
        self._paths = list(paths)
        self._directory = directory
        self._model = model
        self._store = store
        self._begun = False
        self._retry_at: float | None = None
        self._told: set[tuple[str, str]] = set()

    def follow(self, *, changed: bool) -> None:
        """Update the index if something `changed`, if it is the first time, or if a failed update is due again."""
        due = self._retry_at is not None and time.monotonic() >= self._retry_at
        if not (changed or due or not self._begun):
            return
        if not self._begun:
            write([Paragraph("正在监视，按 Ctrl-C 停止", "dim")], sys.stdout)
        self._begun = True
        try:
            config = config_of(self._directory, self._model, self._store)
            with local_workers() as elsewhere:
                report = update_index(self._paths, directory=self._directory, config=config, elsewhere=elsewhere)
        except NothingIndexedError as error:
            self._tell(("", str(error)))
            self._retry_at = None
        except (TongbaoError, OSError) as error:
            self._tell(("", in_a_line(error)))
            self._retry_at = time.monotonic() + _RETRY_S
        else:
            self._retry_at = None
            self._report(report)

    def _report(self, report: UpdateReport) -> None:
        """Print what changed, and the failures that are new."""
        fresh = [failure for failure in report.failed if failure not in self._told]
        self._told = set(report.failed)
        if report.added or report.changed or report.removed or fresh:
            print_changes(replace(report, failed=tuple(fresh)), directory=self._directory)

    def _tell(self, failure: tuple[str, str]) -> None:
        if failure not in self._told:
            sys.stderr.write(f"{printable(failure[1])}\n")
            sys.stderr.flush()
        self._told = {failure}


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """Let SIGTERM end the block as Ctrl-C does; in another thread than the main one signals stay as they are."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
