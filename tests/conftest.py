"""Fixtures of several test files."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from fake_terminal import SAMPLES, invoke
from fake_visitor import CHROMIUM
from fakes_milvus import require_milvus_lite, served
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

# No limit on the time of one example: a machine that does other work too would fail at random. The same examples in
# each run, so that a change fails for what it changed; `HYPOTHESIS=random` looks for new ones.
settings.register_profile("same", deadline=None, derandomize=True, database=None)
settings.register_profile("random", deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS", "same"))


def pytest_sessionstart() -> None:
    """Let interruptions reach what the tests start, also where the suite itself runs in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the address of a Milvus Lite that several processes may ask; skip where there is none."""
    require_milvus_lite()
    with served(tmp_path_factory.mktemp("milvus") / "served") as address:
        yield address


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of the sample notices that no test may change."""
    directory = tmp_path_factory.mktemp("samples") / "index"
    result = invoke("index", SAMPLES, index=directory)
    assert result.exit_code == 0, result.output
    return directory


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Yield a browser for the tests of one file: its event loop must not outlive them, others may need one."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with playwright.sync_playwright() as started:
        running = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield running
        running.close()
