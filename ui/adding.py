"""The drawer in which notices are added and removed, as markup."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ui.evidence import date_of
from ui.intake import Stage
from ui.markup import Html, tag
from ui.zone import drawer_head, zone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from index.types import Notice
    from ui.intake import Intake, Item, Progress
    from ui.library import Opened

_LISTED = 300
_TITLES = 3


@dataclass(frozen=True, slots=True)
class Holding:
    """A notice that is held, and where it came from."""

    notice: Notice
    file: str
    """Name on the sender's machine of an uploaded file, else the file's name in the index."""
    user: str = ""
    at: str = ""
    """Moment of the upload, ISO, UTC; empty if it was not uploaded."""


def holdings(opened: Opened, intake: Intake) -> tuple[Holding, ...]:
    """Return the notices that are held, the latest uploads first, then the others in the page's order."""
    uploaded, others = [], []
    for notice in opened.notices:
        origin = intake.stock.origin(notice.file)
        if origin is None:
            others.append(Holding(notice, notice.file))
        else:
            uploaded.append(Holding(notice, origin.name, origin.user, origin.at))
    return (*sorted(uploaded, key=lambda one: one.at, reverse=True), *others)


def add_drawer(
    held: Sequence[Holding],
    words: Mapping[str, str],
    *,
    intake: Intake,
    progress: Progress | None = None,
    doubted: str = "",
    said: str = "",
) -> Html:
    """Return the drawer.

    `progress` is that of files on their way, `doubted` the id of a notice whose removal is asked to be confirmed,
    and `said` what came of the last click.
    """
    head = drawer_head(words["add"], words["add_text"], words)
    if progress is not None and not progress.finished:
        upper = _progress(progress, words, intake)
    else:
        result = _progress(progress, words, intake) if progress is not None and progress.items else Html()
        upper = tag("div", zone("add", intake.limits, intake.suffixes, words), result)
    note = tag("p", said, class_="said", role="status") if said else ""
    return tag("section", head, upper, note, _holdings(held, words, doubted), class_="drawer", data_may=True)


def reason_text(reason: str, words: Mapping[str, str], intake: Intake) -> str:
    """Return the words for the reason why a file was not taken; a reason that is a line already is returned as it is."""
    limits = intake.limits
    kinds = "、".join(intake.suffixes)
    told = {"kinds": kinds, "files": limits.files, "megabytes": limits.megabytes}
    return words[reason].format(**told) if reason.startswith("upload_") and reason in words else reason


def _progress(progress: Progress, words: Mapping[str, str], intake: Intake) -> Html:
    counts = {stage: sum(item.stage is stage for item in progress.items) for stage in Stage}
    lines = [_item(item, words, intake) for item in progress.items]
    if progress.finished:
        told = words["add_result"].format(
            added=counts[Stage.ADDED], held=counts[Stage.HELD], refused=counts[Stage.REFUSED]
        )
        state = tag("p", told, class_="outcome", role="status")
    else:
        stage = words.get(f"step_{progress.stage}", progress.stage)
        label = words["add_building"].format(stage=stage) if progress.stage else words["stage_waiting"]
        state = tag("div", tag("p", label), bar(progress.share, label), class_="building", aria_busy="true")
    return tag("div", state, tag("ul", *lines, class_="items"))


def bar(share: float, label: str) -> Html:
    """Return a progress bar that is filled to `share`, in [0, 1]."""
    percent = round(100 * min(max(share, 0.0), 1.0))
    return tag("progress", f"{percent}%", max="100", value=str(percent), aria_label=label)


def _item(item: Item, words: Mapping[str, str], intake: Intake) -> Html:
    reason = words["upload_held"].format(name=item.reason) if item.stage is Stage.HELD else ""
    reason = reason or reason_text(item.reason, words, intake)
    found = ""
    if item.stage is Stage.ADDED:
        listed = "".join(f"《{title}》" for title in item.titles[:_TITLES] if title)
        found = " ".join(filter(None, (words["add_titles"].format(count=len(item.titles)), listed)))
    state = tag("span", words[f"stage_{item.stage}"], class_="state")
    detail = tag("p", reason or found) if reason or found else ""
    return tag("li", tag("b", item.name), state, detail, class_=f"item {item.stage}")


def _holdings(held: Sequence[Holding], words: Mapping[str, str], doubted: str) -> Html:
    if not held:
        return Html()
    title = tag("h3", words["holdings"].format(count=len(held)))
    find = tag(
        "input", type="search", class_="sift", placeholder=words["holdings_find"], aria_label=words["holdings_find"]
    )
    rows = [_holding(one, words, doubted=one.notice.id == doubted) for one in held[:_LISTED]]
    more = tag("p", words["holdings_more"].format(shown=_LISTED), class_="limits") if len(held) > _LISTED else ""
    return tag("div", title, find, tag("ul", *rows), more, class_="holdings-list")


def _holding(one: Holding, words: Mapping[str, str], *, doubted: bool) -> Html:
    notice = one.notice
    origin = words["holdings_upload" if one.at else "holdings_file"].format(name=one.file)
    when = tag("time", _local(one.at), datetime=one.at) if one.at else ""
    about = tag(
        "p", tag("b", notice.unit), tag("time", date_of(notice)), tag("span", origin), when, one.user, class_="about"
    )
    text = tag("div", tag("p", notice.title or words["untitled"], class_="name"), about)
    if not doubted:
        label = f"{words['remove']} {notice.title}"
        ask = tag("button", words["remove"], type="button", aria_label=label, data_deed="doubt", data_notice=notice.id)
        return tag("li", text, ask)
    keep = tag("button", words["remove_no"], type="button", data_deed="keep", data_focus=True)
    drop = tag("button", words["remove_yes"], type="button", class_="danger", data_deed="remove", data_notice=notice.id)
    sure = tag("div", tag("p", words["remove_sure"]), keep, drop, class_="sure-ask", role="alert")
    return tag("li", text, sure, class_="doubted")


def _local(moment: str) -> str:
    """Return a moment in ISO form by the server's clock; what is no moment as it is."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return moment
