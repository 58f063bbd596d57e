"""Files of a generation altered in every way: whoever asks then gets an answer in the right words, or one clear line."""

from __future__ import annotations

import random
import resource
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.types import Status
from eval.torture.trials import Figures, fresh, heard, spawn
from eval.torture.world import STATES, texts_of
from index.config import IndexConfig
from index.embedding import open_embedder
from index.errors import TongbaoError
from index.store import open_index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.connection import Connection

    from assistant.types import Answer
    from index.store import Index
    from index.types import Hit

_SECONDS = 5
_MEMORY = 2**30
QUESTIONS = (
    "青岩市老旧小区改造惠及多少户？",
    "青岩市采取了哪些措施治理河道采砂？",
    "云川1市和云川2市农村饮水安全各惠及多少户？",
    "云川3市的通报是什么时候发布的？",
)
_ANSWERED, _REFUSED = "answered", "refused"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a sound index says."""

    texts: Mapping[str, str]
    """The files as they were: every quote has to stand in them where the answer says that it does."""
    beside: Sequence[tuple[str, int, int, str, str, tuple[str, ...]]]
    """For each section its file, start and end, with the title, the unit and the heading path shown beside a quote."""
    published: str
    """The answer to the last question, which comes from what the index keeps of a notice."""


def alterations(home: Path, *, count: int, seed: int) -> Figures:
    """Alter one file of a generation `count` times and ask: no crash, no hang, no more memory, no wrong word shown.

    In every other index the vectors lie in lists.
    """
    chance, embedder = random.Random(seed), open_embedder(None)
    worlds = []
    for name, config in (("exact", IndexConfig()), ("lists", IndexConfig(exact_up_to=0))):
        _, whole = fresh(home / name, embedder, config=config)
        _, other = fresh(home / f"other-{name}", embedder, state=STATES[1], config=config)
        names = sorted(path.relative_to(whole).as_posix() for path in whole.rglob("*") if _is_held(path, whole))
        worlds.append((whole, other, names))
    truth = _truth(worlds[0][0])
    told = dict.fromkeys((_ANSWERED, _REFUSED), 0)
    for number in range(count):
        whole, other, names = worlds[number % 2]
        directory = home / "altered"
        shutil.rmtree(directory, ignore_errors=True)
        shutil.copytree(whole, directory)
        name = names[number // 2 % len(names)]
        way = _alter(directory / name, _sources(directory, other, name, names, chance), chance)
        process, channel = spawn(ask_altered, str(directory), QUESTIONS, truth)
        try:
            said = heard(process, channel)
        except AssertionError as error:
            raise AssertionError(f"{name} {way}: {error}") from error
        process.join()
        channel.close()
        if said not in told:
            raise AssertionError(f"{name} {way}: {said}")
        told[said] += 1
    return {"改动": count, "文件": len(names), "照常作答": told[_ANSWERED], "一行说明": told[_REFUSED], "错引": 0}


def _truth(directory: Path) -> Truth:
    """Return what the sound index at `directory` says."""
    from assistant.edge import opened

    with opened(directory) as assistant:
        index = assistant.index
        beside = [
            (notice.file, section.start, section.end, notice.title, notice.unit, section.path)
            for notice in index.notices
            for section in index.sections(notice.id)
        ]
        return Truth(texts_of(STATES[0]), beside, assistant.ask(QUESTIONS[-1]).answer)


def _is_held(path: Path, directory: Path) -> bool:
    """Return whether `path` is a file that readers of the index open."""
    return path.is_file() and (path.name == "CURRENT" or open_index(directory).folder in path.parents)


def _sources(
    directory: Path, other: Path, name: str, names: Sequence[str], chance: random.Random
) -> tuple[bytes, bytes]:
    """Return the bytes of another file of the index, and those of the same file of another index, if it has one."""
    own = directory / chance.choice(names)
    strange = open_index(other).folder / Path(name).relative_to(Path(name).parts[0]) if "/" in name else other / name
    matching = [path for path in other.rglob(strange.name) if path.is_file()]
    return own.read_bytes(), (matching[0] if matching else own).read_bytes()


def _alter(path: Path, sources: tuple[bytes, bytes], chance: random.Random) -> str:
    """Alter the file at `path` and return in words how."""
    data = path.read_bytes()
    at = chance.randrange(len(data) + 1)
    length = chance.choice((1, 1, 2, 8, 64))
    ways: dict[str, Callable[[], bytes]] = {
        "flipped": lambda: _flipped(data, chance),
        "cut short": lambda: data[:at],
        "emptied": lambda: b"",
        "with a hole": lambda: data[:at] + data[at + length :],
        "grown": lambda: data[:at] + chance.randbytes(length) + data[at:],
        "zeroed": lambda: data[:at] + bytes(min(length, len(data) - at)) + data[at + length :],
        "filled": lambda: data[:at] + b"\xff" * min(length, len(data) - at) + data[at + length :],
        "as another file": lambda: sources[0],
        "of another index": lambda: sources[1],
    }
    way = chance.choice(("flipped", "flipped", "zeroed", "filled", *ways))
    path.write_bytes(ways[way]())
    return f"{way} at {at}"


def _flipped(data: bytes, chance: random.Random) -> bytes:
    """Return `data` with one to four bytes changed, the size as it was; digits become digits half of the time."""
    found = bytearray(data)
    for _ in range(chance.choice((1, 1, 2, 4)) if found else 0):
        place = chance.randrange(len(found))
        digits = [spot for spot, byte in enumerate(found) if 48 <= byte < 58] if chance.random() < 0.5 else []
        if digits:
            found[chance.choice(digits)] = chance.randrange(48, 58)
        else:
            found[place] ^= chance.randrange(1, 256)
    return bytes(found)


def ask_altered(directory: str, questions: Sequence[str], truth: Truth, channel: Connection) -> None:
    """Ask all questions within 5 seconds of processor time and 1 GB, and send what became of it in a word or a line."""
    from assistant.edge import opened

    limit_process()
    try:
        with opened(Path(directory)) as assistant:
            wrong = [line for one in questions for line in _wrong(assistant.ask(one), truth)]
            wrong += [line for one in questions for line in _misplaced(assistant.search(one), assistant.index, truth)]
        channel.send(wrong[0] if wrong else _ANSWERED)
    except TongbaoError as error:
        channel.send(_REFUSED if len(str(error).splitlines()) == 1 else f"a line in pieces: {error}")
    except Exception as error:  # noqa: BLE001 - what is not told in a line of its own is the finding
        channel.send(f"{type(error).__name__}: {error}")


def limit_process() -> None:
    """Let this process use 5 s of processor time from its start, and 1 GB of memory beyond what it has."""
    resource.setrlimit(resource.RLIMIT_CPU, (_SECONDS, _SECONDS))
    held = Path("/proc/self/statm")
    if held.exists():
        most = int(held.read_text("ascii").split()[0]) * resource.getpagesize() + _MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _wrong(answer: Answer, truth: Truth) -> list[str]:
    """Return what is cited and does not stand where the answer says that it does, or has other words beside it."""
    wrong = []
    for one in answer.citations:
        if truth.texts.get(one.file, "")[one.start : one.end] != one.quote:
            wrong.append(f"wrong quote: {one.quote!r} of {one.file} {one.start}–{one.end}")
        if (one.title, one.unit, one.section) not in _beside(one.file, one.start, truth):
            wrong.append(f"wrong words beside a quote: {one.title!r} {one.unit!r} {one.section!r}")
    if answer.question == QUESTIONS[-1] and answer.status is Status.ANSWERED and answer.answer != truth.published:
        wrong.append(f"wrong answer: {answer.answer!r}")
    return wrong


def _beside(file: str, place: int, truth: Truth) -> set[tuple[str, str, tuple[str, ...]]]:
    """Return what may be shown beside what stands at a place: title, unit and heading path."""
    return {
        (title, unit, path)
        for name, start, end, title, unit, path in truth.beside
        if name == file and start <= place < end
    }


def _misplaced(hits: Sequence[Hit], index: Index, truth: Truth) -> list[str]:
    """Return which passages found are not in their files, or are shown with other words beside them."""
    wrong = []
    for one in (hit.passage for hit in hits):
        notice = index.notice(one.notice)
        if truth.texts.get(one.file, "")[one.start : one.end] != one.text:
            wrong.append(f"wrong passage: {one.text!r} of {one.file} {one.start}–{one.end}")
        if (notice.title, notice.unit, one.path) not in _beside(one.file, one.start, truth):
            wrong.append(f"wrong words beside a passage: {notice.title!r} {notice.unit!r} {one.path!r}")
    return wrong
