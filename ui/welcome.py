"""The head of the page and what it shows before the first question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.markup import Html, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ui.examples import Example


def header(words: Mapping[str, str], *, notices: int, units: int) -> Html:
    """Return the head of the page: name, what is held, new conversation, theme."""
    name = tag("h1", tag("span", "通", class_="seal", aria_hidden="true"), words["title"])
    line = words["held"].format(notices=notices, units=units) if notices else words["tagline"]
    theme = tag("button", words["theme"], type="button", data_theme=True)
    new = tag("button", words["new_chat"], type="button", data_do="clear")
    api = tag("button", words["api"], type="button", data_do="api")
    skip = tag("a", words["skip"], href="#question", class_="skip", data_jump="question")
    return tag("header", skip, name, tag("p", line), tag("div", api, theme, new, class_="buttons"), class_="head")


def welcome(words: Mapping[str, str], drawn: Sequence[Example]) -> Html:
    """Return the welcome with its examples; without examples only the welcome."""
    buttons = [
        tag(
            "button",
            tag("span", words[f"example_kinds_{example.kind}"], class_="kind"),
            tag("span", example.question),
            type="button",
            data_do="example",
            data_question=example.question,
        )
        for example in drawn
    ]
    listed = tag("div", tag("h3", words["examples"]), *buttons, class_="examples") if buttons else ""
    return tag("div", tag("h2", words["welcome"]), tag("p", words["welcome_text"]), listed, class_="welcome")


def no_index(words: Mapping[str, str], *, error: str, command: str) -> Html:
    """Return what is shown while no index can be read: why, and the command that makes one."""
    return _empty(words["no_index"], error, words["no_index_text"], command)


def no_notices(words: Mapping[str, str], *, command: str) -> Html:
    """Return what is shown while the index holds nothing."""
    return _empty(words["no_notices"], "", words["no_notices_text"], command)


def _empty(title: str, reason: str, advice: str, command: str) -> Html:
    why = tag("p", reason, class_="warning") if reason else ""
    return tag("div", tag("h2", title), why, tag("p", advice), tag("pre", command), class_="welcome none")
