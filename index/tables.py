"""Tables on disk that open at once and read on demand: text rows in one blob, and sequences made row by row."""

from __future__ import annotations

import itertools
import json
import re
import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

import numpy as np

from index.errors import IndexDamagedError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

T = TypeVar("T")
_HEADER = re.compile(rb"\{'descr': '([<>|=][a-z]\d+)', 'fortran_order': False, 'shape': \(([\d, ]*)\), \}\s*")
_PACKED = ".z"
_SUMS = ".sums.npy"
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

    Rows are UTF-8, in a packed table each compressed by itself. A table with sums notices altered rows when they are read.
    """

    def __init__(
        self,
        blob: NDArray[np.uint8],
        offsets: NDArray[Any],
        *,
        packed: bool = False,
        sums: NDArray[np.uint32] | None = None,
        path: Path | None = None,
    ) -> None:
        """Take `sums` of shape (rows,), the CRC-32 of the bytes of each row; `path` is named where one is not as written."""
        self._blob = blob
        self._offsets = offsets
        self._packed = packed
        self._sums = sums
        self._path = path

    @classmethod
    def open(cls, folder: Path, name: str, *, checked: bool = True) -> TextTable:
        """Return the table `name` of `folder`; it stays readable when the files are deleted later.

        Its sums are left out of account unless `checked`: for those who looked at the checksum of the whole file.
        """
        packed = folder / f"{name}{_PACKED}"
        path = packed if packed.exists() else folder / f"{name}.txt"
        blob = np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.zeros(0, np.uint8)
        offsets, sums = open_array(folder / f"{name}.npy"), None
        if checked and (summed := folder / f"{name}{_SUMS}").exists():
            sums = open_array(summed)
            if len(sums) != max(len(offsets) - 1, 0):
                raise ValueError(f"{summed.name} holds {len(sums)} sums of {len(offsets) - 1} rows")
        return cls(blob.view(np.ndarray), offsets, packed=path == packed, sums=sums, path=path)

    @staticmethod
    def write(
        folder: Path, name: str, rows: Iterable[str | bytes | Rows], *, packed: bool = False, summed: bool = False
    ) -> None:
        """Write `rows` as table `name` of `folder`, with sums if `summed`; no rows give an empty table."""
        sizes, sums = array("q"), array("I")
        with (folder / f"{name}{_PACKED if packed else '.txt'}").open("wb") as blob:
            if not (packed or summed) and isinstance(rows, list) and all(type(row) is bytes for row in rows):
                # The words of a large collection: a million rows, written at once.
                blob.write(b"".join(rows))
                sizes, rows = array("q", map(len, rows)), ()
            for row in rows:
                if isinstance(row, Rows) and row.table._packed == packed:
                    blob.write(row.table._bytes(row.start, row.stop))
                    sizes.frombytes(row.table._lengths(row.start, row.stop).tobytes())
                    sums.frombytes(row.table._sums_of(row.start, row.stop).tobytes() if summed else b"")
                    continue
                for data in map(row.table.raw, range(row.start, row.stop)) if isinstance(row, Rows) else (row,):
                    bare = data.encode("utf-8") if isinstance(data, str) else data
                    stored = zlib.compress(bare, _LEVEL) if packed else bare
                    sizes.append(blob.write(stored))
                    sums.append(zlib.crc32(stored))
        offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(np.frombuffer(sizes, np.int64))))
        np.save(folder / f"{name}.npy", offsets.astype(_narrow(int(offsets[-1]))), allow_pickle=False)
        if summed:
            np.save(folder / f"{name}{_SUMS}", np.frombuffer(sums, np.uint32), allow_pickle=False)

    def __len__(self) -> int:
        return max(len(self._offsets) - 1, 0)

    def _bytes(self, start: int, stop: int) -> memoryview:
        return self._blob[int(self._offsets[start]) : int(self._offsets[stop])].data

    def _lengths(self, start: int, stop: int) -> NDArray[np.int64]:
        offsets = self._offsets[start : stop + 1].astype(np.int64)
        return offsets[1:] - offsets[:-1]

    def _sums_of(self, start: int, stop: int) -> NDArray[np.uint32]:
        """Return the sums of the rows `start` to `stop`: those kept, or new ones in a table from before there were any."""
        if self._sums is not None:
            return self._sums[start:stop]
        return np.array([zlib.crc32(self._bytes(row, row + 1)) for row in range(start, stop)], np.uint32)

    def raw(self, number: int) -> bytes:
        """Return the UTF-8 bytes of row `number`.

        Raises IndexDamagedError if they are not those that were written, ValueError if a packed row without sum is spoilt.
        """
        data = self._blob[int(self._offsets[number]) : int(self._offsets[number + 1])].tobytes()
        if self._sums is not None and zlib.crc32(data) != self._sums[number]:
            self._refuse(number)
        if not self._packed:
            return data
        try:
            return zlib.decompress(data)
        except zlib.error as error:
            raise ValueError(f"row {number} is spoilt: {error}") from error

    def _refuse(self, number: int) -> None:
        raise IndexDamagedError(
            f"索引文件 {self._path} 第 {number + 1} 行的内容已被改动；请运行 tongbao verify，再用 tongbao repair 修复"
        )

    def rows(self) -> list[bytes]:
        """Return the UTF-8 bytes of all rows; of a table that is not packed much faster than one by one.

        Raises what `raw` raises.
        """
        if self._packed:
            return [self.raw(number) for number in range(len(self))]
        blob = self._blob.tobytes()
        rows = [blob[start:stop] for start, stop in itertools.pairwise(self._offsets.tolist())]
        if self._sums is not None and list(map(zlib.crc32, rows)) != (sums := self._sums.tolist()):
            self._refuse(next(n for n, row in enumerate(rows) if zlib.crc32(row) != sums[n]))
        return rows

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
