"""The drawer of questions files as markup."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.batch_answers import answer_suffixes
from assistant.batch_files import question_suffixes
from ui.adding import bar
from ui.markup import Html, tag
from ui.zone import drawer_head, zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ui.arrivals import Limits
    from ui.batching import Run

_PREVIEW = 20
_LONGEST = 120


def batch_drawer(run: Run | None, words: Mapping[str, str], *, limits: Limits, most_rows: int) -> Html:
    """Return the drawer: the zone before a run, the bar during it, the outcome after it."""
    head = drawer_head(words["batch"], words["batch_text"], words)
    if run is None:
        body = zone("batch", limits, question_suffixes(), words, rows=most_rows)
    elif run.error:
        fault = tag("div", tag("b", words["batch_failed"]), tag("p", run.error), class_="warning", role="alert")
        body = tag("div", fault, zone("batch", limits, question_suffixes(), words, rows=most_rows))
    elif run.finished:
        body = _finished(run, words)
    else:
        body = _running(run, words)
    return tag("section", head, body, class_="drawer")


def _running(run: Run, words: Mapping[str, str]) -> Html:
    label = words["batch_running"].format(done=len(run.records), total=run.total)
    cancel = tag("button", words["batch_cancel"], type="button", data_deed="cancel", data_token=run.token)
    state = tag("p", tag("b", run.name), " ", tag("span", label), role="status")
    return tag("div", state, bar(len(run.records) / max(run.total, 1), label), cancel, class_="building")


def _finished(run: Run, words: Mapping[str, str]) -> Html:
    key = "batch_cancelled" if run.cancelled else "batch_finished"
    outcome = words[key].format(done=len(run.records), total=run.total)
    counts = {status: run.count(status) for status in ("answered", "no_answer", "error")}
    tally = words["batch_tally"].format(**counts)
    state = tag("p", tag("b", run.name), " ", tag("span", outcome), tag("span", tally), role="status")
    saves = [
        tag("button", suffix, type="button", data_deed="save", data_form=suffix)
        for suffix in (answer_suffixes() if run.records else ())
    ]
    save = tag("p", words["batch_download"], *saves, class_="saves") if saves else ""
    again = tag("button", words["batch_again"], type="button", data_deed="again")
    return tag("div", state, save, tag("p", again), _preview(run, words), class_="outcome")


def _preview(run: Run, words: Mapping[str, str]) -> Html:
    rows = []
    for record in run.records[:_PREVIEW]:
        status = str(record["status"])
        answer = str(record["short_answer"] or record["answer"])
        if status != "answered":
            answer = words[f"status_{status}"].format(reason=record["reason"])
        rows.append(tag("tr", tag("td", _cut(str(record["question"]))), tag("td", _cut(answer)), class_=status))
    if not rows:
        return Html()
    head = tag("tr", tag("th", words["batch_question"], scope="col"), tag("th", words["batch_answer"], scope="col"))
    caption = tag("caption", words["batch_preview"].format(count=len(rows)))
    return tag("table", caption, tag("thead", head), tag("tbody", *rows), class_="preview")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
