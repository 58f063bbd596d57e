"""The floors that ship: they parse, name known measures, lie in their range and never fall."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eval.errors import UsageError
from eval.floors import Floor, load_floors
from eval.labels import MEASURES
from eval.metrics import lower_is_better

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[1]
FLOORS = ROOT / "eval/floors.toml"
Tables = dict[str, dict[str, float]]


def fallen(before: Mapping[str, Mapping[str, float]], after: Mapping[str, Mapping[str, float]]) -> list[str]:
    """Return the floors of `after` that are easier to keep than in `before`, or that are gone."""
    return [
        f"{name} {measure}"
        for name, table in before.items()
        for measure, floor in table.items()
        if measure not in after.get(name, {}) or Floor(measure, floor).broken_by(after[name][measure])
    ]


def versions() -> list[Tables]:
    """Return what the file held in each commit that changed it, oldest first; empty outside a repository."""
    where = ["git", "-C", str(ROOT)]
    path = FLOORS.relative_to(ROOT).as_posix()
    log = subprocess.run([*where, "log", "--format=%H", "--", path], capture_output=True, text=True, check=False)
    held = []
    for commit in reversed(log.stdout.split()):
        shown = subprocess.run([*where, "show", f"{commit}:{path}"], capture_output=True, text=True, check=False)
        if shown.returncode == 0:
            held.append(tomllib.loads(shown.stdout))
    return held


@pytest.mark.parametrize("name", ["samples", "real"])
def test_floors_name_known_measures_within_their_range(name: str) -> None:
    floors = load_floors(FLOORS, name)
    assert len(floors) >= 8
    assert {floor.name for floor in floors} <= set(MEASURES)
    assert {"right", "citation_hit@3", "verbatim", "hit@1", "hit@5", "refused", "false_refusal"} <= {
        floor.name for floor in floors
    }
    for floor in floors:
        assert 0 <= floor.value <= 1, floor
        assert (floor.value < 0.2) is lower_is_better(floor.name), floor


def test_floors_only_rise() -> None:
    now = tomllib.loads(FLOORS.read_text("utf-8"))
    for before in versions():
        assert fallen(before, now) == []


def test_what_counts_as_fallen() -> None:
    old = {"samples": {"right": 0.8, "false_refusal": 0.1}}
    assert fallen(old, {"samples": {"right": 0.8, "false_refusal": 0.1, "hit@1": 0.5}}) == []
    assert fallen(old, {"samples": {"right": 0.9, "false_refusal": 0.05}}) == []
    assert fallen(old, {"samples": {"right": 0.7, "false_refusal": 0.2}}) == ["samples right", "samples false_refusal"]
    assert fallen(old, {"samples": {"right": 0.8}}) == ["samples false_refusal"]
    assert fallen(old, {}) == ["samples right", "samples false_refusal"]
    assert fallen({}, old) == []


def test_a_file_of_floors(tmp_path: Path) -> None:
    path = tmp_path / "floors.toml"
    path.write_text('[mine]\nRight = 0.5\n"hit@1" = 1\n', encoding="utf-8")
    assert load_floors(path, "mine") == (Floor("right", 0.5), Floor("hit@1", 1.0))
    assert load_floors(path, "yours") == ()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[mine", "不是 TOML"),
        ("mine = 1", "应是一个表"),
        ('[mine]\nright = "0.5"', "数值"),
        ("[mine]\nx = true", "数值"),
    ],
)
def test_what_is_no_file_of_floors(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        load_floors(path, "mine")
    path.write_bytes(b"\x00\x9b\xff")
    with pytest.raises(UsageError, match="不是 UTF-8 文本"):
        load_floors(path, "mine")
    with pytest.raises(UsageError, match="读不出"):
        load_floors(tmp_path / "none.toml", "mine")
