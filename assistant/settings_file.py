"""The user's settings file: where it is, and one section of it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import SettingsError
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping


def settings_path(environment: Mapping[str, str], variable: str) -> Path | None:
    """Return the settings file: that which `variable` of the environment names, else the user's own if there is one.

    The working folder is never looked into: a folder that came with notices must not choose a model or where a key goes.
    """
    if environment.get(variable):
        return Path(environment[variable])
    home = environment.get("XDG_CONFIG_HOME") or (f"{environment['HOME']}/.config" if environment.get("HOME") else "")
    path = Path(home) / "tongbao" / "config.toml"
    return path if home and path.is_file() else None


def read_section(path: Path, name: str) -> dict[str, Any]:
    """Return the section `[name]` of a settings file, empty if it has none.

    Raises SettingsError if the file cannot be read, is no TOML, or has something else under that name.
    """
    try:
        table = tomllib.loads(path.read_text("utf-8-sig")).get(name, {})
    except OSError as error:
        raise SettingsError(f"无法读取设置文件 {path}：{reason_of(error)}") from error
    except ValueError as error:  # no TOML, no UTF-8, or a number of more digits than Python takes
        raise SettingsError(f"设置文件 {path} 不是有效的 TOML：{error}") from error
    except RecursionError as error:
        raise SettingsError(f"设置文件 {path} 层次太多") from error
    if not isinstance(table, dict):
        raise SettingsError(f"设置文件 {path} 的 {name} 须是一节（[{name}]）")
    return table


def one_line(name: str) -> str:
    """Return a name that a file gave to a setting as it may stand in a message: without line ends of whatever kind."""
    return " ".join(name.split())
