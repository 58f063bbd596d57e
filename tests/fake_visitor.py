"""A served page, a browser and the moves of a person, for the browser tests."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from fakes_ui import ScriptedAssistant, Shelf

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

    from assistant.scope import Scope
    from assistant.types import Answer
    from index.types import Hit

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")
NEEDS_CHROMIUM = [pytest.mark.browser, pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")]
"""Marks of a file of browser tests."""
SLOW = "慢问题"
HELD = "等放行的问题"
PATIENCE = 90_000
"""Milliseconds to wait for the page: machines that test are busy."""


class Shop:
    """Keeps the served assistants and what browsers asked for."""

    def __init__(self) -> None:
        self.generations: list[Reloading] = []
        self.requests: list[str] = []
        self.dialogs: list[str] = []
        self.gate = threading.Event()
        """Set, it lets the questions go that are held back."""

    def heard(self, dialog: Dialog) -> None:
        """Note that a dialog opened, and close it."""
        self.dialogs.append(dialog.message)
        dialog.dismiss()


class Reloading:
    """A scripted assistant that follows the shop's newest generation."""

    def __init__(self, shop: Shop, held: Shelf) -> None:
        self._shop = shop
        self._scripted = ScriptedAssistant(held)
        self.index = held
        self.asked = self._scripted.asked

    def ask(self, question: str, **options: Any) -> Answer:
        if question == SLOW:
            time.sleep(3)
        if question == HELD:
            self._shop.gate.wait(PATIENCE / 1000)
        return self._scripted.ask(question, **options)

    def search(
        self, question: str, *, top_k: int = 10, unit: str | None = None, scope: Scope | None = None
    ) -> list[Hit]:
        return self._scripted.search(question, top_k=top_k, unit=unit, scope=scope)

    def refreshed(self) -> Reloading:
        return self._shop.generations[-1]


def publish(shop: Shop, held: Shelf) -> None:
    shop.generations.append(Reloading(shop, held))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def open_page(browser: Browser, url: str, shop: Shop, **options: Any) -> Page:
    options = {"viewport": {"width": 1440, "height": 900}, "locale": "zh-CN", **options}
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(60_000)
    return watched(page, url, shop)


def watched(page: Page, url: str, shop: Shop) -> Page:
    page.on("request", lambda request: shop.requests.append(request.url))
    page.on("dialog", shop.heard)
    page.set_default_timeout(PATIENCE)
    page.goto(url)
    page.wait_for_selector("#panel section, .welcome.none")
    return page


def ask(page: Page, question: str) -> None:
    count = page.locator(".turn .tools").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('.turn .tools').length > n", arg=count)


def in_view(page: Page, selector: str) -> bool:
    size = page.viewport_size
    for _ in range(20):  # scrolling is smooth and takes its time on a busy machine
        page.wait_for_timeout(400)
        box = page.locator(selector).first.bounding_box()
        if box and size and box["y"] >= 0 and box["y"] + box["height"] <= size["height"]:
            return True
    return False
