"""How an answer came about, as a fold-out under it: understood, looked up, read, timed, decided. Off unless asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from assistant.explain import explanation_of
from assistant.observe import observing
from index.errors import TongbaoError
from ui.markup import Html, join, tag

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.pipeline import Assistant as Pipeline
    from ui.library import Library
    from ui.turns import Turn

_MOST_WORDINGS = 4


def explained(turn: Turn, earlier: Sequence[Turn], library: Library) -> Turn:
    """Return `turn` with how its answer comes about over the notices held now, or without if it had that already.

    The question is asked once more: nothing is timed or kept for answers that nobody asks about. One that cannot be
    asked any more is explained by its error.
    """
    if turn.explanation is not None or turn.answer is None:
        return replace(turn, explanation=None)
    history = [before.question for before in earlier if before.answer is not None]
    try:
        assistant = library.current().assistant
        with observing() as seen:
            answer = assistant.ask(turn.question, history=history, scope=turn.scope or None, top_k=10)
        # What answers a page is the pipeline; the page's own idea of it is only narrower.
        told = explanation_of(seen, answer, cast("Pipeline", assistant))
    except TongbaoError as error:
        return replace(turn, explanation={"error": str(error)})
    return replace(turn, explanation=told | {"changed": assistant.index.generation != turn.generation})


def explanation(i: int, turn: Turn, words: Mapping[str, str]) -> Html:
    """Return the fold-out of turn `i`, open, with its head to jump to; empty if it was not asked for."""
    told = turn.explanation
    if told is None:
        return Html()
    summary = tag("summary", words["explain_title"])
    if "error" in told:
        body = tag("p", str(told["error"]))
    else:
        changed = tag("p", words["explain_changed"], class_="warning") if told["changed"] else Html()
        readings = join(_reading(one, words) for one in told["readings"])
        body = join([changed, _decision(told, words), _understood(told, words), readings, _times(told, words)])
    return tag("details", summary, body, class_="explained", id=f"explained-{i}", tabindex="-1", open=True)


def _understood(told: Mapping[str, Any], words: Mapping[str, str]) -> Html:
    asked = told["understood"]
    if not asked:
        return Html()
    rows = [
        ("question", asked["question"]),
        ("wanted", words.get(f"explain_kind_{asked['wanted']}", asked["wanted"])),
        ("counter", asked["counter"]),
        ("units", "、".join(asked["units"])),
        ("others", "、".join(asked["other_places"])),
        ("years", "、".join(map(str, asked["years"]))),
        ("comparison", words["explain_each"] if asked["comparison"] else ""),
        ("context", asked["context"]),
        ("words", _terms(asked["indicator_words"])),
    ]
    return _section(words["explain_understood"], _list(rows, words))


def _terms(terms: Iterable[Mapping[str, Any]]) -> str:
    told = []
    for one in terms:
        wordings = "、".join(one["wordings"][:_MOST_WORDINGS])
        told.append(f"{one['word']} {one['weight']:.2f}" + (f"（{wordings}）" if wordings else ""))
    return "；".join(told)


def _reading(told: Mapping[str, Any], words: Mapping[str, str]) -> Html:
    """Return what one reading looked up and weighed; a comparison has one for each unit."""
    units = "、".join(told["units"]) or words["explain_all_units"]
    title = words["explain_searched"].format(units=units, count=told["notices_searched"])
    heads = ("rank", "score", "bm25", "cosine", "passage")
    rows = [
        tag(
            "tr",
            tag("td", str(one["rank"])),
            tag("td", f"{one['score']:.3f}"),
            tag("td", f"{one['bm25']:.2f}"),
            tag("td", f"{one['cosine']:.3f}"),
            tag("td", tag("span", _heading(one)), tag("small", f"{one['file']} {one['start']}–{one['end']}")),
        )
        for one in told["candidates"]
    ]
    head = tag("thead", tag("tr", *(tag("th", words[f"explain_{name}"], scope="col") for name in heads)))
    found = tag("div", tag("table", head, tag("tbody", *rows)), class_="wide", tabindex="0") if rows else Html()
    return _section(title, join([found, _evidence(told, words)]))


def _heading(candidate: Mapping[str, Any]) -> str:
    return " › ".join(candidate["section"][-1:])


def _evidence(told: Mapping[str, Any], words: Mapping[str, str]) -> Html:
    if told["by_rule"]:
        return tag("p", words["explain_by_rule_read"])
    if not told["evidence"]:
        return Html()
    items = []
    for one in told["evidence"]:
        shares = "，".join(f"{share['feature']} {share['share']:+.2f}" for share in one["strongest"])
        value = tag("strong", one["value"])
        items.append(tag("li", tag("b", f"{one['score']:.2f}"), value, tag("q", one["sentence"]), tag("small", shares)))
    return join([tag("p", words["explain_evidence"]), tag("ol", *items)])


def _decision(told: Mapping[str, Any], words: Mapping[str, str]) -> Html:
    decision = told["decision"]
    numbers = {name: f"{decision[name]:.2f}" for name in ("confidence", "threshold")}
    why = words[f"explain_because_{decision['because']}"].format(**numbers)
    detail = f"（{decision['detail']}）" if decision["detail"] else ""
    return _section(words["explain_decision"], tag("p", why + detail))


def _times(told: Mapping[str, Any], words: Mapping[str, str]) -> Html:
    rows = [(f"stage_{name}", f"{taken:.1f} ms") for name, taken in told["stages_ms"].items()]
    return _section(words["explain_times"], _list(rows, words)) if rows else Html()


def _section(title: str, body: Html) -> Html:
    return tag("section", tag("h4", title), body)


def _list(rows: Iterable[tuple[str, str]], words: Mapping[str, str]) -> Html:
    """Return the rows that say something as names and values."""
    told = [(words.get(f"explain_{name}", name), value) for name, value in rows if value]
    return tag("dl", *(join([tag("dt", name), tag("dd", value)]) for name, value in told))
