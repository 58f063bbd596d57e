"""A folder of invented notices with two states, and what an index of it may hold."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from index.search import search
from index.store import open_index
from index.verify import verify_index

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from index.embedding import Embedder
    from index.store import Index

STATES = ("甲", "乙")
_FILES = 6
_MATTERS = ("老旧小区改造", "农村饮水安全", "拖欠账款清理", "河道采砂监管", "高标准农田管护")

Contents = frozenset[tuple[str, str]]
"""Pairs of a file's name and the SHA-256 of its bytes."""


def texts_of(state: str, *, prefix: str = "") -> dict[str, str]:
    """Return the files of a state by name: most are in both, one differs, one is in this one only."""
    texts = {f"{prefix}{number}.txt": _text(f"{prefix or '云'}川{number}市", number) for number in range(_FILES)}
    texts[f"{prefix}变.txt"] = _text("青岩市", 40 + STATES.index(state))
    texts[f"{prefix}{state}.txt"] = _text(f"{state}州市", 70)
    return texts


def _text(unit: str, number: int) -> str:
    parts = [f"中共{unit}委关于巡视整改进展情况的通报\n\n一、整改落实情况\n"]
    parts += [
        f"{place}.关于{matter}不到位的问题。一是完成{matter}{number + place * 7}处，惠及{number * 31 + place}户。"
        f"二是由{unit}牵头制定{matter}办法{place + number % 5}项。\n"
        for place, matter in enumerate(_MATTERS, start=1)
    ]
    return "\n".join([*parts, f"中共{unit}委\n2024年1月15日\n"])


def lay_out(folder: Path, state: str, *, prefix: str = "") -> None:
    """Bring the files of `prefix` in `folder` into `state`."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = texts_of(state, prefix=prefix)
    for other in STATES:
        for name in texts_of(other, prefix=prefix).keys() - texts.keys():
            (folder / name).unlink(missing_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")


def contents_of(state: str, *, prefix: str = "") -> Contents:
    """Return what an index of one state holds."""
    texts = texts_of(state, prefix=prefix)
    return frozenset((name, hashlib.sha256(text.encode("utf-8")).hexdigest()) for name, text in texts.items())


def contents(index: Index) -> Contents:
    """Return what `index` says that it holds; its texts are compared with their checksums. Raises AssertionError."""
    held = frozenset((record["path"], record["sha256"]) for record in index.files)
    for name, sha256 in held:
        if hashlib.sha256(index.text(name).encode("utf-8")).hexdigest() != sha256:
            raise AssertionError(f"text of {name} is not what was indexed")
    return held


def check_index(directory: Path, allowed: Collection[Contents], embedder: Embedder) -> str:
    """Return the generation in use, which is sound and holds one of the `allowed` contents.

    Raises:
        AssertionError: it does not.

    """
    problems = verify_index(directory)
    if problems:
        raise AssertionError(f"{len(problems)} problems, the first: {problems[0]}")
    index = open_index(directory, embedder=embedder)
    if contents(index) not in allowed:
        raise AssertionError(f"generation {index.generation} holds what was never committed")
    if not search(index, "老旧小区改造了多少处？", top_k=3):
        raise AssertionError(f"generation {index.generation} finds nothing")
    return index.generation
