"""The conversation as markup: questions, answers with marks, tables, refusals, errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.config import OLDER_ON_REQUEST
from assistant.types import Status
from ui.evidence import spans_of
from ui.explaining import explanation
from ui.generated import with_writing
from ui.links import question_link
from ui.markup import Html, escape, join, tag
from ui.tables import table_of
from ui.thumbs import thumbs
from ui.welcome import export_menu

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from assistant.types import Answer
    from ui.turns import Turn

_MARK = re.compile(r"\[(\d{1,3})\]")
_HIGH, _MIDDLE = 0.8, 0.5
_UNITS_SHOWN = 12
_NUMBERED = re.compile(r"\A\s*(?:\d{1,3}[.．、)）]|[-•·])\s*")


def conversation(turns: Sequence[Turn], words: Mapping[str, str], *, welcome: Html) -> Html:
    """Return all turns, or the welcome if there are none."""
    if not turns:
        return welcome
    made = [_turn(i, turn, words) for i, turn in enumerate(turns)]
    over = len(turns) > 1 and (turns[-1].answer is not None or bool(turns[-1].error))
    whole = [tag("div", export_menu(words), class_="whole")] if over else []
    return tag("div", *made, *whole, class_="turns", role="log")


def confidence(value: float, words: Mapping[str, str]) -> Html:
    """Return a confidence in words and as a percentage."""
    level, percent = sureness(value)
    hint = words["confidence_hint"].format(percent=percent)
    return tag("span", words[f"confidence_{level}"], " ", tag("b", percent), class_=f"sure {level}", title=hint)


def sureness(value: float) -> tuple[str, str]:
    """Return the level of a confidence, `high`, `middle` or `low`, and its percentage."""
    level = "high" if value >= _HIGH else "middle" if value >= _MIDDLE else "low"
    return level, f"{min(max(value, 0.0), 1.0):.0%}"


def with_marks(
    text: str, turn: int, known: Sequence[int], words: Mapping[str, str], *, strong: Sequence[str] = ()
) -> Html:
    """Return text whose `[n]` are links to the sources that exist; any other bracket stays as it is.

    The strings of `strong`, such as the bare value of an answer, are set in bold.
    """
    pieces: list[Html] = []
    position = 0
    for found in _MARK.finditer(text):
        n = int(found[1])
        if n in known:
            pieces += [_emphasised(text[position : found.start()], strong), mark(n, turn, words)]
            position = found.end()
    return join([*pieces, _emphasised(text[position:], strong)])


def _emphasised(text: str, strong: Sequence[str]) -> Html:
    pieces: list[Html] = []
    position = 0
    for start, end in spans_of(text, strong):
        pieces += [escape(text[position:start]), tag("strong", text[start:end])]
        position = end
    return join([*pieces, text[position:]])


def mark(n: int, turn: int, words: Mapping[str, str]) -> Html:
    """Return the small link to source `n` of a turn."""
    label = words["mark_label"].format(n=n)
    target = f"#source-{turn}-{n}"
    return tag("a", str(n), class_="mark", href=target, data_do="show", data_turn=str(turn), data_n=str(n), title=label)


def _turn(i: int, turn: Turn, words: Mapping[str, str]) -> Html:
    scope = tag("span", words["in_unit"].format(unit=turn.unit), class_="scope") if turn.unit else ""
    question = tag("div", tag("p", turn.question), scope, class_="question")
    appearing = turn.shown is not None
    reply = with_writing(i, _reply(i, turn, words), None if appearing else turn.writing, words)
    return tag("article", question, reply, class_="turn", id=f"turn-{i}")


def _reply(i: int, turn: Turn, words: Mapping[str, str]) -> Html:
    if turn.error:
        return tag(
            "div", tag("h3", words["error"]), tag("p", turn.error), _tools(i, turn, words), class_="reply failed"
        )
    if turn.answer is None and turn.stopped:
        return tag("div", tag("p", words["stopped"]), _tools(i, turn, words), class_="reply failed")
    if turn.answer is None:
        return tag("div", tag("p", words["thinking"], class_="thinking"), class_="reply", aria_busy="true")
    if turn.answer.status is Status.ANSWERED:
        return _answered(i, turn, turn.answer, words)
    return _refused(i, turn, turn.answer, words)


def _answered(i: int, turn: Turn, answer: Answer, words: Mapping[str, str]) -> Html:
    known = [source.n for source in turn.sources]
    text = lead(answer)
    cut = len(text) if turn.shown is None else turn.shown
    strong = () if answer.items else (answer.short_answer, *answer.short_answer.split("；"))
    lines = [line for line in text[:cut].split("\n") if line.strip()]
    paragraphs = [tag("p", with_marks(line, i, known, words, strong=strong)) for line in lines]
    body = tag("div", _standalone(answer, words), *paragraphs, class_="answer")
    if turn.stopped:
        return tag("div", body, tag("p", words["stopped"], class_="foot"), _tools(i, turn, words), class_="reply")
    if cut < len(text):
        return tag("div", body, class_="reply", aria_busy="true")
    count = words["see_sources"].format(count=len(known))
    foot = tag("p", confidence(answer.confidence, words), _jump(i, count), class_="foot")
    notes = [tag("li", words["note"], with_marks(note, i, known, words)) for note in notes_of(answer, words)]
    below = [tag("ul", *notes, class_="notes")] if notes else []
    return tag("div", body, _items(i, turn, answer, words), *below, foot, _tools(i, turn, words), class_="reply")


def notes_of(answer: Answer, words: Mapping[str, str]) -> tuple[str, ...]:
    """Return what a reader should know of the sources' versions, with the page's way to the older ones."""
    return tuple(note.replace(OLDER_ON_REQUEST, words["note_older"]) for note in answer.notes)


def lead_length(answer: Answer) -> int:
    """Return how many characters of an answer are shown as running text; a list's own lines are a table."""
    return len(lead(answer))


