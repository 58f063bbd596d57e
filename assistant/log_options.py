"""The options of the log, the same behind every command: --log-level, --log-file, --log-questions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperOption

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_KEY = "tongbao.logs"
_LEVELS = ("debug", "info", "warning", "error")


def add_log_options(commands: MutableMapping[str, Any]) -> None:
    """Give every command, and those of every group, the options of the log."""
    for command in commands.values():
        if hasattr(command, "commands"):
            add_log_options(command.commands)
        else:
            command.params.extend(_options())


def _options() -> list[TyperOption]:
    common: dict[str, Any] = {"callback": _set_up, "expose_value": False}
    return [
        TyperOption(param_decls=["--log-level"], metavar="LEVEL", help=f"写日志：{'、'.join(_LEVELS)}。", **common),
        TyperOption(param_decls=["--log-file"], metavar="FILE", help="日志文件，默认写到 stderr。", **common),
        TyperOption(param_decls=["--log-questions"], is_flag=True, help="日志里也写问题和回答的文字。", **common),
    ]


def _set_up(context: Any, parameter: Any, value: Any) -> Any:
    """Set up the log anew with what is known so far; an option that is not given sets up nothing."""
    if not value:
        return value
    if parameter.name == "log_level" and value not in _LEVELS:
        raise typer.BadParameter(f"日志级别 {value} 不支持，可用：{'、'.join(_LEVELS)}")
    from assistant.logs import Level, LogSettings, configure

    given = context.meta.setdefault(_KEY, {})
    given[parameter.name] = value
    level = Level(given.get("log_level", "info"))
    if given.keys() - {"log_questions"}:  # what to write of questions is no wish to write
        configure(LogSettings(level, given.get("log_file"), bool(given.get("log_questions"))))
    return value
