"""What a language model wrote, as markup beside the answer: its sentences, those struck through, its quotes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ui.markup import Html, escape, join, tag
from ui.writing import State

if TYPE_CHECKING:
    from collections.abc import Mapping

    from assistant.types import Citation
    from ui.writing import Line, Writing

_MARK = re.compile(r"\[(\d{1,3})\]")


def with_writing(i: int, reply: Html, writing: Writing | None, words: Mapping[str, str]) -> Html:
    """Return a reply with what was written beside it: an offer, or the writing so far; None leaves it as it is."""
    if writing is None:
        return reply
    if writing.state is State.OFFERED:
        button = tag("button", words["model_offer"], type="button", data_do="write", data_turn=str(i))
        return join([reply, tag("p", button, class_="offer")])
    return tag("div", reply, _written(i, writing, words), class_="both")


def _written(i: int, writing: Writing, words: Mapping[str, str]) -> Html:
    seconds = words["model_first"].format(seconds=f"{writing.seconds:.1f}") if writing.seconds is not None else ""
    head = tag("h3", words["model_wrote"], " ", tag("small", seconds))
    rewritten = tag("p", words["model_rewrote"].format(question=writing.rewritten)) if writing.rewritten else ""
    lines = [_line(i, line, writing, words) for line in writing.lines]
    states = {State.RUNNING: words["model_writing"], State.STOPPED: words["model_stopped"]}
    told = states.get(writing.state, writing.note)
    note = tag("p", told, class_="note") if told else ""
    quotes = tag("ol", *(_quote(i, one, words) for one in writing.citations)) if writing.citations else ""
    busy = "true" if writing.running else None
    return tag("section", head, rewritten, *lines, note, quotes, class_="written", aria_busy=busy)


def _line(i: int, line: Line, writing: Writing, words: Mapping[str, str]) -> Html:
    if line.reasons or writing.state is State.STOPPED:
        why = "；".join(reason for reason in line.reasons if reason)
        reason = tag("small", words["model_removed"].format(why=why)) if why else ""
        return tag("p", tag("del", _MARK.sub("", line.text)), reason)
    known = {one.n for one in writing.citations}
    pieces: list[Html] = []
    position = 0
    for found in _MARK.finditer(line.text):
        n = found[1]
        place = f"#written-{i}-{n}" if int(n) in known else None
        number = tag("a", n, class_="mark", href=place) if place else tag("span", n, class_="mark")
        pieces += [escape(line.text[position : found.start()]), number]
        position = found.end()
    return tag("p", *pieces, line.text[position:])


def _quote(i: int, citation: Citation, words: Mapping[str, str]) -> Html:
    place = {"data_notice": citation.notice, "data_start": str(citation.start), "data_end": str(citation.end)}
    opener = tag("button", words["open_notice"], type="button", data_do="open", data_turn=str(i), **place)
    about = tag("small", " · ".join(part for part in (citation.unit, *citation.section[-1:]) if part))
    number = tag("span", f"[{citation.n}] ")
    return tag("li", number, tag("q", citation.quote), about, opener, id=f"written-{i}-{citation.n}")
