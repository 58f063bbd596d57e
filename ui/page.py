"""The wiring of the page: components, events, endpoints. What they do is in `handlers` and `api`."""
# No `from __future__ import annotations` here: Gradio reads the annotations of handlers, and `gradio` is
# imported inside the functions only.

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ui.api import publish
from ui.handlers import Desk, Turns, View
from ui.library import Library
from ui.words import all_words, asset

if TYPE_CHECKING:
    import gradio

_QUEUE = 600
_WORKERS = 16
_MAX_QUESTION = 2000
_LOCALES = (("zh", "zh"), ("zh-CN", "zh"), ("zh-TW", "zh"), ("en", "en"))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read and write."""

    turns: "gradio.State"
    language: "gradio.State"
    pending: "gradio.State"
    address: "gradio.Textbox"
    tongue: "gradio.Textbox"
    header: "gradio.HTML"
    talk: "gradio.HTML"
    side: "gradio.HTML"
    scope: "gradio.Dropdown"
    question: "gradio.Textbox"
    send: "gradio.Button"
    stop: "gradio.Button"

    def outputs(self) -> list[Any]:
        """Return the components that a `View` fills, in its order."""
        return [self.turns, self.talk, self.side, self.pending, self.question, self.scope]


def build(library: Library, *, command: str) -> "gradio.Blocks":
    """Return the page, not yet served. `command` is the line that makes an index, told when there is none."""
    import gradio as gr

    words = translations()
    desk = Desk(library, command=command)
    page: gradio.Blocks
    with gr.Blocks(title="通报问答", analytics_enabled=False, fill_width=True) as page:
        parts = _lay_out(words)
        _connect(page, parts, desk)
        publish(library)
    page.queue(max_size=_QUEUE, default_concurrency_limit=_WORKERS)
    return page


def translations() -> "gradio.I18n":
    """Return the words of the components, of which the browser chooses by its language."""
    import gradio as gr

    return gr.I18n(**{tag: dict(all_words()[language]) for tag, language in _LOCALES})


def _lay_out(words: Any) -> _Parts:
    import gradio as gr

    bare: dict[str, Any] = {"apply_default_css": False, "js_on_load": asset("part.js")}
    state = (gr.State(()), gr.State("zh"), gr.State(""))
    address, tongue = gr.Textbox(visible=False), gr.Textbox(visible=False)
    header = gr.HTML(elem_id="head", **bare)
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="main", scale=11, min_width=320):
            talk = gr.HTML(elem_id="talk", **bare)
            with gr.Column(elem_id="composer"):
                scope = gr.Dropdown([(words("scope_all"), "")], value="", label=words("scope"), elem_id="scope")
                with gr.Row(elem_id="ask"):
                    question = _question(words)
                    send = gr.Button(words("send"), elem_id="send", variant="primary", min_width=72)
                    stop = gr.Button(words("stop"), elem_id="stop", min_width=72, visible=False)
        with gr.Column(elem_id="side", scale=9, min_width=300):
            side = gr.HTML(elem_id="panel", **bare)
    return _Parts(*state, address, tongue, header, talk, side, scope, question, send, stop)


def _question(words: Any) -> "gradio.Textbox":
    import gradio as gr

    return gr.Textbox(
        elem_id="question",
        label=words("question_label"),
        placeholder=words("question_hint"),
        show_label=False,
        container=False,
        lines=1,
        max_lines=6,
        max_length=_MAX_QUESTION,
        autofocus=True,
        scale=8,
    )


def _connect(page: "gradio.Blocks", parts: _Parts, desk: Desk) -> None:
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    context = [parts.turns, parts.scope, parts.language]
    running = [parts.turns, parts.talk, parts.side, parts.pending, parts.send, parts.stop]
    opened, asked, acted, stopped = _handlers(desk)
    asking: list[Any] = []

    def then_ask(event: Any) -> None:
        # "multiple": a stopped question may still hold its thread when the next one is asked.
        asking.append(event.then(asked, [parts.pending, *context], running, trigger_mode="multiple", **quiet))

    outputs = [parts.language, parts.header, *parts.outputs()]
    then_ask(page.load(opened, [parts.address, parts.tongue], outputs, js=asset("address.js"), **quiet))
    for trigger in (parts.send.click, parts.question.submit):
        then_ask(trigger(desk.send, [parts.question, parts.turns], [parts.pending, parts.question], **quiet))
    for html in (parts.header, parts.talk, parts.side):
        then_ask(html.click(acted, [*context, parts.question], parts.outputs(), **quiet))
    parts.stop.click(stopped, context, running, cancels=asking, **quiet)


def _handlers(desk: Desk) -> tuple[Callable[..., Any], ...]:
    """Return what opens the page, asks, acts on a click and stops, as Gradio calls them."""
    import gradio as gr

    def opened(search: str, language: str) -> tuple[Any, ...]:
        opening = desk.open(search or "", language or "")
        scope = gr.update(choices=list(opening.scopes), value=opening.view.unit)
        return language, str(opening.header), *_row(opening.view)[:-1], scope

    def asked(pending: str, turns: Turns, unit: str, language: str) -> Iterator[tuple[Any, ...]]:
        if not pending:
            yield (gr.skip(),) * 6
        for view in desk.ask(pending, turns, unit or "", language):
            yield (*_row(view)[:3], "", gr.update(visible=not view.busy), gr.update(visible=view.busy))

    def acted(turns: Turns, unit: str, language: str, draft: str, event: gr.EventData) -> tuple[Any, ...]:
        view = desk.act(dict(event._data or {}), turns, unit or "", draft, language)
        # An answer may be appearing: what a click leaves alone is not written back.
        kept = [gr.skip()] * 2 if view.turns is turns else []
        return (*kept, *_row(view)[len(kept) :])

    def stopped(turns: Turns, unit: str, language: str) -> tuple[Any, ...]:
        view = desk.stop(turns, unit or "", language)
        return (*_row(view)[:3], "", gr.update(visible=True), gr.update(visible=False))

    return opened, asked, acted, stopped


def _row(view: View) -> tuple[Any, ...]:
    return view.turns, str(view.talk), str(view.side), view.pending, view.draft, view.unit
