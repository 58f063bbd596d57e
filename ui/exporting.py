"""What is saved when a person asks for the conversation, or for one answer, as a file."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from ui.export_docx import docx
from ui.export_markdown import markdown
from ui.paper import paper_of
from ui.parcels import Parcel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ui.turns import Turn

FORMS = (".docx", ".md")


def exported(
    turns: Sequence[Turn], action: Mapping[str, object], words: Mapping[str, str], *, now: datetime | None = None
) -> Parcel | None:
    """Return the file that a click asks for; None for a form or a turn that does not exist, or for nothing answered.

    `action` has `form`, one of `FORMS`, and `turn`, the number of one turn or empty for all of them.
    """
    form, which = str(action.get("form", "")), str(action.get("turn", ""))
    if which:
        turns = turns[int(which) :][:1] if which.isascii() and which.isdigit() and len(which) < 6 else ()
    now = now or datetime.now().astimezone()
    paper = paper_of(turns, words, now=now)
    if form not in FORMS or not paper.entries:
        return None
    content = docx(paper) if form == ".docx" else markdown(paper)
    return Parcel(f"{words['export_file']}-{now:%Y%m%d-%H%M}{form}", content)
