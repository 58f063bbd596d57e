"""The thumbs under an answer, and the box for a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.feedback import MAX_COMMENT, VALUES
from ui.markup import Html, tag

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.turns import Turn


def thumbs(i: int, turn: Turn, words: Mapping[str, str]) -> Html:
    """Return the thumbs of turn `i`, with the box for a comment once one was given; nothing without an answer."""
    if turn.answer is None:
        return Html()
    said = turn.rating.value if turn.rating else ""
    buttons = [
        tag(
            "button",
            words[f"thumb_{value}"],
            type="button",
            class_=value,
            data_deed="rate",
            data_turn=str(i),
            data_value=value,
            aria_pressed="true" if said == value else "false",
        )
        for value in VALUES
    ]
    return tag("div", *buttons, _remark(i, turn, words), class_="thumbs", role="group", aria_label=words["thumbs"])


def _remark(i: int, turn: Turn, words: Mapping[str, str]) -> Html:
    if turn.rating is None:
        return Html()
    thanks = tag("span", words["thumb_thanks"], class_="thanks", role="status")
    hint = words["remark_hint_down" if turn.rating.value == "down" else "remark_hint"]
    box = tag("textarea", turn.rating.comment, rows="2", maxlength=str(MAX_COMMENT), placeholder=hint, aria_label=hint)
    send = tag("button", words["remark_send"], type="button", data_deed="remark", data_turn=str(i))
    done = tag("p", words["remark_done"], class_="thanks") if turn.rating.comment else ""
    form = tag("details", tag("summary", words["remark"]), box, send, class_="remark")
    return tag("div", thanks, done or form, class_="after")
