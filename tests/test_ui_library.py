from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from fakes_ui import HOSTILE, NOTICE, ScriptedAssistant, Shelf

from index.errors import IndexMissingError
from ui.errors import OpeningError
from ui.library import Assistant, Library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.scope import Scope
    from assistant.types import Answer
    from index.types import Hit


@dataclass(eq=False)
class Following:
    """An assistant whose newest generation is set by the test."""

    index: Shelf
    newest: list[Assistant] = field(default_factory=list)

    def ask(
        self,
        question: str,
        *,
        history: Sequence[str] = (),
        unit: str | None = None,
        scope: Scope | None = None,
        top_k: int = 10,
    ) -> Answer:
        return ScriptedAssistant(self.index).ask(question, history=history, unit=unit, scope=scope, top_k=top_k)

    def search(
        self, question: str, *, top_k: int = 10, unit: str | None = None, scope: Scope | None = None
    ) -> list[Hit]:
        return ScriptedAssistant(self.index).search(question, top_k=top_k, unit=unit, scope=scope)

    def refreshed(self) -> Assistant:
        if not self.index.texts:
            raise IndexMissingError("没有索引")
        return self.newest[-1] if self.newest else self


def test_a_new_generation_is_taken_up_and_an_old_one_kept_until_then() -> None:
    first = Following(Shelf.of(qinghe=NOTICE))
    library = Library(lambda: first)
    before = library.current()
    assert library.current() is before
    first.newest.append(Following(Shelf.of(qinghe=NOTICE, hostile=HOSTILE)))
    after = library.current()
    assert before.units() == ("青禾市",)
    assert set(after.units()) == {"青禾市", "恶意县"}


def test_an_index_that_is_gone_leaves_the_open_generation_in_use() -> None:
    library = Library(lambda: Following(Shelf.of()))
    before = library.current()
    assert library.current() is before


def test_an_assistant_that_cannot_follow_is_loaded_once() -> None:
    loads: list[int] = []

    def load() -> Assistant:
        loads.append(1)
        return ScriptedAssistant(Shelf.of(qinghe=NOTICE))

    library = Library(load)
    library.current()
    library.current()
    assert loads == [1]


def test_a_missing_index_is_looked_for_again() -> None:
    found: list[Assistant] = []

    def load() -> Assistant:
        if not found:
            raise IndexMissingError("没有索引")
        return found[0]

    library = Library(load)
    with pytest.raises(IndexMissingError):
        library.current()
    found.append(ScriptedAssistant(Shelf.of(qinghe=NOTICE)))
    assert library.current().units() == ("青禾市",)


def test_a_place_belongs_to_the_notice_that_holds_it() -> None:
    opened = Library(lambda: ScriptedAssistant(Shelf.of(qinghe=NOTICE))).current()
    assert opened.notice_at("qinghe.txt", 0) is opened.notices[0]
    assert opened.notice_at("qinghe.txt", len(NOTICE)) is None
    assert opened.notice("none") is None


def test_a_fault_while_opening_is_told_in_one_line_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    loads: list[int] = []

    def load() -> Assistant:
        loads.append(1)
        raise ValueError("unforeseen")

    library = Library(load)
    for _ in range(2):
        with pytest.raises(OpeningError, match="ValueError"):
            library.current()
    assert len(loads) == 2
    assert "unforeseen" in caplog.text
