"""The page in a real browser. Skipped where there is no Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_visitor import NEEDS_CHROMIUM, SLOW, Shop, ask, free_port, in_view, open_page, publish, watched
from fakes_ui import (
    COMPARE,
    FOLLOW_UP,
    HOSTILE,
    HOSTILE_QUESTION,
    LIST,
    NOTICE,
    QUESTION,
    Shelf,
    shelf,
)

from assistant.scope import Scope
from ui.app import serve
from ui.auth import add_account

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

    from ui.app import Served

pytestmark = NEEDS_CHROMIUM


@pytest.fixture(scope="module")
def shop() -> Shop:
    kept = Shop()
    publish(kept, shelf())
    return kept


@pytest.fixture(scope="module")
def served(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("index")
    page = serve(lambda: shop.generations[-1], directory=directory, port=free_port())
    yield page
    page.close()


@pytest.fixture(scope="module")
def context(browser: Browser) -> BrowserContext:
    """A browser that keeps the page's files between tests; each page is a session of its own."""
    return browser.new_context(viewport={"width": 1440, "height": 900}, locale="zh-CN")


@pytest.fixture
def page(context: BrowserContext, served: Served, shop: Shop) -> Iterator[Page]:
    opened = watched(context.new_page(), served.url, shop)
    yield opened
    opened.close()


def test_asking_and_jumping_to_the_source_and_into_the_notice(page: Page) -> None:
    ask(page, QUESTION)
    assert "完成改造46个小区" in page.inner_text("#turn-0 .answer")
    assert page.inner_text("#panel mark") == "46个"
    ask(page, COMPARE)
    page.click("#turn-0 .mark")
    page.wait_for_selector("#source-0-1.current")
    page.click("#panel .open")
    page.wait_for_selector(".viewer mark.current")
    assert page.inner_text(".viewer mark.current").startswith("2023年完成改造46个小区")
    assert in_view(page, ".viewer mark.current")
    assert "start=" in page.url
    page.keyboard.press("Escape")
    page.wait_for_selector(".viewer", state="detached")


def test_a_place_has_an_address_that_works_when_sent(context: BrowserContext, served: Served, shop: Shop) -> None:
    long_notice = NOTICE.replace("（2）", "填充。" * 4000 + "\n\n（2）")
    publish(shop, Shelf.of(qinghe=long_notice))
    try:
        held = shop.generations[-1].index
        citation = held.citation(1, "投入资金1260万元")
        address = f"{served.url}?notice={citation.notice}&start={citation.start}&end={citation.end}"
        page = watched(context.new_page(), address, shop)
        assert page.inner_text(".viewer mark.current") == citation.quote
        assert in_view(page, ".viewer mark.current")
        page.close()
    finally:
        publish(shop, shelf())


def test_a_shared_question_is_asked_in_its_scope(context: BrowserContext, served: Served, shop: Shop) -> None:
    page = watched(context.new_page(), f"{served.url}?q={QUESTION}&unit=青禾市", shop)
    page.wait_for_selector(".turn .tools")
    assert "只查青禾市" in page.inner_text(".question")
    assert page.inner_text("#scope .count") == "已选 1 份通报"
    page.close()
    page = watched(context.new_page(), f"{served.url}?q={QUESTION}&unit=月球", shop)
    page.wait_for_selector(".reply.failed")
    assert "“月球”没有符合的通报" in page.inner_text(".reply.failed")
    page.close()


def test_units_and_notices_are_chosen_in_a_tree(page: Page, shop: Shop) -> None:
    page.click("#scope summary")
    page.locator("#scope [data-unit=恶意县] .whole").check()
    assert page.inner_text("#scope .count") == "已选 1 份通报"
    page.keyboard.press("Escape")
    page.wait_for_selector("#scope .choices", state="hidden")
    ask(page, "没有的事")
    assert shop.generations[-1].asked[-1][2] == Scope(units=("恶意县",))
    assert "恶意县：1 份通报" in page.inner_text("#turn-0 .refused")
    page.click("#scope summary")
    page.wait_for_selector("#scope [data-unit=恶意县] .whole:checked")
    page.click("[data-scope-reset]")
    assert page.inner_text("#scope .count") == "全部 2 份通报"
    page.locator("#scope [data-unit=青禾市] ul input").check()
    page.click("[data-scope-done]")
    ask(page, "没有的事")
    assert shop.generations[-1].asked[-1][2] == Scope(units=("青禾市",))


def test_years_that_hold_nothing_say_so_and_search_nothing(page: Page, shop: Shop) -> None:
    publish(shop, Shelf.of(qinghe=NOTICE, hostile=HOSTILE.replace("2024年1月2日", "2022年1月2日")))
    page.click("#scope summary")
    page.select_option("#scope select[name=from]", "2024")
    assert page.inner_text("#scope .count") == "已选 1 份通报"
    page.locator("#scope [data-unit=恶意县] .whole").check()
    assert "没有符合的通报" in page.inner_text("#scope .count")
    assert page.is_visible("#scope .choices .warning")
    count = len(shop.generations[-1].asked)
    ask(page, QUESTION)
    assert "没有符合的通报" in page.inner_text("#turn-0 .failed")
    assert len(shop.generations[-1].asked) == count
    publish(shop, shelf())


