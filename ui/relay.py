"""Hands each request to the web process that it belongs to, and the answer back as it comes."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ui.affinity import Affinity, begins_something, name_begun, tells_in_body, told_in_address, told_in_body
from ui.words import words_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    import httpx
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import Receive, Scope, Send

    from ui.workers import Worker

_OWN = frozenset(
    {
        b"connection",
        b"expect",
        b"keep-alive",
        b"proxy-authenticate",
        b"proxy-authorization",
        b"proxy-connection",
        b"te",
        b"trailer",
        b"transfer-encoding",
        b"upgrade",
    }
)
"""Headers that speak of one connection only: RFC 9110, section 7.6.1."""
_MOST_HELD = 16 * 2**20
"""Bytes of a body that is read whole because it names what it belongs to."""
_CONNECT_SECONDS = 5.0
_NOBODY_SECONDS = 10.0
"""How long a request waits while no process is serving."""
_LOOK_SECONDS = 0.1
_LOGIN = "/login"


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request on its way through."""

    request: Request
    name: str
    """Of the conversation or call that it belongs to; empty if it belongs to none."""
    body: bytes | None
    """Its body, if it was read whole; None if it is passed on as it comes."""

    @property
    def path(self) -> str:
        return str(self.request.url.path)

    @property
    def may_be_repeated(self) -> bool:
        """Whether another process may be asked after the first one died over it: nothing is altered by asking."""
        calls = self.path.startswith("/gradio_api/call/")
        return self.body is not None and not self.name and (calls or self.request.method in {"GET", "HEAD"})


