"""Cuts a stream of text into sentences; where the chunks end makes no difference."""

from __future__ import annotations

import re

from assistant.grounding.marks import MARK, UNFINISHED, visible

_END = re.compile(r"[。！？!?｡]+|\n+")
_TRAIL = re.compile(rf"(?:[”’」』）)》\"*_ \t\u3000]|[。！？!?｡]|{MARK})*")
"""What still belongs to a sentence after its full stop: closing marks, and source marks."""
_SHORT_REPLY = re.compile(r"[\u4e00-\u9fff]{1,5}[。！!]")
"""不能。减少了。A reply of up to five characters says nothing alone, and is checked with the sentence behind it."""


class SentenceSplitter:
    """Holds back text until a sentence is certainly at its end."""

    def __init__(self) -> None:
        self._waiting = ""

    def feed(self, chunk: str) -> list[str]:
        """Return the sentences that `chunk` completes, stripped; an empty chunk completes none."""
        self._waiting += visible(chunk)
        return self._take()

    def finish(self) -> list[str]:
        """Return what was still held back, cut into sentences; nothing held back gives an empty list."""
        found = self._take(last=True)
        rest, self._waiting = self._waiting.strip(), ""
        return [*found, rest] if rest else found

    def _take(self, *, last: bool = False) -> list[str]:
        found: list[str] = []
        start = 0
        while (stop := _cut(self._waiting, start, last=last)) is not None:
            sentence = self._waiting[:stop].strip()
            if _SHORT_REPLY.fullmatch(sentence):
                start = stop
                continue
            self._waiting, start = self._waiting[stop:], 0
            if sentence:
                found.append(sentence)
        return found


def _cut(text: str, start: int, *, last: bool) -> int | None:
    """Return where the first sentence of `text` that ends behind `start` ends, or None if more text may change that."""
    end = _END.search(text, start)
    if end is None:
        return None
    if "\n" in end.group():
        return end.end()
    trail = _TRAIL.match(text, end.end())
    stop = trail.end() if trail else end.end()
    rest = text[stop:]
    return stop if last or (rest and not UNFINISHED.match(rest)) else None
