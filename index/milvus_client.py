"""Connections to Milvus, and its failures in one line."""

from __future__ import annotations

import functools
import importlib.util
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from index.errors import StoreDamagedError, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from index.milvus_address import MilvusAddress

TOKEN = "TONGBAO_MILVUS_TOKEN"
"""Variable with `user:password` or the key of a Milvus that asks for one. Never logged, never kept."""
_TIMEOUT_S = 10.0
_WAIT_S = 3.0
"""How long a Milvus Lite that another process has open is waited for: a question takes about two seconds."""
_MISSING = 100
"""Milvus's error code for a collection or an alias that does not exist."""
_EMBEDDED = {"grpc.keepalive_time_ms": 2**31 - 1}
"""Milvus Lite takes pymilvus's looking after an idle connection every ten seconds for an attack, and closes it."""
_LOUD = ("pymilvus", "pymilvus.milvus_client", "milvus_lite")


def require_milvus(address: MilvusAddress) -> None:
    """Raise StoreError, with the command to run, if what `address` needs is not installed."""
    needed = ("pymilvus", "milvus_lite") if address.is_embedded else ("pymilvus",)
    if missing := [name for name in needed if importlib.util.find_spec(name) is None]:
        raise StoreError(f"没有安装 {'、'.join(missing)}；请运行 pip install 'tongbao[milvus]'")


@functools.lru_cache(maxsize=8)
def connected(address: MilvusAddress) -> Any:
    """Return the pymilvus client for `address`, the same each time. Raises StoreError if it cannot be reached.

    A Milvus Lite stays open until the process ends; one that another process has open is waited for a few seconds.
    """
    require_milvus(address)
    # gRPC writes to stderr by itself, and pymilvus logs every error that it raises as well.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    from pymilvus import MilvusClient

    _hush()
    uri = _served(address) if address.is_embedded else address.uri
    options = {"grpc_options": _EMBEDDED} if address.is_embedded else {}
    with failures_told(address):
        return MilvusClient(
            uri, token=os.environ.get(TOKEN, ""), db_name=address.database, timeout=_TIMEOUT_S, **options
        )


def _hush() -> None:
    """Keep the libraries from writing to stderr what is told in one line."""
    import logging

    for name in _LOUD:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _served(address: MilvusAddress) -> str:
    """Return where the Milvus Lite at `address`, started in this process, listens on the loopback."""
    from milvus_lite.server_manager import server_manager_instance

    until = time.monotonic() + _WAIT_S
    while (uri := server_manager_instance.start_and_get_uri(address.uri)) is None:
        if time.monotonic() > until:
            reason = (
                "另一个程序正在使用它（Milvus Lite 同时只能由一个程序打开）"
                if _is_locked(address)
                else "它已损坏或无法写入"
            )
            raise StoreError(f"无法打开 Milvus Lite {address}：{reason}")
        time.sleep(0.2)
    return str(uri)


def _is_locked(address: MilvusAddress) -> bool:
    from milvus_lite.db import MilvusLite
    from milvus_lite.exceptions import DataDirLockedError

    try:
        MilvusLite(address.uri).close()
    except DataDirLockedError:
        return True
    except Exception:  # noqa: BLE001 - whatever else is wrong with the files is not the lock
        return False
    return False


@contextmanager
def failures_told(address: MilvusAddress) -> Iterator[None]:
    """Turn what pymilvus raises in the block into StoreError, or StoreDamagedError for a collection that is gone."""
    import grpc
    from pymilvus.exceptions import MilvusException

    try:
        yield
    except MilvusException as error:
        code = getattr(error, "code", None)
        if code == _MISSING:
            raise StoreDamagedError(f"Milvus {address} 中没有要找的集合（{_line(error)}）") from error
        if code == _UNREACHABLE:
            raise StoreError(f"连接不上 Milvus {address}；请确认服务已启动、地址和 {TOKEN} 正确") from error
        raise StoreError(f"Milvus {address} 报告错误：{_line(error)}") from error
    except grpc.RpcError as error:
        raise StoreError(f"与 Milvus {address} 的连接中断") from error


_UNREACHABLE = 2


def _line(error: Any) -> str:
    """Return the message of a Milvus error in one line, cut short, without the token."""
    line = " ".join(str(getattr(error, "message", "") or error).split())
    token = os.environ.get(TOKEN)
    return (line.replace(token, "***") if token else line)[:200]
