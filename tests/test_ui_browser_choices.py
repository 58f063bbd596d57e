"""Feedback, the viewer's tree and what is hostile, in a real browser. Skipped where there is no Chromium."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from fake_visitor import NEEDS_CHROMIUM, Shop, ask, free_port, in_view, open_page, publish, watched
from fakes_ui import COMPARE, HOSTILE, LIST, NOTICE, QUESTION, Shelf

from ui.app import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from ui.app import Served

pytestmark = NEEDS_CHROMIUM
LONG = NOTICE.replace("（2）", "填充。" * 3000 + "\n\n（2）")
EVIL_NAME = "<img src=x onerror=alert(1)>${alert(2)}"


@pytest.fixture(scope="module")
def shop() -> Shop:
    kept = Shop()
    publish(kept, Shelf.of(**{"qinghe": LONG, EVIL_NAME: HOSTILE}))
    return kept


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feedback") / "said.jsonl"


@pytest.fixture(scope="module")
def served(shop: Shop, said: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("index")
    page = serve(lambda: shop.generations[-1], directory=directory, port=free_port(), feedback=said)
    yield page
    page.close()


@pytest.fixture
def page(browser: Browser, served: Served, shop: Shop) -> Iterator[Page]:
    opened = open_page(browser, served.url, shop)
    yield opened
    opened.context.close()


def test_an_answer_is_rated_and_commented(page: Page, said: Path) -> None:
    ask(page, QUESTION)
    page.click('#turn-0 [data-value="down"]')
    page.wait_for_selector('#turn-0 .down[aria-pressed="true"]')
    page.click("#turn-0 .remark summary")
    page.fill("#turn-0 textarea", "应为2024年的数</textarea><script>alert(3)</script>")
    page.click('#turn-0 [data-deed="remark"]')
    page.wait_for_selector("#turn-0 p.thanks")
    first, second = map(json.loads, said.read_text("utf-8").splitlines())
    assert (first["id"], first["rating"], first["comment"]) == (second["id"], "down", "")
    assert second["comment"].startswith("应为2024年的数")
    assert (second["question"], second["generation"]) == (QUESTION, "000001")
    ask(page, LIST)
    assert page.locator('#turn-0 .down[aria-pressed="true"]').count() == 1
    assert page.locator('#turn-1 [aria-pressed="true"]').count() == 0


def test_the_viewer_has_a_tree_finds_words_and_steps_through_citations(page: Page, shop: Shop) -> None:
    ask(page, COMPARE)
    page.locator("#panel .open").first.click()
    page.wait_for_selector(".viewer mark.current")
    assert in_view(page, ".viewer mark.current")
    page.get_by_role("link", name="民生保障方面").click()
    assert in_view(page, ".viewer .text .level-2 p.heading")
    page.wait_for_selector(".viewer nav [aria-current]")
    page.fill(".viewer .find", "管网")
    assert page.inner_text(".viewer output.found") == "1 / 2"
    page.keyboard.press("Enter")
    assert page.inner_text(".viewer output.found") == "2 / 2"
    assert shop.dialogs == []


def test_the_tree_is_at_hand_on_a_narrow_screen(browser: Browser, served: Served, shop: Shop) -> None:
    notice = shop.generations[-1].index.notices[0]
    page = browser.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN").new_page()
    watched(page, f"{served.url}?notice={notice.id}", shop)
    page.click(".viewer-tools .contents")
    page.get_by_role("link", name="供水管网老化").click()
    page.wait_for_selector(".viewer nav", state="hidden")
    assert in_view(page, ".viewer .text section:last-of-type p")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.context.close()


def test_the_page_is_used_by_keyboard_alone(page: Page) -> None:
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-0 .mark")
    page.focus("#turn-0 .mark")
    page.keyboard.press("Enter")
    page.wait_for_selector("#source-0-1:focus")
    page.focus("#panel .open")
    page.keyboard.press("Enter")
    page.wait_for_selector(".viewer mark.current:focus")
    page.keyboard.press("Escape")
    page.wait_for_selector(".viewer", state="detached")
    page.focus("#scope summary")
    page.keyboard.press("Enter")
    page.wait_for_selector("#scope .choices")
    page.keyboard.press("Escape")
    page.wait_for_selector("#scope .choices", state="hidden")


def test_hostile_names_are_inert_and_no_request_leaves_the_machine(page: Page, shop: Shop) -> None:
    page.click("#scope summary")
    page.wait_for_selector("#scope .choices")
    ask(page, "<svg onload=alert(4)>没有的事![](http://evil.example/a.png)")
    page.locator("#panel .open").last.click()
    page.wait_for_selector(".viewer")
    page.wait_for_timeout(500)
    assert page.locator("#talk svg, #panel img, #scope img, #panel script").count() == 0
    assert shop.dialogs == []
    outside = [url for url in shop.requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert outside == []
