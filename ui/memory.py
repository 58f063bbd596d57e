"""What processes take of memory, and how much of it they share: as Linux tells in /proc."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Footprint:
    """Memory in kB. A page that n processes map counts whole in `resident` and as its n-th part in `proportional`."""

    resident: int = 0
    proportional: int = 0
    own: int = 0
    """What would be free again if the process ended."""

    def __add__(self, other: Footprint) -> Footprint:
        resident, proportional = self.resident + other.resident, self.proportional + other.proportional
        return Footprint(resident, proportional, self.own + other.own)


def footprint(pid: int, *, proc: Path = _PROC) -> Footprint:
    """Return the memory of a process; zeros where the system does not tell, or the process is gone."""
    return _summed(_lines(proc / str(pid) / "smaps_rollup"))


def mapped(pid: int, folder: Path, *, proc: Path = _PROC) -> Footprint:
    """Return what a process has in memory of the files below `folder`, which are mapped and belong to the page cache."""
    total, inside, block = Footprint(), False, []
    home = str(folder.resolve())
    for line in [*_lines(proc / str(pid) / "smaps"), "end"]:
        words = line.split(None, 5)
        if words[0].endswith(":"):
            block.append(line)
            continue
        total += _summed(block) if inside else Footprint()
        inside, block = len(words) == 6 and words[5].startswith(f"{home}/"), []
    return total


def _summed(lines: Iterable[str]) -> Footprint:
    sizes = dict.fromkeys(("Rss:", "Pss:", "Private_Clean:", "Private_Dirty:"), 0)
    for line in lines:
        name, size = line.split(None, 2)[:2]
        if name in sizes:
            sizes[name] += int(size)
    return Footprint(sizes["Rss:"], sizes["Pss:"], sizes["Private_Clean:"] + sizes["Private_Dirty:"])


def _lines(path: Path) -> list[str]:
    try:
        return [line for line in path.read_text("utf-8", "replace").splitlines() if line.strip()]
    except OSError:
        return []
