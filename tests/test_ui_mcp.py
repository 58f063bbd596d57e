"""The page as a server for language models, asked by a client of that protocol; and how it bears load."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fake_visitor import free_port

from index.errors import TongbaoError
from ui.__main__ import main
from ui.app import check_mcp
from ui.auth import add_account
from ui.load import _wait_for, ask, timeless

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

QUESTION = "云川市请了多少人来照看修好的良田？"


@pytest.fixture(scope="module")
def port(index: Path) -> Iterator[int]:
    """The port of a page that is served as people serve it, by a process of its own."""
    pytest.importorskip("mcp", reason="the package mcp is not installed")
    chosen = free_port()
    page = subprocess.Popen([sys.executable, "-m", "ui", "--index", str(index), "--port", str(chosen), "--mcp"])
    try:
        _wait_for(chosen, page)
        yield chosen
    finally:
        page.terminate()
        page.wait()


async def _session(port: int) -> tuple[dict[str, Any], Any, Any]:
    from mcp import ClientSession
    from mcp.client.streamable_http import streamable_http_client

    address = f"http://127.0.0.1:{port}/gradio_api/mcp/"
    async with streamable_http_client(address) as (reading, writing, _), ClientSession(reading, writing) as session:
        await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        name = next(name for name in tools if name.endswith("ask"))
        answer = await session.call_tool(name, {"question": QUESTION})
        held = await session.call_tool(next(name for name in tools if name.endswith("notices")), {})
        return tools, answer, held


def test_a_client_lists_the_tools_and_asks(port: int, index: Path) -> None:
    from assistant import load_assistant

    tools, answer, held = asyncio.run(_session(port))
    assert sorted(name.rsplit("_", 1)[-1] for name in tools) == ["ask", "notices", "search"]
    asking = next(tool for name, tool in tools.items() if name.endswith("ask"))
    assert "official notices" in asking.description
    assert asking.inputSchema["properties"]["first_year"]["description"].startswith("Only notices published")
    expected = timeless(load_assistant(index).ask(QUESTION).to_record())
    assert not answer.isError
    assert timeless(json.loads(answer.content[0].text)) == expected
    assert len(json.loads(held.content[0].text)) == 5


def test_the_endpoint_gives_the_same_record(port: int, index: Path) -> None:
    from assistant import load_assistant

    assert timeless(ask(port, QUESTION)) == timeless(load_assistant(index).ask(QUESTION).to_record())


def _posted(port: int, *inputs: object) -> tuple[str, Any]:
    """Return how a plain HTTP call without Gradio's client ended, and what it gave."""
    address = f"http://127.0.0.1:{port}/gradio_api/call/ask"
    event = httpx.post(address, json={"data": inputs}, timeout=60).json()["event_id"]
    kind, _, data = httpx.get(f"{address}/{event}", timeout=60).text.partition("\ndata: ")
    return kind, json.loads(data)


@pytest.mark.parametrize("more", [(), ([], "", 10), (None, "云川市"), ([], "", 10, [], 0, 0)])
def test_plain_callers_may_leave_out_the_last_inputs(port: int, index: Path, more: tuple[object, ...]) -> None:
    from assistant import load_assistant

    kind, data = _posted(port, QUESTION, *more)
    assert kind == "event: complete"
    assert data[0]["short_answer"] == load_assistant(index).ask(QUESTION).short_answer


def test_the_question_itself_may_not_be_left_out(port: int) -> None:
    kind, told = _posted(port)
    assert kind == "event: error"
    assert "needed: 7, got: 0" in told["error"]


def test_models_are_not_served_behind_a_login(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    accounts = tmp_path / "accounts.json"
    add_account(accounts, "clerk", "correct horse")
    assert main(["--index", str(tmp_path), "--auth", str(accounts), "--mcp"]) == 1
    told = capsys.readouterr().err
    assert told.count("\n") == 1
    assert "--mcp 不能与 --auth 同用" in told


def test_the_missing_package_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(TongbaoError, match=r"tongbao\[mcp\]"):
        check_mcp(wanted=True, guarded=False)
    check_mcp(wanted=False, guarded=True)
