"""Several web processes behind one port: `tongbao web --workers N`.

The parent listens, and hands each request to the process that holds its conversation; the processes serve the page,
each on a port that only this machine reaches.
"""

from __future__ import annotations

import asyncio
import shutil
import signal
import socket
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import TongbaoError
from index.manifest import open_generation
from index.milvus_address import is_single_process
from ui.errors import WorkerError, port_taken
from ui.shared import Shared
from ui.workers import COMMAND, Workers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import uvicorn

_KEEP_ALIVE = 2.0
"""Seconds that an idle connection to a web process is kept: less than the five after which that closes it."""
_GRACE = 1
"""Seconds for answers under way when the page ends."""


def _ignored(_server: uvicorn.Server) -> None:
    """Leave the server alone."""


def serve_many(
    directory: str | Path,
    *,
    host: str,
    port: int,
    workers: int,
    options: Mapping[str, Any],
    model: tuple[str | None, str | None],
    command: Sequence[str] = COMMAND,
) -> None:
    """Serve the page with `workers` processes until this one is interrupted; all end with it.

    `options` are those of `ui.app.serve`, `model` where the language model is and its name. Raises BindError if the
    port is taken, WorkerError if the index or one of the processes does not allow it, and KeyboardInterrupt when this one is
    interrupted or terminated.
    """
    check_store(Path(directory))
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    home = Path(tempfile.mkdtemp(prefix="tongbao-web-"))
    shared = Shared.within(home, workers=workers)
    running = Workers(workers, settings(directory, shared, options=options, model=model), tell=_tell, command=command)
    try:
        with listening(host, port) as taken:
            running.start()
            _tell(f"通报问答：{_address(host, port)}（{workers} 个网页进程）")
            if options.get("mcp"):
                _tell(f"MCP：{_address(host, port)}/gradio_api/mcp/")
            asyncio.run(relayed(running, taken))
    finally:
        running.close()
        shutil.rmtree(home, ignore_errors=True)


def check_store(directory: Path) -> None:
    """Return if several processes may have the index open; raises WorkerError for one in Milvus Lite.

    An index that is missing or damaged is told on the page.
    """
    alone = False
    with suppress(TongbaoError):
        alone = is_single_process(open_generation(directory)[1].config.store)
    if alone:
        raise WorkerError("索引存放在 Milvus Lite 中，同时只能由一个进程打开；请去掉 --workers，或改用 Milvus 服务")


def settings(
    directory: str | Path,
    shared: Shared,
    *,
    options: Mapping[str, Any],
    model: tuple[str | None, str | None] = (None, None),
) -> dict[str, Any]:
    """Return what each process is told, as JSON values."""
    plain = {name: str(value) if isinstance(value, Path) else value for name, value in options.items()}
    return {"directory": str(directory), "shared": shared.to_json(), "options": plain, "writer": model}


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens already, so that who comes early waits; raises BindError if it cannot."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        raise port_taken(host, port) from error


async def relayed(running: Workers, taken: socket.socket, begun: Callable[[uvicorn.Server], None] = _ignored) -> None:
    """Hand requests that come to a listening socket to the processes until interrupted.

    `begun` is given the server, which ends as well when told to exit.
    """
    import httpx
    import uvicorn

    from ui.relay import Relay

    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100, keepalive_expiry=_KEEP_ALIVE)
    async with httpx.AsyncHTTPTransport(limits=limits) as transport:
        relay = Relay(running.living, transport)
        # The answers bring their own date and server.
        bare: dict[str, Any] = {"server_header": False, "date_header": False, "access_log": False, "lifespan": "off"}
        config = uvicorn.Config(relay, log_level="critical", timeout_graceful_shutdown=_GRACE, ws="none", **bare)
        server = uvicorn.Server(config)
        begun(server)
        await server.serve([taken])


def _address(host: str, port: int) -> str:
    """Return the address to open in a browser, as the single process tells it."""
    shown = "localhost" if host == "0.0.0.0" else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}"


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
