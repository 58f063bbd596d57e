"""From settings to a model that is ready to write."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import LlmError, ModeError
from assistant.llm.config import load_config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.llm.answering import Writer
    from assistant.llm.config import LlmConfig
    from assistant.llm.local import LocalLlm
    from assistant.llm.remote import RemoteLlm
    from assistant.llm.types import Llm


def open_backend(config: LlmConfig, *, environment: Mapping[str, str]) -> RemoteLlm | LocalLlm:
    """Return the model of the settings; one in this process is loaded. Raises LlmError."""
    if config.remote:
        from assistant.llm.remote import RemoteLlm

        return RemoteLlm(config, environment=environment)
    from assistant.llm.local import LocalLlm

    return LocalLlm(config)


def open_writer(
    source: str | None = None, model: str | None = None, *, environment: Mapping[str, str] | None = None
) -> Writer | None:
    """Return what answers with the model of options, environment or settings file; None if none is named.

    Raises LlmError if the settings are wrong or the model cannot be used.
    """
    surroundings = os.environ if environment is None else environment
    config = load_config(source, model, environment=surroundings)
    if config is None:
        return None
    from assistant.llm.answering import Writer

    llm: Llm = open_backend(config, environment=surroundings)
    if config.cache:
        llm = _cached(llm, config)
    return Writer(llm, config=config)


def _cached(llm: Llm, config: LlmConfig) -> Llm:
    from assistant.llm.cache import CachedLlm

    if config.remote and not config.model:
        raise LlmError("要缓存语言模型的回答，须用 --llm-model（或 TONGBAO_LLM_MODEL）写明模型的名称")
    names = ("source", "extra_body", "dtype", "quantization")
    return CachedLlm(llm, Path(config.cache), settings={name: getattr(config, name) for name in names})


def require_writer(source: str | None = None, model: str | None = None) -> Writer:
    """Return what answers with the model that is set up; raises ModeError if none is, LlmError if it cannot be used."""
    writer = open_writer(source, model)
    if writer is None:
        raise ModeError
    return writer
