"""A server that answers, and one that fails in each of the ways servers fail."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from fake_llm import Served, Talk, user

from assistant.errors import LlmError
from assistant.llm.config import LlmConfig
from assistant.llm.remote import RemoteLlm, base_url
from assistant.llm.types import Fault, Receipt

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "sk-secret-of-mine-1234"


def said(llm: RemoteLlm, **options: Any) -> str:
    return "".join(llm.stream(user("问"), max_tokens=50, **options))


def failed(script: Callable[[Talk, dict[str, Any]], None], **settings: Any) -> LlmError:
    with Served(script) as served, pytest.raises(LlmError) as caught:
        said(served.llm(key=KEY, **settings))
    line = str(caught.value)
    assert "\n" not in line
    assert KEY not in line
    return caught.value


def test_a_reply_comes_in_pieces_with_its_receipt() -> None:
    receipt = Receipt()
    with Served(lambda talk, _: talk.reply("云川", "市", "增长。")) as served:
        llm = served.llm(key=KEY, extra_body={"think": False})
        assert list(llm.stream(user("问"), max_tokens=50, receipt=receipt)) == ["云川", "市", "增长。"]
    assert (receipt.finish, receipt.prompt_tokens, receipt.completion_tokens) == ("stop", 11, 7)
    (body,) = served.bodies
    assert body["messages"] == [{"role": "user", "content": "问"}]
    assert (body["model"], body["max_tokens"], body["temperature"], body["think"]) == ("m", 50, 0.0, False)
    assert served.headers[0]["authorization"] == f"Bearer {KEY}"
    assert KEY not in llm.name


def test_another_services_key_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENAI_ORG_ID", KEY)
    with Served(lambda talk, _: talk.reply("好。")) as served:
        assert said(served.llm()) == "好。"
    assert not [value for value in served.headers[0].values() if KEY in value]


@pytest.mark.parametrize(
    ("status", "message", "fault", "words"),
    [
        (401, f"Incorrect API key provided: {KEY}", Fault.UNAUTHORIZED, "TONGBAO_LLM_KEY"),
        (403, "no", Fault.UNAUTHORIZED, "403"),
        (404, "model not found", Fault.NO_MODEL, "模型 m"),
        (429, "slow down", Fault.BUSY, "429"),
        (500, "oops", Fault.BROKEN, "500"),
        (503, "loading", Fault.BROKEN, "503"),
        (400, "This model's maximum context length is 2048 tokens.", Fault.CONTEXT, "上下文"),
        (400, "the request exceeds the available context size", Fault.CONTEXT, "context_tokens"),
        (413, "no", Fault.CONTEXT, "上下文"),
        (400, f"bad\nfield {KEY}", Fault.REFUSED, "bad field ***"),
        (422, "x" * 9000, Fault.REFUSED, "…"),
    ],
)
def test_each_status_is_told_in_one_line(status: int, message: str, fault: Fault, words: str) -> None:
    error = failed(lambda talk, _: talk.status(status, message))
    assert error.fault == fault
    assert words in str(error)
    assert len(str(error)) < 300


def test_a_busy_server_is_asked_again() -> None:
    def script(talk: Talk, _: dict[str, Any]) -> None:
        if talk.number < 3:
            talk.status(429 if talk.number == 1 else 503, Retry_After="0")
        else:
            talk.reply("好。")

    with Served(script) as served:
        assert said(served.llm(retries=2)) == "好。"
    assert len(served.bodies) == 3


def test_a_long_retry_after_is_not_waited_for() -> None:
    error = failed(lambda talk, _: talk.status(429, Retry_After="50"), retries=2, first_token_seconds=0.3)
    assert error.fault == Fault.TIMEOUT


def died(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.say("云川市")


def died_within_a_chunk(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin(Transfer_Encoding="chunked")
    talk.raw(b"5\r\ndata:\r\n40\r\nhalf")


def died_with_a_length(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin(Content_Length="4000")
    talk.say("云川市")


def in_the_stream(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.say("云川市")
    talk.event({"error": {"message": "GPU fell off"}})


def context_in_the_stream(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.event({"error": {"message": "context length exceeded", "code": 400}})


def silence(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.say("云川市")
    time.sleep(0.8)


def drip_of_comments(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.say("云川市")
    for _count in range(40):
        talk.raw(b": still here\n\n")
        time.sleep(0.05)


def drip(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    for _count in range(60):
        talk.say("云")
        time.sleep(0.05)


def drip_within_a_line(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    for byte in b'data: {"choices": [{"delta": {"content": "' * 2:
        talk.raw(bytes([byte]))
        time.sleep(0.05)


def empty(talk: Talk, _: dict[str, Any]) -> None:
    talk.begin()
    talk.say("", finish="stop")


@pytest.mark.parametrize(
    ("script", "fault"),
    [
        (died, Fault.DIED),
        (died_with_a_length, Fault.DIED),
        (in_the_stream, Fault.BROKEN),
        (context_in_the_stream, Fault.CONTEXT),
        (silence, Fault.TIMEOUT),
        (drip_of_comments, Fault.TIMEOUT),
        (drip, Fault.TIMEOUT),
        (drip_within_a_line, Fault.TIMEOUT),
        (empty, Fault.EMPTY),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_stream_that_breaks_off(script: Callable[[Talk, dict[str, Any]], None], fault: Fault) -> None:
    bounds = {"pause_seconds": 0.4, "first_token_seconds": 0.6, "total_seconds": 0.9}
    assert failed(script, **bounds).fault == fault


def test_a_death_before_the_first_piece() -> None:
    assert failed(died_within_a_chunk).fault in {Fault.UNREACHABLE, Fault.DIED}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00garbage",
        b"data: {not json\n\n",
        b"data: \xff\xff\n\n",
        b"data: 7\n\n",
        b"data: []\n\n",
        b"data: null\n\n",
        b'data: {"choices": 5}\n\n',
        b'data: {"choices": [{"delta": {"content": {"a": 1}}}]}\n\n',
        b'data: {"choices": [7]}\n\n',
        b"<html><body>502 Bad Gateway</body></html>",
        b"data: [DONE]\n\n",
    ],
)
def test_garbage_is_no_answer(data: bytes) -> None:
    assert failed(lambda talk, _: talk.send(data)).fault in {Fault.GARBAGE, Fault.DIED}


def test_a_server_that_never_stops_talking_is_cut_off() -> None:
    receipt = Receipt()
    with Served(lambda talk, _: talk.reply(*["云" * 100] * 100)) as served:
        assert len(said(served.llm(), receipt=receipt)) <= 1000
    assert receipt.finish == "length"


def test_nobody_listens() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    llm = RemoteLlm(LlmConfig(source=f"http://127.0.0.1:{port}", model="m", retries=0), environment={})
    with pytest.raises(LlmError, match="连不上") as caught:
        said(llm)
    assert caught.value.fault == Fault.UNREACHABLE


@pytest.mark.parametrize("way", ["close", "event"])
def test_cancelling_ends_the_generation_at_the_server(way: str) -> None:
    def endless(talk: Talk, _: dict[str, Any]) -> None:
        talk.begin()
        while True:
            talk.say("云")
            time.sleep(0.02)

    cancelled = threading.Event()
    with Served(endless) as served:
        pieces = served.llm(max_tokens=4000).stream(user("问"), max_tokens=4000, cancelled=cancelled)
        assert next(pieces) == "云"
        if way == "close":
            pieces.close()  # type: ignore[attr-defined]
        else:
            cancelled.set()
            assert len(list(pieces)) < 200
        assert served.broken.wait(5), "the server went on writing"


def test_cancelling_a_server_that_has_not_answered_yet() -> None:
    cancelled = threading.Event()
    hold = threading.Event()

    def wait(talk: Talk, _: dict[str, Any]) -> None:
        cancelled.set()
        hold.wait(5)
        talk.status(500)

    with Served(wait) as served:
        assert said(served.llm(), cancelled=cancelled) == ""
        hold.set()


def test_at_most_so_many_at_a_time() -> None:
    running, most, lock = 0, 0, threading.Lock()

    def script(talk: Talk, _: dict[str, Any]) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        with lock:
            running -= 1
        talk.reply("好。")

    with Served(script) as served:
        llm = served.llm(parallel=2)
        threads = [threading.Thread(target=said, args=(llm,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(served.bodies) == 6
    assert most == 2


def models(*names: str) -> Callable[[Talk, dict[str, Any]], None]:
    listed = [{"id": name, "object": "model", "created": 0, "owned_by": "x"} for name in names]
    return lambda talk, body: talk.reply("好。") if body else talk.json({"object": "list", "data": listed})


def test_the_only_model_is_taken_and_several_must_be_chosen_from() -> None:
    with Served(models("qwen")) as served:
        llm = served.llm(model="")
        assert said(llm) == "好。"
        assert served.bodies[0]["model"] == "qwen"
    for names in ((), ("a", "b")):
        with Served(models(*names)) as served, pytest.raises(LlmError, match="--llm-model"):
            said(served.llm(model=""))


def test_addresses_without_a_path_get_the_usual_one() -> None:
    assert base_url("http://h:1/") == "http://h:1/v1"
    assert base_url("https://h/openai/v1") == "https://h/openai/v1"
