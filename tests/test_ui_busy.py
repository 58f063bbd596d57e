from __future__ import annotations

import asyncio
import json

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request

from ui.busy import busy


def _told(detail: str, language: str) -> tuple[int, str]:
    request = Request({"type": "http", "headers": [(b"accept-language", language.encode())]})
    response = asyncio.run(busy(request, HTTPException(503, detail)))
    return response.status_code, json.loads(bytes(response.body))["detail"]


@pytest.mark.parametrize(("language", "word"), [("zh-CN,zh;q=0.9", "太多"), ("en-US", "Too many"), ("", "太多")])
def test_a_full_queue_is_told_in_the_language_of_the_browser(language: str, word: str) -> None:
    status, told = _told("Queue is full. Max size is 1 and size is 1.", language)
    assert status == 429
    assert word in told


def test_another_fault_of_the_server_stays_what_it_is() -> None:
    assert _told("Queue is stopped.", "zh") == (503, "Queue is stopped.")
