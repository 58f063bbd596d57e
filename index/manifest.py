"""The folder of an index: which generation is current, and what it holds.

DIR/CURRENT                  the number of the generation in use
DIR/generations/000001/      one complete state, never altered
    manifest.json            format, settings, model, counts, size and SHA-256 of every other file
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from index.config import IndexConfig
from index.errors import IndexDamagedError, IndexFormatError, IndexMissingError
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FORMAT = 4
"""2 added how notices are related, and the manifest's own checksum; 3 packs texts, word counts and sketches; 4 has word
counts in segments and what notices are grouped by."""
READABLE = frozenset({1, 2, 3, FORMAT})
"""Formats that can be read; the next update writes `FORMAT`."""
WITH_BLOCKS = 3
"""The first format that keeps word counts in blocks."""
CURRENT = "CURRENT"
_GENERATION = re.compile(r"\d{6,}")
MANIFEST = "manifest.json"
_CHECKSUM = "checksum"
_SEALED_FROM = 2
REPAIR = "请运行 tongbao verify 查看，再用 tongbao repair 修复，或删除索引文件夹后重新运行 tongbao index"


@dataclass(frozen=True, slots=True)
class Counts:
    """How much a generation holds."""

    files: int
    notices: int
    passages: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """Size in bytes and SHA-256 of a file of the index."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a generation says about itself."""

    created: str
    """Moment of writing, ISO, UTC."""
    pipeline: int
    """`config.PIPELINE_VERSION` of the writer."""
    config: IndexConfig
    model: str
    """Name or folder of the embedding model."""
    fingerprint: str
    dimensions: int
    counts: Counts
    stored: Mapping[str, StoredFile]
    """The files by their path inside the generation."""
    format: int = FORMAT


def generations(directory: Path) -> Path:
    """Return the folder that holds the generations of the index at `directory`."""
    return directory / "generations"


def current_generation(directory: Path) -> str | None:
    """Return the generation in use, or None if there is no index. Raises IndexDamagedError for a spoilt CURRENT."""
    try:
        name = (directory / CURRENT).read_text("ascii").strip()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except PermissionError as error:
        raise IndexDamagedError(closed(directory / CURRENT)) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamagedError(f"索引文件 {directory / CURRENT} 无法读取；{REPAIR}") from error
    if not _GENERATION.fullmatch(name):
        raise IndexDamagedError(f"索引文件 {directory / CURRENT} 已损坏；{REPAIR}")
    return name


def numbered(directory: Path) -> list[str]:
    """Return the names of all generations at `directory`, in use or not, oldest first; no index gives none."""
    home = generations(directory)
    names = [path.name for path in home.iterdir() if _GENERATION.fullmatch(path.name)] if home.is_dir() else []
    return sorted(names, key=int)


