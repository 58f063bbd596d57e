"""A page by its https address: fetched under limits of size, time and redirects, and kept beside the index as a file."""

from __future__ import annotations

import hashlib
import ipaddress
import queue
import re
import socket
import threading
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urljoin, urlsplit

from index.errors import ReadError
from index.readers.limits import PAGE_BYTES, PAGE_REDIRECTS, PAGE_SECONDS
from index.reasons import with_advice
from index.scan import PAGES

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator
    from pathlib import Path

_SCHEME = "https://"
_KINDS = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "application/pdf": ".pdf",
    "application/zip": ".zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_UNSAFE = re.compile(r"[^\w.\-()（）]+")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,30})", re.IGNORECASE)
_LONGEST_PART = 60
_AGENT = "tongbao (+reads one page at a time)"
_STEP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class _Page:
    """A page as it came."""

    data: bytes
    suffix: str
    charset: str


def is_address(path: str) -> bool:
    """Return whether `path` is an address and not a file: it names a scheme."""
    return bool(re.match(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://", path))


def fetch_page(address: str, *, directory: Path, trust: ssl.SSLContext | None = None) -> Path:
    """Return the file below `directory` that the page at `address` was written to; the same address, the same file.

    What it forwards to must be https too, and no host of a private network unless the address itself names one.
    Raises ReadError, saying why, if it cannot be fetched within the limits or kept; what was kept before then stays.
    """
    page = _in_time(address, trust)
    path = directory / PAGES / _name(address, page.suffix)
    data = _marked(page) if page.suffix in {".html", ".txt", ".md"} else page.data
    beside = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        raise ReadError(f"网页无法存入 {path}：{with_advice(error)}") from error
    return path


def _marked(page: _Page) -> bytes:
    """Return a text in UTF-8 with its mark if the server named its encoding: in the file nothing else would say so."""
    if not page.charset:
        return page.data
    try:
        encoding = {"gb2312": "gb18030", "gbk": "gb18030"}.get(page.charset.lower(), page.charset)
        return b"\xef\xbb\xbf" + page.data.decode(encoding).removeprefix("\ufeff").encode()
    except (LookupError, UnicodeError):
        return page.data


def _name(address: str, suffix: str) -> str:
    """Return the relative path of a page: host, path and what tells its query apart, without unsafe characters."""
    parts = urlsplit(address)
    names = [_UNSAFE.sub("-", unquote(part))[-_LONGEST_PART:].strip(".-") for part in parts.path.split("/")]
    kept = [name for name in names if name] or ["index"]
    stem = kept[-1].removesuffix(suffix) if kept[-1].lower().endswith(suffix) else kept[-1]
    exact = parts._replace(fragment="").geturl()
    plain = f"{_SCHEME}{parts.netloc}/{'/'.join(kept)}"
    if exact != plain:
        stem += "-" + hashlib.sha256(exact.encode()).hexdigest()[:8]
    return "/".join([_UNSAFE.sub("-", parts.netloc), *kept[:-1], stem + suffix])


def _in_time(address: str, trust: ssl.SSLContext | None) -> _Page:
    """Return the page, fetched in a thread that is left alone when the time is over: a server may drip for hours."""
    outcome: queue.SimpleQueue[_Page | ReadError] = queue.SimpleQueue()

    def fetch() -> None:
        try:
            outcome.put(_fetched(address, trust))
        except ReadError as error:
            outcome.put(error)

    threading.Thread(target=fetch, daemon=True).start()
    try:
        found = outcome.get(timeout=PAGE_SECONDS)
    except queue.Empty:
        raise ReadError(f"网页在 {PAGE_SECONDS:g} 秒内没有传完") from None
    if isinstance(found, ReadError):
        raise found
    return found


def _fetched(address: str, trust: ssl.SSLContext | None) -> _Page:
    import httpx

    inside = _is_private(_host(address))
    try:
        with httpx.Client(
            verify=trust if trust is not None else True,
            trust_env=False,
            timeout=_STEP_SECONDS,
            headers={"User-Agent": _AGENT, "Accept-Encoding": "identity"},
        ) as client:
            for _ in range(PAGE_REDIRECTS + 1):
                with client.stream("GET", address) as response:
                    _check_peer(response, allowed=inside)
                    if not response.has_redirect_location:
                        return _read(response)
                    address = urljoin(address, response.headers["location"])
                if _is_private(_host(address)) and not inside:
                    raise ReadError("网页转到了内部网络的地址，未读取")
    except httpx.TimeoutException as error:
        raise ReadError(f"网页在 {_STEP_SECONDS:g} 秒内没有回应") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise ReadError(f"无法打开网页：{' '.join(str(error).split()) or type(error).__name__}") from error
    raise ReadError(f"网页转接超过 {PAGE_REDIRECTS} 次")


def _host(address: str) -> str:
    """Return the host of an address. Raises ReadError for one that is not https."""
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError as error:
        raise ReadError(f"网址无效：{address}") from error
    if parts.scheme.lower() != "https":
        raise ReadError(f"只能读取 https 网页，不能读取 {parts.scheme}://")
    if not host:
        raise ReadError(f"网址无效：{address}")
    if parts.username is not None or parts.password is not None:
        raise ReadError("网址中不能带用户名和密码")
    return host


def _is_private(host: str) -> bool:
    """Return whether any address of `host` lies in a private network. Raises ReadError if it has none."""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError) as error:
        raise ReadError(f"找不到网站 {host}；请检查网址和网络") from error
    return any(not _is_public(str(address)) for address in found)


def _is_public(address: str) -> bool:
    return ipaddress.ip_address(address.split("%")[0]).is_global


def _check_peer(response: Any, *, allowed: bool) -> None:
    """Raise ReadError if the host that answers is a private one that was not asked for: its name may have changed."""
    stream = response.extensions.get("network_stream")
    peer = stream.get_extra_info("server_addr") if stream is not None else None
    if not allowed and (peer is None or not _is_public(str(peer[0]))):
        raise ReadError("网页转到了内部网络的地址，未读取")


def _read(response: Any) -> _Page:
    """Return the body of an answer. Raises ReadError for a failure, another kind of file, and beyond the limits."""
    if response.status_code != 200:
        raise ReadError(f"网站回应 {response.status_code}，没有取得网页")
    kind, _, rest = response.headers.get("content-type", "text/html").partition(";")
    suffix = _KINDS.get(kind.strip().lower(), "")
    if not suffix:
        raise ReadError(f"网址不是网页，而是 {kind.strip()[:60]}")
    charset = _CHARSET.search(rest)
    pieces: list[bytes] = []
    size = 0
    for piece in _unpacked(response):
        size += len(piece)
        if size > PAGE_BYTES:
            raise ReadError(f"网页超过 {PAGE_BYTES // 2**20} MB 的上限")
        pieces.append(piece)
    return _Page(b"".join(pieces), suffix, charset[1] if charset else "")


def _unpacked(response: Any) -> Iterator[bytes]:
    """Yield the body in pieces of bounded size; some servers compress although they were asked not to."""
    packing = response.headers.get("content-encoding", "identity").strip().lower()
    if packing in {"", "identity"}:
        yield from response.iter_raw()
        return
    if packing not in {"gzip", "deflate", "x-gzip"}:
        raise ReadError(f"网页的压缩方式 {packing[:20]} 不受支持")
    unpack = zlib.decompressobj(wbits=47)
    try:
        for piece in response.iter_raw():
            yield unpack.decompress(piece, 1 << 20)
            while unpack.unconsumed_tail:
                yield unpack.decompress(unpack.unconsumed_tail, 1 << 20)
    except zlib.error as error:
        raise ReadError("网页的压缩数据已损坏") from error
