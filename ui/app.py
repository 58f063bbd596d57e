"""Serving the page: where it listens, who may come in, and that nothing leaves the machine."""

from __future__ import annotations

import importlib.util
import ipaddress
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.auth import Gatekeeper, read_accounts
from ui.busy import busy
from ui.errors import BindError, McpError, WorkerError, port_taken
from ui.feedback import FeedbackFile, default_file
from ui.handlers import Desk
from ui.lean import import_gradio
from ui.library import Library
from ui.permits import Permit, read_permit
from ui.tools import answer_in_json
from ui.words import asset

if TYPE_CHECKING:
    from collections.abc import Callable

    import gradio

    from assistant.llm.answering import Writer
    from ui.library import Assistant
    from ui.shared import Shared

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 7860
_MOST_SENT = {False: "6mb", True: "64mb"}
"""What the server takes of one file without and with notices being added: more than is allowed, so that a file that
is somewhat too large gets its reason."""
_MOST_WORKERS = 64
_ASSETS = Path(__file__).with_name("assets")
_QUIET = {
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_SHARE": "False",
    "GRADIO_MCP_SERVER": "False",
    # Gradio sums up all past events with pandas after each event, for a monitor that is off here.
    "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000000",
    "GRADIO_ANALYTICS_MAX_EVENTS": "1",
}


def launch(
    directory: str | Path,
    *,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    auth: str | Path | None = None,
    no_auth: bool = False,
    feedback: str | Path | None = None,
    mcp: bool = False,
    allow_upload: str | None = None,
    model: tuple[str | None, str | None] = (None, None),
    workers: int = 1,
) -> None:
    """Serve the chat on the index in `directory` until the process is ended.

    `auth` is a file of accounts, `feedback` takes what is said about answers (beside the index unless given), `mcp`
    offers the endpoints to language models, `allow_upload` names the accounts that may add and remove notices: an
    empty string everybody, None nobody; `model` is where a language model is that writes beside the answers, and its
    name; `workers` is how many processes answer. Raises `BindError` for a host that others can reach without `auth`
    or `no_auth`, `PermitError` for names that cannot log in, `AuthFileError` if the file cannot be used, and
    `WorkerError` for a number of processes that cannot be. A missing index is told on the page.
    """
    from assistant.llm.opening import open_writer

    entry: dict[str, Any] = {"auth": auth, "no_auth": no_auth, "mcp": mcp, "allow_upload": allow_upload}
    chosen = {**entry, "feedback": feedback}
    if workers != 1:
        from ui.front import serve_many

        check(host, port, **entry, workers=workers)
        serve_many(directory, host=host, port=port, workers=workers, options=chosen, model=model)
        return
    writer = open_writer(*model)
    served = serve(lambda: load(directory, writer), directory=directory, host=host, port=port, **chosen)
    sys.stderr.write(f"通报问答：{served.url}\n")
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # nothing is left behind then either
        served.page.block_thread()
    finally:
        served.close()


@dataclass(frozen=True, slots=True)
class Served:
    """A page that is being served."""

    page: gradio.Blocks
    url: str
    room: Path
    """Where what browsers send lies until it is taken."""
    ended: threading.Event

    def close(self) -> None:
        """Stop serving, and remove what was sent and not taken."""
        self.ended.set()
        self.page.close(verbose=False)
        shutil.rmtree(self.room, ignore_errors=True)


def serve(
    load: Callable[[], Assistant],
    *,
    directory: str | Path,
    host: str = DEFAULT_HOST,
    port: int = DEFAULT_PORT,
    auth: str | Path | None = None,
    no_auth: bool = False,
    feedback: str | Path | None = None,
    mcp: bool = False,
    allow_upload: str | None = None,
    queue: int | None = None,
    shared: Shared | None = None,
) -> Served:
    """Return the page, served in the background; `load` opens the assistant and is called again until it can.

    `shared` is given to each of several processes that serve one page together.
    """
    accounts, permit = check(host, port, auth=auth, no_auth=no_auth, mcp=mcp, allow_upload=allow_upload)
    gate = Gatekeeper(accounts) if accounts is not None else None
    # A folder of our own: Gradio's would be shared with other programs and other users of the machine.
    room = shared.room if shared else Path(tempfile.mkdtemp(prefix="tongbao-web-"))
    os.environ.update(_QUIET, GRADIO_TEMP_DIR=str(room))
    import_gradio(mcp=mcp)
    from ui.drawers import desks
    from ui.page import QUEUE, build

    library = Library(load)
    desk = Desk(library, command=f"tongbao index 通报文件夹 --index {directory}")
    said = FeedbackFile(Path(feedback) if feedback else default_file(Path(directory)))
    queue = shared.part_of(queue or QUEUE) if shared else queue or QUEUE
    page = build(library, desk, said, work=desks(library, Path(directory), permit), queue=queue)
    ended = threading.Event()
    for work in (desk.warm, lambda: library.follow(ended)):
        threading.Thread(target=work, daemon=True).start()
    where: dict[str, Any] = {"server_name": host, "server_port": port, "auth": gate, "mcp_server": mcp}
    return Served(page, _launched(page, where, permit, shared), room, ended)


