"""Composes what a notice says about itself: its dates, its inspectors, whom to call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.compose.draft import Draft, Quote

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.metadata import Field
    from index.types import Notice


def compose_metadata(notice: Notice, fields: Sequence[Field], text: str) -> Draft:
    """Return a draft that names each of the fields, found in the notice's `text`, with the words that bear it."""
    values = [text[field.start : field.end] for field in fields]
    quotes = tuple(Quote(notice.file, notice.id, field.quote_start, field.quote_end) for field in fields)
    marked = [f"{field.name}：{value}[{n}]" for n, (field, value) in enumerate(zip(fields, values, strict=True), 1)]
    unit = notice.unit or ""
    return Draft("；".join([unit + marked[0], *marked[1:]]), short="；".join(values), quotes=quotes, certain=True)
