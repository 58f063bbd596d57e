"""Composes what a notice says about itself: its dates, its inspectors, whom to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.compose.draft import Draft, Quote
from assistant.metadata import read_metadata

if TYPE_CHECKING:
    from assistant.question import Question
    from index.store import Index
    from index.types import Notice


def about_itself(asked: Question, notice: Notice, index: Index) -> Draft | None:
    """Return a draft that names what is asked of the notice itself, with the words that bear it; None if nothing is."""
    fields = read_metadata(asked, notice, index)
    if not fields:
        return None
    text = index.text(notice.file)
    values = [text[field.start : field.end] for field in fields]
    quotes = tuple(Quote(notice.file, notice.id, field.quote_start, field.quote_end) for field in fields)
    marked = [f"{field.name}：{value}[{n}]" for n, (field, value) in enumerate(zip(fields, values, strict=True), 1)]
    unit = notice.unit or ""
    return Draft("；".join([unit + marked[0], *marked[1:]]), short="；".join(values), quotes=quotes, certain=True)
