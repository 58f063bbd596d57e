"""Texts made to take long: from file to published index within 5 s of processor time and 1 GB, and so are the answers."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from eval.torture.hostile import index_and_ask, within_limits
from index.verify import verify_index

if TYPE_CHECKING:
    from pathlib import Path

    from eval.torture.trials import Figures

_TITLE = "中共甲安市委关于巡视整改进展情况的通报"
_HEAD = f"{_TITLE}\n一、整改情况\n"
_NUMBERS = ("一、", "（一）", "1.", "（1）", "①")
QUESTIONS = ("甲安市整改落实了多少万元？", "甲安市整改措施有哪些？", "甲安市的通报是什么时候发布的？")
SIZES = {
    "一是": 1_000_000,
    "一是一行": 600_000,
    "标题": 10_000,
    "无标点的一行": 500_000,
    "一字一行": 200_000,
    "书名号": 100_000,
    "数字": 1_000_000,
    "顿号": 1_000_000,
    "表格.md": 50_000,
    "表格.html": 50_000,
}
"""How many of each."""


def large(home: Path, *, scale: float) -> Figures:
    """Index each text, `scale` times as long as told, and ask about it, in two processes, each within the limits."""
    figures: Figures = {"文本": len(SIZES)}
    most, answered = 0, 0.0
    for name, count in SIZES.items():
        shutil.rmtree(home, ignore_errors=True)
        folder = home / "notices"
        folder.mkdir(parents=True)
        file = name if "." in name else f"{name}.txt"
        (folder / file).write_text(_text(name, max(1, int(count * scale))), "utf-8")
        places = (str(folder), str(home / "index"))
        added, failed, seconds, megabytes = within_limits(index_and_ask, *places, ())
        if added != [file] or failed:
            raise AssertionError(f"{file} was not indexed")
        if problems := verify_index(home / "index"):
            raise AssertionError(f"{file}: {problems[0]}")
        *_, asked, held = within_limits(index_and_ask, *places, QUESTIONS)
        figures[f"{name}（秒）"] = round(seconds, 1)
        most, answered = max(most, megabytes, held), max(answered, asked)
    return figures | {"三问最久（秒）": round(answered, 1), "最大内存（MB）": most}


def _text(name: str, count: int) -> str:
    """Return the text called `name` with so many of what it is made of."""
    rows = [(str(number), f"甲{number}村", f"{number * 3}万元") for number in range(count)]
    texts = {
        "一是": lambda: _HEAD + "一是" * count,
        "一是一行": lambda: _HEAD + "一是…\n" * count,
        "标题": lambda: _HEAD + "".join(f"{_NUMBERS[n % 5]}着力整改第{n}个问题\n" for n in range(count)),
        "无标点的一行": lambda: _HEAD + "整改落实工作推进有力" * count,
        "一字一行": lambda: _HEAD + "整\n" * count,
        "书名号": lambda: _HEAD + "《》" * count,
        "数字": lambda: _HEAD + "1" * count,
        "顿号": lambda: _HEAD + "、" * count,
        "表格.md": lambda: "\n".join(
            [f"{_TITLE}\n\n一、整改情况\n", "| 编号 | 村 | 数额 |", "|---|---|---|", *map(_row, rows)]
        ),
        "表格.html": lambda: f"<title>{_TITLE}</title><h1>{_TITLE}</h1><table>{''.join(map(_html_row, rows))}</table>",
    }
    return texts[name]()


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


def _html_row(cells: tuple[str, ...]) -> str:
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
