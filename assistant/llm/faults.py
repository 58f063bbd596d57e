"""One line in Chinese for whatever can go wrong with a server, its kind beside it, never a key in it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from assistant.errors import LlmError
from assistant.llm.config import KEY
from assistant.llm.types import Fault

if TYPE_CHECKING:
    from assistant.llm.config import LlmConfig

_CONTEXT = re.compile(
    r"context[ _](?:length|size|window)|maximum context|too many tokens|prompt is too long|exceeds? the (?:available|model)"
    r"|max_model_len|exceed_context|longer than the maximum",
    re.IGNORECASE,
)
_SHOWN = 120
_SECRET = re.compile(r"(?i)\b(?:bearer\s+\S+|sk-[\w*-]{4,})")


class FaultTeller:
    """Turns the errors of the client into `LlmError`s about one server."""

    def __init__(self, url: str, *, key: str, config: LlmConfig) -> None:
        self._url = url
        self._key = key
        self._config = config

    def of(self, error: Exception, *, begun: bool, model: str) -> LlmError:
        """Return what to tell of `error`; `begun` says that some of the reply had come. An LlmError stays itself."""
        import openai

        if isinstance(error, LlmError):
            return error
        if isinstance(error, TimeoutError | openai.APITimeoutError):
            return self._late(begun)
        if isinstance(error, openai.APIStatusError):
            return self._status(error.status_code, self._said(error), model)
        if isinstance(error, openai.APIConnectionError):
            return self._gone() if begun else self._unreachable(error)
        if isinstance(error, json.JSONDecodeError | UnicodeError | openai.APIResponseValidationError):
            return LlmError(f"语言模型服务 {self._url} 的回复不是有效的数据", fault=Fault.GARBAGE)
        if isinstance(error, openai.APIError):
            said = self._said(error)
            if _CONTEXT.search(said):
                return self._context()
            return LlmError(f"语言模型服务 {self._url} 中途报错：{said}", fault=Fault.BROKEN)
        if isinstance(error, OSError) or type(error).__module__.split(".")[0] in {
            "httpx",
            "httpx2",
            "httpcore",
            "httpcore2",
        }:
            return self._gone() if begun else self._unreachable(error)
        kind = f"{type(error).__name__}：{self._clean(str(error))}"
        return LlmError(f"语言模型服务 {self._url} 的回复无法理解（{kind}）", fault=Fault.GARBAGE)

    def _late(self, begun: bool) -> LlmError:
        config = self._config
        if begun:
            bounds = f"停顿超过 {config.pause_seconds:g} 秒，或总共超过 {config.total_seconds:g} 秒"
        else:
            bounds = f"{min(config.first_token_seconds, config.total_seconds):g} 秒内没有开始回答"
        return LlmError(f"语言模型服务 {self._url} 超时：{bounds}", fault=Fault.TIMEOUT)

    def _gone(self) -> LlmError:
        return LlmError(f"语言模型服务 {self._url} 在回答中途断开", fault=Fault.DIED)

    def _unreachable(self, error: Exception) -> LlmError:
        cause = self._clean(str(error.__cause__ or error))
        return LlmError(
            f"连不上语言模型服务 {self._url}（{cause}）；请确认它已启动，地址和端口无误", fault=Fault.UNREACHABLE
        )

    def _context(self) -> LlmError:
        return LlmError(
            f"问题和资料超出了模型的上下文长度；请把设置 context_tokens（现为 {self._config.context_tokens}）调到服务实际的长度以内",
            fault=Fault.CONTEXT,
        )

    def _status(self, status: int, said: str, model: str) -> LlmError:
        if status in {401, 403}:
            advice = f"请检查环境变量 {KEY}" if self._key else f"请设置环境变量 {KEY}"
            return LlmError(f"语言模型服务 {self._url} 不认可密钥（{status}）；{advice}", fault=Fault.UNAUTHORIZED)
        if status == 404:
            what = f"没有模型 {model}，或地址不对" if model else "没有这个接口，地址可能不对"
            return LlmError(
                f"语言模型服务 {self._url} {what}（404）；地址通常以 /v1 结尾，可用 tongbao llm check 查看模型",
                fault=Fault.NO_MODEL,
            )
        tried = f"，重试 {self._config.retries} 次后仍是如此" if self._config.retries else ""
        if status == 429:
            return LlmError(f"语言模型服务 {self._url} 太忙或已超出限额（429）{tried}", fault=Fault.BUSY)
        if status >= 500:
            return LlmError(f"语言模型服务 {self._url} 内部出错（{status}）{tried}", fault=Fault.BROKEN)
        if status in {400, 413, 422} and (status == 413 or _CONTEXT.search(said)):
            return self._context()
        return LlmError(f"语言模型服务 {self._url} 拒绝了请求（{status}）：{said}", fault=Fault.REFUSED)

    def _said(self, error: Exception) -> str:
        """Return what the server says of its error, in one short line."""
        body = getattr(error, "body", None)
        message = body.get("message") if isinstance(body, dict) else None
        code = body.get("code") if isinstance(body, dict) else None
        return self._clean(f"{message or getattr(error, 'message', error)} {code if isinstance(code, str) else ''}")

    def _clean(self, text: str) -> str:
        """Return `text` in one line, cut short, without control characters and without anything like a key."""
        shown = text.replace(self._key, "***") if self._key else text
        line = " ".join("".join(char if char.isprintable() else " " for char in _SECRET.sub("***", shown)).split())
        return line if len(line) <= _SHOWN else f"{line[:_SHOWN]}…"
