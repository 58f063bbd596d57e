"""One of several web processes: serves the page on a port of its own until its parent is gone.

The parent writes one line of JSON to stdin and keeps it open; it is answered by one line on stdout, `{"port": …}` or
`{"error": …}`.
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

from index.errors import TongbaoError

if TYPE_CHECKING:
    from ui.app import Served

_HOST = "127.0.0.1"
_TRIES = 5


def main() -> None:
    """Serve as the first line of stdin says, and end the process when stdin ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever prints must not spoil the answer
    try:
        settings = json.loads(sys.stdin.readline())
        # Gradio would tell where this process listens, which is for nobody but the parent.
        with contextlib.redirect_stdout(io.StringIO()):
            served = _served(settings)
        told: dict[str, Any] = {"port": int(served.url.rsplit(":", 1)[1])}
    except (TongbaoError, OSError, ValueError) as error:
        told = {"error": str(error)}
    answers.write(json.dumps(told) + "\n")
    answers.flush()
    if "port" in told:
        sys.stdin.read()
    logging.shutdown()
    # Threads that still read or write must not hold the process: what they write is published whole or not at all.
    os._exit(0 if "port" in told else 1)


def _served(settings: dict[str, Any]) -> Served:
    """Return the page, served on a free port. Raises what opening the model and serving raise."""
    from assistant.llm.opening import open_writer
    from ui.app import load, serve
    from ui.errors import BindError
    from ui.shared import Shared

    writer = open_writer(*settings["writer"])
    directory = settings["directory"]
    for attempt in range(_TRIES):
        try:
            return serve(
                lambda: load(directory, writer),
                directory=directory,
                host=_HOST,
                port=_free_port(),
                shared=Shared.from_json(settings["shared"]),
                **settings["options"],
            )
        except BindError:
            if attempt == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_HOST, 0))
        return int(probe.getsockname()[1])
