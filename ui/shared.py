"""What the web processes of one page have in common."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ui.logins import Logins

if TYPE_CHECKING:
    import gradio


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What makes several processes one page: whoever is known to one of them is known to all."""

    room: Path
    """Where what browsers send lies until it is taken, whichever process received it."""
    logins: Path
    """The folder of those who are logged in."""
    cookie: str
    """The end of the name of the login's cookie."""
    page: int
    """Gradio's number of the page: a browser whose connection broke reloads if it finds another."""
    workers: int
    """How many processes there are."""

    @classmethod
    def within(cls, folder: Path, *, workers: int) -> Shared:
        """Return what `workers` processes share, kept in the empty `folder` of the owner's."""
        room, logins = folder / "sent", folder / "logins"
        for part in (room, logins):
            part.mkdir(mode=0o700)
        return cls(
            room=room, logins=logins, cookie=secrets.token_urlsafe(32), page=secrets.randbits(53), workers=workers
        )

    def to_json(self) -> dict[str, Any]:
        """Return the values as JSON; `from_json` is the inverse."""
        return asdict(self) | {"room": str(self.room), "logins": str(self.logins)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Shared:
        """Return what `to_json` wrote."""
        return cls(**{**values, "room": Path(values["room"]), "logins": Path(values["logins"])})

    def part_of(self, limit: int) -> int:
        """Return this process's part of a limit for the whole page, at least 1."""
        return max(-(-limit // self.workers), 1)

    def name(self, page: gradio.Blocks) -> None:
        """Give the page, not yet served, the number of the others."""
        served: Any = page
        served.app_id = self.page

    def open_to_all(self, page: gradio.Blocks) -> None:
        """Let the served page know who logged in at another process."""
        served: Any = page.app
        served.cookie_id = self.cookie
        served.tokens = Logins(self.logins)