def _launched(page: gradio.Blocks, where: dict[str, Any], permit: Permit, shared: Shared | None) -> str:
    """Return the address at which the page is now served."""
    from ui.page import translations

    if shared:
        shared.name(page)
    _, local, _ = page.launch(i18n=translations(), **where, **_looks(), **_closed(permit))
    answer_in_json(page)
    if shared:
        shared.open_to_all(page)
    return str(local).rstrip("/")


def check(
    host: str,
    port: int,
    *,
    auth: str | Path | None,
    no_auth: bool,
    mcp: bool,
    allow_upload: str | None,
    workers: int = 1,
) -> tuple[dict[str, str] | None, Permit]:
    """Return the accounts, None without a login, and who may add notices; raises what forbids to serve like this."""
    check_workers(workers)
    check_mcp(mcp, guarded=auth is not None)
    check_host(host, guarded=auth is not None or no_auth)
    check_port(host, port)
    accounts = read_accounts(Path(auth)) if auth is not None else None
    return accounts, read_permit(allow_upload, accounts=accounts)


def check_workers(count: int) -> None:
    """Return if so many processes can serve the page; raises `WorkerError` if not."""
    if not 1 <= count <= _MOST_WORKERS:
        raise WorkerError(f"--workers 是 {count}，应在 1 到 {_MOST_WORKERS} 之间")


def check_host(host: str, *, guarded: bool) -> None:
    """Return if the page may be served at `host`; raises `BindError` if others could reach it unguarded."""
    if host == "localhost" or guarded:
        return
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise BindError(f"{host} 可被其他机器访问：请用 --auth 账号文件 设置登录，或用 --no-auth 明确放开")


def check_mcp(wanted: bool, *, guarded: bool) -> None:
    """Return if language models may be served as `wanted`; raises `McpError` with a login or without the package."""
    if wanted and guarded:
        raise McpError("--mcp 不能与 --auth 同用：登录挡不住 MCP 的工具清单，它会对所有人公开")
    if wanted and importlib.util.find_spec("mcp") is None:
        raise McpError("没有安装 mcp；请运行 pip install 'tongbao[mcp]'（源码目录中：pip install -e '.[mcp]'）")


def check_port(host: str, port: int) -> None:
    """Return if the port is free; raises `BindError` if it is taken, no port, or the host is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise port_taken(host, port) from error


def load(directory: str | Path, writer: Writer | None) -> Assistant:
    """Return the assistant over the index in `directory`; raises what opening index and models raises."""
    from assistant import load_assistant

    return load_assistant(directory, writer=writer)


def _looks() -> dict[str, Any]:
    """Return theme, styles and script. They go to the head because Gradio rewrites the selectors of `css`."""
    import gradio as gr

    sans = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "system-ui", "sans-serif"]
    mono = ["ui-monospace", "monospace"]
    theme = gr.themes.Base(primary_hue="red", neutral_hue="stone", font=sans, font_mono=mono)
    sheets = (
        "page.css",
        "chat.css",
        "side.css",
        "scope.css",
        "feedback.css",
        "drawers.css",
        "generated.css",
        "explain.css",
    )
    styles = "".join(map(asset, sheets))
    return {
        "theme": theme,
        "head": f"<style>{styles}</style><script>{asset('page.js')}{asset('viewer.js')}</script>",
        "favicon_path": _ASSETS / "icon.svg",
    }


def _closed(permit: Permit) -> dict[str, Any]:
    """Return the settings that keep the page on this machine and its log quiet."""
    return {
        "share": False,
        "quiet": True,
        "prevent_thread_lock": True,
        "show_error": True,
        "footer_links": [],
        "run_history": False,
        "ssr_mode": False,
        "pwa": False,
        "enable_monitoring": False,
        "inbrowser": False,
        # Whether the page answers within three seconds is no reason to end on a busy machine, or behind a proxy.
        "_frontend": False,
        "max_file_size": _MOST_SENT[permit.granted],
        "app_kwargs": {"exception_handlers": {503: busy}},
    }
