"""Official wordings put back into everyday ones, by the lexicon that leads from everyday terms to wordings."""

from __future__ import annotations

from collections import defaultdict
from importlib import resources
from typing import TYPE_CHECKING

from index.lexicon import read_lexicon

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Iterator

    from index.lexicon import Entry

_LEAST_WEIGHT = 0.7
"""Entries below say that two things are related, not that one can be said for the other."""
_RATE = 0.6
_KEY = 2
"""Wordings are looked up by so many first characters; shorter ones are left out."""


def shipped_entries() -> tuple[Entry, ...]:
    """Return the entries of the lexicon that ships with the index."""
    with resources.as_file(resources.files("index").joinpath("data/lexicon.tsv")) as path:
        return read_lexicon(path)


class Everyday:
    """Finds official wordings in a sentence and knows the everyday terms for them; without entries it finds none."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries = tuple(entry for entry in entries if entry.weight >= _LEAST_WEIGHT)
        self._terms: dict[str, list[str]] = defaultdict(list)
        for entry in self.entries:
            for wording in entry.wordings:
                if len(wording) >= _KEY and wording != entry.term:
                    self._terms[wording].append(entry.term)
        lengths: dict[str, set[int]] = defaultdict(set)
        for wording in self._terms:
            lengths[wording[:_KEY]].add(len(wording))
        self._lengths = {first: tuple(sorted(found, reverse=True)) for first, found in lengths.items()}

    def find(self, text: str) -> Iterator[tuple[int, str]]:
        """Yield place and wording of the wordings in `text`: the longest at each place, without overlap."""
        place = 0
        while place < len(text):
            for length in self._lengths.get(text[place : place + _KEY], ()):
                wording = text[place : place + length]
                if wording in self._terms:
                    yield place, wording
                    place += length
                    break
            else:
                place += 1

    def term(self, wording: str, generator: random.Random) -> str:
        """Return one of the everyday terms for `wording`, which `find` gave."""
        return generator.choice(self._terms[wording])

    def reword(self, text: str, generator: random.Random, *, rate: float = _RATE) -> str:
        """Return `text` with each wording replaced at `rate` by an everyday term; without wordings as it is."""
        parts: list[str] = []
        done = 0
        for place, wording in self.find(text):
            if generator.random() < rate:
                parts += text[done:place], self.term(wording, generator)
                done = place + len(wording)
        return "".join([*parts, text[done:]])
