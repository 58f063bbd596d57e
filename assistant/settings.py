"""Which models read and rank, and what is held back: from the environment and the user's settings file."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.config import AssistantConfig
from assistant.errors import SettingsError
from assistant.settings_file import one_line, read_section, settings_path

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = "TONGBAO_CONFIG"
SECTION = "answers"
_VARIABLES = {"reranker": "TONGBAO_RERANKER", "extractor": "TONGBAO_EXTRACTOR", "calibration": "TONGBAO_CALIBRATION"}
_KINDS: dict[str, tuple[type, ...]] = {
    "reranker": (str,),
    "extractor": (str,),
    "calibration": (str,),
    "threshold": (int, float),
    "top_k": (int,),
}


def configured(environment: Mapping[str, str], **given: str | None) -> AssistantConfig:
    """Return the settings: what is given, else the environment's, else those of the file's section [answers].

    Raises SettingsError if the file cannot be read, or a setting is unknown, of the wrong kind or out of range.
    An empty text counts as not set, wherever it stands.
    """
    path = settings_path(environment, FILE)
    values = _checked(read_section(path, SECTION), path) if path else {}
    values |= {name: environment[variable] for name, variable in _VARIABLES.items() if environment.get(variable)}
    values |= {name: value for name, value in given.items() if value}
    if isinstance(values.get("calibration"), str):
        values["calibration"] = Path(values["calibration"])
    return AssistantConfig(**values)


def _checked(table: Mapping[str, Any], path: Path) -> dict[str, Any]:
    known = [one.name for one in fields(AssistantConfig) if one.name in _KINDS]
    for name, value in table.items():
        if name not in known:
            raise SettingsError(
                f"设置文件 {path} 的 [{SECTION}] 中有未知的设置 {one_line(name)}；可用的有：{'、'.join(known)}"
            )
        if isinstance(value, bool) or not isinstance(value, _KINDS[name]):
            raise SettingsError(f"设置文件 {path} 的 [{SECTION}] 中 {name} 的值 {value!r} 类型不对")
    if not 0 <= table.get("threshold", 0) <= 1:
        raise SettingsError(f"设置文件 {path} 的 [{SECTION}] 中 threshold 须在 0 与 1 之间")
    if table.get("top_k", 1) < 1:
        raise SettingsError(f"设置文件 {path} 的 [{SECTION}] 中 top_k 须是正整数")
    return {name: value for name, value in table.items() if value != ""}
