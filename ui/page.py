"""The wiring of the page: components, events, endpoints. What they do is in `handlers` and `api`."""
# No `from __future__ import annotations` here: Gradio reads the annotations of handlers, and `gradio` is
# imported inside the functions only.

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ui.api import fill_in_defaults, publish
from ui.batching import Batches
from ui.choosing import connect_chooser, lay_out_chooser
from ui.drawers import Drawers, connect_drawers, lay_out_drawers
from ui.feedback import FeedbackFile
from ui.handlers import Desk, Turns, View
from ui.library import Library
from ui.rating import connect_thumbs
from ui.uploads import Uploads
from ui.welcome import opening
from ui.words import all_words, asset

if TYPE_CHECKING:
    import gradio

QUEUE = 600
_CACHE = (3600, 3600)
"""Seconds after which, and between which, what browsers sent and nobody took is removed."""
_WORKERS = 16
_MAX_QUESTION = 2000
_LOCALES = (("zh", "zh"), ("zh-CN", "zh"), ("zh-TW", "zh"), ("en", "en"))


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components that events read and write."""

    turns: "gradio.State"
    language: "gradio.State"
    pending: "gradio.State"
    scope: "gradio.State"
    address: "gradio.Textbox"
    tongue: "gradio.Textbox"
    header: "gradio.HTML"
    talk: "gradio.HTML"
    side: "gradio.HTML"
    within: "gradio.Textbox"
    """The scope that is chosen on the page when a question is sent."""
    chooser: "gradio.HTML"
    question: "gradio.Textbox"
    send: "gradio.Button"
    stop: "gradio.Button"
    drawers: Drawers

    def outputs(self) -> list[Any]:
        """Return the components that a `View` fills, in its order."""
        return [self.turns, self.talk, self.side, self.pending, self.question, self.scope]


def build(
    library: Library, desk: Desk, feedback: FeedbackFile, *, work: tuple[Uploads, Batches], queue: int = QUEUE
) -> "gradio.Blocks":
    """Return the page, not yet served.

    `feedback` takes what is said about answers, `work` what is done in the drawers; `queue` events may wait.
    """
    import gradio as gr

    words = translations()
    page: gradio.Blocks
    with gr.Blocks(title="通报问答", analytics_enabled=False, fill_width=True, delete_cache=_CACHE) as page:
        parts = _lay_out(words)
        _connect(page, parts, desk, work)
        connect_thumbs(parts.talk, desk, feedback, turns=parts.turns, language=parts.language)
        publish(library, page)
    fill_in_defaults(page)
    page.queue(max_size=queue, default_concurrency_limit=_WORKERS)
    return page


def translations() -> "gradio.I18n":
    """Return the words of the components, of which the browser chooses by its language."""
    import gradio as gr

    return gr.I18n(**{tag: dict(all_words()[language]) for tag, language in _LOCALES})


def _lay_out(words: Any) -> _Parts:
    import gradio as gr

    bare: dict[str, Any] = {"apply_default_css": False, "js_on_load": asset("part.js")}
    state = (gr.State(()), gr.State("zh"), gr.State(""), gr.State(""))
    address, tongue, within = (gr.Textbox(visible=False) for _ in range(3))
    header = gr.HTML(elem_id="head", **bare)
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="main", scale=11, min_width=320):
            talk = gr.HTML(str(opening()), elem_id="talk", **bare)
            with gr.Column(elem_id="composer"):
                chooser = lay_out_chooser()
                with gr.Row(elem_id="ask"):
                    question = _question(words)
                    send = gr.Button(words("send"), elem_id="send", variant="primary", min_width=72)
                    stop = gr.Button(words("stop"), elem_id="stop", min_width=72, visible=False)
        with gr.Column(elem_id="side", scale=9, min_width=300):
            side = gr.HTML(elem_id="panel", **bare)
            drawers = lay_out_drawers()
    return _Parts(*state, address, tongue, header, talk, side, within, chooser, question, send, stop, drawers)


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


def _connect(page: "gradio.Blocks", parts: _Parts, desk: Desk, work: tuple[Uploads, Batches]) -> None:
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    context = [parts.turns, parts.scope, parts.language]
    running = [parts.turns, parts.talk, parts.side, parts.pending, parts.send, parts.stop]
    opened, sent, asked, acted, stopped = _handlers(desk)
    asking: list[Any] = []

    def then_ask(event: Any) -> None:
        # "multiple": a stopped question may still hold its thread when the next one is asked.
        asking.append(event.then(asked, [parts.pending, *context], running, trigger_mode="multiple", **quiet))
        asking[-1].failure(None, None, [parts.question], js="() => window.tongbao.lastAsked()", **quiet)

    outputs = [parts.language, parts.header, *parts.outputs(), parts.chooser]
    loaded = page.load(opened, [parts.address, parts.tongue], outputs, js=asset("address.js"), **quiet)
    then_ask(loaded)
    for trigger in (parts.send.click, parts.question.submit):
        given, taken = [parts.question, parts.turns, parts.within], [parts.pending, parts.question, parts.scope]
        then_ask(trigger(sent, given, taken, js=asset("send.js"), **quiet))
    for html in (parts.header, parts.talk, parts.side):
        then_ask(html.click(acted, [*context, parts.question], [*parts.outputs(), parts.chooser], **quiet))
    connect_chooser(parts.chooser, desk, language=parts.language)
    parts.stop.click(stopped, context, running, cancels=asking, **quiet)
    where = (parts.talk, parts.turns, parts.language)
    connect_drawers(parts.drawers, work, where=where, loaded=loaded, refresh=_refresher(parts, desk))


def _refresher(parts: _Parts, desk: Desk) -> Callable[[Any], None]:
    """Return what makes the page show, after an event, what is held by then; a conversation stays as it is."""
    import gradio as gr

    def refreshed(turns: Turns, language: str, within: str) -> tuple[Any, ...]:
        opening = desk.open("", language)
        kept = (gr.skip(), gr.skip()) if turns else (str(opening.view.talk), str(opening.view.side))
        chooser = desk.chooser(within or "", language, mark=secrets.token_hex(4))
        return str(opening.header), *kept, str(chooser)

    given, changed = [parts.turns, parts.language, parts.within], [parts.header, parts.talk, parts.side, parts.chooser]

    def refresh(event: Any) -> None:
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        event.then(refreshed, given, changed, js=asset("send.js"), **quiet)

    return refresh


def _handlers(desk: Desk) -> tuple[Callable[..., Any], ...]:
    """Return what opens the page, asks, acts on a click and stops, as Gradio calls them."""
    import gradio as gr

    def opened(search: str, language: str) -> tuple[Any, ...]:
        opening = desk.open(search or "", language or "")
        return language, str(opening.header), *_row(opening.view), str(opening.chooser)

    def sent(draft: str, turns: Turns, within: str) -> tuple[Any, ...]:
        return *desk.send(draft, turns), within or ""

    def asked(pending: str, turns: Turns, scope: str, language: str) -> Iterator[tuple[Any, ...]]:
        if not pending:
            yield (gr.skip(),) * 6
        for view in desk.ask(pending, turns, scope or "", language):
            yield (*_row(view)[:3], "", gr.update(visible=not view.busy), gr.update(visible=view.busy))

    def acted(turns: Turns, scope: str, language: str, draft: str, event: gr.EventData) -> tuple[Any, ...]:
        action = dict(event._data or {})
        shown = str(action.get("scope", scope) or "")
        view = desk.act(action, turns, shown, draft, language)
        # An answer may be appearing: what a click leaves alone is not written back.
        kept = [gr.skip()] * 2 if view.turns is turns else []
        # A question that is asked again, or edited, brings its scope with it.
        same = view.scope == shown
        chooser = gr.skip() if same else str(desk.chooser(view.scope, language, mark=secrets.token_hex(4)))
        return (*kept, *_row(view)[len(kept) :], chooser)

    def stopped(turns: Turns, scope: str, language: str) -> tuple[Any, ...]:
        view = desk.stop(turns, scope or "", language)
        return (*_row(view)[:3], "", gr.update(visible=True), gr.update(visible=False))

    return opened, sent, asked, acted, stopped


def _row(view: View) -> tuple[Any, ...]:
    return view.turns, str(view.talk), str(view.side), view.pending, view.draft, view.scope
