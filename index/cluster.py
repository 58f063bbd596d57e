"""Preparing files on a Dask cluster: in parcels, some ahead of the one that is asked for, again if a machine is lost.

The writer alone decides names, order and what is published, so that the index does not depend on who prepared what.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import re
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from index.cluster_worker import Machine, Outcome, machine, prepare_files
from index.errors import ClusterError, ReadError
from index.parcels import FILES, Parcels, errand_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from distributed import Future

    from index.cluster_worker import Errand
    from index.config import IndexConfig
    from index.documents import Document
    from index.embedding import Embedder
    from index.scan import Candidate

_ADDRESS = re.compile(r"(?:tcp|tls|ucx|wss?)://(?:\[[0-9a-fA-F:.]+\]|[^\s/:]+):\d{1,5}")
_AHEAD = 3
"""Parcels under way for each thread of the cluster; what is ready waits there, not here."""
_CONNECT_SECONDS = 10.0
_DESERTED_SECONDS = 60.0
"""How long the writer waits for machines when all are gone."""
_LOOK_SECONDS = 2.0
_LOST = "读取时工作节点接连中断，文件可能有害或过大"


@contextmanager
def connected(address: str, *, seconds: float = _CONNECT_SECONDS) -> Iterator[Any]:
    """Yield the connection to the scheduler at `address`, made within so many seconds.

    Raises ClusterError if the extra or the scheduler is missing.
    """
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError("没有安装 Dask；请运行 pip install 'tongbao[dask]'（源码目录中：pip install -e '.[dask]'）")
    if not _ADDRESS.fullmatch(address):
        raise ClusterError(f"{address} 不是调度器的地址；应形如 tcp://主机:8786")
    import dask
    from distributed import Client

    opening: Any = Client
    log = logging.getLogger("distributed")
    before = log.level
    # What goes wrong is told in one line by this program.
    log.setLevel(logging.CRITICAL)
    try:
        with dask.config.set({"distributed.comm.timeouts.connect": f"{seconds}s"}):
            try:
                client = opening(address, timeout=f"{seconds}s", set_as_default=False)
            except (OSError, TimeoutError, ValueError, ImportError) as error:
                raise ClusterError(f"连不上 Dask 调度器 {address}；请确认地址，并先运行 dask scheduler") from error
            try:
                yield client
            finally:
                client.close(timeout=seconds)
    finally:
        log.setLevel(before)


class Cluster:
    """Prepares files by the machines of a Dask scheduler; see `index.preparing.Preparing`."""

    def __init__(self, client: Any, config: IndexConfig, embedder: Embedder, *, files: int = FILES) -> None:
        """Take the connection, settings and model, and how many files are handed out at a time."""
        self._client = client
        self._config = config
        self._fingerprint = embedder.fingerprint
        self._settings = json.dumps(config.to_json())
        self._parcels = Parcels(self, files=files)
        self._threads, self._counted = 1, float("-inf")
        """How many threads the cluster had, and when they were counted last."""

    def expect(self, candidates: Sequence[Candidate]) -> None:
        """Put the files into parcels and begin. Raises ClusterError if the machines cannot do the work alike."""
        if candidates:
            self._look_at_machines(candidates)
            self._parcels.expect(candidates)

    def document(self, candidate: Candidate, name: str, sha256: str) -> Document:
        """Return the file as a machine of the cluster prepared it.

        Raises ReadError with the reason if it cannot be read, and ClusterError if the cluster fails or sees another
        file at that place.
        """
        outcome = self._parcels.outcome(candidate, name)
        if outcome is None:
            (outcome,) = self._done([errand_of(candidate, name)])
        if outcome.unseen:
            raise ClusterError(_unseen("工作节点", str(candidate.location)))
        if outcome.document is None:
            raise ReadError(outcome.reason)
        if outcome.document.sha256 != sha256:
            raise ClusterError(
                f"工作节点读到的 {candidate.location} 与本机的内容不同；各节点须看到同一份文件，编入时不要改动"
            )
        return outcome.document

    def room(self) -> int:
        """Return how many parcels may be under way."""
        if time.monotonic() - self._counted > _LOOK_SECONDS:
            self._threads, self._counted = max(sum(self._asked("nthreads").values()), 1), time.monotonic()
        return _AHEAD * self._threads

    def submit(self, parcel: list[Errand]) -> Future[Any]:
        """Hand a parcel to the scheduler."""
        # Without a key of their own, equal parcels of two runs would share one result, though the files changed.
        future: Future[Any] = self._client.submit(prepare_files, parcel, self._settings, pure=False)
        return future

    def _done(self, parcel: list[Errand]) -> list[Outcome]:
        return self.result(parcel, self.submit(parcel))

    def result(self, parcel: list[Errand], begun: Future[Any]) -> list[Outcome]:
        """Return the outcomes of a parcel; one over which machines die one after the other is taken apart."""
        from distributed import KilledWorker
        from distributed import TimeoutError as Late
        from distributed.comm.core import CommClosedError

        deserted = time.monotonic()
        while True:
            try:
                outcomes: list[Outcome] = begun.result(timeout=_LOOK_SECONDS)
            except Late:
                if self._asked("nthreads"):
                    deserted = time.monotonic()
                elif time.monotonic() - deserted > _DESERTED_SECONDS:
                    raise ClusterError(_NOBODY) from None
            except KilledWorker:
                if len(parcel) == 1:
                    return [Outcome(reason=_LOST)]
                return [outcome for errand in parcel for outcome in self._done([errand])]
            except (CommClosedError, OSError, asyncio.CancelledError) as error:
                raise ClusterError(_BROKEN) from error
            else:
                return outcomes

    def _asked(self, question: str, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Return what the scheduler tells; raises ClusterError if it is gone."""
        try:
            told: dict[str, Any] = getattr(self._client, question)(*arguments, **options)
        except (OSError, TimeoutError) as error:
            raise ClusterError(_BROKEN) from error
        return told

    def _look_at_machines(self, candidates: Sequence[Candidate]) -> None:
        """Raise ClusterError if there is no machine, or one that would do the work differently or sees other files."""
        if not self._asked("nthreads"):
            raise ClusterError(_NOBODY)
        some = [str(candidates[place].location) for place in sorted({0, len(candidates) // 2, len(candidates) - 1})]
        here = replace(machine(self._config.model, ()), model=self._fingerprint)
        there = self._asked("run", machine, self._config.model, some, on_error="return")
        for address, found in there.items():
            if line := difference(here, found, address):
                raise ClusterError(line)


_NOBODY = "Dask 集群中没有工作节点；请先在各机器上运行 dask worker"
_BROKEN = "与 Dask 调度器的连接已中断，索引未改动；请检查 dask scheduler 后重新运行"


def difference(here: Machine, there: object, address: str) -> str:
    """Return the line that tells why the machine at `address` cannot help with this index; empty if it can.

    `there` is what it brings along, or the error that asking it ended with.
    """
    if not isinstance(there, Machine):
        return f"工作节点 {address} 没有安装 tongbao，或版本不同：{there}；请在各节点安装同一版本"
    for (name, mine), (_, other) in zip(here.versions, there.versions, strict=True):
        if mine != other:
            return f"工作节点 {address} 的 {name} 是 {other}，本机是 {mine}；请安装同一版本"
    if here.rules != there.rules:
        return f"工作节点 {address} 的切分规则与本机不同；请在各节点安装同一版本的 tongbao 和 rjieba"
    if here.model != there.model:
        return f"工作节点 {address} 的向量模型与本机不同，或无法打开；各节点须有同一个模型"
    return _unseen(f"工作节点 {address} ", there.unseen[0]) if there.unseen else ""


def _unseen(who: str, location: str) -> str:
    return f"{who}看不到 {location}；各节点须能以同样的路径读取通报（共享文件夹）"
