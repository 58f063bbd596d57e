from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from ui.sessions import Sessions


def _page(**sessions: dict[int, Any]) -> Any:
    held = {name: SimpleNamespace(state_data=data) for name, data in sessions.items()}
    return SimpleNamespace(state_holder=SimpleNamespace(session_data=held, time_last_used=dict.fromkeys(held)))


def test_sessions_of_calls_are_forgotten_and_conversations_are_not() -> None:
    page = _page(a={}, b={1: "turns"}, c={}, d={})
    sessions = Sessions(page, kept=1)
    for name in ("a", "b", "c", "d"):
        sessions.note(name)
    assert set(page.state_holder.session_data) == {"b", "d"}
    assert set(page.state_holder.time_last_used) == {"b", "d"}


def test_a_session_that_is_still_used_is_kept() -> None:
    page = _page(a={}, b={})
    sessions = Sessions(page, kept=2)
    for name in ("a", "b", "a", "b", "a", None, ""):
        sessions.note(name)
    assert set(page.state_holder.session_data) == {"a", "b"}


def test_a_page_that_is_not_served_yet_holds_no_sessions() -> None:
    Sessions(SimpleNamespace(), kept=0).note("a")  # type: ignore[arg-type]
