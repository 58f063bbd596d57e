"""A model behind an OpenAI-compatible server: Ollama, llama.cpp, vLLM, LM Studio, `transformers serve`."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.errors import LlmError
from assistant.llm.config import KEY
from assistant.llm.faults import FaultTeller
from assistant.llm.pump import pumped
from assistant.llm.tokens import open_counter
from assistant.llm.types import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from openai import AsyncOpenAI
    from openai.types.chat import ChatCompletionChunk

    from assistant.llm.config import LlmConfig
    from assistant.llm.types import Message, Receipt

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_NO_KEY = "none"
"""Sent where no key is set: local servers take any, and the client insists on one."""
_LONGEST = 16
"""Characters a token at most; a server that sends more than asked for is cut off."""
_LISTED = 8


def base_url(source: str) -> str:
    """Return the address of the interface: `/v1` is added where an address has no path.

    >>> base_url("http://127.0.0.1:11434"), base_url("http://host/api/v1/")
    ('http://127.0.0.1:11434/v1', 'http://host/api/v1')
    """
    trimmed = source.rstrip("/")
    return trimmed if urlsplit(trimmed).path else f"{trimmed}/v1"


class RemoteLlm:
    """Streams replies from a server; at most `config.parallel` at the same time."""

    def __init__(self, config: LlmConfig, *, environment: Mapping[str, str]) -> None:
        """Nothing is sent before the first question. Raises LlmError if a tokenizer is named that cannot be read."""
        self.config = config
        self.url = base_url(config.source)
        self._key = environment.get(KEY, "").strip()
        self._model = config.model
        self._tell = FaultTeller(self.url, key=self._key, config=config)
        self._count = open_counter(config.tokenizer)
        self._slots = threading.BoundedSemaphore(config.parallel)

    @property
    def name(self) -> str:
        """The model, and the address it is reached at."""
        return f"{self._model or '?'}@{self.url}"

    def count_tokens(self, text: str) -> int:
        """Return the tokens of `text` by the tokenizer of the settings, else an estimate."""
        return self._count(text)

    def models(self) -> list[str]:
        """Return the names of the models at the server, which may be none; raises LlmError."""

        async def listing(put: Callable[[str], None]) -> None:
            try:
                async with self._client() as client, asyncio.timeout(self.config.first_token_seconds):
                    async for model in client.models.list():
                        put(str(model.id))
            except Exception as error:
                raise self._tell.of(error, begun=False, model="") from error

        return list(pumped(listing))

    def model(self) -> str:
        """Return the model's name: that of the settings, else the only one at the server; raises LlmError."""
        if not self._model:
            found = self.models()
            if len(found) != 1:
                listed = "、".join(found[:_LISTED]) + ("…" if len(found) > _LISTED else "")
                told = (
                    f"有 {len(found)} 个模型：{listed}；请用 --llm-model 选一个"
                    if found
                    else "没有列出模型；请用 --llm-model 指定"
                )
                raise LlmError(f"语言模型服务 {self.url} {told}", fault=Fault.NO_MODEL)
            self._model = found[0]
        return self._model

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        cancelled: threading.Event | None = None,
        receipt: Receipt | None = None,
    ) -> Iterator[str]:
        """Yield the reply as it comes; see `Llm.stream`."""
        model = self.model()
        body = {
            "model": model,
            "messages": [{"role": str(one.role), "content": one.text} for one in messages],
            "max_tokens": max_tokens,
            "temperature": temperature,
            "stream": True,
            "stream_options": {"include_usage": True},
            "extra_body": dict(self.config.extra_body) or None,
        }

        async def talk(put: Callable[[str], None]) -> None:
            hearing = _Hearing(put, receipt, limit=max_tokens * _LONGEST)
            try:
                await self._talk(body, hearing)
            except Exception as error:
                raise self._tell.of(error, begun=hearing.begun, model=model) from error
            hearing.require_end(self.url)

        with self._slots:
            yield from pumped(talk, cancelled=cancelled)

    async def _talk(self, body: dict[str, Any], hearing: _Hearing) -> None:
        """Send the request and hear the reply; raises what the client raises, TimeoutError if it takes too long."""
        clock = asyncio.get_running_loop().time
        async with self._client() as client, asyncio.timeout(self.config.total_seconds):
            async with asyncio.timeout(self.config.first_token_seconds) as patience:
                stream = await client.chat.completions.create(**body)
                async with stream:
                    async for chunk in stream:
                        if not hearing.hear(chunk):
                            return
                        patience.reschedule(clock() + self.config.pause_seconds)

    def _client(self) -> AsyncOpenAI:
        """Return a fresh client: nothing is taken from the environment but the key, and proxies for other machines."""
        try:
            import openai
        except ImportError as error:
            raise LlmError("连接语言模型服务需要 openai 包；请运行 pip install 'tongbao[llm]'") from error
        limits = openai.Timeout(self.config.total_seconds, connect=self.config.connect_seconds)
        outside = urlsplit(self.url).hostname not in _LOOPBACK
        return openai.AsyncOpenAI(
            base_url=self.url,
            api_key=self._key or _NO_KEY,
            organization="",
            project="",
            timeout=limits,
            max_retries=self.config.retries,
            http_client=openai.DefaultAsyncHttpxClient(timeout=limits, trust_env=outside),
        )


class _Hearing:
    """What has come of one reply so far."""

    def __init__(self, put: Callable[[str], None], receipt: Receipt | None, *, limit: int) -> None:
        self.begun = False
        self._put = put
        self._receipt = receipt
        self._left = limit
        self._finish = ""
        self._said = False

    def hear(self, chunk: ChatCompletionChunk) -> bool:
        """Take one piece; False if the reply has grown beyond all bounds."""
        self.begun = True
        usage = getattr(chunk, "usage", None)
        if usage is not None and self._receipt is not None:
            self._receipt.prompt_tokens = usage.prompt_tokens
            self._receipt.completion_tokens = usage.completion_tokens
        for choice in chunk.choices or ():
            text = choice.delta.content if choice.delta else None
            if isinstance(text, str) and text:
                self._said = True
                self._left -= len(text)
                self._put(text)
            if choice.finish_reason:
                self._finish = str(choice.finish_reason)
        if self._left < 0:
            self._finish = "length"
        if self._receipt is not None:
            self._receipt.finish = self._finish
        return self._left >= 0

    def require_end(self, url: str) -> None:
        """Raise LlmError if nothing was said, or the stream ended before the reply did."""
        if not self.begun:
            raise LlmError(f"语言模型服务 {url} 的回复不是有效的数据", fault=Fault.GARBAGE)
        if not self._finish:
            raise LlmError(f"语言模型服务 {url} 在回答中途断开", fault=Fault.DIED)
        if not self._said:
            raise LlmError("语言模型没有写出任何内容", fault=Fault.EMPTY)
