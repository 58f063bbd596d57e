"""A causal language model of transformers in this process."""

from __future__ import annotations

import queue
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.errors import LlmError
from assistant.llm.types import Fault

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

    from assistant.llm.config import LlmConfig
    from assistant.llm.types import Message, Receipt

_LOOK = 0.1
"""Seconds between two looks at whether the reader has cancelled."""
_PLAIN = "{system}\n\n{user}\n\n回答："
"""For models without a chat template."""


class LocalLlm:
    """Generates in a thread, one reply at a time."""

    def __init__(self, config: LlmConfig) -> None:
        """Load the model; raises LlmError if it cannot be.

        Weights are read from safetensors only, and no code that comes with a model is run.
        """
        self.config = config
        self._tokenizer, self._model = _load(config)
        self._turn = threading.Lock()

    @property
    def name(self) -> str:
        """The folder's or the model's name, and how it is quantised."""
        extra = "" if self.config.quantization == "none" else f"（{self.config.quantization}）"
        return (Path(self.config.source).name or self.config.source) + extra

    def models(self) -> list[str]:
        """Return the name of the one model."""
        return [self.name]

    def count_tokens(self, text: str) -> int:
        """Return the tokens of `text` by the model's own tokenizer."""
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"]) if text else 0

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        cancelled: threading.Event | None = None,
        receipt: Receipt | None = None,
    ) -> Iterator[str]:
        """Yield the reply as it is generated; see `Llm.stream`."""
        with self._turn:
            prompt = self._encode(messages)
            size = int(prompt["input_ids"].shape[1])
            self._require_room(size + max_tokens)
            job = _Job(self._model, self._tokenizer)
            job.start(prompt, max_tokens=max_tokens, temperature=temperature)
            try:
                said = yield from self._pieces(job, cancelled)
            finally:
                job.stop()
            if not said and not (cancelled and cancelled.is_set()):
                raise LlmError("语言模型没有写出任何内容", fault=Fault.EMPTY)
            if receipt is not None:
                receipt.prompt_tokens, receipt.completion_tokens = size, job.generated
                receipt.finish = "length" if job.generated >= max_tokens else "stop"

    def _pieces(self, job: _Job, cancelled: threading.Event | None) -> Generator[str, None, bool]:
        """Yield what the job writes; return whether that was anything."""
        begun, last, said = time.monotonic(), time.monotonic(), False
        while not (cancelled and cancelled.is_set()):
            try:
                text = job.next()
            except queue.Empty:
                now = time.monotonic()
                limit = self.config.pause_seconds if said else self.config.first_token_seconds
                if now - last > limit or now - begun > self.config.total_seconds:
                    raise LlmError(f"语言模型超时：{now - begun:.0f} 秒内没有写完", fault=Fault.TIMEOUT) from None
                continue
            if text is None:
                break
            last = time.monotonic()
            if text:
                said = True
                yield text
        return said

    def _encode(self, messages: Sequence[Message]) -> Any:
        turns = [{"role": str(one.role), "content": one.text} for one in messages]
        if not getattr(self._tokenizer, "chat_template", None):
            texts = {str(one.role): one.text for one in messages}
            plain = _PLAIN.format(system=texts.get("system", ""), user=texts.get("user", ""))
            encoded = self._tokenizer(plain, return_tensors="pt")
        else:
            encoded = self._tokenizer.apply_chat_template(
                turns, add_generation_prompt=True, return_tensors="pt", return_dict=True, enable_thinking=False
            )
        encoded.pop("token_type_ids", None)
        return encoded.to(self._model.device)

    def _require_room(self, tokens: int) -> None:
        room = getattr(self._model.config, "max_position_embeddings", None)
        if isinstance(room, int) and tokens > room:
            raise LlmError(
                f"问题、资料和回答共 {tokens} 个词元，超出了模型的上下文长度 {room}；请把设置 context_tokens 调到 {room} 以内",
                fault=Fault.CONTEXT,
            )


class _Job:
    """One generation in a thread of its own."""

    def __init__(self, model: Any, tokenizer: Any) -> None:
        from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

        self.generated = 0
        self._model = model
        self._stopped = threading.Event()
        self._error: Exception | None = None
        self._streamer: Any = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True, timeout=_LOOK)
        job = self

        class Stop(StoppingCriteria):  # type: ignore[misc, unused-ignore]
            """Counts the tokens and ends the generation when it is no longer wanted."""

            def __call__(self, input_ids: Any, *_: Any, **__: Any) -> Any:
                import torch

                job.generated += 1
                return torch.full((input_ids.shape[0],), job._stopped.is_set(), device=input_ids.device)

        self._criteria = StoppingCriteriaList([Stop()])
        self._thread: threading.Thread | None = None

    def start(self, prompt: Any, *, max_tokens: int, temperature: float) -> None:
        """Begin to generate."""
        sampling = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
        arguments = {**prompt, **sampling, "max_new_tokens": max_tokens}
        self._thread = threading.Thread(target=self._generate, args=(arguments,), name="tongbao-llm", daemon=True)
        self._thread.start()

    def next(self) -> str | None:
        """Return the next piece, None at the end; raises queue.Empty if there is none yet, LlmError if it failed."""
        try:
            return str(next(self._streamer))
        except StopIteration:
            if self._error is not None:
                kind = f"{type(self._error).__name__}：{self._error}"
                raise LlmError(f"语言模型生成时出错（{kind}）", fault=Fault.BROKEN) from self._error
            return None

    def stop(self) -> None:
        """End the generation and wait for its thread."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _generate(self, arguments: dict[str, Any]) -> None:
        try:
            self._model.generate(**arguments, streamer=self._streamer, stopping_criteria=self._criteria)
        except Exception as error:  # noqa: BLE001 (told by `next`, in the reader's thread)
            self._error = error
            self._streamer.end()


def _load(config: LlmConfig) -> tuple[Any, Any]:
    """Return tokenizer and model; raises LlmError."""
    try:
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer
    except ImportError as error:
        raise LlmError("在本机运行语言模型需要 transformers 和 torch；请运行 pip install 'tongbao[llm]'") from error
    device = config.device
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "cpu"
    options: dict[str, Any] = {"dtype": config.dtype if config.dtype == "auto" else getattr(torch, config.dtype)}
    try:
        if config.quantization != "none":
            options |= {"quantization_config": _quantization(config.quantization), "device_map": device}
        tokenizer = AutoTokenizer.from_pretrained(config.source, trust_remote_code=False)
        model = AutoModelForCausalLM.from_pretrained(
            config.source, trust_remote_code=False, use_safetensors=True, **options
        )
        moved: Any = model
        placed = moved if config.quantization != "none" else moved.to(device)
    except Exception as error:  # whatever a damaged folder makes of it
        line = " ".join(str(error).split())[:200]
        raise LlmError(f"无法载入语言模型 {config.source}：{line}") from error
    return tokenizer, placed.eval()


def _quantization(kind: str) -> Any:
    """Return the settings of bitsandbytes; raises ImportError if it is not there."""
    from transformers import BitsAndBytesConfig

    make: Any = BitsAndBytesConfig
    return make(load_in_8bit=kind == "8bit", load_in_4bit=kind == "4bit")
