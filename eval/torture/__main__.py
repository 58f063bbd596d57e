"""`python -m eval.torture [--short] [--seed N]`: run the trials below a temporary folder and print their figures."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from eval.torture.damage import alterations
from eval.torture.hostile import hostile
from eval.torture.large import large
from eval.torture.trials import Figures, crowd, flips, full_disk, kills, unreadable

if TYPE_CHECKING:
    from collections.abc import Callable


def main(
    short: Annotated[bool, typer.Option("--short", help="只做几秒钟的简短形式。")] = False,
    seed: Annotated[int, typer.Option(metavar="N", help="随机数种子。")] = 1,
) -> None:
    """Run all trials; exit 1 if one finds what must not be."""
    with tempfile.TemporaryDirectory(prefix="tongbao-torture-") as name:
        home = Path(name)
        trials: list[tuple[str, Callable[[], Figures]]] = [
            ("杀死写索引的进程", lambda: kills(home / "kills", count=5 if short else 200, seed=seed)),
            ("磁盘写满", lambda: full_disk(home / "disk", levels=4 if short else 24)),
            ("文件不可读", lambda: unreadable(home / "unreadable")),
            ("翻转字节", lambda: flips(home / "flips", rounds=1 if short else 4, seed=seed)),
            ("改动索引文件", lambda: alterations(home / "altered", count=8 if short else 300, seed=seed)),
            ("有害的文件", lambda: hostile(home / "hostile")),
            ("费时的文本", lambda: large(home / "large", scale=0.02 if short else 1)),
            ("两写六读", lambda: crowd(home / "crowd", seconds=3 if short else 60)),
        ]
        failed = [title for title, trial in trials if not _passed(title, trial)]
    if failed:
        raise typer.Exit(1)


def _passed(title: str, trial: Callable[[], Figures]) -> bool:
    """Print the figures of one trial, or what it found, and return whether it passed."""
    began = time.perf_counter()
    try:
        figures = trial()
    except AssertionError as error:
        sys.stdout.write(f"{title}：失败：{error}\n")
        return False
    told = "，".join(f"{name} {value}" for name, value in figures.items())
    sys.stdout.write(f"{title}：通过（{time.perf_counter() - began:.0f} 秒）：{told}\n")
    sys.stdout.flush()
    return True


if __name__ == "__main__":
    typer.run(main)
