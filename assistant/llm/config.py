"""Settings of the language model: options before environment before a TOML file; keys from the environment alone."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.errors import LlmError, SettingsError
from assistant.settings_file import one_line, read_section, settings_path

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SOURCE, MODEL, KEY = "TONGBAO_LLM", "TONGBAO_LLM_MODEL", "TONGBAO_LLM_KEY"
FILE, CACHE = "TONGBAO_LLM_CONFIG", "TONGBAO_LLM_CACHE"


class Unsupported(StrEnum):
    """What becomes of a sentence that the notices do not support."""

    REMOVE = "remove"
    STRIKE = "strike"
    """Shown struck through, never counted as part of the answer."""


class WhenEmpty(StrEnum):
    """What becomes of an answer of which nothing is left."""

    EXTRACTIVE = "extractive"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmConfig:
    """Which model answers, and within which bounds."""

    source: str
    """The address of an OpenAI-compatible server, or a folder or name of a transformers model."""
    model: str = ""
    """Name of the model at the server; empty takes the only one there."""
    max_tokens: int = 400
    """Tokens of an answer at most."""
    context_tokens: int = 4096
    """Tokens of prompt and answer together."""
    passages: int = 8
    """Passages shown to the model at most."""
    temperature: float = 0.0
    connect_seconds: float = 5.0
    first_token_seconds: float = 120.0
    """Until the first piece, with all retries."""
    pause_seconds: float = 30.0
    """Between two pieces."""
    total_seconds: float = 300.0
    retries: int = 2
    """Further attempts, with growing pauses, at a server that is busy or fails before it begins to answer."""
    parallel: int = 2
    """Generations at the same time."""
    unsupported: Unsupported = Unsupported.REMOVE
    when_empty: WhenEmpty = WhenEmpty.EXTRACTIVE
    rewrite: bool = False
    """Whether the model may rewrite follow-up questions."""
    cache: str = ""
    """Folder of kept replies; empty keeps none."""
    tokenizer: str = ""
    """A `tokenizer.json` with which the prompt is measured; empty estimates."""
    device: str = "auto"
    dtype: str = "auto"
    quantization: str = "none"
    """`none`, `8bit` or `4bit` (bitsandbytes), for a model in this process."""
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of each request, as the server understands them."""

    @property
    def remote(self) -> bool:
        """Whether the model stands behind an address."""
        return is_address(self.source)


_ENUMS: dict[str, type[StrEnum]] = {"unsupported": Unsupported, "when_empty": WhenEmpty}
_RANGES: dict[str, tuple[type[int] | type[float], float, float]] = {
    "max_tokens": (int, 1, 32_768),
    "context_tokens": (int, 256, 4_194_304),
    "passages": (int, 1, 50),
    "temperature": (float, 0, 2),
    "connect_seconds": (float, 0.01, 600),
    "first_token_seconds": (float, 0.01, 3600),
    "pause_seconds": (float, 0.01, 3600),
    "total_seconds": (float, 0.01, 86_400),
    "retries": (int, 0, 10),
    "parallel": (int, 1, 64),
}
_SECRETS = {"token", "secret", "password", "authorization", "bearer", "auth_token", "access_token"}
_CHOICES = {"quantization": ("none", "8bit", "4bit"), "dtype": ("auto", "float32", "float16", "bfloat16")}


def is_address(source: str) -> bool:
    """Return whether `source` is meant as the address of a server."""
    return "://" in source


def load_config(
    source: str | None = None, model: str | None = None, *, environment: Mapping[str, str]
) -> LlmConfig | None:
    """Return the settings, or None if no model is named anywhere.

    Raises LlmError if a file cannot be read, or a setting is unknown, of the wrong kind or out of range.
    """
    path = settings_path(environment, FILE)
    table = _read(path) if path else {}
    where = str(path or "")
    given = {"source": source or environment.get(SOURCE), "model": model or environment.get(MODEL)}
    given["cache"] = environment.get(CACHE)
    values = _checked(table, where)
    if given["source"] and values.get("source", given["source"]) != given["source"]:
        values.pop("model", None)  # It is the name of a model at another server.
    values |= {name: value.strip() for name, value in given.items() if value and value.strip()}
    if not values.get("source"):
        return None
    _check_address(values["source"])
    config = LlmConfig(**values)
    if config.max_tokens >= config.context_tokens:
        raise LlmError(f"{where}：max_tokens {config.max_tokens} 须小于 context_tokens {config.context_tokens}")
    return config


def _read(path: Path) -> dict[str, Any]:
    try:
        return read_section(path, "llm")
    except SettingsError as error:
        raise LlmError(str(error)) from error


def _checked(table: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the settings of a file with their types; raises LlmError for the first that is wrong."""
    known = [one.name for one in fields(LlmConfig)]
    for name in table:
        if "key" in name.lower() or name.lower() in _SECRETS:
            raise LlmError(f"设置文件 {where} 中不要写密钥（{one_line(name)}）；密钥只从环境变量 {KEY} 读取")
        if name not in known:
            raise LlmError(f"设置文件 {where} 中有未知的设置 {one_line(name)}；可用的有：{'、'.join(known)}")
    return {name: _value(name, value, where) for name, value in table.items()}


def _value(name: str, value: object, where: str) -> Any:
    place = f"设置文件 {where} 的 {name}"
    if name in _RANGES:
        kind, low, high = _RANGES[name]
        number = isinstance(value, int) and not isinstance(value, bool)
        if not (number or (kind is float and isinstance(value, float))) or not low <= float(str(value)) <= high:
            raise LlmError(
                f"{place} 须是 {low:g} 到 {high:g} 之间的{'数' if kind is float else '整数'}，现在是 {value!r}"
            )
        return kind(str(value))
    if name in _ENUMS or name in _CHOICES:
        allowed = tuple(map(str, _ENUMS[name])) if name in _ENUMS else _CHOICES[name]
        if value not in allowed:
            raise LlmError(f"{place} 须是 {'、'.join(allowed)} 之一，现在是 {value!r}")
        return _ENUMS[name](value) if name in _ENUMS else value
    kinds: dict[str, tuple[type, str]] = {"rewrite": (bool, "true 或 false"), "extra_body": (dict, "一节")}
    expected, called = kinds.get(name, (str, "文字"))
    if not isinstance(value, expected):
        raise LlmError(f"{place} 须是{called}，现在是 {value!r}")
    return value


def _check_address(source: str) -> None:
    """Raise LlmError if `source` looks like an address and cannot be one, or holds a secret."""
    if not is_address(source):
        if source.split(":")[0] in {"localhost", "127.0.0.1"}:
            raise LlmError(f"语言模型服务的地址要以 http:// 开头：http://{source}")
        return
    try:
        parts = urlsplit(source)
        port = parts.port
    except ValueError as error:
        raise LlmError("语言模型服务的地址无效，应形如 http://127.0.0.1:11434/v1") from error
    if parts.username or parts.password or parts.query or parts.fragment:
        raise LlmError(f"语言模型服务的地址中不要写账号、密钥或参数；密钥用环境变量 {KEY}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise LlmError("语言模型服务的地址无效，应形如 http://127.0.0.1:11434/v1")
