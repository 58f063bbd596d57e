"""The wiring of the drawers: notices, questions files, and what is saved. What they do is in plain modules."""
# No `from __future__ import annotations` here: Gradio reads the annotations of handlers, and `gradio` is
# imported inside the functions only.

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.batch_view import batch_drawer
from ui.batching import Batches, Run, answers_of
from ui.exporting import exported
from ui.handlers import Turns
from ui.intake import Intake
from ui.library import Library
from ui.parcels import Parcel, parcel_markup
from ui.permits import Permit
from ui.uploads import Uploads
from ui.words import asset, words_of

if TYPE_CHECKING:
    import gradio

_BATCHES_AT_ONCE = 2
_INTAKES_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Drawers:
    """The components of the drawers."""

    add: "gradio.HTML"
    batch: "gradio.HTML"
    parcel: "gradio.HTML"
    """Hands files to the browser."""
    run: "gradio.State"
    """The questions file of this session."""


def lay_out_drawers() -> Drawers:
    """Return the drawers, added where the page is being laid out."""
    import gradio as gr

    script = asset("drawer.js")
    bare: dict[str, Any] = {"apply_default_css": False, "js_on_load": script}
    parcel = gr.HTML(elem_id="parcel", apply_default_css=False, js_on_load=asset("parcel.js"))
    return Drawers(gr.HTML(elem_id="add", **bare), gr.HTML(elem_id="batch", **bare), parcel, gr.State(None))


def connect_drawers(
    drawers: Drawers,
    desks: tuple[Uploads, Batches],
    *,
    where: tuple["gradio.HTML", "gradio.State", "gradio.State"],
    loaded: Any,
    refresh: Callable[[Any], None],
) -> None:
    """Connect the drawers.

    `where` are the conversation as it is shown, its turns and the language; `loaded` is the event after which the
    language is known; `refresh` is given what changes the holdings.
    """
    uploads, batches = desks
    talk, turns, language = where
    quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    shown, taken, acted = _adding(uploads, batches)
    ran, deed, saved = _saving(batches)
    loaded.then(shown, [language], [drawers.add, drawers.batch], **quiet)
    took = drawers.add.upload(taken, [language], [drawers.add], concurrency_limit=_INTAKES_AT_ONCE, **quiet)
    refresh(took)
    refresh(drawers.add.select(acted, [language], [drawers.add], **quiet))
    running = [drawers.batch, drawers.run]
    drawers.batch.upload(ran, [language], running, concurrency_limit=_BATCHES_AT_ONCE, **quiet)
    drawers.batch.select(deed, [drawers.run, language], [*running, drawers.parcel], **quiet)
    talk.select(saved, [turns, language], [drawers.parcel], **quiet)


def desks(library: Library, directory: Path, permit: Permit) -> tuple[Uploads, Batches]:
    """Return what does the work of the drawers for the index at `directory`."""
    from gradio.utils import get_upload_folder

    room = Path(get_upload_folder())
    return Uploads(library, Intake(directory), permit, room=room), Batches(library, room=room)


def _adding(uploads: Uploads, batches: Batches) -> tuple[Callable[..., Any], ...]:
    """Return what opens the drawers, takes files and acts on a click, as Gradio calls them."""
    import gradio as gr

    def shown(language: str, request: gr.Request) -> tuple[str, str]:
        return str(uploads.shown(language, request.username)), _batch(None, language, batches)

    def taken(language: str, event: gr.EventData, request: gr.Request) -> Iterator[str]:
        yield from map(str, uploads.take(dict(event._data or {}), language, request.username))

    def acted(language: str, event: gr.EventData, request: gr.Request) -> str:
        return str(uploads.act(dict(event._data or {}), language, request.username))

    return shown, taken, acted


def _saving(batches: Batches) -> tuple[Callable[..., Any], ...]:
    """Return what runs a questions file, acts on a click in its drawer, and exports, as Gradio calls them."""
    import gradio as gr

    def ran(language: str, event: gr.EventData) -> Iterator[tuple[str, Run]]:
        for run in batches.run(dict(event._data or {}), language):
            yield _batch(run, language, batches), run

    def deed(run: Run | None, language: str, event: gr.EventData) -> tuple[Any, ...]:
        action = dict(event._data or {})
        match action.get("deed"):
            case "again":
                return _batch(None, language, batches), None, gr.skip()
            case "save":
                return gr.skip(), gr.skip(), _packed(answers_of(run, str(action.get("form", "")), language))
            case "cancel":
                batches.cancel(str(action.get("token", "")))
        return (gr.skip(),) * 3

    def saved(turns: Turns, language: str, event: gr.EventData) -> Any:
        return _packed(exported(turns, dict(event._data or {}), words_of(language)))

    return ran, deed, saved


def _batch(run: Run | None, language: str, batches: Batches) -> str:
    return str(batch_drawer(run, words_of(language), limits=batches.limits, most_rows=batches.most_rows))


def _packed(parcel: Parcel | None) -> Any:
    import gradio as gr

    return gr.skip() if parcel is None else str(parcel_markup(parcel, nonce=secrets.token_hex(4)))
