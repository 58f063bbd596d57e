"""Stepping through citations, and why an answer is as it is, in a real browser. Skipped without Chromium."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_assistant import over
from fake_visitor import NEEDS_CHROMIUM, Shop, ask, free_port, in_view, open_page
from fakes_ui import Line, ScriptedAssistant, shelf

from ui.app import serve

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = NEEDS_CHROMIUM
INDUSTRY = "云川市2023年规上工业增加值是多少？"
DONE = "青禾市在民生方面做了什么？"
QUOTES = ("一是逐个小区编制改造方案。", "2024年完成改造63个小区", "投入资金1260万元")
CURRENT = ".viewer mark.current"


def test_the_viewer_steps_to_the_next_and_the_previous_citation(browser: Browser, tmp_path: Path) -> None:
    script = {DONE: Line("编制方案[1]，改造63个小区[2]，投入1260万元[3]。", "", QUOTES)}
    assistant = ScriptedAssistant(shelf(), script)
    served = serve(lambda: assistant, directory=tmp_path, port=free_port())
    page = open_page(browser, served.url, Shop())
    ask(page, DONE)
    page.locator("#panel .open").nth(1).click()
    page.wait_for_selector(CURRENT)
    seen = [(page.inner_text("output.count"), page.inner_text(CURRENT))]
    for way in ("1", "1", "1", "-1", "-1"):
        page.click(f'.viewer [data-step="{way}"]')
        assert page.locator(CURRENT).count() == 1
        assert in_view(page, CURRENT)
        start, end = (page.locator(CURRENT).get_attribute("id") or "").removeprefix("place-").split("-")
        assert page.url.endswith(f"start={start}&end={end}")
        seen.append((page.inner_text("output.count"), page.inner_text(CURRENT)))
    first, second, third = ((f"{n} / 3", quote) for n, quote in enumerate(QUOTES, start=1))
    assert seen == [second, third, first, second, first, third]
    page.context.close()
    served.close()


def test_how_an_answer_came_about_folds_out_and_away(browser: Browser, index: Path, tmp_path: Path) -> None:
    shop = Shop()
    served = serve(lambda: over(index), directory=tmp_path, port=free_port())
    page = open_page(browser, served.url, shop)
    ask(page, INDUSTRY)
    before = page.inner_text("#turn-0 .answer")
    page.click('#turn-0 [data-do="explain"][aria-expanded="false"]')
    page.wait_for_selector("#explained-0[open]")
    told = page.inner_text("#explained-0")
    for part in ("作答过程", "云川市", "BM25", "386.4亿元", "门槛", "ms"):
        assert part in told, part
    assert page.inner_text("#turn-0 .answer") == before
    assert in_view(page, "#explained-0 summary")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.click('#turn-0 [data-do="explain"][aria-expanded="true"]')
    page.wait_for_selector("#explained-0", state="detached")
    assert page.locator('#turn-0 [data-do="explain"][aria-expanded="false"]').count() == 1
    assert shop.dialogs == []
    page.context.close()
    served.close()
