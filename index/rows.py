"""Notices, sections and relations as rows of JSON, and back; what is empty is left out."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from index.types import Notice, Section

if TYPE_CHECKING:
    from index.kinship import Kin

_NO_NOTICE = {field.name: "" for field in fields(Notice)} | {"aliases": (), "period": ("", ""), "contact": ()}
_NO_SECTION = {"heading": "", "furniture": False}


def values_of(noun: Notice | Section | Kin) -> dict[str, object]:
    """Return the fields of `noun` but the empty ones, which are put in again when it is read."""
    pairs = ((field.name, getattr(noun, field.name)) for field in fields(noun))
    return {name: value for name, value in pairs if value is not False and value not in ("", (), ("", ""))}


def notice_of(values: dict[str, Any]) -> Notice:
    """Return the notice with these values; what is empty was not written."""
    values = {**_NO_NOTICE, **values}
    contact = tuple((kind, value) for kind, value in values["contact"])
    names, period = tuple(values["aliases"]), tuple(values["period"])
    return Notice(**{**values, "aliases": names, "period": period, "contact": contact})


def section_of(values: dict[str, Any]) -> Section:
    """Return the section with these values; what is empty was not written."""
    return Section(**{**_NO_SECTION, **values, "path": tuple(values.get("path", ()))})
