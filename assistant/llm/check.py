"""Whether the language model that is set up can be used, and how fast it writes."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from assistant.errors import LlmError, ModeError
from assistant.layout import Paragraph
from assistant.llm.closing import closed
from assistant.llm.config import KEY, load_config
from assistant.llm.opening import open_backend
from assistant.llm.types import Fault, Message, Receipt, Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from assistant.llm.local import LocalLlm
    from assistant.llm.remote import RemoteLlm

_QUESTION = "请用三句话介绍什么是巡视整改通报。"
_TOKENS = 64
_LISTED = 20
_SAID = 60


def check_paragraphs(
    source: str | None = None, model: str | None = None, *, environment: Mapping[str, str] | None = None
) -> Iterator[Paragraph]:
    """Yield what is found out, as it is found out; a key is said to be set or not, never shown.

    Raises ModeError if no model is set up, LlmError with what is wrong.
    """
    surroundings = os.environ if environment is None else environment
    config = load_config(source, model, environment=surroundings)
    if config is None:
        raise ModeError
    kind = "服务" if config.remote else "本进程中的模型"
    yield Paragraph(f"{kind}：{config.source}")
    if config.remote:
        yield Paragraph(f"密钥：{'已设置' if surroundings.get(KEY) else '未设置'}（{KEY}）")
    begun = time.perf_counter()
    llm = open_backend(config, environment=surroundings)
    if not config.remote:
        yield Paragraph(f"载入：{time.perf_counter() - begun:.1f} 秒")
    yield _listed(llm, chosen=bool(config.model))
    yield from _speed(llm)


def _listed(llm: RemoteLlm | LocalLlm, *, chosen: bool) -> Paragraph:
    """Return the models there are; a server that cannot list any is no failure if one is chosen."""
    try:
        names = llm.models()
    except LlmError as error:
        if not chosen or error.fault not in {Fault.NO_MODEL, Fault.BROKEN, Fault.GARBAGE, Fault.REFUSED}:
            raise
        return Paragraph(f"模型：服务没有给出列表（{error}）", hanging=6)
    more = f" 等 {len(names)} 个" if len(names) > _LISTED else ""
    return Paragraph(f"模型：{'、'.join(names[:_LISTED]) or '（没有列出）'}{more}", hanging=6)


def _speed(llm: RemoteLlm | LocalLlm) -> Iterator[Paragraph]:
    receipt = Receipt()
    begun = time.perf_counter()
    first = 0.0
    said = ""
    with closed(llm.stream([Message(Role.USER, _QUESTION)], max_tokens=_TOKENS, receipt=receipt)) as pieces:
        for piece in pieces:
            first = first or time.perf_counter() - begun
            said += piece
    rest = time.perf_counter() - begun - first
    tokens = receipt.completion_tokens or llm.count_tokens(said)
    counted = "" if receipt.completion_tokens else "（估计）"
    yield Paragraph(f"试答：{' '.join(said.split())[:_SAID]}…（{llm.name}）", hanging=6)
    yield Paragraph(f"首字：{first:.2f} 秒")
    speed = f"{(tokens - 1) / rest:.1f} 词元/秒{counted}" if tokens > 1 and rest > 0 else "太短，测不出"
    yield Paragraph(f"速度：{speed}")
