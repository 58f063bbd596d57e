"""Addresses of Milvus as `--store` takes them.

milvus://HOST[:PORT][/DATABASE]        a server or cluster
milvus+tls://HOST[:PORT][/DATABASE]    the same, encrypted
milvus:///FOLDER/NAME.db               Milvus Lite inside this process, kept in that place
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from index.errors import StoreError

_SCHEMES = {"milvus": "http", "milvus+tls": "https"}
_PORT = 19530
_DATABASE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FORMS = "milvus://主机:端口、milvus+tls://主机:端口，或 milvus:///文件夹/名称.db"


@dataclass(frozen=True, slots=True)
class MilvusAddress:
    """Where a Milvus is: a server with a database, or a place on this disk."""

    uri: str
    """As pymilvus takes it: http(s)://HOST:PORT, or an absolute path that ends in .db."""
    database: str = ""

    @property
    def is_embedded(self) -> bool:
        """Whether it is Milvus Lite, which one process at a time may have open."""
        return "://" not in self.uri

    def __str__(self) -> str:
        return f"{self.uri}/{self.database}" if self.database else self.uri


def milvus_address(store: str) -> MilvusAddress:
    """Return the place that `store` names. Raises StoreError, which never repeats a password, if it names none."""
    try:
        parts = urlsplit(store)
        port = parts.port or _PORT
    except ValueError as error:
        raise StoreError(f"Milvus 地址写法有误；应为 {_FORMS}") from error
    if parts.scheme not in _SCHEMES:
        raise StoreError(f"不认识的存储方式；--store 应为 faiss、{_FORMS}")
    if parts.username is not None or parts.password is not None:
        raise StoreError("Milvus 的用户名和密码不能写在地址里；请用环境变量 TONGBAO_MILVUS_TOKEN")
    if parts.query or parts.fragment:
        raise StoreError(f"Milvus 地址里不能有 ? 或 #；应为 {_FORMS}")
    if not parts.netloc:
        return _embedded(parts.scheme, unquote(parts.path))
    if parts.netloc.endswith(".db"):
        raise StoreError(f"Milvus Lite 的文件要写绝对路径：milvus:///文件夹/{parts.netloc}")
    database = parts.path.strip("/")
    if parts.hostname is None or (database and not _DATABASE.fullmatch(database)):
        raise StoreError(f"Milvus 地址写法有误：{store}；应为 {_FORMS}")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return MilvusAddress(f"{_SCHEMES[parts.scheme]}://{host}:{port}", database)


def _embedded(scheme: str, path: str) -> MilvusAddress:
    if scheme != "milvus" or not path.startswith("/") or not path.endswith(".db") or Path(path).name == ".db":
        raise StoreError(f"Milvus 地址写法有误；应为 {_FORMS}")
    if not Path(path).parent.is_dir():
        raise StoreError(f"文件夹 {Path(path).parent} 不存在，不能存放 Milvus Lite 的 {Path(path).name}")
    return MilvusAddress(path)


def is_single_process(store: str) -> bool:
    """Return whether only one process at a time may have an index with this store open: true of Milvus Lite."""
    return bool(store) and milvus_address(store).is_embedded
