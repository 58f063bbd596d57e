"""Parts of an answer that are rows of a table: the one that only names its columns is no part."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from index.store import Index

_CELL = " | "
_DATUM = re.compile(r"(?!(?:19|20)\d\d年?$)\d[\d.,/:%年月日-]*[^\d]{0,2}")
"""A cell that is a figure or a day: no column is called so, though one may be called 2024年 or 2024年目标值."""


def without_headers(file: str, parts: Sequence[tuple[int, int]], index: Index) -> list[tuple[int, int]]:
    """Return `parts` of `file` without the rows that head the tables of the others, also where a page repeats them.

    A first row with a figure of its own heads nothing, and a header by itself stays: no parts give none.
    """
    text = index.text(file)
    places = [index.place(file, start) for start, _ in parts]
    heads = {
        place.table: text[start:end].strip()
        for place, (start, end) in zip(places, parts, strict=True)
        if place.table and place.row == 1 and _names_columns(text[start:end])
    }
    kept = [
        (start, end)
        for place, (start, end) in zip(places, parts, strict=True)
        if heads.get(place.table) != text[start:end].strip()
    ]
    return kept or list(parts)


def _names_columns(row: str) -> bool:
    return not any(_DATUM.fullmatch(cell.strip()) for cell in fold(row).split(_CELL))
