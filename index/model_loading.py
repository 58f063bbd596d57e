"""A model of transformers or sentence-transformers opened by folder or by a hub's name: what goes wrong is one line."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from index.embedding import ModelError
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def loading(name: str, *, failed: str) -> Iterator[None]:
    """Run the block that loads the model called `name`; the line of a failure begins with `failed`.

    Raises ModelError at once if `name` can only be a folder and is none, and for whatever the block raises.
    """
    if _can_only_be_a_folder(name) and not Path(name).is_dir():
        raise ModelError(f"{failed}：没有这个文件夹")
    try:
        yield
    except (TongbaoError, MemoryError):
        raise
    except Exception as error:
        # All of them: tokenizers raises plain Exceptions for its files, and damaged weights have errors of their own.
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(f"{failed}：{reason}") from error


def _can_only_be_a_folder(name: str) -> bool:
    """Whether `name` cannot be a hub's, `model` or `owner/model`; a folder is no owner.

    A hub is asked again and again for most of a minute before it is given up: too long for a mistyped folder.
    """
    owner, separator, model = name.partition("/")
    if not separator:
        return name.startswith((".", "~")) or "\\" in name
    strange = name.startswith((".", "~")) or "\\" in name or not owner or not model or "/" in model
    return strange or Path(owner).is_dir()
