"""The commands that keep an index safe: back up, restore, repair. Each prints what it did."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from assistant.indexing import index_paths, shown_progress
from assistant.layout import Paragraph, printable, write
from index.archive import export_index, import_index
from index.errors import TongbaoError
from index.repair import repair_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from index.manifest import Manifest
    from index.repair import RepairReport

_LISTED = 50


def export_to(file: Path, *, directory: Path, force: bool = False) -> int:
    """Write the index at `directory` into `file`, say so and return 0. Raises what `export_index` raises."""
    manifest = export_index(directory, file, force=force)
    _say(f"已导出到 {file}：{_held(manifest)}，{file.stat().st_size:,} 字节")
    return 0


def import_from(file: Path, *, directory: Path, force: bool = False) -> int:
    """Put the index in `file` to use at `directory`, say so and return 0. Raises what `import_index` raises."""
    generation, manifest = import_index(file, directory, force=force)
    _say(f"已从 {file} 导入到 {directory}：{_held(manifest)}（第 {int(generation)} 版）")
    return 0


def _held(manifest: Manifest) -> str:
    counts = manifest.counts
    return f"{counts.files} 个文件，{counts.notices} 份通报，{counts.passages} 段"


def _say(line: str) -> None:
    write([Paragraph(line, hanging=2)], sys.stdout)


def repair(paths: Sequence[Path], *, directory: Path) -> int:
    """Repair the index at `directory`, then index `paths` if there are any; return 1 if something stays lost.

    What was restored goes to stdout, what was lost to stderr. Raises what `repair_index` raises, and TongbaoError
    if nothing could be restored.
    """
    with shown_progress() as progress:
        report = repair_index(directory, progress=progress)
    _print(report)
    if report.damaged and not report.generation and not paths:
        advice = f"请运行 tongbao repair 通报文件夹 --index {directory}"
        raise TongbaoError(f"索引 {directory} 已损坏，且没有可用的来源；{advice}")
    for name, reason in report.lost:
        sys.stderr.write(f"未能恢复 {printable(name)}{'：' if name else ''}{printable(reason)}\n")
    if paths:
        if report.damaged and not report.generation:
            forget(directory)
        return index_paths(paths, directory=directory)
    return 1 if report.lost else 0


def forget(directory: Path) -> None:
    """Take the damaged index at `directory` out of use, so that a new one can begin there."""
    from index.manifest import CURRENT
    from index.publish import locked

    with locked(directory):
        (directory / CURRENT).unlink(missing_ok=True)


def _print(report: RepairReport) -> None:
    if not report.damaged:
        _say("索引是旧格式，已改写为新格式" if report.rewritten else "索引完好，无需修复")
        return
    for name in report.damaged[:_LISTED]:
        _say(f"损坏：{name}")
    for name, origin in report.restored[:_LISTED]:
        _say(f"恢复：{name}（{origin}）")
    if len(report.restored) > _LISTED:
        _say(f"等 {len(report.restored)} 个文件")
    if report.generation:
        done = "已恢复" if report.restored else "已指回完好的版本"
        _say(
            f"{done}，现为第 {int(report.generation)} 版；损坏 {len(report.damaged)} 处，未能恢复 {len(report.lost)} 处"
        )
