"""Language models for tests: scripted ones, a tiny random one made on the spot, and a server that misbehaves."""

from __future__ import annotations

import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from assistant.llm.config import LlmConfig
from assistant.llm.remote import RemoteLlm
from assistant.llm.tokens import estimate_tokens
from assistant.llm.types import Message, Receipt, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

CHARACTERS = "的一是在不了有和人这中大为上个国我以要他时来用们云川市增加值规上工业整改通报落实问题资料根据回答没提到。，：；、《》？0123456789亿元年月日%.[]"
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass
class FakeLlm:
    """Says what it is told to, piece by piece; raises what stands among the pieces; keeps what it was asked."""

    pieces: Sequence[str | Exception]
    name: str = "fake"
    finish: str = "stop"
    asked: list[Sequence[Message]] = field(default_factory=list)
    given: list[str] = field(default_factory=list)
    closed: int = 0

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int,
        temperature: float = 0.0,
        cancelled: threading.Event | None = None,
        receipt: Receipt | None = None,
    ) -> Iterator[str]:
        del max_tokens, temperature
        self.asked.append(messages)
        try:
            for piece in self.pieces:
                if cancelled and cancelled.is_set():
                    return
                if isinstance(piece, Exception):
                    raise piece
                self.given.append(piece)
                yield piece
            if receipt is not None:
                receipt.finish = self.finish
                receipt.prompt_tokens, receipt.completion_tokens = 100, len(self.pieces)
        finally:
            self.closed += 1

    def count_tokens(self, text: str) -> int:
        return estimate_tokens(text)


def write_tiny_model(folder: Path, *, room: int = 4096) -> Path:
    """Write a random causal model of two narrow layers with a tokenizer of single characters."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

    special = ["<|unk|>", "<|im_start|>", "<|im_end|>"]
    words = {word: number for number, word in enumerate(dict.fromkeys([*special, "\n", *CHARACTERS]))}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token=special[0]))
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.decoder = decoders.Fuse()
    wrap: Any = PreTrainedTokenizerFast
    wrapped = wrap(
        tokenizer_object=tokenizer, unk_token=special[0], eos_token=special[2], additional_special_tokens=special[1:]
    )
    wrapped.chat_template = TEMPLATE
    torch.manual_seed(7)
    config = LlamaConfig(
        vocab_size=len(words),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=room,
        eos_token_id=words[special[2]],
        bos_token_id=None,
        pad_token_id=words[special[2]],
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    wrapped.save_pretrained(folder)
    return folder


class Served:
    """A scripted server on a loopback port; `script` is called with each request's handler and body."""

    def __init__(self, script: Callable[[Talk, dict[str, Any]], None]) -> None:
        served = self
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.broken = threading.Event()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                served.bodies.append(body)
                served.headers.append(dict(self.headers))
                talk = Talk(self, len(served.bodies), served.broken)
                try:
                    script(talk, body)
                except OSError:
                    served.broken.set()

            def do_GET(self) -> None:
                talk = Talk(self, 0, served.broken)
                script(talk, {})

            def log_message(self, *_: object) -> None:
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self._thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Served:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self._thread.join()

    def llm(self, *, key: str = "", **settings: Any) -> RemoteLlm:
        settings = {"model": "m", "retries": 0, "pause_seconds": 2, "first_token_seconds": 5, **settings}
        environment = {"TONGBAO_LLM_KEY": key} if key else {}
        return RemoteLlm(LlmConfig(source=self.url, **settings), environment=environment)


@dataclass
class Talk:
    """One request's way to answer."""

    handler: BaseHTTPRequestHandler
    number: int
    """Of the POST request, from 1; 0 for a GET."""
    broken: threading.Event

    def status(self, code: int, message: str = "no", **headers: str) -> None:
        self.json({"error": {"message": message, "code": None, "type": "t", "param": None}}, code, **headers)

    def json(self, value: object, code: int = 200, **headers: str) -> None:
        self.send(json.dumps(value).encode(), code, kind="application/json", **headers)

    def send(self, data: bytes, code: int = 200, *, kind: str = "text/event-stream", **headers: str) -> None:
        """Send a whole reply with its length."""
        self.handler.send_response(code)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(data)), **headers}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()
        self.handler.wfile.write(data)

    def begin(self, **headers: str) -> None:
        """Begin a stream that ends with the connection."""
        self.handler.close_connection = True
        self.handler.send_response(200)
        for name, value in {"Content-Type": "text/event-stream", **headers}.items():
            self.handler.send_header(name.replace("_", "-"), value)
        self.handler.end_headers()

    def say(self, text: str | None, *, finish: str | None = None) -> None:
        """Send one piece of the reply."""
        delta = {} if text is None else {"content": text}
        self.event({"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})

    def event(self, value: dict[str, Any]) -> None:
        whole = {"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", **value}
        self.raw(f"data: {json.dumps(whole)}\n\n".encode())

    def raw(self, data: bytes) -> None:
        self.handler.wfile.write(data)
        self.handler.wfile.flush()

    def reply(self, *pieces: str, pause: float = 0) -> None:
        """Send a whole good reply."""
        self.begin()
        for piece in pieces:
            self.say(piece)
            time.sleep(pause)
        self.say(None, finish="stop")
        self.event({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}})
        self.raw(b"data: [DONE]\n\n")


def user(text: str) -> list[Message]:
    return [Message(Role.USER, text)]
