"""Tables on disk that open at once and read on demand: text rows in one blob, and sequences made row by row."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

T = TypeVar("T")
_HEADER = re.compile(rb"\{'descr': '([<>|=][a-z]\d+)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \}\s*")


def open_array(path: Path) -> NDArray[Any]:
    """Return the .npy array of plain numbers at `path`, memory-mapped and read-only; one without elements is not mapped.

    Raises ValueError if the file is none or too short. The header is read here: NumPy evaluates it with `ast`, which fails
    at random when two threads do so before Python 3.11.8.
    """
    with path.open("rb") as file:
        version = np.lib.format.read_magic(file)
        length = int.from_bytes(file.read(2 if version[0] == 1 else 4), "little")
        header = _HEADER.fullmatch(file.read(length))
        offset = file.tell()
    if header is None:
        raise ValueError(f"{path.name} holds no plain array")
    shape = tuple(int(size) for size in header[2].split(b",") if size.strip())
    dtype = np.dtype(header[1].decode())
    if 0 in shape:
        return np.zeros(shape, dtype)
    return np.memmap(path, dtype=dtype, mode="r", offset=offset, shape=shape).view(np.ndarray)


class TextTable:
    """Numbered strings in one UTF-8 file with a table of byte offsets; opened without being read."""

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        self._blob = blob
        self._offsets = offsets

    @classmethod
    def open(cls, folder: Path, name: str) -> TextTable:
        """Return the table `name` of `folder`; it stays readable when the files are deleted later."""
        path = folder / f"{name}.txt"
        blob = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.zeros(0, np.uint8)
        return cls(blob.view(np.ndarray), open_array(folder / f"{name}.npy"))

    @staticmethod
    def write(folder: Path, name: str, rows: Iterable[str]) -> None:
        """Write `rows` as table `name` of `folder`; no rows give an empty table."""
        offsets = [0]
        with (folder / f"{name}.txt").open("wb") as blob:
            for row in rows:
                offsets.append(offsets[-1] + blob.write(row.encode("utf-8")))
        np.save(folder / f"{name}.npy", np.array(offsets, dtype=np.int64), allow_pickle=False)

    def __len__(self) -> int:
        return max(len(self._offsets) - 1, 0)

    def raw(self, number: int) -> bytes:
        """Return the UTF-8 bytes of row `number`."""
        return self._blob[self._offsets[number] : self._offsets[number + 1]].tobytes()

    def __getitem__(self, number: int) -> str:
        return self.raw(number).decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def find(self, row: str) -> int:
        """Return the number of `row` in a table sorted by UTF-8 bytes, or -1 if it is not there."""
        wanted = row.encode("utf-8")
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self.raw(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self.raw(low) == wanted else -1


def to_row(value: Any) -> str:
    """Return `value` as one line of JSON, ended by a newline, for a `TextTable`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) + "\n"


class LazySequence(Sequence[T], Generic[T]):
    """A sequence over the row numbers `rows`, whose items are made when asked for."""

    def __init__(self, rows: range, load: Callable[[int], T]) -> None:
        self._rows = rows
        self._load = load

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> LazySequence[T]: ...
    def __getitem__(self, index: int | slice) -> T | LazySequence[T]:
        if isinstance(index, slice):
            return LazySequence(self._rows[index], self._load)
        return self._load(self._rows[index])

    def __iter__(self) -> Iterator[T]:
        return map(self._load, self._rows)
