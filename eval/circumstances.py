"""The circumstances of a run: gold file, index, commit, machine."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def circumstances(gold: Path, *, index: Mapping[str, Any], split: str, top_k: int) -> dict[str, Any]:
    """Return what someone needs to repeat a run, as plain JSON values."""
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "gold": {"path": gold.name, "sha256": hashlib.sha256(gold.read_bytes()).hexdigest()},
        "split": split,
        "top_k": top_k,
        "index": dict(index),
        "commit": commit_of(Path(__file__).parent),
        "machine": describe_machine(),
    }


def commit_of(folder: Path) -> str:
    """Return the commit checked out around `folder`, with `+` if files were changed; empty if there is none."""
    git = shutil.which("git")
    if git is None:
        return ""
    commit = _output([git, "rev-parse", "HEAD"], folder)
    if not commit:
        return ""
    return commit + ("+" if _output([git, "status", "--porcelain", "--untracked-files=no"], folder) else "")


def describe_machine() -> dict[str, Any]:
    """Return processor, cores, memory at its peak so far (MB), system and Python."""
    return {
        "processor": platform.processor() or platform.machine(),
        "cores": os.cpu_count() or 0,
        "system": platform.platform(),
        "python": platform.python_version(),
        "peak_mb": peak_memory_mb(),
    }


def peak_memory_mb() -> float:
    """Return the largest resident size of this process so far in MB; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0.0
    largest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(largest / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _output(command: list[str], folder: Path) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=10, check=True)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
