"""One generation as a zip file of plain files, and back: verified on both ways, published in one step.

The archive holds `manifest.json` and the files that it lists, and nothing else. It is not trusted: names, kinds and
sizes are looked at before anything is unpacked, checksums while it is, and offsets and vectors afterwards.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import zipfile
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from index.collection_record import CollectionRecord
from index.errors import IndexDamagedError, IndexFormatError, IndexMissingError, TongbaoError
from index.manifest import (
    MANIFEST,
    StoredFile,
    current_generation,
    generations,
    numbered,
    open_generation,
    read_manifest,
)
from index.publish import begin_generation, locked, publish, regain, written
from index.reasons import with_advice
from index.store import Index
from index.verify import problems_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from index.manifest import Manifest

_CHUNK = 1 << 20
_MOST_MANIFEST = 64 * 1024 * 1024
_MOST_DEPTH = 4
_MOST_RATIO = 200
"""Size unpacked to size packed beyond which an archive is a bomb; real ones lie between 1 and 5."""
_SMALL = 16 * 1024 * 1024
"""Archives that unpack to less do no harm, whatever their ratio."""
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The time of each entry, so that the same generation gives the same bytes."""


class ArchiveError(TongbaoError):
    """An archive cannot be written or is none that may be imported; the message says why."""


def export_index(directory: Path, file: Path, *, force: bool = False) -> Manifest:
    """Write the current generation at `directory` to the zip `file` in one step, and return its manifest.

    An existing `file` is replaced only if `force`. Raises ArchiveError, IndexDamagedError if a byte is not as
    recorded, or what `open_generation` raises.
    """
    if file.is_dir():
        raise ArchiveError(f"{file} 是文件夹，应为文件；请给出要写入的文件名，如 {file / '备份.zip'}")
    if file.exists() and not force:
        raise ArchiveError(f"{file} 已存在；请换一个文件名，或加 --force 覆盖")
    temporary = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    try:
        while True:
            name, manifest = open_generation(directory)
            if manifest.config.store:
                raise ArchiveError(
                    f"索引 {directory} 的向量在 {manifest.config.store} 中，导出文件装不下；请用 Milvus 的备份工具，"
                    "或先运行 tongbao index 通报文件夹 --store faiss"
                )
            try:
                _pack(generations(directory) / name, manifest, temporary)
                break
            except FileNotFoundError:
                # A writer may have removed this generation meanwhile: then there is a newer one.
                if not temporary.parent.is_dir() or current_generation(directory) == name:
                    raise
        temporary.replace(file)
    except OSError as error:
        if error.filename is not None and generations(directory) in Path(os.fsdecode(error.filename)).parents:
            raise ArchiveError(f"没有导出：无法读取索引文件 {error.filename}：{with_advice(error)}") from error
        raise ArchiveError(f"无法写入 {file}：{with_advice(error)}") from error
    finally:
        with contextlib.suppress(OSError):  # a place that takes no file has none to take away
            temporary.unlink(missing_ok=True)
    return manifest


def _pack(folder: Path, manifest: Manifest, file: Path) -> None:
    """Write the generation in `folder` to the new zip `file` and wait until it is on the disk."""
    with file.open("wb") as stream:
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
            _put(archive, MANIFEST, folder, None)
            for name, stored in sorted(manifest.stored.items()):
                _put(archive, name, folder, stored)
        stream.flush()
        os.fsync(stream.fileno())


