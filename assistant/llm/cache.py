"""Replies kept in files, by model, settings and prompt; what is read from them is checked like any other reply."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from typing import TYPE_CHECKING, Any

from assistant.errors import LlmError
from assistant.llm.closing import closed
from assistant.llm.types import Receipt
from index.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from threading import Event

    from assistant.llm.types import Llm, Message

_FORMAT = 1
_LARGEST = 1_000_000
"""Bytes of a file that is still read."""


class CachedLlm:
    """A model that is asked each prompt once; a file that is damaged or of another prompt counts as none."""

    def __init__(self, llm: Llm, folder: Path, *, settings: Mapping[str, Any] | None = None) -> None:
        """Keep replies in `folder`; `settings` are further things on which they depend. Raises LlmError if the folder cannot be made."""
        self._llm = llm
        self._folder = folder
        self._settings = dict(settings or {})
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LlmError(f"无法建立缓存文件夹 {folder}：{reason_of(error)}") from error

    @property
    def name(self) -> str:
        """The model's name."""
        return self._llm.name

    def count_tokens(self, text: str) -> int:
        """Return what the model counts."""
        return self._llm.count_tokens(text)

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        cancelled: Event | None = None,
        receipt: Receipt | None = None,
    ) -> Iterator[str]:
        """Yield the kept reply at once, or the model's, which is kept if it comes to its end."""
        receipt = receipt if receipt is not None else Receipt()
        key = self._key(messages, max_tokens, temperature)
        held = self._read(key)
        if held is not None:
            receipt.cached = True
            receipt.finish = held["finish"]
            receipt.prompt_tokens, receipt.completion_tokens = held["prompt_tokens"], held["completion_tokens"]
            yield held["reply"]
            return
        said: list[str] = []
        reply = self._llm.stream(
            messages, max_tokens=max_tokens, temperature=temperature, cancelled=cancelled, receipt=receipt
        )
        with closed(reply) as pieces:
            for piece in pieces:
                said.append(piece)
                yield piece
        if not (cancelled and cancelled.is_set()):
            self._write(key, "".join(said), receipt)

    def _key(self, messages: Sequence[Message], max_tokens: int, temperature: float) -> str:
        asked = [[str(one.role), one.text] for one in messages]
        told = [_FORMAT, self._llm.name, self._settings, max_tokens, temperature, asked]
        return hashlib.sha256(json.dumps(told, ensure_ascii=True, sort_keys=True).encode()).hexdigest()

    def _path(self, key: str) -> Path:
        return self._folder / key[:2] / f"{key}.json"

    def _read(self, key: str) -> dict[str, Any] | None:
        path = self._path(key)
        try:
            if path.stat().st_size > _LARGEST:
                return None
            held = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return held if isinstance(held, dict) and _is_reply(held, key) else None

    def _write(self, key: str, reply: str, receipt: Receipt) -> None:
        held = {
            "format": _FORMAT,
            "key": key,
            "model": self._llm.name,
            "reply": reply,
            "finish": receipt.finish,
            "prompt_tokens": receipt.prompt_tokens,
            "completion_tokens": receipt.completion_tokens,
        }
        path = self._path(key)
        try:
            path.parent.mkdir(exist_ok=True)
            with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
                json.dump(held, file, ensure_ascii=False)
            os.replace(file.name, path)  # noqa: PTH105 (atomic)
        except OSError as error:
            raise LlmError(f"无法写入缓存 {path}：{reason_of(error)}") from error


def _is_reply(held: dict[str, Any], key: str) -> bool:
    counts = (held.get("prompt_tokens"), held.get("completion_tokens"))
    texts = (held.get("reply"), held.get("finish"))
    return (
        (held.get("format"), held.get("key")) == (_FORMAT, key)
        and all(isinstance(text, str) for text in texts)
        and all(count is None or (isinstance(count, int) and 0 <= count < 10**9) for count in counts)
    )
