"""The head of a drawer, and the zone of it that takes files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.markup import Html, tag

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ui.arrivals import Limits

PROBLEMS = ("upload_failed", "upload_large", "upload_many", "upload_kind", "upload_empty")
"""What a browser may find wrong with a file before it sends it."""


def drawer_head(title: str, text: str, words: Mapping[str, str]) -> Html:
    """Return the head of a drawer: title, what it is for, and what closes it."""
    close = tag("button", words["close_drawer"], type="button", class_="close", data_drawer="")
    return tag("header", tag("h2", title, tabindex="-1"), close, tag("p", text))


def zone(key: str, limits: Limits, suffixes: Sequence[str], words: Mapping[str, str], **told: object) -> Html:
    """Return where files are dropped or chosen; `key` begins the names of its words, `told` fills in its limits."""
    # Without their dots: no line may begin with a dot, so that ".docx、.html、.md" would be one word.
    kinds = words["kinds_and"].join(suffix.removeprefix(".") for suffix in suffixes)
    stated = words[f"{key}_limits"].format(kinds=kinds, files=limits.files, megabytes=limits.megabytes, **told)
    chooser = tag(
        "input",
        type="file",
        accept=",".join(suffixes),
        multiple=limits.files > 1,
        hidden=True,
        tabindex="-1",
        aria_label=words[f"{key}_pick"],
    )
    pick = tag("button", words[f"{key}_pick"], type="button", data_pick=True)
    line = tag("p", words[f"{key}_drop"], " ", pick, chooser)
    return tag(
        "div",
        line,
        tag("p", stated, class_="limits"),
        tag("ul", class_="sending", aria_live="polite"),
        class_="zone",
        data_zone=True,
        data_files=str(limits.files),
        data_bytes=str(limits.bytes),
        data_sending=words["stage_sending"],
        data_sent=words["stage_sent"],
        data_failed=words["upload_failed"],
    )
