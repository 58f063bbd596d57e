"""A notice from its first to its last character, with its heading tree and the cited places marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from ui.evidence import date_of
from ui.links import notice_link
from ui.markup import Html, escape, tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from index.types import Notice, Section

Span: TypeAlias = tuple[int, int]


def viewer(
    notice: Notice,
    sections: Sequence[Section],
    text: str,
    words: Mapping[str, str],
    *,
    place: tuple[int, int] = (-1, -1),
    others: Sequence[tuple[int, int]] = (),
) -> Html:
    """Return the notice opened at `place`; `others` are further cited places. Without a place it opens at the top."""
    inside = notice.start <= place[0] < place[1] <= notice.end
    cited = sorted({*others, *([place] if inside else [])})
    body = [_section(i, section, text, cited, place, words) for i, section in enumerate(sections)]
    lost = tag("p", words["place_missing"], class_="warning") if place[0] >= 0 and not inside else ""
    bar = _bar(notice, cited, place if inside else (-1, -1), words)
    tree = tag("nav", tag("h3", words["contents"]), tag("ol", *_tree(sections, words)), aria_label=words["contents"])
    page = tag("div", lost, *body, class_="text")
    return tag("section", bar, tag("div", tree, page, class_="leaves"), class_="viewer", data_notice=notice.id)


def missing(words: Mapping[str, str]) -> Html:
    """Return what is shown for a notice that is not held."""
    return tag("section", tag("p", words["notice_missing"], class_="warning"), _close(words), class_="viewer none")


def marked(text: str, start: int, end: int, spans: Sequence[tuple[int, int]], place: tuple[int, int]) -> Html:
    """Return `text[start:end]` with the parts that lie in `spans` highlighted; `place` is the current one."""
    pieces: list[Html] = []
    position = start
    for left, right in spans:
        low, high = max(left, position), min(right, end)
        if low >= high:
            continue
        pieces.append(escape(text[position:low]))
        current = "current" if (left, right) == place else None
        first = f"place-{left}-{right}" if low == left else None
        pieces.append(tag("mark", text[low:high], class_=current, id=first, tabindex="-1" if first else None))
        position = high
    return tag("span", *pieces, text[position:end])


def _bar(notice: Notice, cited: Sequence[Span], place: Span, words: Mapping[str, str]) -> Html:
    title = tag("h2", notice.title or words["untitled"])
    about = tag("p", tag("b", notice.unit), tag("time", date_of(notice) or words["undated"]), class_="about")
    steps: list[Html] = []
    if len(cited) > 1:
        steps = [
            tag("button", words["previous"], type="button", data_step="-1"),
            tag("output", "", class_="count"),
            tag("button", words["next"], type="button", data_step="1"),
        ]
    contents = tag(
        "button", words["contents"], type="button", class_="contents", data_contents=True, aria_expanded="false"
    )
    find = tag("input", type="search", class_="find", placeholder=words["find"], aria_label=words["find"])
    link = notice_link(notice.id, start=place[0], end=place[1])
    copy = tag("button", words["copy_place"], type="button", data_copy_link=link, data_done=words["shared"])
    tools = tag(
        "div", contents, find, tag("output", "", class_="found"), *steps, copy, _close(words), class_="viewer-tools"
    )
    return tag("header", tag("div", title, about), tools)


def _close(words: Mapping[str, str]) -> Html:
    return tag("button", words["close_notice"], type="button", class_="close", data_do="close")


def _tree(sections: Sequence[Section], words: Mapping[str, str]) -> Iterator[Html]:
    for i, section in enumerate(sections):
        if section.furniture or (not section.heading and i):
            continue
        label = section.heading or words["opening"]
        link = tag("a", label, href=f"#section-{i}", data_jump=f"section-{i}", title=label)
        yield tag("li", link, class_=f"level-{section.level}")


def _section(i: int, section: Section, text: str, cited: Sequence[Span], place: Span, words: Mapping[str, str]) -> Html:
    heading_end = section.body_start if section.heading else section.start
    pieces: list[Html] = []
    position = section.start
    while position < section.end:
        newline = text.find("\n", position, section.end)
        line_end = section.end if newline < 0 else newline
        if text[position:line_end].strip():
            pieces.append(_line(text, position, line_end, heading_end, cited, place))
        position = line_end + 1
    note = {"title": words["furniture"], "class_": "level-0 furniture"} if section.furniture else {}
    return tag("section", *pieces, id=f"section-{i}", **{"class_": f"level-{section.level}", **note})


def _line(text: str, start: int, end: int, heading_end: int, cited: Sequence[Span], place: Span) -> Html:
    split = min(max(start, heading_end), end)
    heading = tag("strong", marked(text, start, split, cited, place)) if split > start else ""
    body = marked(text, split, end, cited, place) if split < end else ""
    return tag("p", heading, body, class_="heading" if heading and not body else None)
