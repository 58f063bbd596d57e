"""An answer of a language model on a screen, sentence by sentence; in a file or a pipe only what stays."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from assistant.layout import Paragraph, write
from assistant.llm.config import Unsupported
from assistant.llm.events import Done, Drafted, Kept, Removed, Rewritten, Started
from assistant.terminal import answer_paragraphs, source_paragraphs
from assistant.types import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from assistant.llm.config import LlmConfig
    from assistant.llm.events import Event
    from assistant.types import Answer
    from index.store import Index

_QUIET = "dim"
_STRUCK = "dim strike"
_WARNING = "yellow"


def show(events: Iterable[Event], config: LlmConfig, index: Index) -> None:
    """Write the answer to stdout, its sentences as they come if that is a screen; times and waiting go to stderr.

    An interruption ends the generation at its server before it is raised.
    """
    live = sys.stdout.isatty()
    told = False
    for event in events:
        if isinstance(event, Started):
            sys.stderr.write(f"首字 {event.first_token_ms / 1000:.1f} 秒\n")
        elif isinstance(event, Drafted) and live:
            sys.stderr.write("语言模型正在作答…\n")
        elif isinstance(event, Done):
            write(_ending(event.answer, config, index, told=told), sys.stdout)
        elif live:
            told = told or isinstance(event, Kept)
            write(_sentence(event, config), sys.stdout)


def _sentence(event: Event, config: LlmConfig) -> Iterator[Paragraph]:
    if isinstance(event, Rewritten):
        yield Paragraph(f"（追问改写为：{event.question}）", _QUIET, hanging=2)
    elif isinstance(event, Kept):
        yield Paragraph(event.text)
    elif isinstance(event, Removed) and config.unsupported is Unsupported.STRIKE:
        yield _struck(event)


def _struck(removed: Removed) -> Paragraph:
    reasons = f"（删去：{'；'.join(removed.reasons)}）"
    return Paragraph(f"{removed.text}{reasons}", _QUIET, marks=((0, len(removed.text), _STRUCK),))


def _ending(answer: Answer, config: LlmConfig, index: Index, *, told: bool) -> Iterator[Paragraph]:
    """Yield what is still to be told: all of the answer, or its sources if its sentences stand there already."""
    report = answer.generation
    if report and report.note:
        void = "以上作废：" if told and answer.mode is not Mode.LLM else ""
        yield Paragraph(f"（{void}{report.note}）", _WARNING, hanging=2)
    if told and answer.mode is Mode.LLM:
        yield from source_paragraphs(answer)
        return
    yield from answer_paragraphs(answer, index)
    if report and config.unsupported is Unsupported.STRIKE and not sys.stdout.isatty():
        yield from map(_struck, report.removed)
