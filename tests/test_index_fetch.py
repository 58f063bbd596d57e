"""A page by its address, against a server on loopback with a certificate made for the test."""

from __future__ import annotations

import contextlib
import gzip
import ssl
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
import trustme
from fake_terminal import invoke
from fakes_faults import room_for

import index.fetch
from index.errors import ReadError
from index.fetch import fetch_page, is_address
from index.readers import read_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BODY = "<p>一、整改情况</p><p>更换管网120公里。</p>" * 3
PAGE = f"<html><head><title>中共青禾县委关于巡察整改情况的通报</title></head><body><main>{BODY}</main></body></html>"
HTML = "text/html; charset=utf-8"


class Site(BaseHTTPRequestHandler):
    """Answers by the path asked for."""

    def do_GET(self) -> None:
        name = self.path.strip("/").split("?")[0]
        getattr(self, f"_{name.partition('.')[0]}", self._missing)()

    def log_message(self, *_: Any) -> None:
        return

    def _send(self, data: bytes, kind: str = HTML, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(data)

    def _missing(self) -> None:
        self._send(b"", status=404)

    def _page(self) -> None:
        self._send(PAGE.encode())

    def _gbk(self) -> None:
        self._send(PAGE.encode("gbk"), "text/html; charset=GBK")

    def _packed(self) -> None:
        self._send(gzip.compress(PAGE.encode()), Content_Encoding="gzip")

    def _bomb(self) -> None:
        self._send(gzip.compress(b" " * (30 * 2**20)), Content_Encoding="gzip")

    def _large(self) -> None:
        self._send(b" " * (21 * 2**20))

    def _brotli(self) -> None:
        self._send(b"x", Content_Encoding="br")

    def _spoilt(self) -> None:
        self._send(b"\x1f\x8bxx" * 9, Content_Encoding="gzip")

    def _picture(self) -> None:
        self._send(b"\x89PNG", "image/png")

    def _moved(self) -> None:
        self._send(b"", status=302, Location="/page")

    def _loop(self) -> None:
        self._send(b"", status=301, Location="/loop")

    def _plain(self) -> None:
        self._send(b"", status=302, Location="http://127.0.0.1/page")

    def _file(self) -> None:
        self._send(b"", status=302, Location="file:///etc/passwd")

    def _nowhere(self) -> None:
        self._send(b"", status=302, Location="https://[::bad/")

    def _drip(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", HTML)
        self.end_headers()
        with contextlib.suppress(OSError):
            while True:
                self.wfile.write(b" ")
                self.wfile.flush()
                time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class Server:
    address: str
    trust: ssl.SSLContext


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    authority = trustme.CA()
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(served)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    site.daemon_threads = True
    site.socket = served.wrap_socket(site.socket, server_side=True)
    thread = threading.Thread(target=site.serve_forever, daemon=True)
    thread.start()
    yield Server(f"https://127.0.0.1:{site.server_port}", trust)
    site.shutdown()
    site.server_close()
    thread.join()


@pytest.mark.parametrize("name", ["page", "gbk", "packed", "moved"])
def test_a_page_is_kept_as_a_file_and_read(name: str, server: Server, tmp_path: Path) -> None:
    path = fetch_page(f"{server.address}/{name}", directory=tmp_path, trust=server.trust)
    assert path.is_relative_to(tmp_path / "pages")
    assert path.name == f"{name}.html"
    source = read_file(path, root=tmp_path / "pages")
    assert source.text.startswith("中共青禾县委关于巡察整改情况的通报\n一、整改情况\n更换管网120公里。\n")
    assert fetch_page(f"{server.address}/{name}", directory=tmp_path, trust=server.trust) == path
    assert read_file(path, root=tmp_path / "pages") == source


def test_a_page_that_finds_no_room_leaves_the_one_before(server: Server, tmp_path: Path) -> None:
    """It was cut short in its place, and lost from the index the next time that was brought up to date."""
    path = fetch_page(f"{server.address}/page", directory=tmp_path, trust=server.trust)
    before = path.read_bytes()
    with room_for(100), pytest.raises(ReadError, match="网页无法存入"):
        fetch_page(f"{server.address}/page", directory=tmp_path, trust=server.trust)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("gone", "404"),
        ("bomb", "20 MB"),
        ("large", "20 MB"),
        ("brotli", "br"),
        ("spoilt", "已损坏"),
        ("picture", "image/png"),
        ("loop", "超过 5 次"),
        ("plain", "只能读取 https"),
        ("file", "只能读取 https"),
        ("nowhere", "无法打开网页"),
    ],
)
def test_what_is_no_page_is_refused_in_one_line(name: str, reason: str, server: Server, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=reason) as caught:
        fetch_page(f"{server.address}/{name}", directory=tmp_path, trust=server.trust)
    assert "\n" not in str(caught.value)
    assert not list(tmp_path.rglob("*.*"))


