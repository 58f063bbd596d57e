"""Everyday terms and the official wordings that notices use in their place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING

from index.analysis import fold
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class LexiconError(TongbaoError):
    """A line of a lexicon cannot be used; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Expansion:
    """An official wording to search for because the question holds an everyday term."""

    term: str
    """The everyday term, folded."""
    wording: str
    weight: float
    """In (0, 1]: how much a word of the wording counts beside a word of the question."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a lexicon."""

    term: str
    wordings: tuple[str, ...]
    weight: float
    topic: str


def read_lexicon(path: Path) -> tuple[Entry, ...]:
    """Return the entries of the TSV file at `path`: term, wordings separated by |, weight, topic.

    Blank lines and lines that begin with # are skipped; an empty file gives an empty tuple.
    Raises LexiconError for a line that is none of these.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LexiconError(f"词表 {path} 无法读取（需为 UTF-8 文本）：{error}") from error
    lines = enumerate(text.splitlines(), start=1)
    return tuple(_entry(line, f"{path} 第 {n} 行") for n, line in lines if line.strip() and line[0] != "#")


def _entry(line: str, where: str) -> Entry:
    """Return the entry written on `line`."""
    columns = [column.strip() for column in line.split("\t")]
    if not 3 <= len(columns) <= 4:
        raise LexiconError(
            f"{where}：应有 4 列（常用说法、规范表述、权重、主题），以制表符分隔，实有 {len(columns)} 列"
        )
    term, joined, number = columns[:3]
    wordings = tuple(wording.strip() for wording in joined.split("|"))
    if not term or not all(wordings):
        raise LexiconError(f"{where}：常用说法或规范表述为空")
    try:
        weight = float(number)
    except ValueError:
        weight = 0.0
    if not 0 < weight <= 1:
        raise LexiconError(f"{where}：权重“{number}”应为大于 0、不大于 1 的数")
    return Entry(fold(term), wordings, weight, columns[3] if len(columns) == 4 else "")


class Lexicon:
    """Finds everyday terms in a question; without entries it finds none."""

    def __init__(self, entries: Iterable[Entry] = (), *, shipped: str = "") -> None:
        """`shipped` is the text of a lexicon known to be sound, terms folded; its rows are read when needed."""
        self._entries: dict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            self._entries[entry.term].append(entry)
        self._rows = {row[: row.index("\t")]: row for row in shipped.splitlines() if row and row[0] != "#"}
        lengths: dict[str, set[int]] = defaultdict(set)
        for term in (*self._rows, *self._entries):
            lengths[term[0]].add(len(term))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    @classmethod
    def open(cls, path: Path | None = None) -> Lexicon:
        """Return the shipped lexicon together with the user's own at `path`, if given."""
        own = read_lexicon(path) if path is not None else ()
        return cls(own, shipped=resources.files("index").joinpath("data/lexicon.tsv").read_text("utf-8"))

    def __len__(self) -> int:
        return len(self._entries.keys() | self._rows.keys())

    def expand(self, question: str) -> tuple[Expansion, ...]:
        """Return the wordings for the terms in `question`, in their order there, each wording once.

        At every place the longest term wins, and its characters are not looked at again. A wording that two
        entries offer gets the larger weight; one that the question holds already is left out. No term: empty.
        """
        folded = fold(question)
        found: dict[str, Expansion] = {}
        for entry in self._scan(folded):
            for wording in entry.wordings:
                known = found.get(wording)
                if fold(wording) not in folded and (known is None or known.weight < entry.weight):
                    found[wording] = Expansion(entry.term, wording, entry.weight)
        return tuple(found.values())

    def _entries_of(self, term: str) -> list[Entry]:
        """Return the entries of a term, the shipped one first."""
        row = self._rows.get(term)
        shipped = [_entry(row, f"lexicon.tsv：{term}")] if row is not None else []
        return [*shipped, *self._entries.get(term, ())]

    def _scan(self, folded: str) -> Iterator[Entry]:
        """Yield the entries of the terms in `folded`, longest match first, without overlap."""
        place = 0
        while place < len(folded):
            for length in self._lengths.get(folded[place], ()):
                term = folded[place : place + length]
                if term in self._entries or term in self._rows:
                    yield from self._entries_of(term)
                    place += length
                    break
            else:
                place += 1
