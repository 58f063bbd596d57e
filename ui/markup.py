"""HTML built so that text is escaped unless a function of this module made it."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_VOID = frozenset({"br", "hr", "input"})
_SAFE_LINK = re.compile(r"\A[?#]")


class Html(str):
    """Markup that is safe to show; plain `str` is text and gets escaped."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Return `text` as markup that shows it letter for letter; markup is returned as it is."""
    return text if isinstance(text, Html) else Html(html.escape(text, quote=True))


def join(parts: Iterable[str], separator: str = "") -> Html:
    """Return the parts as one piece of markup, each escaped if it is text; no parts give empty markup."""
    return Html(escape(separator).join(escape(part) for part in parts))


def tag(name: str, /, *children: str, **attributes: str | bool | None) -> Html:
    """Return an element. `class_` and `data_do` become `class` and `data-do`; None and False are left out.

    Raises ValueError for a link that does not stay on this page: `href` must begin with `?` or `#`.

    >>> tag("a", "1 < 2", class_="x", href="?q=1")
    '<a class="x" href="?q=1">1 &lt; 2</a>'
    """
    pieces = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        label = key.rstrip("_").replace("_", "-")
        if label == "href" and not _SAFE_LINK.match(str(value)):
            raise ValueError("a link must begin with ? or #")
        pieces.append(label if value is True else f'{label}="{escape(str(value))}"')
    opening = f"<{' '.join(pieces)}>"
    return Html(opening) if name in _VOID else Html(f"{opening}{join(children)}</{name}>")