def lead(answer: Answer) -> str:
    """Return the answer without the lines that the table below it repeats."""
    if not answer.items:
        return answer.answer
    repeated = {_bare(item) for item in answer.items}
    lines = [line for line in answer.answer.split("\n") if _bare(line) not in repeated]
    return "\n".join(lines) or answer.answer


def _bare(line: str) -> str:
    return _NUMBERED.sub("", _MARK.sub("", line)).strip().rstrip("；;。")


def _items(i: int, turn: Turn, answer: Answer, words: Mapping[str, str]) -> Html:
    table = table_of(turn, answer, words)
    if table is None:
        return Html()
    rows = []
    for row in table.rows:
        marks = [mark(row.source.n, i, words)] if row.source else []
        rows.append(tag("tr", tag("th", row.first, scope="row"), tag("td", row.text), tag("td", *marks)))
    head = tag("thead", tag("tr", *(tag("th", label, scope="col") for label in table.heads)))
    return tag("table", head, tag("tbody", *rows), class_="compared" if table.compared else "listed")


def _refused(i: int, turn: Turn, answer: Answer, words: Mapping[str, str]) -> Html:
    reason = words.get(f"reason_{answer.reason}", "")
    key = "searched_unit" if turn.unit else "searched_all"
    searched = words[key].format(count=turn.searched, unit=turn.unit)
    units = [tag("li", unit) for unit in turn.units[:_UNITS_SHOWN]]
    if len(turn.units) > _UNITS_SHOWN:
        units.append(tag("li", words["units_more"].format(count=len(turn.units)), class_="more"))
    facts = tag(
        "dl",
        tag("dt", words["searched"]),
        tag("dd", searched),
        tag("dt", words["units_held"]),
        tag("dd", tag("ul", *units, class_="units")),
    )
    count = words["see_nearest"].format(count=len(turn.sources)) if turn.sources else words["nothing_near"]
    link = _jump(i, count) if turn.sources else tag("span", count)
    return tag(
        "div",
        tag("h3", words["refused"]),
        _standalone(answer, words),
        tag("p", answer.answer or reason, title=reason or None),
        facts,
        tag("p", link, class_="foot"),
        _tools(i, turn, words),
        class_="reply refused",
    )


def _standalone(answer: Answer, words: Mapping[str, str]) -> Html:
    if not answer.standalone or answer.standalone == answer.question:
        return Html()
    return tag("p", tag("span", words["standalone"]), answer.standalone, class_="standalone")


def _jump(i: int, text: str) -> Html:
    return tag("a", text, class_="jump", href=f"#sources-{i}", data_do="show", data_turn=str(i))


def _tools(i: int, turn: Turn, words: Mapping[str, str]) -> Html:
    def button(action: str, **data: str) -> Html:
        return tag("button", words[action], type="button", data_do=action, data_turn=str(i), data_done=None, **data)

    share = tag(
        "button",
        words["share"],
        type="button",
        data_copy_link=question_link(turn.question, scope=turn.scope),
        data_done=words["shared"],
    )
    copy = tag("button", words["copy"], type="button", data_copy_text=_plain(turn), data_done=words["copied"])
    export = [] if turn.answer is None else [export_menu(words, turn=i)]
    unfolded = "false" if turn.explanation is None else "true"
    why = [] if turn.answer is None else [button("explain", aria_expanded=unfolded)]
    tools = tag("div", copy, share, button("retry"), button("edit"), button("undo"), *export, *why, class_="tools")
    return join([tools, thumbs(i, turn, words), explanation(i, turn, words)])


def _plain(turn: Turn) -> str:
    """Return what copying a turn puts on the clipboard: question, answer, numbered sources."""
    if turn.answer is None:
        return turn.question
    lines = [turn.question, turn.answer.answer]
    for source in turn.sources:
        if source.n:
            place = " > ".join((source.title, *source.path))
            lines.append(f"[{source.n}] {place}：“{source.quote}”")
    return "\n".join(lines)
