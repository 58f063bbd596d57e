"""How a generation comes into use: written beside, looked at, put on the disk, and pointed to in one step."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from index.aliases import own_record, published, sweep, withdraw
from index.errors import IndexDamagedError, TongbaoError
from index.manifest import CURRENT, altered_files, current_generation, generations, numbered, read_manifest
from index.reasons import reason_of, with_advice

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TEMPORARY = ".new"
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class IndexLockedError(TongbaoError):
    """Another process is writing the index."""


class IndexWriteError(TongbaoError):
    """A generation could not be written, mostly because the disk is full; the one in use stays."""


@contextmanager
def locked(directory: Path, *, timeout: float = 30.0) -> Iterator[None]:
    """Hold the lock of the index at `directory`, which is made if absent, after at most `timeout` seconds.

    Raises IndexLockedError, or TongbaoError if there can be no index at that place or it cannot be written.
    """
    from filelock import FileLock, Timeout

    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = FileLock(directory / ".lock", timeout=timeout)
        lock.acquire()
        if not os.access(directory, os.W_OK):
            # The lock may have been left by one who could write here: better told now than after all the work.
            lock.release()
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(directory))
    except Timeout as error:
        raise IndexLockedError(f"另一个程序正在写索引 {directory}，等待 {timeout:g} 秒后放弃；请稍后再试") from error
    except (FileExistsError, NotADirectoryError) as error:
        raise TongbaoError(f"{directory} 不是文件夹，不能存放索引") from error
    except OSError as error:
        raise IndexWriteError(f"不能写入索引文件夹 {directory}：{with_advice(error)}") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def written(directory: Path) -> Iterator[None]:
    """Take away what the block wrote of a generation if it fails; then an OSError becomes IndexWriteError."""
    try:
        yield
    except BaseException as error:
        discard(directory)
        if isinstance(error, OSError):
            reason = "磁盘空间不足" if error.errno in _FULL else reason_of(error)
            where = f"（{error.filename}）" if error.filename else ""
            advice = "，请腾出空间后再试" if error.errno in _FULL else ""
            raise IndexWriteError(f"索引 {directory} 写入失败：{reason}{where}；原有索引未改动{advice}") from error
        raise


def discard(directory: Path) -> None:
    """Remove what writers that failed or were killed left at `directory`: half a generation, or one never used."""
    home = generations(directory)
    (directory / f"{CURRENT}.new").unlink(missing_ok=True)
    try:
        current = current_generation(directory)
    except IndexDamagedError:
        # Which one is in use is not known: all stay.
        shutil.rmtree(home / _TEMPORARY, ignore_errors=True)
        return
    left = [name for name in numbered(directory) if current is None or int(name) > int(current)]
    for folder in [home / name for name in [*left, _TEMPORARY]]:
        withdraw(folder, current=home / current if current else None)
        shutil.rmtree(folder, ignore_errors=True)


def tidy(directory: Path) -> None:
    """Remove all but the generation in use at `directory` and the one before it, as a writer killed early would have.

    Only the holder of the index's lock may call this.
    """
    discard(directory)
    if current_generation(directory) is not None:
        for name in numbered(directory)[:-2]:
            shutil.rmtree(generations(directory) / name, ignore_errors=True)


def regain(directory: Path) -> None:
    """Point to the newest generation at `directory` if the pointer is lost and that one is sound: it is not thrown away.

    An older one is left alone, since it may hold what was removed from the newest. Only the holder of the index's lock may
    call this. Raises IndexFormatError for a newer format.
    """
    names = numbered(directory)
    if not names or current_generation(directory) is not None:
        return
    folder = generations(directory) / names[-1]
    with suppress(IndexDamagedError):
        if not altered_files(folder, read_manifest(folder)):
            point(directory, names[-1])


def begin_generation(directory: Path) -> Path:
    """Return a new empty folder to write a generation into; what interrupted writers left goes."""
    discard(directory)
    folder = generations(directory) / _TEMPORARY
    folder.mkdir(parents=True)
    return folder


def publish(directory: Path, folder: Path) -> str:
    """Make the finished generation in `folder` the current one, and return its number.

    It and the one before stay; older ones are removed. Only the holder of the index's lock may call this. Raises
    OSError if a file of it is shorter than what was written, as happens on a full disk, or StoreError.
    """
    before = current_generation(directory)
    home = generations(directory)
    name = f"{int((numbered(directory) or ['0'])[-1]) + 1:06d}"
    for path in [*folder.rglob("*"), folder]:
        _sync(path)
    _require_whole(directory, folder)
    folder.rename(home / name)
    _sync(home)
    kept = [home / one for one in (name, before) if one]
    with published(home / name, before=home / before if before else None):
        point(directory, name)
    # Whatever else lies there is not the index's.
    for path in (home / one for one in numbered(directory)):
        if path not in kept:
            _remove(path, home / name)
    sweep(home / name, keep=kept)
    return name


def _remove(generation: Path, current: Path) -> None:
    """Remove a generation that is not needed any more, and its collection if the index has left that store."""
    record, used = own_record(generation), own_record(current)
    if record is not None and (used is None or used.alias != record.alias):
        withdraw(generation, current=current)
    shutil.rmtree(generation, ignore_errors=True)


def _require_whole(directory: Path, folder: Path) -> None:
    """Raise OSError if the generation in `folder` cannot be read back: not every library tells of a full disk."""
    from index.store import Index
    from index.verify import miscounts

    try:
        whole = not list(miscounts(Index(directory, folder.name, read_manifest(folder))))
    except (IndexDamagedError, RuntimeError):
        whole = False
    if not whole:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))


def point(directory: Path, name: str) -> None:
    """Make the generation `name` the current one, in one step."""
    pointer = directory / f"{CURRENT}.new"
    pointer.write_text(name + "\n", "ascii")
    _sync(pointer)
    try:
        pointer.replace(directory / CURRENT)
    except IsADirectoryError as error:
        pointer.unlink()
        raise IndexWriteError(f"{directory / CURRENT} 是文件夹，不是文件；请把它移走后再试") from error
    _sync(directory)


def _sync(path: Path) -> None:
    """Wait until the file or folder at `path` is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
