"""A real, tiny, random model in this process."""

from __future__ import annotations

import importlib.util
import shutil
import threading
from typing import TYPE_CHECKING, Any

import pytest
from fake_llm import user, write_tiny_model

from assistant.errors import LlmError
from assistant.llm.config import LlmConfig
from assistant.llm.local import LocalLlm
from assistant.llm.types import Fault, Message, Receipt, Role

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_model(tmp_path_factory.mktemp("tiny") / "小模型", room=512)


@pytest.fixture(scope="module")
def llm(folder: Path) -> LocalLlm:
    return LocalLlm(LlmConfig(source=str(folder), device="cpu"))


def test_it_streams_what_it_generates(llm: LocalLlm) -> None:
    receipt = Receipt()
    messages = [Message(Role.SYSTEM, "根据资料回答。"), Message(Role.USER, "云川市的增加值是多少？")]
    pieces = list(llm.stream(messages, max_tokens=20, receipt=receipt))
    assert "".join(pieces)
    assert "<|im" not in "".join(pieces)
    assert "云川市的增加值是多少" not in "".join(pieces)
    assert receipt.completion_tokens is not None
    assert 1 <= receipt.completion_tokens <= 20
    assert receipt.finish in {"stop", "length"}
    assert receipt.prompt_tokens is not None
    assert receipt.prompt_tokens > 18
    assert "".join(llm.stream(messages, max_tokens=20)) == "".join(pieces)
    assert list(llm.stream(messages, max_tokens=8, temperature=0.8))


def test_its_own_tokenizer_counts(llm: LocalLlm) -> None:
    assert llm.count_tokens("") == 0
    assert llm.count_tokens("云川市2023年") == 8
    assert llm.name == "小模型"
    assert llm.models() == ["小模型"]


def test_closing_ends_the_generation(llm: LocalLlm) -> None:
    receipt = Receipt()
    pieces: Any = llm.stream(user("问"), max_tokens=400, receipt=receipt)
    next(pieces)
    pieces.close()
    assert not [one for one in threading.enumerate() if one.name == "tongbao-llm" and one.is_alive()]
    assert receipt.completion_tokens is None
    assert list(llm.stream(user("问"), max_tokens=5))


def test_cancelling_ends_it_without_an_error(llm: LocalLlm) -> None:
    cancelled = threading.Event()
    cancelled.set()
    assert list(llm.stream(user("问"), max_tokens=400, cancelled=cancelled)) == []


def test_more_than_it_can_hold_is_told_before_it_starts(llm: LocalLlm) -> None:
    with pytest.raises(LlmError, match="512") as caught:
        list(llm.stream(user("云" * 500), max_tokens=20))
    assert caught.value.fault == Fault.CONTEXT


def test_a_model_that_fails_within_says_so(llm: LocalLlm, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(llm._model, "generate", fail)
    with pytest.raises(LlmError, match="out of memory") as caught:
        list(llm.stream(user("问"), max_tokens=5))
    assert caught.value.fault == Fault.BROKEN


def test_without_a_chat_template_the_texts_follow_each_other(folder: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(folder, bare)
    (bare / "chat_template.jinja").unlink()
    llm = LocalLlm(LlmConfig(source=str(bare), dtype="float32", device="cpu"))
    assert list(llm.stream(user("问"), max_tokens=5))


@pytest.mark.parametrize("case", ["missing", "empty", "weights", "pickled"])
def test_what_cannot_be_loaded_is_told_in_one_line(
    folder: Path, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    broken = tmp_path / "broken"
    if case == "empty":
        broken.mkdir()
    if case in {"weights", "pickled"}:
        shutil.copytree(folder, broken)
        (broken / "model.safetensors").unlink()
        (broken / ("pytorch_model.bin" if case == "pickled" else "model.safetensors")).write_bytes(b"junk")
    with pytest.raises(LlmError, match="无法载入") as caught:
        LocalLlm(LlmConfig(source=str(broken)))
    assert "\n" not in str(caught.value)


def test_quantisation_that_is_not_installed_is_told(folder: Path) -> None:
    if importlib.util.find_spec("bitsandbytes"):
        pytest.skip("bitsandbytes is installed")
    with pytest.raises(LlmError, match="无法载入"):
        LocalLlm(LlmConfig(source=str(folder), quantization="8bit"))
