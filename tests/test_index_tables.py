from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from index.tables import open_array

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("dtype", ["u1", "u2", "u4", "i8", "f2", "f4", "f8"])
@pytest.mark.parametrize("shape", [(3,), (0,), (2, 3), (0, 3), (1, 1, 2), ()])
def test_an_array_is_read_as_numpy_reads_it(tmp_path: Path, dtype: str, shape: tuple[int, ...]) -> None:
    written = np.arange(int(np.prod(shape)), dtype=dtype).reshape(shape)
    np.save(tmp_path / "a.npy", written)
    found = open_array(tmp_path / "a.npy")
    assert type(found) is np.ndarray
    assert not found.size or not found.flags.writeable
    assert (found.dtype, found.shape) == (written.dtype, shape)
    np.testing.assert_array_equal(found, written)


def test_what_is_no_plain_array_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, np.arange(9, dtype="i8"))
    whole = path.read_bytes()
    others = [b"", b"\x93NUMPY", whole[:-1], whole.replace(b"<i8", b"|O8"), b"x" + whole]
    others.append(whole.replace(b"(9,)", b"(a,)"))
    for content in others:
        path.write_bytes(content)
        with pytest.raises(ValueError, match=r"\S"):
            open_array(path)
