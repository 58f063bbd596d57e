from __future__ import annotations

import re

import pytest

from ui.words import all_words, asset, words_of


def test_both_languages_say_the_same_things() -> None:
    chinese, english = all_words()["zh"], all_words()["en"]
    assert chinese.keys() == english.keys()
    for key in chinese:
        assert set(re.findall(r"\{\w+\}", chinese[key])) == set(re.findall(r"\{\w+\}", english[key])), key


@pytest.mark.parametrize(
    ("tag", "send"), [("zh-CN", "提问"), ("ZH", "提问"), ("", "提问"), ("en-GB", "Ask"), ("fr", "Ask")]
)
def test_the_browser_chooses_the_language(tag: str, send: str) -> None:
    assert words_of(tag)["send"] == send


@pytest.mark.parametrize(
    "name",
    [
        *("page.css", "chat.css", "side.css", "drawers.css", "page.js", "part.js", "drawer.js", "parcel.js"),
        *("icon.svg", "api.txt"),
    ],
)
def test_assets_name_no_other_machine(name: str) -> None:
    text = asset(name).replace("http://www.w3.org/2000/svg", "").replace("http://127.0.0.1:7860", "")
    assert not re.search(r"https?://|@import|url\(", text)
