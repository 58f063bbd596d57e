"""Real OpenAI-compatible servers, started here: a tiny random model, so what it says is nonsense and must be caught."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import over
from fake_llm import user, write_tiny_model
from fake_terminal import invoke

from assistant.errors import LlmError
from assistant.llm.answering import Writer
from assistant.llm.config import LlmConfig
from assistant.llm.remote import RemoteLlm
from assistant.llm.types import Fault, Receipt
from assistant.pipeline import Assistant
from assistant.types import Mode, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

INDUSTRY = "云川市2023年规上工业增加值是多少？"
START = 300
"""Seconds to wait for a server; a busy machine takes a minute to import torch."""
LLAMA, WEIGHTS = shutil.which("llama-server"), os.environ.get("TONGBAO_TEST_GGUF", "")
SERVING = find_spec("accelerate") and find_spec("uvicorn") and find_spec("fastapi")

pytestmark = pytest.mark.slow


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[str]:
    """Yield the address of a server once it is healthy; end it at the end."""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1", "HF_HUB_CACHE": str(log.parent)}
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file, env=environment) as child:
        try:
            deadline = time.monotonic() + START
            while not _healthy(port):
                assert child.poll() is None, log.read_text("utf-8", "replace")[-2000:]
                assert time.monotonic() < deadline, "the server did not start"
                time.sleep(0.5)
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            child.terminate()


def _healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="module", params=["transformers", "llama.cpp"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Yield the address of a server and the name of its model."""
    home, port = tmp_path_factory.mktemp("server"), free_port()
    if request.param == "transformers":
        if not SERVING:
            pytest.skip("transformers[serving] is not installed")
        model = str(write_tiny_model(home / "tiny", room=8192))
        code = "import sys; from transformers.cli.transformers import main; sys.argv[0] = 'transformers'; main()"
        options = ["serve", model, "--host", "127.0.0.1", "--port", str(port), "--device", "cpu"]
        command = [sys.executable, "-c", code, *options]
    else:
        if not (LLAMA and Path(WEIGHTS).is_file()):
            pytest.skip("llama-server is not installed, or TONGBAO_TEST_GGUF names no weights")
        model = "any"
        command = [LLAMA, "-m", WEIGHTS, "--host", "127.0.0.1", "--port", str(port), "-c", "8192"]
    with running(command, port, home / "log.txt") as url:
        yield url, model


def llm_of(server: tuple[str, str], **settings: Any) -> RemoteLlm:
    url, model = server
    return RemoteLlm(LlmConfig(source=url, model=model, context_tokens=8192, **settings), environment={})


def test_a_real_server_streams_and_its_nonsense_is_caught(server: tuple[str, str], index: Path) -> None:
    llm = llm_of(server, max_tokens=40)
    receipt = Receipt()
    assert "".join(llm.stream(user("云川市的增加值是多少？"), max_tokens=20, receipt=receipt))
    assert receipt.finish in {"stop", "length"}
    assistant = Assistant(over(index).index, writer=Writer(llm, config=llm.config))
    answer = assistant.ask(INDUSTRY, mode=Mode.LLM)
    assert (answer.status, answer.short_answer) == (Status.ANSWERED, "386.4亿元")
    assert answer.generation is not None
    assert answer.generation.fault == ""
    if answer.mode is Mode.EXTRACTIVE:
        assert answer.generation.note


def test_a_real_server_takes_a_reader_that_leaves(server: tuple[str, str]) -> None:
    llm = llm_of(server)
    for _ in range(3):
        pieces: Any = llm.stream(user("云川市"), max_tokens=2000)
        next(pieces)
        pieces.close()
    assert "".join(llm.stream(user("云川市"), max_tokens=10))


def test_check_measures_a_real_server(server: tuple[str, str]) -> None:
    url, model = server
    result = invoke("llm", "check", "--llm", url, "--llm-model", model)
    assert result.exit_code == 0, result.output
    assert "首字：" in result.stdout


def test_the_command_line_asks_a_real_server(server: tuple[str, str], index: Path) -> None:
    url, model = server
    words = ["ask", INDUSTRY, "--mode", "llm", "--llm", url, "--llm-model", model, "--json"]
    record = json.loads(invoke(*words, index=index).stdout)
    assert record["status"] == "answered"
    assert record["generation"]["sentences"] >= 0


def test_a_model_that_is_not_there_is_told(server: tuple[str, str]) -> None:
    url, model = server
    if model == "any":
        pytest.skip("llama.cpp takes any name")
    llm = RemoteLlm(LlmConfig(source=url, model="no/such-model", retries=0), environment={})
    with pytest.raises(LlmError) as caught:
        list(llm.stream(user("问"), max_tokens=5))
    assert caught.value.fault in {Fault.NO_MODEL, Fault.REFUSED, Fault.BROKEN}
