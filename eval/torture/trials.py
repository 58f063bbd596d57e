"""The trials. Each returns its figures by name, and raises AssertionError at the first thing that must not be."""

from __future__ import annotations

import contextlib
import multiprocessing
import random
import shutil
import subprocess
import time
from typing import TYPE_CHECKING, Any

from eval.torture import child
from eval.torture.world import STATES, check_index, contents, contents_of, lay_out
from index.embedding import Embedder, open_embedder
from index.manifest import current_generation, generations, numbered
from index.publish import IndexWriteError
from index.repair import repair_index
from index.store import open_index
from index.update import silent, update_index
from index.verify import verify_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from index.config import IndexConfig

Figures = dict[str, int | float | str]
_PATIENCE = 300.0
"""Seconds that a process may take before it counts as hanging."""


def spawn(target: Callable[..., None], *arguments: Any) -> tuple[BaseProcess, Connection]:
    """Return a process that runs `target` with a channel behind its arguments, and the other end of the channel.

    It is forked from a small server that has the modules loaded, so that it is at work within milliseconds.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["eval.torture.child", "eval.torture.warm"])
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=target, args=(*arguments, sending), daemon=True)
    process.start()
    sending.close()
    return process, receiving


def heard(process: BaseProcess, channel: Connection) -> Any:
    """Return what the process sends. Raises AssertionError if it ends or hangs without a word."""
    try:
        if channel.poll(_PATIENCE):
            return channel.recv()
    except EOFError:
        process.join(_PATIENCE)
        raise AssertionError(f"a process ended with {process.exitcode} and said nothing") from None
    process.kill()
    raise AssertionError(f"a process did nothing for {_PATIENCE:g} seconds")


def fresh(
    home: Path, embedder: Embedder, *, state: str = STATES[0], config: IndexConfig | None = None
) -> tuple[Path, Path]:
    """Return a folder in `state` and its index, made anew below `home`."""
    shutil.rmtree(home, ignore_errors=True)
    folder, directory = home / "notices", home / "index"
    lay_out(folder, state)
    update_index([folder], directory=directory, embedder=embedder, config=config)
    return folder, directory


def kills(home: Path, *, count: int, seed: int) -> Figures:
    """Kill the indexer `count` times at random moments of two updates; after each the index is one that was committed."""
    chance, embedder = random.Random(seed), open_embedder(None)
    folder, directory = fresh(home, embedder)
    allowed = [contents_of(state) for state in STATES]
    span, half, unused, published = 0.0, 0, 0, 0
    for number in range(count):
        before = current_generation(directory)
        process, channel = spawn(child.write_on, str(folder), str(directory), "", float("inf"))
        heard(process, channel)
        if not number:
            span = 2 * max(heard(process, channel) for _ in range(4))
        time.sleep(chance.uniform(0, span))
        process.kill()
        process.join()
        channel.close()
        half += (generations(directory) / ".new").exists()
        current = check_index(directory, allowed, embedder)
        unused += int(numbered(directory)[-1]) > int(current)
        published += current != before
    lay_out(folder, STATES[0])
    update_index([folder], directory=directory, embedder=embedder)
    check_index(directory, allowed[:1], embedder)
    if len(numbered(directory)) > 2 or (generations(directory) / ".new").exists():
        raise AssertionError("killed writers left something behind for good")
    return {
        "次数": count,
        "留下半成品": half,
        "写完未启用": unused,
        "其间有新版": published,
        "跨度（秒）": round(span, 2),
    }


def flips(home: Path, *, rounds: int, seed: int) -> Figures:
    """Flip a byte in each file of a generation: `verify` names it, a question never crashes, `repair` restores all."""
    chance, embedder = random.Random(seed), open_embedder(None)
    _, directory = fresh(home, embedder)
    whole = contents(open_index(directory))
    flipped, answered = 0, 0
    for _ in range(rounds):
        folder = open_index(directory).folder
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        for name in names:
            path = open_index(directory).folder / name
            data = bytearray(path.read_bytes())
            if not data:
                continue
            data[chance.randrange(len(data))] ^= chance.randrange(1, 256)
            path.write_bytes(data)
            if [problem.where for problem in verify_index(directory)] != [name]:
                raise AssertionError(f"verify does not name {name}")
            process, channel = spawn(child.ask_once, str(directory))
            answered += heard(process, channel) == "answered"
            process.join()
            channel.close()
            repair_index(directory, progress=silent, embedder=embedder)
            lost = whole - contents(open_index(directory))
            if verify_index(directory) or (lost and name != "files.txt") or len(lost) > 1:
                raise AssertionError(f"repair did not restore {name}")
            if lost:
                update_index([home / "notices"], directory=directory, embedder=embedder)
            flipped += 1
    return {"翻转": flipped, "文件": len(names), "verify 指明": flipped, "repair 恢复": flipped, "仍能作答": answered}


def full_disk(home: Path, *, levels: int) -> Figures:
    """Update while less and less room is left, on a small tmpfs, or with a limit on file sizes where none can be had."""
    home.mkdir(parents=True, exist_ok=True)
    with small_disk(home / "disk") as disk:
        return _on_small_disk(disk, levels=levels) if disk is not None else _with_small_files(home, levels=levels)


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path | None]:
    """Yield a folder on a tmpfs of 8 MB, or None if this user may not mount one."""
    place.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(place)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    try:
        yield place if mounted else None
    finally:
        if mounted:
            # Lazily: this process may still map files of the index that lay there.
            subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)


def _on_small_disk(disk: Path, *, levels: int) -> Figures:
    embedder = open_embedder(None)
    folder, directory = fresh(disk / "world", embedder)
    size = sum(path.stat().st_size for path in open_index(directory).folder.rglob("*"))
    allowed = [contents_of(state) for state in STATES]
    refused = 0
    for level in range(levels):
        state = STATES[(level + 1) % 2]
        lay_out(folder, state)
        # One generation makes room only after the new one is in use: begin with two.
        room = int(1.4 * size * level / max(levels - 1, 1))
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(max(0, shutil.disk_usage(disk).free - room)))
        try:
            update_index([folder], directory=directory, embedder=embedder)
        except IndexWriteError:
            refused += 1
            if (generations(directory) / ".new").exists():
                raise AssertionError("a failed writer left its half generation on the full disk") from None
        ballast.unlink()
        check_index(directory, allowed, embedder)
    update_index([folder], directory=directory, embedder=embedder)
    check_index(directory, [contents_of(state)], embedder)
    if not 0 < refused < levels:
        raise AssertionError(f"the disk was full {refused} times of {levels}: the trial tells nothing")
    return {"方式": "tmpfs 8 MB", "余量档数": levels, "写入被拒": refused, "写成": levels - refused}


def _with_small_files(home: Path, *, levels: int) -> Figures:
    embedder = open_embedder(None)
    folder, directory = fresh(home / "world", embedder)
    largest = max(path.stat().st_size for path in open_index(directory).folder.rglob("*"))
    allowed = [contents_of(state) for state in STATES]
    refused = 0
    for level in range(levels):
        lay_out(folder, STATES[(level + 1) % 2])
        process, channel = spawn(
            child.write_limited, str(folder), str(directory), int(1.4 * largest * (level + 1) / levels)
        )
        refused += not heard(process, channel)
        process.join()
        check_index(directory, allowed, embedder)
    if not 0 < refused < levels:
        raise AssertionError(f"writing was refused {refused} times of {levels}: the trial tells nothing")
    return {"方式": "限制文件大小（不能挂载 tmpfs）", "档数": levels, "写入被拒": refused, "写成": levels - refused}


def unreadable(home: Path) -> Figures:
    """Make a source, a folder and each file of the index unreadable: all are told, and nothing is lost."""
    embedder = open_embedder(None)
    folder, directory = fresh(home, embedder)
    (folder / "内").mkdir()
    (folder / "内" / "里.txt").write_text((folder / "0.txt").read_text("utf-8").replace("云川0市", "里川市"), "utf-8")
    update_index([folder], directory=directory, embedder=embedder)
    whole = contents(open_index(directory))
    for path in (home, *home.rglob("*")):
        with contextlib.suppress(PermissionError):
            shutil.chown(path, child.NOBODY, child.NOBODY)
    for parent in home.parents[:2]:
        parent.chmod(parent.stat().st_mode | 0o055)
    (folder / "变.txt").write_text("无论写了什么，都读不到。", "utf-8")
    locked = [folder / "变.txt", folder / "内"]
    told = _without_rights(locked, folder, directory)
    if told["error"] or len(told["failed"]) < len(locked):
        raise AssertionError(f"unreadable sources were not told: {told}")
    if contents(open_index(directory)) != whole:
        raise AssertionError("an unreadable source was lost")
    if told["unnoticed"]:
        raise AssertionError(f"nobody noticed that {told['unnoticed'][0]} cannot be read")
    if verify_index(directory):
        raise AssertionError("the index was altered")
    return {"来源": len(locked), "索引文件": told["held"], "指明": told["held"]}


def _without_rights(paths: list[Path], folder: Path, directory: Path) -> dict[str, Any]:
    """Return what a user without rights is told while `paths` may not be read."""
    modes = [path.stat().st_mode for path in paths]
    for path in paths:
        path.chmod(0)
    try:
        process, channel = spawn(child.as_nobody, str(folder), str(directory))
        told: dict[str, Any] = heard(process, channel)
        process.join()
    finally:
        for path, mode in zip(paths, modes, strict=True):
            path.chmod(mode)
    return told


def crowd(home: Path, *, seconds: float, writers: int = 2, readers: int = 6) -> Figures:
    """Let writers and readers loose on one index: every reader always finds a state that was committed."""
    embedder = open_embedder(None)
    shutil.rmtree(home, ignore_errors=True)
    directory, prefixes = home / "index", tuple("东西南北"[:writers])
    for prefix in prefixes:
        lay_out(home / prefix, STATES[0], prefix=prefix)
    update_index([home / prefix for prefix in prefixes], directory=directory, embedder=embedder)
    until = time.time() + seconds
    writing = [spawn(child.write_on, str(home / one), str(directory), one, until) for one in prefixes]
    reading = [spawn(child.read_on, str(directory), prefixes, until) for _ in range(readers)]
    rounds = [heard(*pair) for pair in reading]
    failures = [one for one in rounds if isinstance(one, str)]
    updates = sum(_updates(*pair) for pair in writing)
    if failures:
        raise AssertionError(f"{len(failures)} of {readers} readers failed: {failures[0]}")
    if any(process.exitcode for process, _ in writing):
        raise AssertionError("a writer failed")
    problems = verify_index(directory)
    if problems:
        raise AssertionError(f"after all: {problems[0]}")
    return {
        "秒": seconds,
        "写者": writers,
        "读者": readers,
        "更新": updates,
        "打开并核对": sum(count for count, _ in rounds),
        "读者失败": 0,
    }


def _updates(process: BaseProcess, channel: Connection) -> int:
    """Return how many updates a writer announced until it ended."""
    count = -1
    with contextlib.suppress(EOFError):
        while channel.poll(_PATIENCE):
            channel.recv()
            count += 1
    process.join(_PATIENCE)
    return count
