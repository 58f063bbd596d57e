"""What one more file costs beside indexes of several sizes, of texts made up on the spot.

    python -m eval.scale.increments [--texts 1000 --texts 10000]

The figures are seconds of processor time in one process, after its model was opened.
"""

from __future__ import annotations

import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from eval.tables import open_console
from index.config import IndexConfig
from index.embedding import open_embedder
from index.update import UpdateReport, update_index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from index.embedding import Embedder

_PLACES = ("云", "青", "临", "澄", "岚", "石", "柳", "沙", "梅", "北", "东", "南", "双", "长", "永", "安")
_ENDS = ("川", "岩", "渚", "浦", "江", "桥", "荫", "湾", "岭", "关")
_MATTERS = (
    "老旧小区改造",
    "农村饮水安全",
    "拖欠账款清理",
    "河道采砂监管",
    "高标准农田管护",
    "义务教育大班额",
    "医保基金监管",
)
_DEEDS = ("完成整改", "建立台账", "约谈负责人", "追回资金", "修订办法", "开展抽查", "补齐手续", "公开结果")
_LINES = 9


def main(
    texts: Annotated[list[int] | None, typer.Option(min=2, help="索引中的文本篇数，可给多次。")] = None,
) -> None:
    """Measure each size and print a column for each."""
    sizes = texts or [1000, 10_000]
    embedder = open_embedder(None)
    embedder.encode(["暖机"])
    figures = []
    for count in sizes:
        with tempfile.TemporaryDirectory(prefix="tongbao-increments-") as folder:
            figures.append(increments(Path(folder), count=count, embedder=embedder))
    open_console().print(_table(sizes, figures))


def increments(home: Path, *, count: int, embedder: Embedder) -> Mapping[str, float]:
    """Return the processor seconds of an index of `count` made-up texts: from nothing, nothing new, one added, changed, removed.

    Raises AssertionError if an update touched another number of files than one.
    """
    folder = home / "texts"
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"{number:06}.txt").write_text(made_up(number), "utf-8")
    one = folder / f"{count:06}.txt"
    steps: dict[str, tuple[Callable[[], object], tuple[int, int, int]]] = {
        "build": (lambda: None, (count, 0, 0)),
        "nothing": (lambda: None, (0, 0, 0)),
        "add": (lambda: one.write_text(made_up(count), "utf-8"), (1, 0, 0)),
        "change": (lambda: one.write_text(made_up(count + 1), "utf-8"), (0, 1, 0)),
        "remove": (one.unlink, (0, 0, 1)),
    }
    spent = {}
    for name, (prepare, expected) in steps.items():
        prepare()
        began = time.process_time()
        report = update_index([folder], directory=home / "index", embedder=embedder, config=IndexConfig())
        spent[name] = time.process_time() - began
        if _touched(report) != expected:
            raise AssertionError(f"{name}: {_touched(report)} files added, changed, removed instead of {expected}")
    return spent


def _touched(report: UpdateReport) -> tuple[int, int, int]:
    return len(report.added), len(report.changed), len(report.removed)


def made_up(number: int) -> str:
    """Return a notice of some 500 characters, another one for each number."""
    chance = random.Random(number)
    unit = f"{chance.choice(_PLACES)}{chance.choice(_ENDS)}市"
    lines = [
        f"{place}.关于{chance.choice(_MATTERS)}不到位的问题。一是{chance.choice(_DEEDS)}{chance.randrange(2, 999)}处，"
        f"惠及{chance.randrange(10, 99_999)}户。二是{chance.choice(_DEEDS)}，涉及{chance.randrange(1, 99)}个单位。"
        for place in range(1, _LINES + 1)
    ]
    head = f"中共{unit}委关于巡视整改进展情况的通报（第{number}号）\n\n一、整改落实情况"
    return "\n".join([head, *lines, f"中共{unit}委\n2024年{chance.randrange(1, 13)}月{chance.randrange(1, 29)}日\n"])


def _table(sizes: list[int], figures: list[Mapping[str, float]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("处理器秒")
    for size in sizes:
        table.add_column(f"{size} 篇", justify="right")
    for name in figures[0]:
        table.add_row(name, *(f"{one[name]:.2f}" for one in figures))
    return table


if __name__ == "__main__":
    typer.run(main)
