"""The page served by two processes on one index: conversations, accounts, files and generations."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from fake_visitor import Shop, ask, watched

from index.update import update_index
from ui.auth import add_account
from ui.load import timeless
from ui.load_many import served_together
from ui.memory import Footprint, footprint, mapped

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ui.workers import Workers

QUESTION = "云川市请了多少人来照看修好的良田？"
PASSWORD = "correct horse"
ADDED = "中共测试县委关于巡察整改进展情况的通报\n\n一、整改情况\n测试县整改问题{number}个，追回资金{number}万元。\n"
PATIENCE = 120.0


class Site:
    """The served page, as a person who is logged in reaches it."""

    def __init__(self, directory: Path, port: int, workers: Workers) -> None:
        self.directory, self.port, self.workers = directory, port, workers
        self.opened: list[httpx.Client] = []
        self.client = self.visitor()

    def visitor(self, port: int = 0) -> httpx.Client:
        self.opened.append(httpx.Client(base_url=f"http://127.0.0.1:{port or self.port}", timeout=PATIENCE))
        return self.opened[-1]

    def close(self) -> None:
        for client in self.opened:
            client.close()

    def login(self, name: str = "clerk", password: str = PASSWORD) -> int:
        return self.client.post("/login", data={"username": name, "password": password}).status_code

    def call(self, endpoint: str, *inputs: object, client: httpx.Client | None = None) -> Any:
        """Return what an endpoint gives to the person, or to another one."""
        asking = client or self.client
        begun = asking.post(f"/gradio_api/call/{endpoint}", json={"data": inputs}).raise_for_status().json()
        told = asking.get(f"/gradio_api/call/{endpoint}/{begun['event_id']}").raise_for_status().text
        kind, _, data = told.partition("\ndata: ")
        assert kind == "event: complete", told
        return json.loads(data)[0]

    def direct(self) -> list[httpx.Client]:
        """Return the way to each process past what stands before them, logged in as the person is."""
        ways = [self.visitor(worker.port) for worker in self.workers.living()]
        for way in ways:
            way.cookies.update({name: value for name, value in self.client.cookies.items() if "unsecure" in name})
        return ways


@pytest.fixture(scope="module")
def site(index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("several")
    directory = home / "index"
    shutil.copytree(index, directory)
    add_account(home / "accounts.json", "clerk", PASSWORD)
    options = {"auth": home / "accounts.json", "allow_upload": "clerk", "feedback": home / "feedback.jsonl"}
    with served_together(directory, workers=2, **options) as (port, workers):
        site = Site(directory, port, workers)
        yield site
        site.close()


def test_a_stranger_is_kept_out_and_guessing_is_slowed_for_all_processes_together(site: Site) -> None:
    assert {site.visitor().post("/gradio_api/call/ask", json={"data": [QUESTION]}).status_code for _ in range(4)} == {
        401
    }
    # Three guesses are free; a fourth makes the name wait, however many processes there are.
    assert [site.login(password="wrong") for _ in range(4)] == [400] * 4
    assert site.login() == 400
    time.sleep(2.1)
    assert site.login() == 200


def test_who_is_logged_in_asks_every_process(site: Site, index: Path) -> None:
    from assistant import load_assistant

    expected = timeless(load_assistant(index).ask(QUESTION).to_record())
    assert all(timeless(site.call("ask", QUESTION)) == expected for _ in range(4))
    assert [timeless(site.call("ask", QUESTION, client=way)) for way in site.direct()] == [expected] * 2


def test_gradios_own_client_logs_in_and_asks(site: Site) -> None:
    from gradio_client import Client

    client = Client(f"http://127.0.0.1:{site.port}", auth=("clerk", PASSWORD), verbose=False)
    assert client.predict(QUESTION, api_name="/ask")["short_answer"] == "415人"
    client.close()


def test_a_conversation_stays_with_one_process(site: Site) -> None:
    held = [_conversation(site, f"session{number}") for number in range(4)]
    assert all("process_completed" in told for told in held)


def _conversation(site: Site, session: str) -> str:
    """Return what a page is told of the events of one conversation: the first that any page asks for."""
    config = site.client.get("/config").json()
    opening = next(one for one in config["dependencies"] if any(event == "load" for _, event in one["targets"]))
    body = {"data": ["", "zh-CN"], "fn_index": opening["id"], "session_hash": session}
    site.client.post("/gradio_api/queue/join", json=body).raise_for_status()
    return site.client.get(f"/gradio_api/queue/data?session_hash={session}").text


def test_what_was_sent_to_one_process_another_can_take(site: Site) -> None:
    sent = {"files": ("通报.txt", ADDED.format(number=1).encode(), "text/plain")}
    paths = {way.post("/gradio_api/upload", files=sent).raise_for_status().json()[0] for way in site.direct()}
    assert len(paths) == 1


def test_a_new_generation_is_in_use_everywhere_at_once_and_no_question_is_dropped(site: Site, tmp_path: Path) -> None:
    ended, failed, answered = threading.Event(), [], []

    def client() -> None:
        while not ended.is_set():
            try:
                answered.append(site.call("ask", QUESTION)["short_answer"])
            except (httpx.HTTPError, AssertionError, KeyError) as error:
                failed.append(repr(error))

    threads = [threading.Thread(target=client) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for number in (2, 3):
            added = tmp_path / f"added{number}.txt"
            added.write_text(ADDED.format(number=number), "utf-8")
            update_index([added], directory=site.directory)
            # Whoever asks from now on is answered from it, at whichever process.
            for way in site.direct():
                assert added.name in {notice["file"] for notice in site.call("notices", client=way)}
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert failed == []
    assert set(answered) == {"415人"}


def test_the_index_lies_in_memory_once(site: Site) -> None:
    pids = [worker.process.pid for worker in site.workers.living()]
    if not footprint(pids[0]).resident:
        pytest.skip("the system does not tell what processes share")
    for way in site.direct():
        site.call("ask", QUESTION, client=way)
    files = sum((mapped(pid, site.directory) for pid in pids), Footprint())
    assert files.resident
    # Two processes that share all of it would count half of it each.
    assert files.proportional < 0.75 * files.resident


@pytest.mark.browser
def test_windows_of_one_browser_hold_their_own_conversations_and_see_what_another_adds(
    site: Site, tmp_path: Path
) -> None:
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
    if not chromium:
        pytest.skip("Chromium is not installed")
    added = tmp_path / "新.txt"
    added.write_text(ADDED.format(number=7), "utf-8")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        context = browser.new_context(locale="zh-CN")
        tokens = ((name, value) for name, value in site.client.cookies.items() if "unsecure" in name)
        where = f"http://127.0.0.1:{site.port}"
        context.add_cookies([{"name": name, "value": value, "url": where} for name, value in tokens])
        windows = [watched(context.new_page(), where, Shop()) for _ in range(2)]
        for window in windows:
            ask(window, QUESTION)
        for window in windows:
            ask(window, "那落实了多少管护资金？")
            assert "1260万元" in window.inner_text("#turn-1 .answer")
            assert window.locator(".turn").count() == 2
        windows[0].click("#head [data-drawer=add]")
        windows[0].set_input_files("#add input[type=file]", [added])
        windows[0].wait_for_selector("#add .item.added")
        for window in windows[1:]:
            ask(window, "测试县追回资金多少？")
            assert "7万元" in window.inner_text("#turn-2 .answer")
        browser.close()


def test_a_process_that_is_killed_costs_neither_the_others_nor_the_logins(site: Site) -> None:
    gone = site.workers.living()[0]
    os.kill(gone.process.pid, signal.SIGKILL)
    gone.process.wait()
    assert [site.call("ask", QUESTION)["short_answer"] for _ in range(3)] == ["415人"] * 3
