"""Commands that other packages add to the command line, found by their entry points when they are called."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

GROUP = "tongbao.commands"
"""Entry points of this group are called with the arguments behind the command's name; they return an exit code."""


def run_extension(name: str, arguments: Sequence[str]) -> int:
    """Return the exit code of the command `name`, called with `arguments`.

    A command that raises SystemExit ends with its code. Raises TongbaoError if the command is not installed.
    """
    command = _load(name)
    try:
        return int(command(list(arguments)) or 0)
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            raise TongbaoError(leaving.code) from leaving
        return int(leaving.code or 0)


def _load(name: str) -> Callable[[list[str]], int | None]:
    found = next(iter(entry_points(group=GROUP, name=name)), None)
    advice = "请运行 pip install 重新安装 tongbao（源码目录中：pip install -e .）"
    if found is None:
        raise TongbaoError(f"没有安装命令 {name}；{advice}")
    try:
        command: Callable[[list[str]], int | None] = found.load()
    except (ImportError, AttributeError) as error:
        raise TongbaoError(f"命令 {name} 无法载入：{error}；{advice}") from error
    return command
