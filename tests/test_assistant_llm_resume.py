"""A batch with a language model that is killed in mid-run: resumed, it loses, doubles and changes no row, and asks nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from fake_llm import Served, Talk
from fake_terminal import invoke

if TYPE_CHECKING:
    from pathlib import Path

RIGHT = "2023年云川市规上工业增加值386.4亿元[1]。"
WRONG = "2023年云川市规上工业增加值999.9亿元[1]。"
ASKED = "云川市2023年规上工业增加值是多少"
ROWS = 15
QUESTIONS = [{"id": f"r{number}", "question": ASKED + "？" * number} for number in range(1, ROWS)]
WAIT = 120
"""Seconds at most until the run is where it is to be killed; a busy machine starts a process slowly."""


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("TONGBAO_LLM")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "no-settings"))
    (tmp_path / "q.jsonl").write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS), "utf-8")


class Model:
    """Replies to each question in its own way; at a question it is told to stop at, it says half a sentence and no more."""

    def __init__(self) -> None:
        self.stop_at = 0
        self.stopped = threading.Event()
        self.asked: Counter[int] = Counter()

    def __call__(self, talk: Talk, body: dict[str, Any]) -> None:
        number = body["messages"][1]["content"].split("问题：")[-1].count("？")
        self.asked[number] += 1
        if number != self.stop_at:
            talk.reply(RIGHT, *[WRONG] * (number % 3))
            return
        talk.begin()
        talk.say(RIGHT[:-4])
        self.stopped.set()
        while True:
            talk.raw(b": waiting\n\n")
            time.sleep(0.05)


def kill_at(number: int, model: Model, command: list[str], output: Path) -> int:
    """Start the run, kill it while the model is in the middle of a question; return how many rows it had written."""
    model.stop_at = number
    model.stopped.clear()
    child = subprocess.Popen([sys.executable, "-m", "assistant", *command], stderr=subprocess.PIPE, encoding="utf-8")
    try:
        seen, until = -1, time.monotonic() + WAIT
        while not model.stopped.wait(0.2):
            assert child.poll() is None, "the run ended before it could be killed"
            assert time.monotonic() < until
        while seen != sum(model.asked.values()) and time.monotonic() < until:
            seen = sum(model.asked.values())  # the other lane runs ahead as far as it may
            time.sleep(1)
    finally:
        child.kill()
        child.communicate()
    model.stop_at = 0
    return output.read_bytes().count(b"\n")


def rows_of(output: Path) -> list[dict[str, Any]]:
    """Return the rows without what a clock or the cache makes of them."""
    rows = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    for row in rows:
        row.pop("elapsed_ms")
        for name in ("first_token_ms", "total_ms", "cached"):
            row["generation"].pop(name)
    return rows


def test_a_run_killed_twice_ends_as_one_that_was_never_killed(index: Path, tmp_path: Path) -> None:
    questions, output, whole = tmp_path / "q.jsonl", tmp_path / "out.jsonl", tmp_path / "whole.jsonl"
    model = Model()
    with Served(model) as served:
        told = ["--mode", "llm", "--llm", served.url, "--llm-model", "m"]
        assert invoke("batch", questions, whole, *told, index=index).exit_code == 0
        model.asked.clear()
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TONGBAO_LLM_CACHE", str(tmp_path / "cache"))
            command = ["batch", str(questions), str(output), *told, "--index", str(index)]
            done = kill_at(3, model, command, output)
            later = kill_at(13, model, [*command, "--resume"], output)
            assert (done, later) == (2, 12)
            kept = len(list((tmp_path / "cache").rglob("*.json")))
            assert kept > later
            assert invoke(*command, "--resume").exit_code == 0
    assert rows_of(output) == rows_of(whole)
    assert [row["id"] for row in rows_of(output)] == [row["id"] for row in QUESTIONS]
    assert {row["mode"] for row in rows_of(output)} == {"llm"}
    assert model.asked == Counter(dict.fromkeys(range(1, ROWS), 1)) + Counter((3, 13))
    cached = [json.loads(line)["generation"]["cached"] for line in output.read_text("utf-8").splitlines()]
    assert sum(cached) >= kept - later