class Relay:
    """The application in front of the web processes that `living` returns."""

    def __init__(
        self,
        living: Callable[[], Sequence[Worker]],
        transport: httpx.AsyncBaseTransport,
        *,
        patience: float = _NOBODY_SECONDS,
    ) -> None:
        self._living = living
        self._patience = patience
        self._transport = transport
        self._affinity: Affinity[Worker] = Affinity()
        self._open: Counter[Worker] = Counter()
        self._turn = itertools.count()
        self._last: dict[Worker, int] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, as servers of this protocol call it."""
        from starlette.requests import ClientDisconnect, Request

        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        if scope["type"] != "http":
            return
        try:
            answer = await self.answer(Request(scope, receive))
            await answer(scope, receive, send)
        except ClientDisconnect:
            return  # nobody is left to be told

    async def answer(self, request: Request) -> Response:
        """Return the answer of the process that the request belongs to; a process that died over it is passed over."""
        import httpx

        asked = await self._read(request)
        if asked is None:
            return _refusal(request, "request_large", 413)
        tried: list[Worker] = []
        while True:
            worker = await self._worker(asked, tried)
            if worker is None:
                return _refusal(request, "server_starting", 503)
            tried.append(worker)
            try:
                return await self._ask(worker, asked)
            except httpx.ConnectError:
                continue  # it took nothing: any other may
            except httpx.TransportError:
                if not asked.may_be_repeated:
                    return _refusal(request, "server_broke_off", 502)

    async def _read(self, request: Request) -> _Asked | None:
        """Return the request with what it belongs to; None if its body is too long to look for that."""
        path = request.url.path
        name = told_in_address(path, request.url.query) or request.headers.get("mcp-session-id", "")
        if name or not tells_in_body(request.method, path):
            return _Asked(request, name, b"" if _is_empty(request) else None)
        parts, size = [], 0
        async for part in request.stream():
            size += len(part)
            if size > _MOST_HELD:
                return None
            parts.append(part)
        body = b"".join(parts)
        return _Asked(request, told_in_body(body), body)

    async def _worker(self, asked: _Asked, tried: Sequence[Worker]) -> Worker | None:
        """Return the process to ask; None if none comes to serving in time."""
        for _ in range(int(self._patience / _LOOK_SECONDS)):
            living = [worker for worker in self._living() if worker not in tried]
            if living:
                known = self._affinity.place_of(asked.name, living)
                return self._placed(asked, living) if known is None else known
            await asyncio.sleep(_LOOK_SECONDS)
        return None

    def _placed(self, asked: _Asked, living: Sequence[Worker]) -> Worker:
        """Return the process chosen for what has none yet, which it keeps from now on."""
        worker = self._chosen(asked.path, living)
        self._affinity.note(asked.name, worker)
        return worker

    def _chosen(self, path: str, living: Sequence[Worker]) -> Worker:
        """Return the process with the fewest open requests, of several the one that was chosen longest ago.

        All logins go to one process, so that guesses at a password are counted in one place.
        """
        if path.rstrip("/") == _LOGIN:
            return living[0]
        worker = min(living, key=lambda one: (self._open[one], self._last.get(one, -1)))
        self._last[worker] = next(self._turn)
        for gone in [one for one in self._last if one not in living]:
            del self._last[gone]
        return worker

    async def _ask(self, worker: Worker, asked: _Asked) -> Response:
        import httpx
        from starlette.background import BackgroundTask
        from starlette.responses import Response, StreamingResponse

        content: Any = asked.request.stream() if asked.body is None else asked.body
        address = httpx.URL(scheme="http", host="127.0.0.1", port=worker.port, raw_path=_target(asked.request))
        timeout = {"connect": _CONNECT_SECONDS, "read": None, "write": None, "pool": None}
        sent = httpx.Request(
            asked.request.method,
            address,
            headers=_passed_on(asked.request),
            content=content,
            extensions={"timeout": timeout},
        )
        passing = _Passing(worker, self._open)
        try:
            got = passing.got = await self._transport.handle_async_request(sent)
        except BaseException:
            await passing.close()
            raise
        answer: Response
        if begins_something(asked.request.method, asked.path):
            body = b"".join([part async for part in passing.parts()])
            self._affinity.note(name_begun(body), worker)
            answer = Response(body, got.status_code)
        else:
            # The task closes it also if the browser is gone before the first part.
            answer = StreamingResponse(passing.parts(), got.status_code, background=BackgroundTask(passing.close))
        answer.raw_headers = [(name, value) for name, value in got.headers.raw if name.lower() not in _OWN]
        return answer


class _Passing:
    """An answer on its way to the browser; counted as open until it is closed."""

    def __init__(self, worker: Worker, counted: Counter[Worker]) -> None:
        self.got: httpx.Response | None = None
        self._worker = worker
        self._counted = counted
        self._is_open = True
        counted[worker] += 1

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes; it ends early if the process dies."""
        import httpx

        stream: Any = self.got.stream if self.got is not None else ()
        try:
            async for part in stream:
                yield part
        except httpx.TransportError:
            return  # what came is passed on; a browser sees that the end is missing
        finally:
            await self.close()

    async def close(self) -> None:
        """Let go of the connection; a second time does nothing."""
        if not self._is_open:
            return
        self._is_open = False
        self._counted[self._worker] -= 1
        if not self._counted[self._worker]:
            del self._counted[self._worker]
        if self.got is not None:
            await self.got.aclose()


def _is_empty(request: Request) -> bool:
    """Return whether the request has no body."""
    told = request.headers.get("content-length", "0")
    return told == "0" and "transfer-encoding" not in request.headers


def _target(request: Request) -> bytes:
    """Return path and query as they were sent."""
    query: bytes = request.scope["query_string"]
    path: bytes = request.scope.get("raw_path") or request.url.path.encode("utf-8")
    return path + (b"?" + query if query else b"")


def _passed_on(request: Request) -> list[tuple[bytes, bytes]]:
    """Return the headers for the web process: those of the request, and for whom it is asked."""
    named = {
        word.strip().lower().encode("latin-1")
        for value in request.headers.getlist("connection")
        for word in value.split(",")
    }
    headers = [(name, value) for name, value in request.headers.raw if name not in _OWN | named]
    if request.client is not None:
        headers.append((b"x-forwarded-for", request.client.host.encode("latin-1", "replace")))
    if "x-forwarded-proto" not in request.headers:
        headers.append((b"x-forwarded-proto", request.url.scheme.encode("ascii")))
    return headers


def _refusal(request: Request, word: str, status: int) -> Response:
    from starlette.responses import JSONResponse

    words = words_of(request.headers.get("accept-language", ""))
    return JSONResponse({"detail": words[word]}, status, headers={"Retry-After": "2"})
