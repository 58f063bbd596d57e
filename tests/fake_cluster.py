"""A Dask client that does what it is given at once, and folders of notices to give it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from index.cluster import Cluster
from index.cluster_worker import prepare_files
from index.manifest import current_generation, generations, read_manifest
from index.update import UpdateReport, update_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from index.cluster_worker import Errand, Outcome

NOTICE = (
    "中共{place}县委关于巡察整改进展情况的通报\n\n一、整改落实情况\n（一）强化管护。落实管护资金{money}万元，聘用管护员{people}人。\n"
    "（二）补齐短板。一是新建学校{schools}所。二是完成改造{money}户。\n"
)
BROKEN = b"%PDF-1.7\nnot really"


def notices(folder: Path, count: int) -> Path:
    """Return the folder with so many notices, a file in a format that is read apart, and one that cannot be read."""
    folder.mkdir()
    for number in range(count):
        text = NOTICE.format(place=f"第{number}", money=number + 10, people=number * 3 + 1, schools=number % 7 + 1)
        (folder / f"{number:03}.txt").write_text(text * (number % 4 + 1), "utf-8")
    (folder / "html.html").write_text("<html><body><h1>通报</h1><p>整改完成9项。</p></body></html>", "utf-8")
    (folder / "broken.pdf").write_bytes(BROKEN)
    return folder


def stored(directory: Path) -> dict[str, str]:
    """Return the checksum of every file of the generation in use."""
    name = current_generation(directory)
    assert name is not None
    return {path: one.sha256 for path, one in read_manifest(generations(directory) / name).stored.items()}


class Future:
    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work

    def result(self, **_patience: float) -> Any:
        return self._work()


class Client:
    """Does what it is given at once, as one worker would; what goes wrong is set by the test."""

    def __init__(self) -> None:
        self.parcels: list[list[str]] = []
        self.found: object = None
        self.workers = {"tcp://a": 1}
        self.alter: Callable[[list[Errand], list[Outcome]], list[Outcome]] = lambda _, outcomes: outcomes

    def nthreads(self) -> dict[str, int]:
        return self.workers

    def run(self, function: Callable[..., Any], *arguments: Any, on_error: str) -> dict[str, Any]:
        assert on_error == "return"
        return {"tcp://a": self.found or function(*arguments)}

    def submit(self, function: Callable[..., Any], errands: list[Errand], settings: str, *, pure: bool) -> Future:
        assert function is prepare_files
        assert not pure
        self.parcels.append([errand.name for errand in errands])
        return Future(lambda: self.alter(errands, function(errands, settings)))


def indexed(client: Any, paths: Sequence[Path], directory: Path, **options: Any) -> UpdateReport:
    return update_index(paths, directory=directory, elsewhere=partial(Cluster, client, files=4), **options)
