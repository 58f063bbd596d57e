"""The endpoints for programs: `/ask`, `/search`, `/notices`. Their answers equal the command line's."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

from assistant.scope import Scope
from index.errors import TongbaoError
from ui.evidence import date_of
from ui.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Callable

    import gradio

    from index.types import Hit
    from ui.library import Library

_MAX_TOP_K = 100


def endpoints(library: Library) -> tuple[Callable[..., Any], ...]:
    """Return the functions behind the endpoints, each named as its endpoint is."""
    return _asking(library), _searching(library), _listing(library)


def publish(library: Library, page: gradio.Blocks) -> None:
    """Add the endpoints to the Gradio page that is being laid out."""
    from gradio.events import api

    sessions = Sessions(page)
    for function in endpoints(library):
        api(_telling(function, sessions), api_name=function.__name__)


def fill_in_defaults(page: gradio.Blocks) -> None:
    """Let programs that post to the endpoints leave out the last inputs, as Python lets callers.

    Gradio's own client fills them in; a plain HTTP caller that sends fewer would be refused, and each new
    input would break those who call with the earlier ones.
    """
    from gradio.components.api_component import Api

    served: Any = page
    preprocess = served.preprocess_data

    async def filled(block_fn: Any, inputs: list[Any], *arguments: Any, **options: Any) -> Any:
        left_out = block_fn.inputs[len(inputs) :]
        if left_out and all(isinstance(block, Api) for block in left_out):
            inputs = [*inputs, *_defaults(block_fn.fn, after=len(inputs))]
        return await preprocess(block_fn, inputs, *arguments, **options)

    served.preprocess_data = filled


def _defaults(function: Callable[..., Any], *, after: int) -> list[Any]:
    """Return the defaults of the inputs after the first `after`; none where one of them must be given."""
    defaults = [parameter.default for parameter in inspect.signature(function).parameters.values()][after:]
    return [] if inspect.Parameter.empty in defaults else defaults


def _asking(library: Library) -> Callable[..., Any]:
    def ask(
        question: str,
        history: list[str] | None = None,
        unit: str = "",
        top_k: int = 10,
        notices: list[str] | None = None,
        first_year: int = 0,
        last_year: int = 0,
    ) -> dict[str, Any]:
        """Answer a question about Chinese official notices, with verbatim sources, or decline it.

        Args:
            question: The question, in Chinese.
            history: Earlier questions of the conversation, oldest first.
            unit: Name of the only place or body whose notices may be searched; empty for all.
            top_k: How many of the nearest passages the record lists.
            notices: Ids of the only notices that may be searched; empty for all.
            first_year: Only notices published in this year or later; 0 for all.
            last_year: Only notices published in this year or earlier; 0 for all.

        """
        scope = _scope(notices, first_year, last_year)
        answer = library.current().assistant.ask(
            question, history=tuple(history or ()), unit=unit or None, scope=scope, top_k=_bounded(top_k)
        )
        return answer.to_record()

    return ask


def _searching(library: Library) -> Callable[..., Any]:
    def search(
        question: str,
        unit: str = "",
        top_k: int = 10,
        notices: list[str] | None = None,
        first_year: int = 0,
        last_year: int = 0,
    ) -> list[dict[str, Any]]:
        """Return the passages of Chinese official notices nearest to a question, best first; no answer.

        Args:
            question: A question or some words, in Chinese.
            unit: Name of the only place or body whose notices may be searched; empty for all.
            top_k: How many passages to return.
            notices: Ids of the only notices that may be searched; empty for all.
            first_year: Only notices published in this year or later; 0 for all.
            last_year: Only notices published in this year or earlier; 0 for all.

        """
        scope = _scope(notices, first_year, last_year)
        hits = library.current().assistant.search(question, top_k=_bounded(top_k), unit=unit or None, scope=scope)
        return [_hit_record(hit) for hit in hits]

    return search


def _listing(library: Library) -> Callable[..., Any]:
    def notices() -> list[dict[str, Any]]:
        """Return the notices held: id, title, unit, issuer, date and file of each."""
        held = library.current().notices
        return [
            {"id": n.id, "title": n.title, "unit": n.unit, "issuer": n.issuer, "date": date_of(n), "file": n.file}
            for n in held
        ]

    return notices


def _scope(notices: list[str] | None, first_year: int, last_year: int) -> Scope | None:
    return Scope(notices=tuple(notices or ()), first_year=first_year or None, last_year=last_year or None) or None


def _hit_record(hit: Hit) -> dict[str, Any]:
    found = hit.passage
    return {
        "file": found.file,
        "start": found.start,
        "end": found.end,
        "score": round(hit.score, 4),
        "notice": found.notice,
        "section": list(found.path),
        "text": found.text,
    }


def _telling(function: Callable[..., Any], sessions: Sessions) -> Callable[..., Any]:
    """Return the function with errors of this project told in one line rather than as a server error."""
    import functools

    import gradio as gr
    from gradio.context import LocalContext

    @functools.wraps(function)
    def told(*arguments: Any, **options: Any) -> Any:
        request = LocalContext.request.get(None)
        sessions.note(getattr(request, "session_hash", None))
        try:
            return function(*arguments, **options)
        except TongbaoError as error:
            raise gr.Error(str(error), print_exception=False) from error

    return told


def _bounded(top_k: int) -> int:
    return min(max(int(top_k), 1), _MAX_TOP_K)
