"""Choosing what is searched: units and their notices with counts, and the years."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.scope import chosen, year_of
from ui.evidence import date_of
from ui.markup import Html, tag
from ui.scopes import write_scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.scope import Scope
    from index.types import Notice

_UNFOLDED = 30
_NARROWED = 8


def chooser(
    notices: Sequence[Notice], scope: Scope, words: Mapping[str, str], *, unfolded: bool = False, mark: str = ""
) -> Html:
    """Return the chooser, closed and without its tree unless `unfolded`; no notices give one without choices.

    `mark` makes two choosers differ, so that the second replaces the first in the browser.
    """
    only = chosen(notices, scope=scope)
    count = len(notices) if only is None else len(only)
    key = "scope_count_all" if only is None else "scope_count_some" if only else "scope_count_none"
    summary = tag(
        "summary",
        tag("span", words["scope"]),
        tag("b", words[key].format(count=count), class_="count"),
        title=words["scope_hint"],
    )
    said = {f"data_{name}": words[f"scope_count_{name}"] for name in ("all", "some", "none")}
    body = _body(notices, scope, words) if unfolded else Html()
    kind = "scope" if count else "scope nothing"
    return tag(
        "details", summary, body, class_=kind, open=unfolded, data_scope=write_scope(scope), data_mark=mark, **said
    )


def _body(notices: Sequence[Notice], scope: Scope, words: Mapping[str, str]) -> Html:
    by_unit: dict[str, list[Notice]] = {}
    for notice in notices:
        by_unit.setdefault(notice.unit, []).append(notice)
    unfolded = len(notices) <= _UNFOLDED
    rows = [_unit(unit, held, scope, words, unfolded=unfolded) for unit, held in by_unit.items()]
    narrow = Html()
    if len(by_unit) > _NARROWED:
        narrow = tag(
            "input", type="search", class_="narrow", placeholder=words["scope_narrow"], aria_label=words["scope_narrow"]
        )
    return tag(
        "div",
        tag("p", words["scope_text"]),
        narrow,
        tag("ul", *rows, class_="units"),
        _years(notices, scope, words),
        tag("p", words["scope_count_none"], class_="warning", role="status"),
        tag(
            "p",
            tag("button", words["scope_reset"], type="button", data_scope_reset=True),
            tag("button", words["scope_done"], type="button", data_scope_done=True),
            class_="foot",
        ),
        class_="choices",
    )


def _unit(unit: str, held: Sequence[Notice], scope: Scope, words: Mapping[str, str], *, unfolded: bool) -> Html:
    whole = bool(unit) and unit in scope.units
    box = tag("input", type="checkbox", value=unit, checked=whole, class_="whole")
    head = tag("label", box, tag("span", unit or words["scope_no_unit"]), tag("span", str(len(held)), class_="n"))
    leaves = [_notice(notice, words, checked=whole or notice.id in scope.notices) for notice in held]
    tree = tag("details", tag("summary", head), tag("ul", *leaves), open=unfolded)
    return tag("li", tree, data_unit=unit)


def _notice(notice: Notice, words: Mapping[str, str], *, checked: bool) -> Html:
    box = tag("input", type="checkbox", value=notice.id, checked=checked)
    day = tag("time", date_of(notice)) if date_of(notice) else tag("span", words["undated"], class_="undated")
    label = tag("label", box, tag("span", notice.title or words["untitled"]), day)
    return tag("li", label, data_year=str(year_of(notice) or ""))


def _years(notices: Iterable[Notice], scope: Scope, words: Mapping[str, str]) -> Html:
    held = {year for notice in notices if (year := year_of(notice)) is not None}
    years = sorted(held | {year for year in (scope.first_year, scope.last_year) if year is not None})
    first = _choice("from", years, scope.first_year, words["scope_first"])
    last = _choice("to", years, scope.last_year, words["scope_last"])
    return tag("p", tag("span", words["scope_years"]), first, tag("span", "—"), last, class_="years")


def _choice(name: str, years: Iterable[int], selected: int | None, label: str) -> Html:
    options = [tag("option", str(year), value=str(year), selected=year == selected) for year in years]
    return tag("select", tag("option", label, value=""), *options, name=name, aria_label=label)
