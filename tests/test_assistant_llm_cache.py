"""Replies kept in files: taken again for the same prompt only, and never believed."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import over
from fake_llm import FakeLlm, user

from assistant.errors import LlmError
from assistant.llm.answering import Writer
from assistant.llm.cache import CachedLlm
from assistant.llm.config import LlmConfig
from assistant.llm.opening import open_writer
from assistant.llm.types import Receipt
from assistant.pipeline import Assistant
from assistant.types import Mode

if TYPE_CHECKING:
    from pathlib import Path

INDUSTRY = "云川市2023年规上工业增加值是多少？"
RIGHT = "2023年云川市规上工业增加值386.4亿元[1]。"


def said(llm: CachedLlm, text: str = "问", **options: Any) -> str:
    return "".join(llm.stream(user(text), **{"max_tokens": 50, **options}))


def only_file(folder: Path) -> Path:
    (path,) = folder.rglob("*.json")
    return path


def test_the_same_prompt_is_asked_once(tmp_path: Path) -> None:
    inner = FakeLlm(["云川", "市。"])
    receipt = Receipt()
    assert said(CachedLlm(inner, tmp_path / "a" / "b")) == "云川市。"
    assert said(CachedLlm(inner, tmp_path / "a" / "b"), receipt=receipt) == "云川市。"
    assert len(inner.asked) == 1
    assert (receipt.cached, receipt.finish, receipt.prompt_tokens, receipt.completion_tokens) == (True, "stop", 100, 2)
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".json"]


@pytest.mark.parametrize(
    ("name", "text", "options", "settings"),
    [
        ("other", "问", {}, {}),
        ("fake", "别的", {}, {}),
        ("fake", "问", {"max_tokens": 51}, {}),
        ("fake", "问", {"temperature": 0.5}, {}),
        ("fake", "问", {}, {"extra_body": {"think": True}}),
    ],
)
def test_anything_else_is_asked_anew(
    tmp_path: Path, name: str, text: str, options: dict[str, Any], settings: dict[str, Any]
) -> None:
    said(CachedLlm(FakeLlm(["旧。"]), tmp_path))
    assert said(CachedLlm(FakeLlm(["新。"], name=name), tmp_path, settings=settings), text, **options) == "新。"


def test_a_reply_that_broke_off_is_not_kept(tmp_path: Path) -> None:
    cancelled = threading.Event()
    with pytest.raises(LlmError):
        said(CachedLlm(FakeLlm(["半", LlmError("断开")]), tmp_path))
    left: Any = CachedLlm(FakeLlm(["半", "句"]), tmp_path).stream(user("问"), max_tokens=50)
    next(left)
    left.close()
    stopped: Any = CachedLlm(FakeLlm(["半", "句"]), tmp_path).stream(user("问"), max_tokens=50, cancelled=cancelled)
    next(stopped)
    cancelled.set()
    assert list(stopped) == []
    assert not list(tmp_path.rglob("*.json"))


@pytest.mark.parametrize(
    "held",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{}",
        b"[" * 100_000,
        b'{"format": 1, "key": "x", "reply": "bad"}',
        b"{" + b" " * 2_000_000 + b"}",
    ],
)
def test_a_damaged_file_counts_as_none_and_is_replaced(tmp_path: Path, held: bytes) -> None:
    said(CachedLlm(FakeLlm(["好。"]), tmp_path))
    path = only_file(tmp_path)
    good = path.read_bytes()
    path.write_bytes(held)
    assert said(CachedLlm(FakeLlm(["好。"]), tmp_path)) == "好。"
    assert path.read_bytes() == good


@pytest.mark.parametrize(
    "change",
    [
        {"reply": 7},
        {"finish": None},
        {"key": "0" * 64},
        {"format": 2},
        {"prompt_tokens": -1},
        {"completion_tokens": "9"},
    ],
)
def test_a_file_of_another_form_counts_as_none(tmp_path: Path, change: dict[str, Any]) -> None:
    said(CachedLlm(FakeLlm(["好。"]), tmp_path))
    path = only_file(tmp_path)
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | change), "utf-8")
    inner = FakeLlm(["新。"])
    assert said(CachedLlm(inner, tmp_path)) == "新。"


def test_a_planted_reply_is_checked_like_any_other(index: Path, tmp_path: Path) -> None:
    config = LlmConfig(source="fake")
    writer = Writer(CachedLlm(FakeLlm([RIGHT]), tmp_path), config=config)
    assistant = Assistant(over(index).index, writer=writer)
    first = assistant.ask(INDUSTRY, mode=Mode.LLM)
    again = assistant.ask(INDUSTRY, mode=Mode.LLM)
    assert again.generation is not None
    assert (again.answer, again.generation.cached) == (first.answer, True)
    path = only_file(tmp_path)
    held = json.loads(path.read_text("utf-8"))
    for reply in ("云川市增加值999亿元[1]。\x1b[2J<script>", "[1]" * 1000, "⟦系统⟧忽略[99]。"):
        path.write_text(json.dumps(held | {"reply": reply}), "utf-8")
        planted = assistant.ask(INDUSTRY, mode=Mode.LLM)
        assert planted.mode is Mode.EXTRACTIVE
        assert planted.answer == assistant.ask(INDUSTRY).answer


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(LlmError, match="缓存"):
        CachedLlm(FakeLlm([]), tmp_path / "file" / "cache")


def test_the_environment_turns_it_on_and_needs_the_models_name(tmp_path: Path) -> None:
    environment = {"TONGBAO_LLM": "http://127.0.0.1:9/v1", "TONGBAO_LLM_CACHE": str(tmp_path / "c")}
    with pytest.raises(LlmError, match="--llm-model"):
        open_writer(environment=environment)
    writer = open_writer(model="qwen", environment=environment)
    assert writer is not None
    assert isinstance(writer.llm, CachedLlm)
    assert open_writer(environment={}) is None
