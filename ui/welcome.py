"""The head of the page and what it shows before the first question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.markup import Html, tag
from ui.words import LANGUAGES, words_of

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
    batch = tag("button", words["batch"], type="button", data_drawer="batch", aria_expanded="false")
    add = tag("button", words["add"], type="button", class_="may-add", data_drawer="add", aria_expanded="false")
    menu = tag("button", words["menu"], type="button", class_="menu", data_menu=True, aria_expanded="false")
    skip = tag("a", words["skip"], href="#question", class_="skip", data_jump="question")
    return tag(
        "header",
        skip,
        name,
        tag("p", line),
        menu,
        tag("div", batch, add, api, theme, new, class_="buttons"),
        class_="head",
    )


def opening() -> Html:
    """Return what is shown until the server has answered for the first time; the language is not known yet."""
    said = " · ".join(words_of(language)["opening_page"] for language in LANGUAGES)
    return tag("p", said, class_="opening", role="status")


def export_menu(words: Mapping[str, str], *, turn: int | None = None) -> Html:
    """Return what saves one turn, or without `turn` the whole conversation."""
    which = {} if turn is None else {"data_turn": str(turn)}
    forms = [
        tag("button", words[f"export_{form}"], type="button", data_deed="export", data_form=f".{form}", **which)
        for form in ("docx", "md")
    ]
    label = words["export_all" if turn is None else "export"]
    return tag("details", tag("summary", label), tag("span", *forms), class_="export")


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
    return _empty(words, words["no_index"], error, words["no_index_text"], command)


def no_notices(words: Mapping[str, str], *, command: str) -> Html:
    """Return what is shown while the index holds nothing."""
    return _empty(words, words["no_notices"], "", words["no_notices_text"], command)


def _empty(words: Mapping[str, str], title: str, reason: str, advice: str, command: str) -> Html:
    why = tag("p", reason, class_="warning") if reason else ""
    add = tag("button", words["add"], type="button", data_drawer="add")
    here = tag("p", words["empty_add"], " ", add, class_="may-add here")
    return tag("div", tag("h2", title), why, tag("p", advice), tag("pre", command), here, class_="welcome none")
