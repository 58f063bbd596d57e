from __future__ import annotations

from typing import Any

from fakes_ui import QUESTION, ScriptedAssistant, shelf

from assistant.scope import Scope
from ui.api import endpoints
from ui.library import Library


def _endpoints(assistant: ScriptedAssistant) -> dict[str, Any]:
    return {function.__name__: function for function in endpoints(Library(lambda: assistant))}


def test_ask_returns_the_answer_record() -> None:
    assistant = ScriptedAssistant(shelf())
    record = _endpoints(assistant)["ask"](QUESTION, ["前一问"], "青禾市", 1)
    assert record == assistant.ask(QUESTION, top_k=1, unit="青禾市").to_record()
    assert assistant.asked[0] == (QUESTION, ("前一问",), "青禾市")


def test_notices_and_years_restrict_the_search() -> None:
    assistant = ScriptedAssistant(shelf())
    only = assistant.index.notices[0].id
    _endpoints(assistant)["ask"](QUESTION, None, "", 10, [only], 2020, 0)
    assert assistant.asked[0][2] == Scope(notices=(only,), first_year=2020)
    found = _endpoints(assistant)["search"]("老旧小区", "", 10, [only])
    assert {hit["file"] for hit in found} == {"qinghe.txt"}
    assert _endpoints(assistant)["search"]("老旧小区", first_year=2090) == []


def test_search_returns_slices_best_first_and_bounds_top_k() -> None:
    assistant = ScriptedAssistant(shelf())
    search = _endpoints(assistant)["search"]
    (found,) = search("老旧小区", "青禾市", 0)
    assert assistant.index.text(found["file"])[found["start"] : found["end"]] == found["text"]
    assert len(search("老旧小区", "", 10**9)) == 3


def test_notices_are_listed() -> None:
    listed = _endpoints(ScriptedAssistant(shelf()))["notices"]()
    assert {notice["unit"] for notice in listed} == {"青禾市", "恶意县"}
    assert listed[0].keys() == {"id", "title", "unit", "issuer", "date", "file"}
