"""How costs grow with the number of texts: the exponent of a power law, and a plot."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PLOTTED: Mapping[str, str] = {  # processor time, where there is: the clock tells of what else the machine does
    "build_cpu_s": "build, processor time (s)",
    "build_mb": "build, peak memory (MB)",
    "disk_mb": "index on disk (MB)",
    "add_cpu_s": "add 100 texts, processor time (s)",
    "open_cpu_ms": "open, processor time (ms)",
    "ask_mb": "ask as a process, memory (MB)",
    "sentence_cpu_ms": "question of the whole collection,\nprocessor time (ms)",
    "gold_cpu_ms": "question about one unit,\nprocessor time (ms)",
}
_COLUMNS = 4
_SIZE = (14.0, 6.0)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float:
    """Return b of cost = a * size**b by least squares of the logarithms; NaN for fewer than two sizes or a cost of 0.

    >>> round(exponent([10, 100, 1000], [3, 30, 300]), 6)
    1.0
    """
    if len(set(sizes)) < 2 or min(costs) <= 0:
        return math.nan
    x = [math.log(size) for size in sizes]
    y = [math.log(cost) for cost in costs]
    mean_x, mean_y = sum(x) / len(x), sum(y) / len(y)
    spread = sum((one - mean_x) ** 2 for one in x)
    return sum((one - mean_x) * (other - mean_y) for one, other in zip(x, y, strict=True)) / spread


def exponents(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Return the exponent of each plotted figure over the texts of `rows`."""
    sizes = [row["texts"] for row in rows]
    return {name: exponent(sizes, [row[name] for row in rows]) for name in PLOTTED}


def plot_growth(rows: Sequence[Mapping[str, float]], path: Path) -> None:
    """Draw each figure of `rows` over the number of texts, both logarithmic, with its exponent, into `path`."""
    from matplotlib.figure import Figure

    fitted = exponents(rows)
    rows = sorted(rows, key=lambda row: row["texts"])
    figure = Figure(figsize=_SIZE)
    axes = figure.subplots(math.ceil(len(PLOTTED) / _COLUMNS), _COLUMNS).flat
    sizes = [row["texts"] for row in rows]
    for one, (name, label) in zip(axes, PLOTTED.items(), strict=True):
        one.loglog(sizes, [row[name] for row in rows], "o-", color="#1f5fa8")
        one.set_title(f"{label}\n∝ texts^{fitted[name]:.2f}", fontsize=10)
        one.grid(visible=True, color="#dddddd", linewidth=0.6)
        one.set_xlabel("texts", fontsize=9)
    figure.subplots_adjust(left=0.05, right=0.98, bottom=0.1, top=0.9, hspace=0.6, wspace=0.35)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=90)
