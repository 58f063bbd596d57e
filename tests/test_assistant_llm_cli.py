"""The command line with a language model behind a real port: `ask`, `batch` and `llm check`."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import over
from fake_llm import FakeLlm, Served, Talk
from fake_terminal import invoke, one_line

from assistant.llm.answering import Writer
from assistant.llm.config import LlmConfig, Unsupported
from assistant.llm.terminal import show
from assistant.pipeline import Assistant

if TYPE_CHECKING:
    from pathlib import Path

INDUSTRY = "云川市2023年规上工业增加值是多少？"
RIGHT = "2023年云川市规上工业增加值386.4亿元[1]。"
WRONG = "2023年云川市规上工业增加值999.9亿元[1]。"
KEY = "sk-secret-of-mine-1234"


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("TONGBAO_LLM")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    monkeypatch.setenv("TONGBAO_LLM_KEY", KEY)


def scripted(*pieces: str) -> Served:
    def script(talk: Talk, body: dict[str, Any]) -> None:
        if body:
            talk.reply(*pieces)
        else:
            talk.json({"object": "list", "data": [{"id": "qwen", "object": "model", "created": 0, "owned_by": "x"}]})

    return Served(script)


def test_ask_with_a_server(index: Path) -> None:
    with scripted(RIGHT, WRONG) as served:
        result = invoke("ask", INDUSTRY, "--mode", "llm", "--llm", served.url, index=index)
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("（删去没有原文依据的 1 句")
    assert RIGHT in result.stdout
    assert "999.9" not in result.stdout
    assert any(line.startswith("[1] ") for line in lines)
    assert "首字" in result.stderr
    assert KEY not in result.output


def test_the_record_and_the_model_from_the_environment(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted(RIGHT) as served:
        monkeypatch.setenv("TONGBAO_LLM", served.url)
        monkeypatch.setenv("TONGBAO_LLM_MODEL", "qwen")
        result = invoke("ask", INDUSTRY, "--mode", "llm", "--json", index=index)
    record = json.loads(result.stdout)
    assert one_line(result.stdout)
    assert (record["mode"], record["answer"]) == ("llm", RIGHT)
    assert record["generation"]["completion_tokens"] == 7
    assert KEY not in result.output
    assert served.bodies[0]["model"] == "qwen"


def test_struck_sentences_are_shown_as_struck(index: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "t.toml"
    path.write_text('[llm]\nunsupported = "strike"\n', "utf-8")
    monkeypatch.setenv("TONGBAO_LLM_CONFIG", str(path))
    with scripted(RIGHT, WRONG) as served:
        result = invoke("ask", INDUSTRY, "--mode", "llm", "--llm", served.url, index=index)
    assert "999.9亿元。（删去：" in "".join(result.stdout.split())


def test_a_screen_gets_the_sentences_as_they_come(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    config = LlmConfig(source="x", unsupported=Unsupported.STRIKE)
    assistant = Assistant(over(index).index, writer=Writer(FakeLlm([RIGHT, WRONG]), config=config))
    show(assistant.stream(INDUSTRY), config, assistant.index)
    text = screen.getvalue()
    assert text.count("386.4亿元[1]") == 1
    assert text.index("386.4") < text.index("999.9") < text.index("[1] ")
    assert "\x1b[2;9m" in text or "\x1b[" in text


def test_what_was_streamed_is_void_if_the_server_dies(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def script(talk: Talk, _: dict[str, Any]) -> None:
        talk.begin()
        talk.say(RIGHT)
        talk.say("又")

    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    with Served(script) as served:
        llm = served.llm()
        assistant = Assistant(over(index).index, writer=Writer(llm, config=llm.config))
        show(assistant.stream(INDUSTRY), llm.config, assistant.index)
    text = screen.getvalue()
    assert "以上作废" in text
    assert "在回答中途断开" in text
    assert "规上工业增加值386.4亿元" in text


@pytest.mark.parametrize("status", [401, 404, 429, 500])
def test_a_server_that_fails_leaves_the_extractive_answer(index: Path, status: int) -> None:
    with Served(lambda talk, _: talk.status(status, KEY, Retry_After="0")) as served:
        words = ["ask", INDUSTRY, "--mode", "llm", "--llm", served.url, "--llm-model", "m", "--json"]
        result = invoke(*words, index=index)
    record = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (record["mode"], record["status"], record["short_answer"]) == ("extractive", "answered", "386.4亿元")
    assert str(status) in record["generation"]["note"]
    assert KEY not in result.output


def test_a_model_without_its_mode_is_wrong_usage(index: Path) -> None:
    result = invoke("ask", INDUSTRY, "--llm", "http://127.0.0.1:9", index=index)
    assert result.exit_code == 2
    assert "--mode llm" in result.stderr


@pytest.mark.parametrize("address", ["http://a:b@h/v1", "localhost:1", "/nonexistent/model"])
def test_a_model_that_cannot_be_is_one_line(index: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    result = invoke("ask", INDUSTRY, "--mode", "llm", "--llm", address, index=index)
    assert result.exit_code == 1
    assert one_line(result.stderr)


def test_an_interruption_ends_the_generation_at_the_server(index: Path) -> None:
    def endless(talk: Talk, _: dict[str, Any]) -> None:
        talk.begin()
        while True:
            talk.say("云")
            time.sleep(0.02)

    with Served(endless) as served:
        words = ["ask", INDUSTRY, "--mode", "llm", "--llm", served.url, "--llm-model", "m", "--index", str(index)]
        child = subprocess.Popen(
            [sys.executable, "-m", "assistant", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        deadline = time.monotonic() + 60
        while not served.bodies and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        _, stderr = child.communicate(timeout=120)
        assert child.returncode == 130, stderr
        assert "Traceback" not in stderr
        assert served.broken.wait(60)


# --- batch ---


def test_a_batch_has_a_status_and_a_reason_for_each_row(index: Path, tmp_path: Path) -> None:
    questions, output = tmp_path / "q.txt", tmp_path / "out.jsonl"
    questions.write_text(f"{INDUSTRY}\n松泉县有几所学校？\n云川市2024年改造了几个老旧小区？\n？？\n", "utf-8")

    def script(talk: Talk, body: dict[str, Any]) -> None:
        if "规上工业" in body["messages"][1]["content"].split("问题：")[-1]:
            talk.reply(RIGHT)
        else:
            talk.status(429, Retry_After="0")

    with Served(script) as served:
        words = ["batch", questions, output, "--mode", "llm", "--llm", served.url, "--llm-model", "m"]
        result = invoke(*words, index=index)
        assert result.exit_code == 1, result.output
        asked = len(served.bodies)
        assert invoke(*words, "--resume", index=index).exit_code == 1
        assert len(served.bodies) == asked
    rows = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    assert [row["status"] for row in rows] == ["answered", "no_answer", "answered", "error"]
    assert [row["mode"] for row in rows] == ["llm", "extractive", "extractive", "llm"]
    notes = [row["generation"]["note"] for row in rows[:3]]
    assert notes[0] == ""
    assert "429" in notes[2]


def test_a_batch_asks_a_few_at_a_time_and_ends_them_when_interrupted(index: Path, tmp_path: Path) -> None:
    questions, output = tmp_path / "q.txt", tmp_path / "out.jsonl"
    questions.write_text(f"{INDUSTRY}\n" * 12, "utf-8")
    running, most, lock = 0, 0, threading.Lock()

    def endless(talk: Talk, _: dict[str, Any]) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        try:
            talk.begin()
            while True:
                talk.say("云")
                time.sleep(0.02)
        finally:
            with lock:
                running -= 1

    with Served(endless) as served:
        words = ["batch", questions, output, "--mode", "llm", "--llm", served.url, "--llm-model", "m", "--index", index]
        child = subprocess.Popen(
            [sys.executable, "-m", "assistant", *map(str, words)], stderr=subprocess.PIPE, encoding="utf-8"
        )
        deadline = time.monotonic() + 120
        while most < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        _, stderr = child.communicate(timeout=60)
        assert child.returncode == 130, stderr
        assert "--resume" in stderr
        deadline = time.monotonic() + 60
        while running and time.monotonic() < deadline:
            time.sleep(0.05)
    assert (running, most) == (0, 2)
    assert len(served.bodies) == 2


# --- llm check ---


def test_check_tells_what_is_there_and_how_fast(index: Path) -> None:
    del index
    with scripted("巡视整改通报", "是公开的文件。") as served:
        result = invoke("llm", "check", "--llm", served.url)
    assert result.exit_code == 0, result.output
    for words in (served.url, "密钥：已设置", "模型：qwen", "试答：巡视整改通报", "首字：", "词元/秒"):
        assert words in result.stdout
    assert KEY not in result.output


def test_check_says_in_one_line_what_is_wrong() -> None:
    with Served(lambda talk, _: talk.status(401, KEY)) as served:
        result = invoke("llm", "check", "--llm", served.url)
    assert result.exit_code == 1
    assert one_line(result.stderr)
    assert "TONGBAO_LLM_KEY" in result.stderr
    assert KEY not in result.output
    for words, told in ((["--llm", "http://127.0.0.1:9/v1"], "连不上"), ([], "--llm")):
        result = invoke("llm", "check", *words)
        assert result.exit_code == 1
        assert one_line(result.stderr)
        assert told in result.stderr


def test_check_goes_on_where_a_server_lists_no_models() -> None:
    with Served(lambda talk, body: talk.reply("好。") if body else talk.status(404)) as served:
        result = invoke("llm", "check", "--llm", served.url, "--llm-model", "m")
    assert result.exit_code == 0, result.output
    assert "没有给出列表" in result.stdout
