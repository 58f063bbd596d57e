"""The button for the language model and the two answers side by side, in a real browser, over a scripted server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import over
from fake_llm import Served, Talk
from fake_visitor import NEEDS_CHROMIUM, PATIENCE, Shop, ask, free_port, open_page

from assistant.llm.answering import Writer
from assistant.llm.config import Unsupported
from assistant.pipeline import Assistant
from ui.app import serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from ui.app import Served as Shown

pytestmark = NEEDS_CHROMIUM
INDUSTRY = "云川市2023年规上工业增加值是多少？"
RIGHT = "2023年云川市规上工业增加值386.4亿元[1]。"
WRONG = "2023年云川市规上工业增加值999.9亿元[1]。"
ENDLESS = "另有<b>三百</b>"


class Script:
    """Answers well, or goes on until the browser's stop has come through."""

    def __init__(self) -> None:
        self.endless = False
        self.ended = threading.Event()

    def __call__(self, talk: Talk, body: dict[str, Any]) -> None:
        del body
        if not self.endless:
            talk.reply(RIGHT, "\n", WRONG)
            return
        talk.begin()
        talk.say(RIGHT + "\n")
        try:
            for _ in range(PATIENCE // 50):
                talk.say(ENDLESS)
                if talk.broken.wait(0.05):
                    break
        except OSError:
            pass
        self.ended.set()


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def shown(index: Path, script: Script, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    with Served(script) as server:
        llm = server.llm(unsupported=Unsupported.STRIKE, pause_seconds=30, first_token_seconds=30)
        assistant = Assistant(over(index).index, writer=Writer(llm, config=llm.config))
        page = serve(lambda: assistant, directory=tmp_path_factory.mktemp("index"), port=free_port())
        yield page
        page.close()


def written(page: Page, script: Script, *, endless: bool = False) -> None:
    script.endless = endless
    script.ended.clear()
    ask(page, INDUSTRY)
    page.click('#turn-0 [data-do="write"]')


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_both_answers_are_seen_wide_and_narrow(
    browser: Browser, shown: Shown, script: Script, width: int, scheme: str
) -> None:
    page = open_page(
        browser, shown.url, Shop(), viewport={"width": width, "height": 900}, color_scheme=scheme, has_touch=width < 500
    )
    written(page, script)
    page.wait_for_selector("#turn-0 .written ol")
    own, other = page.locator("#turn-0 .both > *").all()[:2]
    left, right = own.bounding_box(), other.bounding_box()
    assert left
    assert right
    beside = abs(left["y"] - right["y"]) < left["height"] and right["x"] >= left["x"] + left["width"]
    assert beside is (width > 1000)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = other.inner_text()
    assert "386.4亿元" in text
    assert page.locator("#turn-0 .written del").inner_text() == WRONG.replace("[1]", "")
    assert "所引段落中没有这个数字：999.9亿元" in text
    assert "386.4" in page.locator("#turn-0 .written q").inner_text()
    page.click("#turn-0 .written a.mark")
    page.context.close()


def test_stop_ends_the_generation_at_the_server(browser: Browser, shown: Shown, script: Script) -> None:
    shop = Shop()
    page = open_page(browser, shown.url, shop)
    written(page, script, endless=True)
    page.wait_for_selector("#turn-0 .written[aria-busy] p")
    page.click("#stop")
    page.wait_for_function("document.querySelector('#turn-0 .written .note')?.innerText.includes('已停止')")
    assert script.ended.wait(PATIENCE / 1000)
    assert page.locator("#turn-0 .written b").count() == 0
    assert not shop.dialogs
    page.context.close()
