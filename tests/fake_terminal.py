"""The command line as tests call it: in this process, or in one of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typer.testing import CliRunner

from assistant.cli import app

if TYPE_CHECKING:
    from typer.testing import Result

SAMPLES = Path(__file__).parents[1] / "examples" / "notices"
QUESTION = "云川市2023年规上工业增加值比上一年增长多少?"


def invoke(*words: object, index: Path | None = None) -> Result:
    where = [] if index is None else ["--index", str(index)]
    return CliRunner().invoke(app, [*map(str, words), *where])


def one_line(text: str) -> bool:
    return text.count("\n") == 1 and text.strip() != "" and "Traceback" not in text


def process(*words: object, **options: Any) -> subprocess.CompletedProcess[str]:
    options.setdefault("stdout", subprocess.PIPE)
    command = [sys.executable, "-m", "assistant", *map(str, words)]
    return subprocess.run(command, stderr=subprocess.PIPE, encoding="utf-8", check=False, **options)
