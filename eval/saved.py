"""Runs on disk: one JSON file, written whole and read back for comparison."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eval.errors import ReportError
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from eval.runs import Run
    from eval.summary import Summary

FORMAT = 1


@dataclass(frozen=True, slots=True)
class SavedRun:
    """A run as it was read back."""

    name: str
    facts: Mapping[str, Any]
    results: Mapping[str, Mapping[str, Any]]
    """Question id -> the record of its result."""


def run_record(run: Run, summary: Summary) -> dict[str, Any]:
    """Return a run with its summary as plain JSON values."""
    return {
        "format": FORMAT,
        "facts": dict(run.facts),
        "summary": summary.to_record(),
        "results": [result.to_record() for result in run.results],
    }


def save_run(path: Path, run: Run, summary: Summary) -> None:
    """Write the run to `path`, making its folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(run_record(run, summary), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def load_run(path: Path) -> SavedRun:
    """Return a saved run; `path` is its JSON file or the folder of its report.

    Raises:
        ReportError: the file is missing, or not a run of this format.

    """
    file = path / "run.json" if path.is_dir() else path
    try:
        record = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise ReportError(f"读不出评测结果 {file}（{reason_of(error)}）") from error
    except ValueError as error:
        raise ReportError(f"{file} 不是评测结果（不是 JSON）") from error
    if not isinstance(record, dict) or record.get("format") != FORMAT or not isinstance(record.get("results"), list):
        raise ReportError(f"{file} 不是格式 {FORMAT} 的评测结果")
    return SavedRun(str(path), record.get("facts", {}), {one["id"]: one for one in record["results"]})
