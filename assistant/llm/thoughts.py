"""Replies without what thinking models write before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OPEN, _CLOSE = "<think>", "</think>"


def without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the text of `pieces` without what stands between `<think>` and `</think>`; an open thought hides the rest.

    >>> "".join(without_thoughts(["<th", "ink>嗯", "</thi", "nk>好", "。"]))
    '好。'
    """
    waiting, thinking = "", False
    for piece in pieces:
        waiting += piece
        while True:
            tag = _CLOSE if thinking else _OPEN
            at = waiting.find(tag)
            if at < 0:
                break
            if not thinking and waiting[:at]:
                yield waiting[:at]
            waiting, thinking = waiting[at + len(tag) :], not thinking
        held = _beginning(waiting, tag)
        if not thinking and waiting[: len(waiting) - held]:
            yield waiting[: len(waiting) - held]
        waiting = waiting[len(waiting) - held :] if held else ""
    if waiting and not thinking:
        yield waiting


def _beginning(text: str, tag: str) -> int:
    """Return how many characters at the end of `text` may be the beginning of `tag`."""
    return next((size for size in range(len(tag) - 1, 0, -1) if text.endswith(tag[:size])), 0)
