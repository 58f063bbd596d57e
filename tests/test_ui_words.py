from __future__ import annotations

import re

import pytest

from ui.arrivals import Limits
from ui.words import all_words, asset, words_of
from ui.zone import zone


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


@pytest.mark.parametrize(("tag", "kinds"), [("zh", "可用：txt、tar.gz。"), ("en", "Kinds: txt, tar.gz.")])
def test_kinds_of_files_are_words_between_which_a_line_can_break(tag: str, kinds: str) -> None:
    assert kinds in zone("add", Limits(files=5, megabytes=1), (".txt", ".tar.gz"), words_of(tag))