def _put(archive: zipfile.ZipFile, name: str, folder: Path, stored: StoredFile | None) -> None:
    entry = zipfile.ZipInfo(name, _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (stat.S_IFREG | 0o644) << 16
    with (folder / name).open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
        found = _copy(source, target)
    if stored is not None and found != stored:
        raise IndexDamagedError(f"索引文件 {folder / name} 的内容已被改动，没有导出；请先运行 tongbao repair")


def _copy(source: IO[bytes], target: IO[bytes], *, most: int | None = None) -> StoredFile:
    """Return size and checksum of what was copied; one byte beyond `most` is the last that is read."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK if most is None else min(_CHUNK, most + 1 - size)):
        digest.update(chunk)
        size += len(chunk)
        if most is not None and size > most:
            break
        target.write(chunk)
    return StoredFile(size, digest.hexdigest())


def import_index(file: Path, directory: Path, *, force: bool = False) -> tuple[str, Manifest]:
    """Publish the generation in the archive `file` at `directory`, and return its number there and its manifest.

    An index that is there already is replaced only if `force`; its generation then stays as the one before. Until
    the last step nothing is altered. Raises ArchiveError, IndexFormatError, IndexLockedError or IndexWriteError.
    """
    try:
        with zipfile.ZipFile(file) as archive, locked(directory):
            if not force and _holds_an_index(directory):
                raise ArchiveError(f"{directory} 中已有索引；请换一个 --index 文件夹，或加 --force 替换它")
            regain(directory)
            entries = _entries(archive, file)
            stored = _listed(archive, entries, file)
            _require_room(directory, stored, file)
            with written(directory):
                folder = begin_generation(directory)
                _unpack(archive, entries, stored, folder, file)
                manifest = _sound(directory, folder, file)
                return publish(directory, folder), manifest
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        why = "不是 zip 文件，或没有传完" if isinstance(error, zipfile.BadZipFile) else str(error)
        raise ArchiveError(f"{file} 不是完好的导出文件：{why}；请用 tongbao export 写出的文件") from error
    except FileNotFoundError as error:
        raise ArchiveError(f"找不到文件 {error.filename or file}") from error
    except OSError as error:
        raise ArchiveError(f"无法读取 {file}：{with_advice(error)}") from error


def _holds_an_index(directory: Path) -> bool:
    with contextlib.suppress(IndexDamagedError):
        return current_generation(directory) is not None or bool(numbered(directory))
    return True


def _entries(archive: zipfile.ZipFile, file: Path) -> dict[str, zipfile.ZipInfo]:
    """Return the entries by name. Raises ArchiveError for names and kinds that an export never has."""
    entries: dict[str, zipfile.ZipInfo] = {}
    for entry in archive.infolist():
        # `filename` ends at a null byte; the name as it was written does not.
        name = entry.orig_filename
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if not is_plain(name) or name in entries:
            raise ArchiveError(f"{file} 中有不允许的文件名 {name!r}，没有导入")
        if kind not in {0, stat.S_IFREG} or entry.is_dir():
            raise ArchiveError(f"{file} 中的 {name!r} 不是普通文件，没有导入")
        if entry.flag_bits & 1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise ArchiveError(f"{file} 中的 {name!r} 加了密或用了别的压缩方法，没有导入")
        entries[name] = entry
    return entries


def is_plain(name: str) -> bool:
    """Return whether `name` is a relative path with forward slashes that stays below its folder on every system."""
    parts = name.split("/")
    return (
        0 < len(parts) <= _MOST_DEPTH
        and not any(char in name for char in '\\:\0<>|?*"')
        and name.isprintable()
        and all(part not in {"", ".", ".."} and part == part.strip(" .") for part in parts)
        and PurePosixPath(name).as_posix() == name
    )


def _listed(archive: zipfile.ZipFile, entries: Mapping[str, zipfile.ZipInfo], file: Path) -> dict[str, StoredFile]:
    """Return the files that the manifest lists, which are just those of the archive, of the same sizes."""
    entry = entries.get(MANIFEST)
    if entry is None or entry.file_size > _MOST_MANIFEST:
        raise ArchiveError(f"{file} 不是 tongbao export 写出的文件（缺少 {MANIFEST}）")
    try:
        with archive.open(entry) as stream:
            values = json.loads(stream.read(_MOST_MANIFEST + 1))
        stored = {name: StoredFile(int(one["size"]), str(one["sha256"])) for name, one in values["stored"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ArchiveError(f"{file} 中的 {MANIFEST} 已损坏，没有导入") from error
    if strays := sorted((stored.keys() | {MANIFEST}) ^ entries.keys()):
        raise ArchiveError(f"{file} 的内容与其清单不符（{strays[0]!r}），没有导入")
    if wrong := [name for name, one in stored.items() if entries[name].file_size != one.size]:
        raise ArchiveError(f"{file} 中 {wrong[0]!r} 的大小与清单不符，没有导入")
    return stored


def _require_room(directory: Path, stored: Mapping[str, StoredFile], file: Path) -> None:
    """Raise ArchiveError for an archive that unpacks to far more than itself, or than the disk has room for."""
    size, packed = sum(one.size for one in stored.values()), file.stat().st_size
    if size > _SMALL and size > _MOST_RATIO * packed:
        raise ArchiveError(
            f"{file} 解压后有 {size:,} 字节，是其自身的 {size // max(packed, 1)} 倍，疑为压缩炸弹，没有导入"
        )
    if size > (free := shutil.disk_usage(directory).free):
        raise ArchiveError(f"磁盘空间不足：导入需要 {size:,} 字节，只剩 {free:,} 字节")


def _unpack(
    archive: zipfile.ZipFile,
    entries: Mapping[str, zipfile.ZipInfo],
    stored: Mapping[str, StoredFile],
    folder: Path,
    file: Path,
) -> None:
    """Write the files of the archive into `folder`, each just as recorded. Raises ArchiveError if one is not."""
    for name, entry in entries.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(entry) as source, path.open("xb") as target:
            found = _copy(source, target, most=stored[name].size if name in stored else _MOST_MANIFEST)
        if name in stored and found != stored[name]:
            raise ArchiveError(f"{file} 中 {name!r} 的内容与校验和不符，没有导入")


def _sound(directory: Path, folder: Path, file: Path) -> Manifest:
    """Return the manifest of the generation in `folder`. Raises ArchiveError if anything in it is not sound."""
    try:
        manifest = read_manifest(folder)
        if manifest.config.store or CollectionRecord.open(folder / "dense") is not None:
            # Whoever wrote the archive shall not choose what this machine connects to.
            raise ArchiveError(f"{file} 中的索引依赖外部的 Milvus，没有导入")
        problems = problems_of(Index(directory, folder.name, manifest))
    except (IndexFormatError, ArchiveError):
        raise
    except (IndexDamagedError, IndexMissingError) as error:
        raise ArchiveError(f"{file} 中的索引已损坏，没有导入") from error
    except Exception as error:
        raise ArchiveError(f"{file} 中的索引无法读取，没有导入（{type(error).__name__}）") from error
    if problems:
        raise ArchiveError(
            f"{file} 中的索引有 {len(problems)} 处问题，没有导入；{problems[0].where}：{problems[0].what}"
        )
    return manifest
