from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.affinity import Affinity, begins_something, name_begun, tells_in_body, told_in_address, told_in_body


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/gradio_api/queue/data", "session_hash=ab1", "ab1"),
        ("/gradio_api/queue/data", "x=1&session_hash=ab1", "ab1"),
        ("/gradio_api/queue/data", "session_hash=", ""),
        ("/gradio_api/heartbeat/ab1", "", "ab1"),
        ("/gradio_api/stream/ab1/7/3/playlist.m3u8", "", "ab1"),
        ("/gradio_api/call/ask/e7", "", "e7"),
        ("/gradio_api/call/v2/ask/e7", "", "e7"),
        ("/gradio_api/call/ask", "", ""),
        ("/gradio_api/upload_progress", "upload_id=u1", "u1"),
        ("/gradio_api/upload", "upload_id=u1", "u1"),
        ("/gradio_api/mcp/messages/", "session_id=s1", "s1"),
        ("/gradio_api/heartbeat/", "", ""),
        ("/", "q=通报", ""),
        ("/assets/index.js", "", ""),
    ],
)
def test_the_address_names_what_a_request_belongs_to(path: str, query: str, name: str) -> None:
    assert told_in_address(path, query) == name


@pytest.mark.parametrize(
    ("method", "path", "told", "begins"),
    [
        ("POST", "/gradio_api/queue/join", True, True),
        ("POST", "/gradio_api/call/ask", True, True),
        ("POST", "/gradio_api/call/v2/ask", True, True),
        ("POST", "/gradio_api/cancel", True, False),
        ("POST", "/gradio_api/run/ask", True, False),
        ("POST", "/gradio_api/upload", False, False),
        ("POST", "/login", False, False),
        ("GET", "/gradio_api/call/ask/e7", False, False),
    ],
)
def test_only_small_bodies_are_looked_into(method: str, path: str, told: bool, begins: bool) -> None:
    assert tells_in_body(method, path) is told
    assert begins_something(method, path) is begins


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (b'{"session_hash": "ab1", "event_id": "e7"}', "ab1"),
        (b'{"session_hash": null, "event_id": "e7"}', "e7"),
        (b'{"session_hash": 3}', ""),
        (b"[]", ""),
        (b"", ""),
        (b"\xff", ""),
        (b"[" * 100_000, ""),
    ],
)
def test_the_body_names_what_a_request_belongs_to(body: bytes, name: str) -> None:
    assert told_in_body(body) == name


def test_an_answer_names_what_was_begun() -> None:
    assert name_begun(b'{"event_id": "e7"}') == "e7"
    assert name_begun(b'{"detail": "full"}') == ""


@given(st.binary(max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_sent_gives_a_bounded_name(body: bytes, path: str, query: str) -> None:
    assert len(told_in_body(body)) <= 256
    assert len(told_in_address(path, query)) <= 256


def test_a_name_keeps_its_place_while_that_lives() -> None:
    first, second = [object()], [object()]
    affinity: Affinity[list[object]] = Affinity(kept=2)
    affinity.note("a", first)
    assert affinity.place_of("a", [second, first]) is first
    assert affinity.place_of("a", [second]) is None
    assert affinity.place_of("unknown", [first]) is None
    assert affinity.place_of("", [first]) is None
    affinity.note("", first)
    assert affinity.place_of("", [first]) is None


def test_the_names_not_used_for_longest_are_forgotten() -> None:
    affinity: Affinity[str] = Affinity(kept=2)
    for name in ("a", "b"):
        affinity.note(name, "here")
    assert affinity.place_of("a", ["here"]) == "here"
    affinity.note("c", "here")
    assert affinity.place_of("b", ["here"]) is None
    assert affinity.place_of("a", ["here"]) == affinity.place_of("c", ["here"]) == "here"