def test_a_server_that_drips_is_left(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.fetch, "PAGE_SECONDS", 1.0)
    with pytest.raises(ReadError, match="1 秒内没有传完"):
        fetch_page(f"{server.address}/drip", directory=tmp_path, trust=server.trust)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1/a",
        "ftp://127.0.0.1/a",
        "file:///etc/passwd",
        "https://",
        "https://[::bad/",
        "https://me:secret@127.0.0.1/",
        "https://no-such-host.invalid/a",
        "https://127.0.0.1:1/closed",
        "https://127.0.0.1:99999/",
        "https://" + "a" * 300 + "/",
    ],
)
def test_other_schemes_and_bad_addresses_are_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ReadError) as caught:
        fetch_page(address, directory=tmp_path)
    assert "\n" not in str(caught.value)


def test_an_untrusted_certificate_is_refused(server: Server, tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"无法打开网页.*CERTIFICATE_VERIFY_FAILED"):
        fetch_page(f"{server.address}/page", directory=tmp_path)


def test_a_public_address_may_not_lead_inside(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host counts as public here although it is not: then it may neither forward to a private one nor be one."""
    private = index.fetch._is_private
    monkeypatch.setattr(index.fetch, "_is_private", lambda host: host != "localhost" and private(host))
    public = server.address.replace("127.0.0.1", "localhost")
    with pytest.raises(ReadError, match="内部网络"):
        fetch_page(f"{public}/page", directory=tmp_path, trust=server.trust)
    monkeypatch.setattr(index.fetch, "_check_peer", lambda *_, **__: None)
    forwarding = Site._moved
    monkeypatch.setattr(Site, "_moved", lambda self: self._send(b"", status=302, Location=f"{server.address}/page"))
    with pytest.raises(ReadError, match="内部网络"):
        fetch_page(f"{public}/moved", directory=tmp_path, trust=server.trust)
    monkeypatch.setattr(Site, "_moved", forwarding)
    assert fetch_page(f"{public}/moved", directory=tmp_path, trust=server.trust).is_file()


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://a.example/x/y.html", "a.example/x/y.html"),
        ("https://a.example/", "a.example/index"),
        ("https://a.example/../../etc/%2e%2e/x", "a.example/etc/x"),
        ("https://a.example/%E9%80%9A%E6%8A%A5.htm?id=3", "a.example/通报.htm"),
        ("https://a.example:8443/x", "a.example-8443/x"),
    ],
)
def test_the_name_of_a_page_stays_below_its_folder(address: str, name: str) -> None:
    found = index.fetch._name(address, ".html")
    assert found.startswith(name.removesuffix(".html"))
    assert found.endswith(".html")
    assert ".." not in found.split("/")


def test_two_queries_are_two_pages() -> None:
    names = {index.fetch._name(f"https://a.example/x?id={n}", ".html") for n in range(9)}
    assert len(names) == 9


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("https://a.example", True),
        ("http://a", True),
        ("ftp://a", True),
        ("a.txt", False),
        ("C:\\x", False),
        ("a//b", False),
    ],
)
def test_addresses_are_told_from_paths(path: str, expected: bool) -> None:
    assert is_address(path) is expected


def test_the_command_line_takes_addresses(server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssl, "create_default_context", lambda *_, **__: server.trust)
    monkeypatch.setattr("httpx._config.create_ssl_context", lambda *_, **__: server.trust)
    directory = tmp_path / "index"
    result = invoke("index", f"{server.address}/page", index=directory)
    assert result.exit_code == 0, result.output
    assert "/page.html" in result.stdout
    assert "未变 1" in invoke("index", f"{server.address}/page", index=directory).stdout
    failed = invoke("index", f"{server.address}/gone", "http://127.0.0.1/", index=directory)
    assert failed.exit_code == 1
    assert failed.stdout == ""
    assert "404" in failed.stderr
    assert "只能读取 https" in failed.stderr
    asked = invoke("ask", "青禾县更换了多少公里管网？", index=directory)
    assert "120公里" in asked.stdout
