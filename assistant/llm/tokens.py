"""How many tokens a text takes: by a tokenizer, or by an estimate on the safe side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from assistant.errors import LlmError

if TYPE_CHECKING:
    from collections.abc import Callable

_WIDE = 1.2
"""Tokens for a character beyond ASCII. Vocabularies made for Chinese (Qwen, GLM, DeepSeek) take 0.6 to 0.8, Llama 3
about 1.0; only vocabularies that fall back to bytes for most Chinese characters take more."""
_ASCII = 0.6
"""Tokens for an ASCII character: digits take one each, English words about one for four letters."""


def estimate_tokens(text: str) -> int:
    """Return an estimate of the tokens of `text` that is rather too high; 0 for an empty text.

    >>> estimate_tokens(""), estimate_tokens("整改12项")
    (0, 6)
    """
    plain = sum(char.isascii() and not char.isdigit() for char in text)
    digits = sum(char.isascii() and char.isdigit() for char in text)
    return math.ceil(plain * _ASCII + digits + (len(text) - plain - digits) * _WIDE)


def open_counter(path: str) -> Callable[[str], int]:
    """Return what counts tokens with the `tokenizer.json` at `path`, or the estimate if `path` is empty.

    Raises LlmError if there is no usable tokenizer.
    """
    if not path:
        return estimate_tokens
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(path)
    except Exception as error:  # the library raises plain Exception
        raise LlmError(f"无法读取分词器 {path}，应是模型的 tokenizer.json：{error}") from error
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)
