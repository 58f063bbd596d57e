"""What stands before the web processes, with processes that only say how they were asked."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any, cast

import httpx
import pytest

from ui.relay import Relay
from ui.workers import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

FIRST, SECOND = (Worker(number, 1000 + number, cast("Any", None)) for number in (1, 2))


class Parts(httpx.AsyncByteStream):
    """A body that comes in parts, and may break off."""

    def __init__(self, parts: list[bytes], *, breaks: bool = False) -> None:
        self.parts, self.breaks, self.closed = parts, breaks, False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            yield part
        if self.breaks:
            raise httpx.ReadError("gone")

    async def aclose(self) -> None:
        self.closed = True


class Processes(httpx.AsyncBaseTransport):
    """Web processes that answer with what `reply` gives, and keep what they were asked."""

    def __init__(self, reply: Callable[[httpx.Request], httpx.Response] | None = None) -> None:
        self.reply = reply or (lambda _: httpx.Response(200, json={"event_id": "e7"}))
        self.asked: list[tuple[int, str, bytes]] = []
        self.headers: list[httpx.Headers] = []
        self.dead: set[int] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        port = int(request.url.port or 0)
        if port in self.dead:
            raise httpx.ConnectError("refused")
        self.asked.append((port - 1000, request.url.raw_path.decode(), await request.aread()))
        self.headers.append(request.headers)
        return self.reply(request)

    @property
    def places(self) -> list[int]:
        return [place for place, _, _ in self.asked]


def asked(
    processes: Processes,
    *requests: tuple[str, str, Any],
    living: tuple[Worker, ...] = (FIRST, SECOND),
    headers: dict[str, str] | None = None,
) -> list[httpx.Response]:
    """Return the answers to requests that are sent one after the other."""

    async def all_of() -> list[httpx.Response]:
        transport = httpx.ASGITransport(app=cast("Any", Relay(lambda: living, processes, patience=0.2)))
        async with httpx.AsyncClient(transport=transport, base_url="http://tongbao.example") as client:
            return [await client.request(how, where, content=body, headers=headers) for how, where, body in requests]

    return asyncio.run(all_of())


def joined(session: str) -> tuple[str, str, bytes]:
    return "POST", "/gradio_api/queue/join", json.dumps({"data": [], "session_hash": session}).encode()


def test_a_conversation_stays_with_its_process_and_others_take_turns() -> None:
    processes = Processes()
    streams = [("GET", f"/gradio_api/queue/data?session_hash={name}", None) for name in "abc"]
    asked(processes, *map(joined, "abc"), *streams, *map(joined, "abc"))
    assert processes.places == [1, 2, 1] * 3


def test_a_call_is_fetched_where_it_was_begun() -> None:
    processes = Processes(lambda request: httpx.Response(200, json={"event_id": f"of{request.url.port}"}))
    posts = [("POST", "/gradio_api/call/ask", b'{"data": ["?"]}')] * 2
    gets = [("GET", f"/gradio_api/call/ask/of{port}", None) for port in (1002, 1001, 1002)]
    answers = asked(processes, *posts, *gets)
    assert [answer.json()["event_id"] for answer in answers[:2]] == ["of1001", "of1002"]
    assert processes.places == [1, 2, 2, 1, 2]


def test_all_logins_go_to_one_process() -> None:
    processes = Processes()
    asked(processes, *[("POST", "/login", b"username=a&password=b")] * 3, ("GET", "/", None), ("POST", "/login/", b""))
    assert processes.places == [1, 1, 1, 1, 1]


def test_what_is_sent_and_answered_passes_unaltered() -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        told = [("content-type", "text/x"), ("set-cookie", "a=1"), ("set-cookie", "b=2"), ("connection", "close")]
        return httpx.Response(418, headers=told, content=request.content)

    processes = Processes(reply)
    body = "通报".encode() * 1000
    (answer,) = asked(
        processes,
        ("POST", "/gradio_api/upload?upload_id=%E9%80%9A&x=1", body),
        headers={"Cookie": "token=t", "Connection": "x-mine", "X-Mine": "1", "X-Forwarded-Proto": "https"},
    )
    assert (answer.status_code, answer.content) == (418, body)
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]
    assert "connection" not in answer.headers
    assert processes.asked == [(1, "/gradio_api/upload?upload_id=%E9%80%9A&x=1", body)]
    told = processes.headers[0]
    assert (told["host"], told["cookie"], told["x-forwarded-proto"]) == ("tongbao.example", "token=t", "https")
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert "x-mine" not in told


def test_a_process_that_is_gone_is_passed_over_and_its_conversations_move() -> None:
    processes = Processes()
    processes.dead = {1001}
    answers = asked(processes, *[joined("a")] * 2, ("GET", "/", None), ("POST", "/login", b"x"))
    assert {answer.status_code for answer in answers} == {200}
    assert processes.places == [2, 2, 2, 2]


@pytest.mark.parametrize(
    ("request_", "tries", "status"),
    [
        (("GET", "/", None), 2, 503),
        (("POST", "/gradio_api/call/ask", b"{}"), 2, 503),
        (joined("a"), 1, 502),
        (("POST", "/gradio_api/upload", b"file"), 1, 502),
    ],
)
def test_only_what_alters_nothing_is_asked_again_of_another(
    request_: tuple[str, str, Any], tries: int, status: int
) -> None:
    def dies(request: httpx.Request) -> httpx.Response:
        raise httpx.RemoteProtocolError("died over it", request=request)

    processes = Processes(dies)
    (answer,) = asked(processes, request_, headers={"Accept-Language": "zh-CN"})
    assert (len(processes.asked), answer.status_code) == (tries, status)
    assert "再试" in answer.json()["detail"]


def test_while_nobody_serves_a_request_waits_and_is_told_so() -> None:
    (answer,) = asked(Processes(), ("GET", "/", None), living=(), headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "starting" in answer.json()["detail"]


def test_a_long_body_that_has_to_be_looked_into_is_refused() -> None:
    processes = Processes()
    (answer,) = asked(processes, ("POST", "/gradio_api/queue/join", b" " * (16 * 2**20 + 1)))
    assert answer.status_code == 413
    assert not processes.asked


@pytest.mark.parametrize("breaks", [False, True])
def test_an_answer_comes_in_parts_and_is_let_go_of(breaks: bool) -> None:
    body = Parts([b"data: 1\n\n", b"data: 2\n\n"], breaks=breaks)
    processes = Processes(lambda _: httpx.Response(200, stream=body, headers={"content-type": "text/event-stream"}))
    (answer,) = asked(processes, ("GET", "/gradio_api/heartbeat/a", None))
    assert answer.content == b"data: 1\n\ndata: 2\n\n"
    assert body.closed
