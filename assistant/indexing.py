"""The commands that write and check an index: progress, report and exit code."""

from __future__ import annotations

import functools
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.layout import Paragraph, printable, write
from assistant.versions import kin_lines
from index.config import IndexConfig
from index.errors import TongbaoError
from index.events import event
from index.update import remove_notices, silent, update_index

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from index.build import Progress
    from index.update import Elsewhere, UpdateReport

_LISTED = 50
"""Names shown of each kind; the count tells the rest."""


def index_paths(
    paths: Sequence[Path | str],
    *,
    directory: Path,
    model: str | None = None,
    store: str | None = None,
    dask: str | None = None,
    jobs: int | None = None,
    check: bool = False,
) -> int:
    """Bring the index at `directory` up to `paths`, print the report, and return 1 if a file failed, else 0.

    `dask` is the address of a scheduler whose machines prepare the files, else `jobs` processes here do, None for as many
    as pay. With `check` files are read though they stand as they were met. Of `paths`, those that are https addresses are fetched first and kept beside the index. Raises
    NothingIndexedError if nothing could be indexed, ClusterError, WorkerError and what `update_index` raises.
    """
    places, unreached = _places(paths, directory)
    config = config_of(directory, model, store)
    with _elsewhere(dask, jobs) as elsewhere, shown_progress() as progress:
        report = update_index(
            places, directory=directory, config=config, progress=progress, elsewhere=elsewhere, check_contents=check
        )
    report = replace(report, failed=(*unreached, *report.failed))
    if not (report.added or report.changed or report.unchanged or report.removed or report.failed):
        raise TongbaoError("给出的路径中没有可索引的通报文件，索引未改动")
    return print_changes(report, directory=directory)


@contextmanager
def _elsewhere(dask: str | None, jobs: int | None) -> Iterator[Elsewhere]:
    """Yield what prepares files on the cluster of the scheduler at `dask`, without one by processes of this machine."""
    if dask is None:
        from index.workers import local_workers

        with local_workers(jobs) as elsewhere:
            yield elsewhere
        return
    from index.cluster import Cluster, connected

    with connected(dask) as client:
        yield functools.partial(Cluster, client)


def print_changes(report: UpdateReport, *, directory: Path) -> int:
    """Print what an update did and which files repeat or replace others; return 1 if a file failed, else 0."""
    _print_kin(directory, report)
    return _print_report(report)


def _places(paths: Sequence[Path | str], directory: Path) -> tuple[list[Path], list[tuple[str, str]]]:
    """Return where the files of `paths` are, and the addresses that could not be fetched with the reason.

    Raises TongbaoError if there is nothing but such addresses.
    """
    from index.errors import ReadError
    from index.fetch import fetch_page, is_address

    places: list[Path] = []
    unreached: list[tuple[str, str]] = []
    for path in paths:
        if isinstance(path, Path) or not is_address(path):
            places.append(Path(path))
            continue
        try:
            places.append(fetch_page(path, directory=directory))
        except ReadError as error:
            unreached.append((path, str(error)))
    if unreached and not places:
        raise TongbaoError("；".join(f"{address}：{reason}" for address, reason in unreached))
    return places, unreached


def _print_kin(directory: Path, report: UpdateReport) -> None:
    """Print which of the files that came or changed repeat, replace or resemble another one."""
    from index.store import open_index

    touched = {*report.added, *report.changed}
    if touched:
        lines = list(kin_lines(open_index(directory), files=touched))
        write((Paragraph(line, "yellow", hanging=2) for line in lines[:_LISTED]), sys.stdout)
        if len(lines) > _LISTED:
            write(
                [Paragraph(f"等 {len(lines)} 处重复、旧版或相近，用 tongbao notices list 查看", "yellow")], sys.stdout
            )


def config_of(directory: Path, model: str | None, store: str | None = None) -> IndexConfig | None:
    """Return the settings of the index with another model or store, or None for its own."""
    if model is None and store is None:
        return None
    from index.manifest import current_generation, generations, read_manifest

    name = current_generation(directory)
    kept = IndexConfig() if name is None else read_manifest(generations(directory) / name).config
    return replace(kept, model=kept.model if model is None else model, store=kept.store if store is None else store)


def remove_from_index(name: str, *, directory: Path) -> int:
    """Remove the notice or file `name`, print the report, and return 1 if there is none, else 0."""
    with shown_progress() as progress:
        report = remove_notices([name], directory=directory, progress=progress)
    return _print_report(report)


def report_soundness(directory: Path) -> int:
    """Print all that is wrong with the index at `directory` and return 1, or that it is sound and return 0."""
    from index.store import open_index
    from index.verify import verify_index

    problems = verify_index(directory)
    if problems:
        write((Paragraph(f"{one.where}：{one.what}", hanging=4) for one in problems), sys.stdout)
        advice = f"请运行 tongbao repair --index {directory}，或删除该文件夹后重新运行 tongbao index 通报文件夹"
        if all(one.closed for one in problems):
            advice = "请改这些文件的权限，或换有权限的用户运行"
        raise TongbaoError(f"索引 {directory} 有 {len(problems)} 处问题；{advice}")
    index = open_index(directory)
    counts = index.manifest.counts
    held = f"{counts.files} 个文件，{counts.notices} 份通报，{counts.passages} 段"
    write([Paragraph(f"索引完好：{held}（第 {int(index.generation)} 版）")], sys.stdout)
    return 0


def _print_report(report: UpdateReport) -> int:
    """Print what an update did, failures to stderr, and return the exit code."""
    write(_changes(report), sys.stdout)
    sys.stdout.flush()
    event(
        "index",
        "updated",
        added=report.added,
        changed=report.changed,
        removed=report.removed,
        unchanged=len(report.unchanged),
        failed=report.failed,
        generation=report.generation,
    )
    for name, note in report.notes:
        sys.stderr.write(f"注意 {printable(name)}：{printable(note)}\n")
    for name, reason in report.failed:
        sys.stderr.write(f"失败 {printable(name)}：{printable(reason)}\n")
    return 1 if report.failed else 0


def _changes(report: UpdateReport) -> Iterator[Paragraph]:
    kinds = (
        ("新增", "+", "green", report.added),
        ("更新", "~", "yellow", report.changed),
        ("未变", " ", "", report.unchanged),
        ("移除", "-", "red", report.removed),
    )
    for _, sign, style, names in kinds:
        if style:
            yield from (Paragraph(f"{sign} {name}", style, hanging=2) for name in names[:_LISTED])
            if len(names) > _LISTED:
                yield Paragraph(f"{sign} 等 {len(names)} 个", style)
    counted = "，".join(f"{kind} {len(names)}" for kind, _, _, names in kinds)
    yield Paragraph(f"{counted}，失败 {len(report.failed)}", "bold")


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """Yield where an update reports its progress: a bar on stderr, nothing if that is no terminal."""
    if not sys.stderr.isatty():
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {stage: bars.add_task(stage, total=None, visible=False) for stage in ("读取", "分词", "向量")}

        def show(stage: str, done: int, total: int) -> None:
            bars.update(tasks[stage], completed=done, total=total, visible=True)

        yield show
