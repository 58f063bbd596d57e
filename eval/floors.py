"""Floors that a run must not fall under: `MEASURE=VALUE`, or a table of a TOML file.

[samples]            # the gold set of that name, samples.jsonl
right = 0.9
"hit@5" = 0.95
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.errors import UsageError
from eval.metrics import lower_is_better
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eval.summary import Summary


@dataclass(frozen=True, slots=True)
class Floor:
    """The worst value of a measure that is still accepted: a ceiling where less is better."""

    name: str
    value: float

    def broken_by(self, found: float) -> bool:
        """Whether `found` is worse than the floor."""
        return found > self.value if lower_is_better(self.name) else found < self.value


def parse_floors(texts: Sequence[str]) -> tuple[Floor, ...]:
    """Return the floors written in `texts`; none for none.

    Raises:
        UsageError: a text is not of the form MEASURE=VALUE.

    """
    floors = []
    for text in texts:
        name, equals, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            equals = ""
        if not equals or not name.strip():
            raise UsageError(f"--fail-under 应写作 指标=数值，不是 {text}")
        floors.append(Floor(name.strip().lower(), number))
    return tuple(floors)


def load_floors(path: Path, name: str) -> tuple[Floor, ...]:
    """Return the floors that the file `path` sets for the gold set `name`; none if it sets none for it.

    Raises:
        UsageError: the file cannot be read, is not TOML, or a floor is not a number.

    """
    try:
        tables = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(f"读不出下限文件 {path}（{reason_of(error)}）") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"下限文件 {path} 不是 UTF-8 文本；请给出一个 TOML 文件，例如 eval/floors.toml") from error
    except ValueError as error:
        raise UsageError(f"下限文件 {path} 不是 TOML（{error}）") from error
    table = tables.get(name, {})
    if not isinstance(table, dict):
        raise UsageError(f"下限文件 {path}：{name} 应是一个表 [{name}]")
    for measure, value in table.items():
        if type(value) not in (int, float):
            raise UsageError(f"下限文件 {path} [{name}]：{measure} 应是数值，不是 {value}")
    return tuple(Floor(measure.lower(), float(value)) for measure, value in table.items())


def broken_floors(floors: Sequence[Floor], summary: Summary) -> tuple[str, ...]:
    """Return one line for each floor that the run broke; nothing if it broke none.

    Raises:
        UsageError: the run has no measure of that name.

    """
    lines = []
    for floor in floors:
        found = summary.value(floor.name)
        if found is None:
            known = "、".join([*summary.estimates, *summary.whole])
            raise UsageError(f"本次评测没有指标 {floor.name}（有：{known}）")
        if floor.broken_by(found):
            sign = ">" if lower_is_better(floor.name) else "<"
            lines.append(f"{floor.name} = {found:.4f} {sign} {floor.value:g}")
    return tuple(lines)
