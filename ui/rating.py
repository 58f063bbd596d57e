"""The wiring of the thumbs. What they say is written by `feedback`."""
# No `from __future__ import annotations` here: Gradio reads the annotations of handlers, and `gradio` is
# imported inside the functions only.

from typing import TYPE_CHECKING, Any

from index.errors import TongbaoError
from ui.feedback import FeedbackFile
from ui.handlers import Desk, Turns

if TYPE_CHECKING:
    import gradio

_DEEDS = frozenset({"rate", "remark"})


def connect_thumbs(
    talk: "gradio.HTML", desk: Desk, file: FeedbackFile, *, turns: "gradio.State", language: "gradio.State"
) -> None:
    """Write down what is said about the answers of a conversation."""
    import gradio as gr

    def rated(said: Turns, spoken: str, event: gr.EventData) -> tuple[Any, ...]:
        action = dict(event._data or {})
        if action.get("deed") not in _DEEDS or desk.is_busy(said):
            return gr.skip(), gr.skip()
        try:
            after = file.rate(action, said)
        except TongbaoError as error:
            gr.Warning(str(error))
            return gr.skip(), gr.skip()
        return (gr.skip(), gr.skip()) if after is said else (after, str(desk.talk(after, spoken)))

    talk.select(rated, [turns, language], [turns, talk], api_visibility="private", show_progress="hidden")
