"""The word lists of the grounding check, read once."""

from __future__ import annotations

import functools
from importlib import resources


@functools.cache
def word_list(name: str) -> tuple[str, ...]:
    """Return the words of the list `name` in data/grounding_words.txt, in order; an unknown name gives an empty tuple."""
    text = resources.files("assistant").joinpath("data/grounding_words.txt").read_text("utf-8")
    lines = (line.partition(": ") for line in text.splitlines() if not line.startswith("#"))
    return tuple(word for key, _, words in lines if key == name for word in words.split())


@functools.cache
def word_set(name: str) -> frozenset[str]:
    """Return the same words as a set."""
    return frozenset(word_list(name))
