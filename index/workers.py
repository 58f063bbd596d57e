"""Files prepared by worker processes on this machine, while the writer alone decides names, order and what is published.

What a worker prepares depends on the file and the settings only, so that the index does not depend on how many there are.
A worker that dies takes its parcels along: those are done again, one at a time, by a process that does nothing else; a
file over which that one dies too is refused.
"""

from __future__ import annotations

import functools
import json
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from typing import TYPE_CHECKING

from index.cluster_worker import Outcome, prepare_files
from index.embedding import StaticEmbedder
from index.errors import ReadError, WorkerError
from index.parcels import FILES, Parcels
from index.pipeline import default_pipeline
from index.preparing import Here

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Executor, Future

    from index.cluster_worker import Errand
    from index.config import IndexConfig
    from index.documents import Document
    from index.embedding import Embedder
    from index.scan import Candidate
    from index.update import Elsewhere

_AHEAD = 3
"""Parcels under way for each worker."""
_EACH = 2**21
"""Bytes of new files from which another worker pays: to start one costs a second of processor time, to prepare these six."""
_MOST = 8
"""Workers that are started unasked: more would wait for the writer, and each takes some 200 MB."""
_LOST = "读取时工作进程接连中断，文件可能有害或过大"


def usable_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def workers_for(sizes: Sequence[int], jobs: int | None) -> int:
    """Return how many workers prepare new files of these `sizes` in bytes; 0 if that is done in the writer's process.

    `jobs` is how many were asked for, None for as many as pay.
    """
    if jobs is None:
        wanted = min(usable_cores(), _MOST, len(sizes), sum(sizes) // _EACH)
    else:
        wanted = min(jobs, len(sizes))
    return wanted if wanted > 1 else 0


@contextmanager
def local_workers(jobs: int | None = None, *, files: int = FILES) -> Iterator[Elsewhere]:
    """Yield what lets `update_index` prepare files in `jobs` processes, None for as many as pay; they end with the block.

    Processes are spawned: a program that calls this must guard its start by `if __name__ == "__main__"`.
    """
    begun: list[Workers] = []

    def elsewhere(config: IndexConfig, embedder: Embedder) -> Workers:
        begun.append(Workers(config, embedder, jobs=jobs, files=files))
        return begun[-1]

    try:
        yield elsewhere
    finally:
        for workers in begun:
            workers.close()


class Workers:
    """Prepares files by processes of this machine; see `index.preparing.Preparing`."""

    def __init__(
        self,
        config: IndexConfig,
        embedder: Embedder,
        *,
        jobs: int | None = None,
        files: int = FILES,
        pool: Callable[[int], Executor] | None = None,
    ) -> None:
        """Take settings and model, how many workers, how many files each gets at a time, and what makes so many workers."""
        self._config = config
        self._settings = json.dumps(config.to_json())
        # A model that runs on torch uses all cores by itself, and would be loaded by each worker.
        self._embed = isinstance(embedder, StaticEmbedder)
        self._jobs = jobs
        self._count = 0
        self._make = pool or _processes
        self._pool: Executor | None = None
        self._careful: Executor | None = None
        self._parcels = Parcels(self, files=files)

    def expect(self, candidates: Sequence[Candidate]) -> None:
        """Start workers if there is enough to do, and hand out the files."""
        self._count = workers_for([_size(candidate) for candidate in candidates], self._jobs)
        if self._count:
            self._parcels.expect(candidates)

    def document(self, candidate: Candidate, name: str, sha256: str) -> Document:
        """Return the file as a worker prepared it, else as it is cut here. Raises ReadError if it cannot be read."""
        outcome = self._parcels.outcome(candidate, name)
        if self._pool is not None and self._parcels.is_empty:
            # What they hold of memory is needed for writing.
            self.close()
        if outcome is None or outcome.unseen:
            return self._here.document(candidate, name, sha256)
        if outcome.document is None:
            raise ReadError(outcome.reason)
        return outcome.document

    @functools.cached_property
    def _here(self) -> Here:
        return Here(default_pipeline(), self._config)

    def room(self) -> int:
        """Return how many parcels may be under way."""
        return _AHEAD * self._count

    def submit(self, parcel: list[Errand]) -> Future[list[Outcome]]:
        """Hand a parcel to the workers, to new ones if they died."""
        if self._pool is None:
            self._pool = self._make(self._count)
        try:
            return self._asked(self._pool, parcel)
        except BrokenProcessPool:
            self._pool.shutdown()
            self._pool = self._make(self._count)
            return self._asked(self._pool, parcel)

    def _asked(self, pool: Executor, parcel: list[Errand]) -> Future[list[Outcome]]:
        return pool.submit(prepare_files, parcel, self._settings, embed=self._embed)

    def result(self, parcel: list[Errand], begun: Future[list[Outcome]]) -> list[Outcome]:
        """Return the outcomes of a parcel; those of one whose workers died are made by a process apart."""
        try:
            return begun.result()
        except BrokenProcessPool:
            return self._alone(parcel)

    def _alone(self, parcel: list[Errand]) -> list[Outcome]:
        if self._careful is None:
            self._careful = self._make(1)
        try:
            return self._asked(self._careful, parcel).result()
        except BrokenProcessPool:
            self._careful.shutdown()
            self._careful = None
            if len(parcel) > 1:
                return [outcome for errand in parcel for outcome in self._alone([errand])]
            self._require_process()
            return [Outcome(reason=_LOST)]

    def _require_process(self) -> None:
        """Raise WorkerError if a process cannot be had at all, so that no file is blamed for it."""
        with self._make(1) as one:
            try:
                one.submit(os.getpid).result()
            except BrokenProcessPool as error:
                raise WorkerError("无法启动工作进程（内存不足或被系统终止）；请用 --jobs 1 重新运行") from error

    def close(self) -> None:
        """End the workers, after the parcel that each has in hand."""
        for pool in (self._pool, self._careful):
            if pool is not None:
                pool.shutdown(cancel_futures=True)
        self._pool = self._careful = None


def _size(candidate: Candidate) -> int:
    try:
        return candidate.location.stat().st_size
    except OSError:
        return 0  # it is gone; whoever asks for it is told so


def _processes(count: int) -> ProcessPoolExecutor:
    """Return so many processes, which end with this one."""
    return ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """Leave Ctrl-C to the writer, and end with it, were it killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
