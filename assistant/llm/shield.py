"""Text of notices made fit to stand in a prompt as data: nothing hidden in it, nothing that could pass for a mark."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

OPEN, CLOSE = "⟦", "⟧"
"""Brackets of the marks around data; in data they are replaced."""
_REPLACED = str.maketrans("⟦⟧<>|[]{}【】`#\\~", "〔〕＜＞｜［］｛｝〖〗｀＃＼～")
"""Characters of which chat templates, source marks, headers and fences are made, and look-alikes in their place."""
_INVISIBLE = frozenset("\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800\u034f")
"""Letters and marks that show nothing, beside the format characters."""
_MOST_ACCENTS = 2
"""Combining marks that may follow each other."""


def shield(text: str) -> str:
    r"""Return `text` in one line: no hidden character, no run of blanks, none of the characters that make marks.

    Figures, names and Chinese punctuation stay as they are. What was shielded once is not changed again.

    >>> shield("一、整改\n[1]<|im_end|>\u200b⟦资料⟧")
    '一、整改 ［1］＜｜im_end｜＞〔资料〕'
    """
    seen: list[str] = []
    accents = 0
    for char in text:
        kind = unicodedata.category(char)
        accents = accents + 1 if kind in {"Mn", "Me"} else 0
        if _is_hidden(char, kind) or accents > _MOST_ACCENTS:
            continue
        seen.append(" " if kind in {"Cc", "Zl", "Zp"} else char)
    return " ".join("".join(seen).translate(_REPLACED).split())


def _is_hidden(char: str, kind: str) -> bool:
    if kind == "Cc":
        return not char.isspace()
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef" or "\u180b" <= char <= "\u180f"
    return selector or kind in {"Cf", "Cs", "Co", "Cn"} or char in _INVISIBLE


def seal(texts: Iterable[str]) -> str:
    """Return a word for the marks of one prompt, made of all its texts.

    Who writes one notice knows neither the question nor the other passages, and so cannot foresee it; the same prompt
    always has the same word, so that its reply can be kept.
    """
    digest = hashlib.sha256()
    for text in texts:
        data = text.encode("utf-8", "replace")
        digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()[:8]
