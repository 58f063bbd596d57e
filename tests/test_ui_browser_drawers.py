"""The drawers, exports and controls of the page in a real browser, on an index that grows. Skipped without Chromium."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from docx import Document
from fake_visitor import HELD, NEEDS_CHROMIUM, SLOW, Shop, ask, free_port, open_page, publish, watched
from fakes_ui import FOLLOW_UP, HOSTILE, HOSTILE_QUESTION, LIST, NOTICE, QUESTION, shelf

from assistant import load_assistant
from ui.app import serve
from ui.auth import add_account

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from ui.app import Served

pytestmark = NEEDS_CHROMIUM
OUTCOME = "#add p.outcome"
SLOWLY = 60_000


@pytest.fixture(scope="module")
def shop() -> Shop:
    kept = Shop()
    publish(kept, shelf())
    return kept


@pytest.fixture(scope="module")
def scripted(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A page whose assistant answers by a script; nobody may add notices."""
    served = serve(lambda: shop.generations[-1], directory=tmp_path_factory.mktemp("index"), port=free_port())
    yield served
    served.close()


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[Served]:
    """A page on an index that is not there yet; everybody may add notices."""
    directory = tmp_path / "index"
    served = serve(lambda: load_assistant(directory), directory=directory, port=free_port(), allow_upload="")
    yield served
    served.close()


@pytest.fixture
def page(browser: Browser, scripted: Served, shop: Shop) -> Iterator[Page]:
    opened = open_page(browser, scripted.url, shop)
    yield opened
    opened.context.close()


def _write(folder: Path, **texts: str) -> list[Path]:
    paths = [folder / f"{name}.txt" for name in texts]
    for path, text in zip(paths, texts.values(), strict=True):
        path.write_text(text, "utf-8")
    return paths


def _saved(page: Page, selector: str) -> tuple[str, bytes]:
    with page.expect_download() as waited:
        page.click(selector)
    return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()


def test_a_notice_is_added_asked_about_and_removed(
    browser: Browser, growing: Served, shop: Shop, tmp_path: Path
) -> None:
    page = open_page(browser, growing.url, shop)
    other = open_page(browser, growing.url, shop)
    assert "还没有可用的索引" in page.inner_text(".welcome.none")
    page.click(".welcome.none [data-drawer=add]")
    sent = _write(tmp_path, 青禾=NOTICE, 空="", 恶意=HOSTILE)
    page.set_input_files("#add input[type=file]", [*sent, Path(__file__)])
    page.wait_for_selector(OUTCOME, timeout=SLOWLY)
    assert page.inner_text(OUTCOME) == "收录 2 个，已有 0 个，未收录 2 个"
    items = page.locator("#add .item").all_inner_texts()
    assert "已收录" in items[0]
    assert "文件是空的" in items[1]
    assert "不支持的文件类型" in items[3]
    page.wait_for_function("document.querySelector('.head').innerText.includes('收录 2 份通报')")
    ask(other, QUESTION)
    assert "46个" in other.inner_text("#turn-0 .answer")
    page.click("#add .holdings-list li:has-text('青禾') button")
    page.wait_for_selector("#add .doubted")
    assert page.evaluate("document.activeElement.textContent") == "不移除"
    page.keyboard.press("Enter")
    page.wait_for_selector("#add .doubted", state="detached")
    page.click("#add .holdings-list li:has-text('青禾') button")
    page.click("#add .doubted .danger")
    page.wait_for_selector("#add .said")
    ask(other, QUESTION)
    assert other.locator("#turn-1 .refused").count() == 1
    assert page.locator("#add img, #add svg, #add script").count() == 0
    assert shop.dialogs == []
    for opened in (page, other):
        opened.context.close()


def test_files_are_dropped_onto_the_zone(browser: Browser, growing: Served, shop: Shop) -> None:
    page = open_page(browser, growing.url, shop)
    page.click(".head [data-drawer=add]")
    page.evaluate(
        """text => {
            const carried = new DataTransfer();
            carried.items.add(new File([text], "拖来的.txt"));
            const options = { dataTransfer: carried, bubbles: true, cancelable: true };
            document.querySelector("#add .zone").dispatchEvent(new DragEvent("drop", options));
        }""",
        NOTICE,
    )
    page.wait_for_selector(OUTCOME, timeout=SLOWLY)
    assert "拖来的.txt" in page.inner_text("#add .item.added")
    page.context.close()


def test_only_the_accounts_named_add_notices(browser: Browser, shop: Shop, tmp_path: Path) -> None:
    accounts = tmp_path / "accounts.json"
    for name in ("clerk", "guest"):
        add_account(accounts, name, "correct horse")
    served = serve(
        lambda: shop.generations[-1], directory=tmp_path, port=free_port(), auth=accounts, allow_upload="clerk"
    )
    for name, seen in (("clerk", True), ("guest", False)):
        page = browser.new_context(locale="zh-CN").new_page()
        page.goto(served.url)
        page.locator("input").first.fill(name)
        page.fill('input[type="password"]', "correct horse")
        page.get_by_role("button").first.click()
        page.wait_for_selector(".welcome", timeout=SLOWLY)
        page.wait_for_selector("#batch .drawer", state="attached")
        assert page.locator("#add [data-may]").count() == int(seen)
        assert page.locator(".head [data-drawer=add]").is_visible() is seen
        page.context.close()
    served.close()


