"""`tongbao eval calibrate`: the confidence fitted to the models chosen and the notices at hand."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from assistant.settings import configured
from eval.calibration import calibrate, rows_of
from eval.errors import UsageError
from eval.gold import Split
from index.reasons import reason_of

if TYPE_CHECKING:
    from pathlib import Path

_PENALTY = 1.0


def write_calibration(
    gold: Path, index: Path, output: Path, false_refusals: float, *, reranker: str | None, extractor: str | None
) -> int:
    """Fit to the dev part of `gold`, write `output`, print what each threshold does, and return 0.

    A calibration that is set is not looked at. Raises UsageError for too few questions, a share outside 0…1 or an
    output that cannot be written; what the gold set and the index raise.
    """
    if not 0 <= false_refusals <= 1:
        raise UsageError(f"--false-refusals 须在 0 与 1 之间，给的是 {false_refusals}")
    _require_place(output)
    config = replace(configured(os.environ, reranker=reranker, extractor=extractor), calibration=None)
    rows = list(rows_of(index, gold, split=Split.DEV, config=config))
    withheld = list(rows_of(index, gold, split=Split.DEV, config=config, without=True))
    record, outcomes = calibrate(rows, penalty=_PENALTY, false_refusals=false_refusals, withheld=withheld)
    building = output.with_name(f".{output.name}.part")
    try:
        building.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
        building.replace(output)
    except OSError as error:
        building.unlink(missing_ok=True)
        raise UsageError(f"校准文件 {output} 写不成：{reason_of(error)}") from error
    lines = [f"{len(rows)} 个问题（dev），交叉验证：", "阈值   作答   答错   答对保留   应拒已拒"]
    lines += [
        f"{one.threshold:<6} {one.answered:<6.2f} {one.risk:<6.2f} {one.kept:<10.2f} {one.refused:.2f}"
        + ("  ← 选用" if one.threshold == record["threshold"] else "")
        for one in outcomes
    ]
    sys.stdout.write("\n".join(lines) + f"\n已写入 {output}；用 TONGBAO_CALIBRATION={output} 启用。\n")
    return 0


def _require_place(output: Path) -> None:
    """Raise UsageError if no file can be written at `output`: told before the run, not after it."""
    if output.is_dir():
        raise UsageError(f"校准文件 {output} 写不成：这是一个文件夹")
    if not output.parent.is_dir():
        raise UsageError(f"校准文件 {output} 写不成：没有文件夹 {output.parent}")
    if not os.access(output.parent, os.W_OK):
        raise UsageError(f"校准文件 {output} 写不成：文件夹 {output.parent} 不可写")