def test_a_follow_up_shows_the_question_as_understood(page: Page, shop: Shop) -> None:
    ask(page, QUESTION)
    ask(page, FOLLOW_UP)
    assert shop.generations[-1].asked[-1][:2] == (FOLLOW_UP, (QUESTION,))
    assert "青禾市2024年改造了多少个老旧小区？" in page.inner_text("#turn-1 .standalone")


def test_a_refusal_looks_different_and_names_what_is_near(page: Page) -> None:
    ask(page, "没有的事")
    assert "通报里没有找到依据" in page.inner_text(".reply.refused")
    assert "不是答案" in page.inner_text("#panel .warning")
    assert page.locator("#panel .near li").count() == 3


def test_lists_edit_retry_undo_and_new_chat(page: Page) -> None:
    ask(page, LIST)
    assert page.locator("#turn-0 tbody tr").count() == 2
    page.click('#turn-0 [data-do="retry"]')
    page.wait_for_selector("#turn-0 .tools")
    page.click('#turn-0 [data-do="edit"]')
    page.wait_for_function("q => document.querySelector('#question textarea').value === q", arg=LIST)
    ask(page, QUESTION)
    page.click('#turn-0 [data-do="undo"]')
    page.wait_for_selector(".welcome")
    ask(page, QUESTION)
    page.click('.head [data-do="clear"]')
    page.wait_for_selector(".welcome")


def test_a_question_can_be_stopped(page: Page) -> None:
    page.fill("#question textarea", SLOW)
    page.keyboard.press("Enter")
    page.click("#stop")
    page.wait_for_selector("#turn-0 .tools")
    assert "已停止" in page.inner_text("#turn-0")
    ask(page, QUESTION)
    assert "46个" in page.inner_text("#turn-1 .answer")


def test_two_sessions_do_not_see_each_other(context: BrowserContext, served: Served, shop: Shop) -> None:
    first, second = (watched(context.new_page(), served.url, shop) for _ in range(2))
    ask(first, QUESTION)
    ask(second, LIST)
    ask(first, FOLLOW_UP)
    assert first.locator(".turn").count() == 2
    assert second.locator(".turn").count() == 1
    assert shop.generations[-1].asked[-1][1] == (QUESTION,)
    first.close()
    second.close()


def test_hostile_text_is_inert_and_nothing_leaves_the_machine(page: Page, shop: Shop) -> None:
    ask(page, HOSTILE_QUESTION)
    page.click("#turn-0 .mark")
    page.click("#panel .open")
    page.wait_for_selector(".viewer mark.current")
    page.wait_for_timeout(500)
    assert "<svg onload=alert(6)>" in page.inner_text(".viewer .text")
    assert page.locator("#talk img, #talk svg, #panel img, #panel svg, #panel script").count() == 0
    assert shop.dialogs == []
    outside = [url for url in shop.requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert outside == []


def test_a_new_generation_is_answered_from_at_once(page: Page, shop: Shop) -> None:
    ask(page, "没有的事")
    assert "全部 2 份通报" in page.inner_text("#turn-0 .refused")
    publish(shop, Shelf.of(qinghe=NOTICE, hostile=HOSTILE, third=NOTICE.replace("青禾", "白桦")))
    ask(page, "没有的事")
    assert "全部 3 份通报" in page.inner_text("#turn-1 .refused")
    publish(shop, shelf())


def test_a_narrow_screen_needs_no_sideways_scrolling(browser: Browser, served: Served, shop: Shop) -> None:
    width = 360
    page = open_page(browser, served.url, shop, viewport={"width": width, "height": 740}, color_scheme="dark")
    ask(page, COMPARE)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    talk, panel = page.locator("#main").bounding_box(), page.locator("#side").bounding_box()
    assert talk
    assert panel
    assert panel["y"] >= talk["y"] + talk["height"] - 1
    page.click("#turn-0 .mark")
    assert in_view(page, "#source-0-1 .number")
    page.click("#source-0-1 .open")
    page.wait_for_selector(".viewer mark.current")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert in_view(page, ".viewer mark.current")
    page.context.close()


def test_the_page_speaks_the_language_of_the_browser(browser: Browser, served: Served, shop: Shop) -> None:
    page = open_page(browser, served.url, shop, locale="en-US")
    assert page.inner_text("#send") == "Ask"
    assert "2 notices" in page.inner_text(".head")
    page.context.close()


def test_login(browser: Browser, shop: Shop, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.json"
    add_account(accounts, "clerk", "correct horse")
    guarded = serve(lambda: shop.generations[-1], directory=tmp_path, port=free_port(), auth=accounts)
    page = browser.new_context(locale="zh-CN").new_page()
    page.goto(guarded.url)
    page.wait_for_selector('input[type="password"]')
    assert page.locator(".welcome").count() == 0
    page.locator("input").first.fill("clerk")
    page.fill('input[type="password"]', "correct horse")
    page.get_by_role("button").first.click()
    page.wait_for_selector(".welcome", timeout=20_000)
    page.context.close()
    guarded.close()


def test_programs_ask_through_named_endpoints(served: Served) -> None:
    from gradio_client import Client

    client = Client(served.url, verbose=False)
    record = client.predict(QUESTION, api_name="/ask")
    assert record["short_answer"] == "46个"
    assert record["standalone_question"] == QUESTION
    assert len(client.predict("老旧小区", "青禾市", 1, api_name="/search")) == 1
    assert len(client.predict(api_name="/notices")) == 2
    named = client.view_api(return_format="dict")["named_endpoints"]
    assert set(named) == {"/ask", "/search", "/notices"}
