"""Pictures of the page for the documentation: `python -m ui.screenshots --index DIR --out docs/images`.

Needs Chromium and the Python package playwright. The index should be that of `examples/notices`.
"""

from __future__ import annotations

import argparse
import io
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import TongbaoError
from ui.app import serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.sync_api import Browser, Page

_WIDE = {"width": 1440, "height": 900}
_NARROW = {"width": 390, "height": 844}
_ANSWERED = ("云川市2023年规上工业增加值是多少？", "岚江省和澄浦市2020年城市空气质量优良天数比例各是多少？")
_LISTED = "澄浦市治理内涝采取了哪些措施？"
_REFUSED = "青岩市2023年新建了几所学校？"
_COLOURS = 64
_SETTLED_MS = 1500
_PATIENCE_MS = 120_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pictures; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m ui.screenshots", description="网页截图")
    parser.add_argument("--index", required=True, help="索引文件夹")
    parser.add_argument("--out", type=Path, default=Path("docs/images"))
    parser.add_argument("--port", type=int, default=7869)
    chosen = parser.parse_args(arguments)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        sys.stderr.write("没有找到 Chromium：apt-get install chromium fonts-noto-cjk\n")
        return 1
    chosen.out.mkdir(parents=True, exist_ok=True)
    try:
        _serve_and_take(chosen.index, chosen.out, chosen.port, chromium)
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _serve_and_take(index: str, out: Path, port: int, chromium: str) -> None:
    from playwright.sync_api import sync_playwright

    from assistant import load_assistant

    assistant = load_assistant(index)
    served = serve(lambda: assistant, directory=index, port=port)
    try:
        with sync_playwright() as started:
            browser = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            _take(browser, served.url, out)
            browser.close()
    finally:
        served.close()


def _take(browser: Browser, url: str, out: Path) -> None:
    page = _open(browser, url, viewport=_WIDE, locale="zh-CN")
    _picture(page, out / "welcome.png")
    page.click("#scope summary")
    page.locator("#scope .units .whole").nth(1).check()
    _picture(page, out / "scope.png")
    page.click("[data-scope-reset]")
    page.click("[data-scope-done]")
    for question in _ANSWERED:
        _ask(page, question)
    _picture(page, out / "chat.png")
    _ask(page, _LISTED)
    page.click("#panel .sources .open")
    page.wait_for_selector(".viewer mark.current")
    _picture(page, out / "viewer.png")
    dark = _open(browser, url, viewport=_WIDE, locale="en-US", color_scheme="dark")
    _ask(dark, _REFUSED)
    _picture(dark, out / "refusal-dark.png")
    narrow = _open(browser, url, viewport=_NARROW, locale="zh-CN")
    _ask(narrow, _LISTED)
    _picture(narrow, out / "narrow.png")
    unlit = _open(browser, url, viewport=_NARROW, locale="zh-CN", color_scheme="dark")
    _ask(unlit, _ANSWERED[1])
    _picture(unlit, out / "narrow-dark.png")


def _open(browser: Browser, url: str, **options: Any) -> Page:
    page = browser.new_context(**options).new_page()
    page.set_default_timeout(_PATIENCE_MS)
    page.goto(url)
    page.wait_for_selector("#panel section")
    return page


def _ask(page: Page, question: str) -> None:
    asked = page.locator(".turn .tools").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    page.wait_for_function("n => document.querySelectorAll('.turn .tools').length > n", arg=asked)


def _picture(page: Page, path: Path) -> None:
    from PIL import Image

    page.mouse.move(2, 300)
    page.wait_for_timeout(_SETTLED_MS)
    # A page of few colours: a palette makes the file a third of the size, to the eye the same.
    taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    taken.quantize(_COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    raise SystemExit(main())
