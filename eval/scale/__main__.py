"""Print what an index costs at several sizes, and how that grows.

    python -m eval.scale --texts 1000 --texts 10000 [--json FILE] [--plot FILE]

It takes both cores for minutes at the full size; the clock times count only on a machine with nothing else to do.
"""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from eval.circumstances import commit_of, describe_machine
from eval.scale.growth import exponents, plot_growth
from eval.scale.measures import ScaleOptions, measure
from eval.tables import open_console
from index.errors import TongbaoError

_HOME = Path(__file__).parents[2]
_SHARED = Path("../shared")


def main(
    texts: Annotated[list[int] | None, typer.Option(min=1, help="文本篇数，可给多次。")] = None,
    corpus: Annotated[Path, typer.Option(help="每行一篇文本（text）的 .jsonl.xz。")] = _SHARED / "data/news.jsonl.xz",
    notices: Annotated[Path, typer.Option(help="一并索引的通报文件夹。")] = _SHARED / "notices",
    gold: Annotated[Path, typer.Option(help="这些通报的标准问题集。")] = _HOME / "eval/gold/real.jsonl",
    split: Annotated[str, typer.Option(metavar="dev|all", help="用哪一半问题。")] = "dev",
    sentences: Annotated[int, typer.Option(min=1, help="从文本中抽取多少句作问题。")] = 200,
    runs: Annotated[int, typer.Option(min=1, help="打开和提问各测几次。")] = 5,
    exact: Annotated[bool, typer.Option(help="是否与精确向量检索比较。")] = True,
    work: Annotated[Path | None, typer.Option(help="在这个文件夹下建临时文件。")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="另存为 JSON。")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="另画成图。")] = None,
) -> None:
    """Measure each size in turn; exit 0 with a reason where the texts are absent, 1 if a command fails."""
    errors = open_console(stderr=True)
    for needed in (corpus, notices):
        if not needed.exists():
            errors.print(f"跳过：没有 {needed}，这项测量需要大量文本", style="yellow", markup=False)
            raise typer.Exit(0)
    options = ScaleOptions(
        corpus=corpus, notices=notices, gold=gold, split=split, sentences=sentences, runs=runs, exact=exact
    )
    load = os.getloadavg() if hasattr(os, "getloadavg") else ()
    rows: list[dict[str, float]] = []
    try:
        for count in texts or [1000, 10_000]:
            with tempfile.TemporaryDirectory(prefix="tongbao-scale-", dir=work) as folder:
                rows.append(
                    measure(count, options, Path(folder), progress=lambda stage: errors.print(stage, style="dim"))
                )
            _save(json_file, rows, load)
    except (TongbaoError, OSError) as error:
        errors.print(str(error), style="bold red", markup=False)
        raise typer.Exit(1) from error
    open_console().print(scale_table(rows))
    if plot is not None:
        plot_growth(rows, plot)


def scale_table(rows: list[dict[str, float]]) -> Table:
    """Return one row for each figure with a column for each size, and the exponent where there are several sizes."""
    table = Table(box=None, pad_edge=False)
    table.add_column("指标")
    for row in rows:
        table.add_column(f"{row['texts']:.0f} 篇", justify="right")
    table.add_column("增长指数", justify="right")
    fitted = exponents(rows) if len(rows) > 1 else {}
    for name in rows[0] if rows else ():
        power = f"{fitted[name]:.2f}" if name in fitted else ""
        table.add_row(name, *(f"{row[name]:.4g}" for row in rows), power)
    return table


def _save(path: Path | None, rows: list[dict[str, float]], load: Any) -> None:
    if path is None:
        return
    record = {
        "commit": commit_of(_HOME),
        "machine": describe_machine(),
        "load_before": list(load),
        "sizes": rows,
        "exponents": exponents(rows) if len(rows) > 1 else {},
    }
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
