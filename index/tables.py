"""Tables on disk that open at once and read on demand: text rows in one blob, and sequences made row by row."""

from __future__ import annotations

import itertools
import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

T = TypeVar("T")
_HEADER = re.compile(rb"\{'descr': '([<>|=][a-z]\d+)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \}\s*")
_PACKED = ".z"
_LEVEL = 6
"""Of zlib: texts of notices shrink to 0.56 of their UTF-8; level 9 saves a thousandth more and takes twice the time."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows of an earlier table, `start` to `stop`, taken over as they are."""

    table: TextTable
    start: int
    stop: int


class TextTable:
    """Numbered strings in one file with a table of byte offsets; opened without being read.

    Rows are UTF-8, in a packed table each compressed by itself.
    """

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[Any], *, packed: bool = False) -> None:
        self._blob = blob
        self._offsets = offsets
        self._packed = packed

    @classmethod
    def open(cls, folder: Path, name: str) -> TextTable:
        """Return the table `name` of `folder`; it stays readable when the files are deleted later."""
        packed = folder / f"{name}{_PACKED}"
        path = packed if packed.exists() else folder / f"{name}.txt"
        blob = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.zeros(0, np.uint8)
        return cls(blob.view(np.ndarray), open_array(folder / f"{name}.npy"), packed=path == packed)

    @staticmethod
    def write(folder: Path, name: str, rows: Iterable[str | bytes | Rows], *, packed: bool = False) -> None:
        """Write `rows` as table `name` of `folder`; no rows give an empty table."""
        lengths: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]
        single: list[int] = []
        with (folder / f"{name}{_PACKED if packed else '.txt'}").open("wb") as blob:
            if not packed and isinstance(rows, list) and all(type(row) is bytes for row in rows):
                # The words of a large collection: a million rows, written at once.
                blob.write(b"".join(rows))
                single, rows = list(map(len, rows)), ()
            for row in rows:
                if not isinstance(row, Rows):
                    data = row if isinstance(row, bytes) else row.encode("utf-8")
                    single.append(blob.write(zlib.compress(data, _LEVEL) if packed else data))
                elif row.table._packed == packed:
                    lengths += [np.array(single, np.int64), row.table._lengths(row.start, row.stop)]
                    single = []
                    blob.write(row.table._bytes(row.start, row.stop))
                else:
                    for number in range(row.start, row.stop):
                        data = row.table.raw(number)
                        single.append(blob.write(zlib.compress(data, _LEVEL) if packed else data))
        offsets = np.cumsum(np.concatenate([*lengths, np.array(single, np.int64)]))
        np.save(folder / f"{name}.npy", offsets.astype(_narrow(int(offsets[-1]))), allow_pickle=False)

    def __len__(self) -> int:
        return max(len(self._offsets) - 1, 0)

    def _bytes(self, start: int, stop: int) -> memoryview:
        return self._blob[int(self._offsets[start]) : int(self._offsets[stop])].data

    def _lengths(self, start: int, stop: int) -> NDArray[np.int64]:
        offsets = self._offsets[start : stop + 1].astype(np.int64)
        return offsets[1:] - offsets[:-1]

    def raw(self, number: int) -> bytes:
        """Return the UTF-8 bytes of row `number`. Raises ValueError if a packed one is spoilt."""
        data = self._blob[int(self._offsets[number]) : int(self._offsets[number + 1])].tobytes()
        if not self._packed:
            return data
        try:
            return zlib.decompress(data)
        except zlib.error as error:
            raise ValueError(f"row {number} is spoilt: {error}") from error

    def rows(self) -> list[bytes]:
        """Return the UTF-8 bytes of all rows; of a table that is not packed much faster than one by one."""
        if self._packed:
            return [self.raw(number) for number in range(len(self))]
        blob = self._blob.tobytes()
        return [blob[start:stop] for start, stop in itertools.pairwise(self._offsets.tolist())]

    def __getitem__(self, number: int) -> str:
        return self.raw(number).decode("utf-8")

    def __iter__(self) -> Iterator[str]:
        return (row.decode("utf-8") for row in self.rows())

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


def _narrow(most: int) -> type[np.unsignedinteger[Any]]:
    return np.uint32 if most < 2**32 else np.uint64


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
