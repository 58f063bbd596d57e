"""A folder of many texts: the news of a JSON Lines file, one file each, and questions cut out of them."""

from __future__ import annotations

import json
import lzma
import random
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_PER_FOLDER = 1000
_SENTENCE = re.compile(r"[^。！？\n，,；;：:“”]{14,30}(?=[。！？，；])")
_SEED = 20


@dataclass(frozen=True, slots=True)
class Sampled:
    """A stretch of a text, asked as a question: the passage that holds it is to be found."""

    file: str
    start: int
    end: int
    text: str

    def held_by(self, file: str, start: int, end: int) -> bool:
        """Whether a place in a file holds the whole stretch."""
        return file == self.file and start <= self.start and self.end <= end


def texts_of(corpus: Path, *, start: int = 0, stop: int | None = None) -> Iterator[str]:
    """Yield the texts of the packed JSON Lines file `corpus` from number `start` up to `stop`."""
    with lzma.open(corpus, "rt", encoding="utf-8") as lines:
        for line in islice(lines, start, stop):
            yield json.loads(line)["text"]


def write_texts(texts: Iterator[str], folder: Path, *, first: int = 0) -> list[str]:
    """Write each text as a file below `folder` and return their names there; no texts give none."""
    names = []
    for number, text in enumerate(texts, start=first):
        name = f"{number // _PER_FOLDER:03d}/{number:06d}.txt"
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8", newline="\n")
        names.append(name)
    return names


def sample_sentences(folder: Path, names: Sequence[str], count: int) -> list[Sampled]:
    """Return about `count` clauses of random files, always the same ones for the same files."""
    chosen = random.Random(_SEED).sample(list(names), min(count, len(names)))
    found = []
    for name in chosen:
        text = (folder / name).read_text("utf-8")
        clauses = list(_SENTENCE.finditer(text))
        if clauses:
            match = random.Random(name).choice(clauses)
            found.append(Sampled(name, match.start(), match.end(), match.group()))
    return found
