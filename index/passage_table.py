"""Where each passage stands: a table of numbers that notices altered rows when they are read."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.errors import IndexDamagedError
from index.tables import open_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_ROWS, _SUMS, _FIRSTS = "passages.npy", "passages.sums.npy", "notice_passages.npy"
_BASIS, _PRIME, _MOST = 0x811C9DC5, 0x01000193, 0xFFFFFFFF
"""Of FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv: no change of a single number leaves the sum as it was."""


@dataclass(frozen=True, slots=True, eq=False)
class PassageTable:
    """The numbers of file and heading path, start and end of each passage, and which passages a notice has."""

    rows: NDArray[np.int32]
    """Shape (passages, 4)."""
    firsts: NDArray[np.int64]
    """Shape (notices + 1,): notice i has the passages firsts[i] to firsts[i + 1]."""
    sums: NDArray[np.uint32] | None
    """Shape (passages,): a sum over number, notice and row of each; None in a generation from before there were any."""
    path: Path

    @classmethod
    def open(cls, folder: Path) -> PassageTable:
        """Return the table in `folder`, mapped into memory. Raises OSError, or ValueError for arrays of other shapes."""
        rows, firsts = open_array(folder / _ROWS), open_array(folder / _FIRSTS)
        sums = open_array(folder / _SUMS) if (folder / _SUMS).exists() else None
        if sums is not None and len(sums) != len(rows):
            raise ValueError(f"{_SUMS} holds {len(sums)} sums of {len(rows)} rows")
        return cls(rows, firsts, sums, folder / _ROWS)

    @staticmethod
    def write(folder: Path, rows: NDArray[np.int32], counts: NDArray[np.int64]) -> None:
        """Write the rows of all passages, and how many of them each notice has, in order, with their sums."""
        np.save(folder / _ROWS, rows, allow_pickle=False)
        np.save(folder / _FIRSTS, np.concatenate((np.zeros(1, np.int64), np.cumsum(counts))), allow_pickle=False)
        sums = np.full(len(rows), _BASIS, np.uint32)
        for column in (np.arange(len(rows)), np.repeat(np.arange(len(counts)), counts), *rows.T):
            sums = (sums ^ column.astype(np.uint32)) * np.uint32(_PRIME)
        np.save(folder / _SUMS, sums, allow_pickle=False)

    def row(self, number: int) -> tuple[int, int, int, int, int]:
        """Return notice, file, heading path, start and end of a passage. Raises IndexDamagedError for an altered row."""
        notice = bisect_right(self.firsts, number) - 1
        file, path, start, end = self.rows[number].tolist()
        if self.sums is not None:
            found = _BASIS
            for value in (number, notice, file, path, start, end):
                found = ((found ^ (value & _MOST)) * _PRIME) & _MOST
            if found != self.sums[number]:
                raise IndexDamagedError(
                    f"索引文件 {self.path} 第 {number + 1} 行的内容已被改动；"
                    "请运行 tongbao verify，再用 tongbao repair 修复"
                )
        return notice, file, path, start, end