def open_generation(directory: Path) -> tuple[str, Manifest]:
    """Return the generation in use and its manifest, after a look at the size of every file.

    Raises IndexMissingError, IndexFormatError or IndexDamagedError.
    """
    name = current_generation(directory)
    if directory.is_file():
        raise IndexMissingError(
            f"{directory} 是文件，不是索引文件夹；请先运行 tongbao index 通报文件夹 --index 另一个文件夹"
        )
    if name is None and numbered(directory):
        raise IndexMissingError(f"索引文件 {directory / CURRENT} 缺失；请运行 tongbao repair --index {directory}")
    if name is None:
        raise IndexMissingError(f"{directory} 中没有索引；请先运行 tongbao index 通报文件夹 --index {directory}")
    folder = generations(directory) / name
    manifest = read_manifest(folder)
    for path, stored in manifest.stored.items():
        found = folder / path
        if not found.is_file():
            raise IndexDamagedError(f"索引缺少文件 {found}；{REPAIR}")
        if found.stat().st_size != stored.size:
            raise IndexDamagedError(
                f"索引文件 {found} 大小应为 {stored.size} 字节，实为 {found.stat().st_size} 字节；{REPAIR}"
            )
    return name, manifest


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of the generation in `folder`. Raises IndexFormatError or IndexDamagedError."""
    path = folder / MANIFEST
    try:
        data = path.read_bytes()
        values: dict[str, Any] = json.loads(data.decode("utf-8"))
        if values["format"] not in READABLE:
            raise IndexFormatError(_other_format(folder, values["format"]))
        if values["format"] >= _SEALED_FROM and data != _sealed(values):
            raise IndexDamagedError(f"索引文件 {path} 的内容已被改动；{REPAIR}")
        return Manifest(
            created=values["created"],
            pipeline=values["pipeline"],
            config=IndexConfig.from_json(values["config"]),
            model=values["model"],
            fingerprint=values["fingerprint"],
            dimensions=values["dimensions"],
            counts=Counts(**values["counts"]),
            stored={name: StoredFile(**stored) for name, stored in values["stored"].items()},
            format=values["format"],
        )
    except PermissionError as error:
        raise IndexDamagedError(closed(path)) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamagedError(f"索引文件 {path} 缺失或已损坏；{REPAIR}") from error


def closed(path: Path | str) -> str:
    """Return the line for a file of the index that this user may not read: nothing is wrong with the index."""
    return f"没有权限读取索引文件 {path}；请改它的权限，或换有权限的用户运行"


def unopened(folder: Path, error: OSError | ValueError) -> str:
    """Return the line for a generation of which a file cannot be opened."""
    if isinstance(error, PermissionError) and error.filename is not None:
        return closed(str(error.filename))
    reason = reason_of(error) if isinstance(error, OSError) else str(error)
    return f"索引 {folder} 无法打开：{reason}；请运行 tongbao verify"


def _other_format(folder: Path, found: object) -> str:
    """Return the line that refuses a generation of another format, with the command to run."""
    advice = "请用新版程序打开，或换一个文件夹重新建立：tongbao index 通报文件夹 --index 新文件夹"
    return f"索引 {folder} 的格式版本为 {found}，本程序只能读取 {'、'.join(map(str, sorted(READABLE)))}；{advice}"


def _sealed(values: dict[str, Any]) -> bytes:
    """Return the bytes of a manifest with these values: they end with the checksum of all before."""
    told = {name: value for name, value in values.items() if name != _CHECKSUM}
    checksum = hashlib.sha256(json.dumps(told, ensure_ascii=False).encode("utf-8")).hexdigest()
    return (json.dumps(told | {_CHECKSUM: checksum}, ensure_ascii=False, indent=1) + "\n").encode("utf-8")


def altered_files(folder: Path, manifest: Manifest) -> list[str]:
    """Return the files of the generation in `folder` that are missing, cannot be read, or whose bytes changed, in order of name."""
    return [name for name, stored in sorted(manifest.stored.items()) if not _is_intact(folder / name, stored)]


def _is_intact(path: Path, stored: StoredFile) -> bool:
    try:
        return path.is_file() and path.stat().st_size == stored.size and _sha256(path) == stored.sha256
    except OSError:
        return False


def require_intact(folder: Path, manifest: Manifest) -> None:
    """Raise IndexDamagedError, naming the file, if any byte of the generation in `folder` was altered."""
    for name in altered_files(folder, manifest):
        raise IndexDamagedError(f"索引文件 {folder / name} 的内容已被改动；{REPAIR}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def stored_files(folder: Path, *, known: Mapping[str, StoredFile] | None = None) -> dict[str, StoredFile]:
    """Return size and SHA-256 of every file in `folder`, by its path there.

    Those in `known` are not read: they are files of an earlier generation under another name, and keep its checksums.
    """
    known = known or {}
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {
        name: known[name] if name in known else StoredFile((folder / name).stat().st_size, _sha256(folder / name))
        for name in names
    }


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest` into the generation in `folder`."""
    values = {
        "format": FORMAT,
        "created": manifest.created,
        "pipeline": manifest.pipeline,
        "config": manifest.config.to_json(),
        "model": manifest.model,
        "fingerprint": manifest.fingerprint,
        "dimensions": manifest.dimensions,
        "counts": asdict(manifest.counts),
        "stored": {name: asdict(stored) for name, stored in manifest.stored.items()},
    }
    write_values(folder, values)


def write_values(folder: Path, values: dict[str, Any]) -> None:
    """Write a manifest of these values, sealed by its checksum, into `folder`."""
    (folder / MANIFEST).write_bytes(_sealed(values))