def test_a_questions_file_is_answered_and_saved(page: Page, tmp_path: Path) -> None:
    assert not page.locator(".head [data-drawer=add]").is_visible()
    page.click(".head [data-drawer=batch]")
    page.set_input_files("#batch input[type=file]", _write(tmp_path, 问题=f"{QUESTION}\n没有的事\n"))
    page.wait_for_selector("#batch .saves", timeout=SLOWLY)
    assert "有答案 1，没有答案 1，出错 0" in page.inner_text("#batch .outcome")
    name, content = _saved(page, '#batch [data-form=".txt"]')
    assert name == "问题-回答.txt"
    assert "完成改造46个小区" in content.decode()
    name, content = _saved(page, '#batch [data-form=".csv"]')
    assert "46个" in content.decode("utf-8-sig")
    page.click('#batch [data-deed="again"]')
    page.wait_for_selector("#batch .zone")
    page.set_input_files("#batch input[type=file]", _write(tmp_path, 空="\n"))
    page.wait_for_selector("#batch .warning", timeout=SLOWLY)
    assert "“空.txt”：文件是空的" in page.inner_text("#batch .warning")
    page.keyboard.press("Escape")
    assert not page.locator("#batch .drawer").is_visible()


def test_a_questions_file_is_cancelled(page: Page, tmp_path: Path) -> None:
    page.click(".head [data-drawer=batch]")
    page.set_input_files("#batch input[type=file]", _write(tmp_path, 慢=f"{QUESTION}\n{SLOW}\n{SLOW}\n{SLOW}\n"))
    page.click('#batch [data-deed="cancel"]', timeout=SLOWLY)
    page.wait_for_selector("#batch .saves", timeout=SLOWLY)
    assert "已取消" in page.inner_text("#batch .outcome")


def test_one_answer_and_the_conversation_are_exported(page: Page) -> None:
    ask(page, HOSTILE_QUESTION)
    ask(page, LIST)
    page.click("#turn-1 .export summary")
    name, content = _saved(page, '#turn-1 [data-form=".md"]')
    assert name.endswith(".md")
    assert LIST in content.decode()
    assert "onerror" not in content.decode()
    page.click(".whole summary")
    name, content = _saved(page, '.whole [data-form=".docx"]')
    assert name.endswith(".docx")
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
    assert HOSTILE_QUESTION in text
    assert LIST in text
    assert page.locator("#turn-1 .answer").count() == 1


def test_copying_and_sharing(page: Page, scripted: Served) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, QUESTION)
    page.click("#turn-0 [data-copy-text]")
    page.wait_for_selector("#turn-0 .tools:has-text('已复制')")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(QUESTION)
    assert "[1] 中共青禾市委关于巡视整改进展情况的通报" in copied
    page.click("#turn-0 [data-copy-link]")
    page.wait_for_selector("#turn-0 .tools:has-text('链接已复制')")
    shared = page.evaluate("navigator.clipboard.readText()")
    assert shared.startswith(f"{scripted.url}/?q=")
    page.goto(shared)
    page.wait_for_selector("#turn-0 .tools")
    assert "46个" in page.inner_text("#turn-0 .answer")


def test_reloading_during_an_answer_leaves_a_page_that_answers(page: Page, shop: Shop) -> None:
    ask(page, QUESTION)
    page.fill("#question textarea", SLOW)
    page.keyboard.press("Enter")
    page.wait_for_selector("#turn-1 .thinking")
    page.reload()
    page.wait_for_selector(".welcome")
    ask(page, LIST)
    assert page.locator(".turn").count() == 1
    assert "2项措施" in page.inner_text("#turn-0 .answer")
    page.wait_for_timeout(3500)
    assert page.locator(".turn").count() == 1
    ask(page, FOLLOW_UP)
    assert shop.generations[-1].asked[-1][:2] == (FOLLOW_UP, (LIST,))


def test_a_full_queue_is_told_and_the_question_is_kept(browser: Browser, shop: Shop, tmp_path: Path) -> None:
    served = serve(lambda: shop.generations[-1], directory=tmp_path, port=free_port(), queue=1)
    page = open_page(browser, served.url, shop)
    page.fill("#question textarea", QUESTION)
    try:
        with httpx.Client(timeout=60) as caller:
            for _ in range(40):
                told = caller.post(f"{served.url}/gradio_api/call/ask", json={"data": [HELD]})
        assert told.status_code == httpx.codes.TOO_MANY_REQUESTS
        page.press("#question textarea", "Enter")
        page.wait_for_selector("text=现在提问的人太多", timeout=SLOWLY)
        assert page.input_value("#question textarea") == QUESTION
    finally:
        shop.gate.set()
    page.context.close()
    served.close()


def test_the_drawers_work_by_keyboard_and_on_a_narrow_screen(browser: Browser, scripted: Served, shop: Shop) -> None:
    width = 360
    page = open_page(browser, scripted.url, shop, viewport={"width": width, "height": 740}, locale="en-US")
    page.focus("[data-menu]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".head.open")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Questions file"
    page.keyboard.press("Enter")
    page.wait_for_selector("#batch .zone:visible")
    assert page.evaluate("document.activeElement.textContent") == "Questions file"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Close"
    page.keyboard.press("Enter")
    assert not page.locator("#batch .drawer").is_visible()
    page.context.close()


def test_nothing_left_the_machine(shop: Shop, page: Page, scripted: Served) -> None:
    watched(page, scripted.url, shop)
    outside = [url for url in shop.requests if not url.startswith(("http://127.0.0.1:", "data:", "blob:"))]
    assert shop.requests
    assert outside == []
