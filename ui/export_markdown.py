"""A paper as Markdown in which no text of a notice, a question or an answer becomes a link, an image or HTML."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ui.paper import Entry, Evidence, Paper
    from ui.tables import Table

_ACTIVE = re.compile(r"[\\`*_\[\]<>&~|$@]|:(?=//)|(?<=www)\.|\A[#+\-=:]", re.IGNORECASE)
_NUMBERED = re.compile(r"\A(\d+)([.)])")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_BLANK = re.compile(r"[ \t\xa0]+")


def markdown(paper: Paper) -> bytes:
    """Return the paper as a Markdown file in UTF-8."""
    blocks = [f"# {escaped(paper.title)}", escaped(paper.note)]
    for number, entry in enumerate(paper.entries, start=1):
        blocks += _entry(number, entry)
    return ("\n\n".join(blocks) + "\n").encode("utf-8", errors="replace")


def escaped(text: str) -> str:
    r"""Return one line of Markdown that shows `text` letter for letter, white space aside; no text gives none.

    >>> escaped("![](http://e.example/x.png) <b> 1*2")
    '!\\[\\](http\\://e.example/x.png) \\<b\\> 1\\*2'
    >>> escaped("1. 甲"), escaped("# 乙")
    ('1\\. 甲', '\\# 乙')
    """
    line = _BLANK.sub(" ", _CONTROL.sub("\ufffd", text.replace("\n", " "))).strip()
    return _NUMBERED.sub(r"\1\\\2", _ACTIVE.sub(lambda found: f"\\{found[0]}", line))


def _entry(number: int, entry: Entry) -> Iterator[str]:
    yield f"## {number}\\. {escaped(entry.question)}"
    if entry.notes:
        yield "\n".join(f"- {escaped(label)}：{escaped(text)}" for label, text in entry.notes)
    if entry.heading:
        yield f"**{escaped(entry.heading)}**"
    yield from (escaped(line) for line in entry.paragraphs)
    if entry.table:
        yield _table(entry.table)
    if entry.evidence:
        yield f"### {escaped(entry.evidence_title)}"
    yield from (_evidence(one) for one in entry.evidence)


def _table(table: Table) -> str:
    cells = [(row.first, row.text, f"[{row.source.n}]" if row.source else "") for row in table.rows]
    lines = [_row(table.heads), "| --- | --- | --- |", *(_row(row) for row in cells)]
    return "\n".join(lines)


def _row(cells: tuple[str, str, str]) -> str:
    return f"| {' | '.join(escaped(cell) for cell in cells)} |"


def _evidence(one: Evidence) -> str:
    number = f"[{one.n}] " if one.n else ""
    lines = [f"**{escaped(number + one.title)}**", escaped(one.about)]
    if one.path:
        lines.append(escaped(" › ".join(one.path)))
    quoted = [f"> {escaped(line)}" for line in one.quote.splitlines() if line.strip()]
    return "  \n".join(lines) + "\n\n" + "\n>\n".join(quoted)
