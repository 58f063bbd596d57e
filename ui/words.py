"""The words of the page in Chinese and English."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("zh", "en")
_FILES = ("words.json", "scope.json", "feedback.json", "drawers.json", "generated.json", "explain.json")


@cache
def all_words() -> Mapping[str, Mapping[str, str]]:
    """Return the words by language, then by key."""
    words: dict[str, dict[str, str]] = {language: {} for language in LANGUAGES}
    for name in _FILES:
        for language, said in json.loads(asset(name)).items():
            words[language].update(said)
    return words


def words_of(language: str) -> Mapping[str, str]:
    """Return the words of a browser's language tag; an empty or unknown tag gives Chinese for zh, else English.

    >>> words_of("zh-Hans-CN")["send"], words_of("de")["send"], words_of("")["send"]
    ('提问', 'Ask', '提问')
    """
    chinese = not language.strip() or language.strip().lower().startswith("zh")
    return all_words()["zh" if chinese else "en"]


def asset(name: str) -> str:
    """Return the text of a file of the page."""
    return resources.files("ui").joinpath("assets", name).read_text("utf-8")
