"""The panel beside the chat: sources of a turn, or the notices that are held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.types import Status
from ui.evidence import date_of
from ui.links import notice_link
from ui.markup import Html, escape, tag
from ui.words import asset

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from index.types import Notice
    from ui.evidence import Source
    from ui.turns import Turn


def sources_panel(i: int, turn: Turn, words: Mapping[str, str], *, focus: int = 0) -> Html:
    """Return the sources of turn `i`; `focus` is the citation to scroll to, 0 for none."""
    refused = turn.answer is not None and turn.answer.status is not Status.ANSWERED
    title = words["nearest"] if refused else words["sources"]
    head = tag("header", tag("h2", title), tag("p", turn.question), id=f"sources-{i}")
    if not turn.sources:
        return tag("section", head, tag("p", words["nothing_near" if refused else "no_sources"], class_="empty"))
    note = tag("p", words["nearest_warning"], class_="warning") if refused else ""
    cards = [_card(i, source, words, current=bool(focus) and source.n == focus) for source in turn.sources]
    return tag("section", head, note, tag("ol", *cards), class_="sources near" if refused else "sources")


def notices_panel(notices: Iterable[Notice], words: Mapping[str, str]) -> Html:
    """Return the list of the notices held; no notices give a list without rows."""
    rows = [tag("li", _open(notice.id, words, title=notice.title), _about(notice, words)) for notice in notices]
    head = tag("header", tag("h2", words["notices"]))
    return tag("section", head, tag("ul", *rows, class_="held"), class_="holdings")


def api_panel(words: Mapping[str, str]) -> Html:
    """Return how programs ask: the endpoints with an example of each."""
    head = tag("header", tag("h2", words["api_title"]), tag("p", words["api_text"]))
    return tag("section", head, tag("pre", asset("api.txt"), tabindex="0"), class_="endpoints")


def quoted(quote: str, marks: Sequence[tuple[int, int]]) -> Html:
    """Return a quote with its marked spans highlighted."""
    pieces: list[Html] = []
    position = 0
    for start, end in marks:
        pieces += [escape(quote[position:start]), tag("mark", quote[start:end])]
        position = end
    return tag("q", *pieces, quote[position:])


def breadcrumb(path: Sequence[str]) -> Html:
    """Return a heading path, outermost first; an empty path gives empty markup."""
    return tag("p", *(tag("span", heading) for heading in path), class_="path") if path else Html()


def _card(i: int, source: Source, words: Mapping[str, str], *, current: bool) -> Html:
    number = tag("span", str(source.n), class_="number") if source.n else ""
    dated = tag("time", source.date) if source.date else tag("span", words["undated"])
    stands = tag("span", source.place) if source.place else ""
    about = tag("p", tag("b", source.unit), dated, stands, class_="about")
    before = tag("span", source.before, class_="around") if source.before.strip() else ""
    after = tag("span", source.after, class_="around") if source.after.strip() else ""
    text = tag("blockquote", before, quoted(source.quote, source.marks), after)
    link = _open(source.notice, words, start=source.start, end=source.end, turn=i)
    back = tag("a", words["back_to_answer"], href=f"#turn-{i}", class_="back", data_jump=f"turn-{i}")
    title = tag("h3", number, source.title or words["untitled"])
    identity = f"source-{i}-{source.n}" if source.n else None
    content = (title, about, breadcrumb(source.path), text, tag("p", link, back, class_="foot"))
    return tag("li", *content, id=identity, tabindex="-1", class_="current" if current else None)


def _open(
    notice: str, words: Mapping[str, str], *, title: str = "", start: int = -1, end: int = -1, turn: int = -1
) -> Html:
    return tag(
        "a",
        title or words["open_notice"],
        href=notice_link(notice, start=start, end=end),
        class_="open",
        data_do="open",
        data_notice=notice,
        data_start=str(start),
        data_end=str(end),
        data_turn=str(turn),
    )


def _about(notice: Notice, words: Mapping[str, str]) -> Html:
    day = date_of(notice)
    kind = words["published"] if notice.published else words["feedback"]
    dated = tag("span", tag("time", day), " ", kind) if day else tag("span", words["undated"])
    inspector = tag("span", notice.inspector) if notice.inspector else ""
    return tag("p", tag("b", notice.unit), dated, inspector, class_="about")
