"""Files that the page hands to the browser to save; they go through the page itself, never through an address."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from ui.markup import Html, tag

MARKDOWN = "text/markdown;charset=utf-8"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = {
    ".csv": "text/csv;charset=utf-8",
    ".docx": WORD,
    ".jsonl": "application/x-ndjson;charset=utf-8",
    ".md": MARKDOWN,
    ".tsv": "text/tab-separated-values;charset=utf-8",
    ".txt": "text/plain;charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_UNKNOWN = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A file to be saved."""

    name: str
    content: bytes

    @property
    def kind(self) -> str:
        """The media type of its suffix."""
        return _KINDS.get(self.name[self.name.rfind(".") :], _UNKNOWN)


def parcel_markup(parcel: Parcel, *, nonce: str) -> Html:
    """Return what makes the page's script save the parcel; `nonce` tells two equal parcels apart."""
    packed = base64.b64encode(parcel.content).decode("ascii")
    return tag("span", data_parcel=packed, data_name=parcel.name, data_kind=parcel.kind, data_nonce=nonce, hidden=True)
