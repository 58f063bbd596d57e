"""The wiring of the chooser of what is searched. Its markup is in `chooser`, its meaning in `scopes`."""
# No `from __future__ import annotations` here: Gradio reads the annotations of handlers, and `gradio` is
# imported inside the functions only.

import secrets
from typing import TYPE_CHECKING

from ui.handlers import Desk
from ui.words import asset

if TYPE_CHECKING:
    import gradio


def lay_out_chooser() -> "gradio.HTML":
    """Return the chooser, added where the page is being laid out."""
    import gradio as gr

    return gr.HTML(elem_id="scope", apply_default_css=False, js_on_load=asset("scope.js"))


def connect_chooser(chooser: "gradio.HTML", desk: Desk, *, language: "gradio.State") -> None:
    """Fetch the tree when the chooser is opened, so that it holds what is held then."""
    import gradio as gr

    def unfolded(spoken: str, event: gr.EventData) -> str:
        scope = str(dict(event._data or {}).get("scope", ""))
        return str(desk.chooser(scope, spoken, unfolded=True, mark=secrets.token_hex(4)))

    chooser.select(unfolded, [language], [chooser], api_visibility="private", show_progress="hidden")
