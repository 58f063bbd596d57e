"""Answers of a language model: what `Mode.LLM` needs, and what it never does by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_assistant import over
from fake_terminal import QUESTION

from assistant.errors import ModeError
from assistant.types import Mode

if TYPE_CHECKING:
    from pathlib import Path


def test_without_a_model_nothing_is_passed_off_as_its_answer(index: Path) -> None:
    with pytest.raises(ModeError, match="语言模型"):
        over(index).ask(QUESTION, mode=Mode.LLM)
    assert over(index).ask(QUESTION).mode is Mode.EXTRACTIVE
