"""Which notices may be searched: chosen from outside, by unit, by notice and by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.analysis import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

    from index.types import Notice

_YEAR_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Scope:
    """A choice of notices; an empty one leaves out nothing.

    A notice is in if its unit or its id is chosen, or if neither units nor notices are, and if its year lies in
    the range. A notice without a date lies in no range.
    """

    units: tuple[str, ...] = ()
    """Names of units; any of a unit's names will do."""
    notices: tuple[str, ...] = ()
    """Ids of notices."""
    first_year: int | None = None
    last_year: int | None = None

    def __bool__(self) -> bool:
        return bool(self.units or self.notices) or self.first_year is not None or self.last_year is not None


def year_of(notice: Notice) -> int | None:
    """Return the year in which a notice was published, else of its feedback; None if it states neither."""
    day = notice.published or notice.feedback_date
    return int(day[:_YEAR_DIGITS]) if day[:_YEAR_DIGITS].isdigit() else None


def chosen(notices: Iterable[Notice], *, scope: Scope | None = None, unit: str | None = None) -> frozenset[str] | None:
    """Return the ids of the notices in `scope` that are about `unit`; None if neither leaves anything out.

    An empty set means that nothing may be searched: a choice that matches nothing never falls back to everything.
    """
    if unit is None and not scope:
        return None
    notices = tuple(notices)
    only = None if unit is None else _of_units((unit,), notices)
    if scope:
        of_units = _of_units(scope.units, notices)
        listed = frozenset(notice.id for notice in notices if _is_in(notice, scope, of_units))
        only = listed if only is None else only & listed
    return only


def _is_in(notice: Notice, scope: Scope, of_units: frozenset[str]) -> bool:
    if (scope.units or scope.notices) and notice.id not in of_units and notice.id not in scope.notices:
        return False
    if scope.first_year is None and scope.last_year is None:
        return True
    year = year_of(notice)
    if year is None:
        return False
    after = scope.first_year is None or scope.first_year <= year
    return after and (scope.last_year is None or year <= scope.last_year)


def _of_units(names: Iterable[str], notices: Iterable[Notice]) -> frozenset[str]:
    """Return the notices of the units that bear one of the names; any notice may give its unit another name."""
    wanted = {fold(name.strip()) for name in names} - {""}
    notices = tuple(notices) if wanted else ()
    units = {notice.unit for notice in notices if notice.unit and not wanted.isdisjoint(_names(notice))}
    return frozenset(notice.id for notice in notices if notice.unit in units)


def _names(notice: Notice) -> set[str]:
    return {fold(name) for name in (notice.unit, *notice.aliases)}
