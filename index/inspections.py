"""What the opening of a notice says about the inspection: who looked at whom, when, and when it reported."""

from __future__ import annotations

import re
from dataclasses import dataclass

from index.dates import DATE, FULL_DATE, to_iso
from index.places import parent_of, unit_of_body

_LAST = rf"(?:{DATE}|(?:\d{{1,2}}|[一二三四五六七八九十]{{1,3}})[ ]?日)"
_PERIOD = re.compile(rf"(?P<first>{FULL_DATE})(?:起)?[ ]?,?(?:至|-+|~|到)[ ]?(?P<last>{_LAST})")
_INSPECTOR = re.compile(
    r"(?P<inspector>(?:[^,。;:于由对了受]{0,16}?(?:委|党组)|中央)[^,。;:于由对了受]{0,12}?(?:巡视|巡察)[^,。;:]{0,4}?组)(?!组?长|成员|副)"
)
_AFTER_DATE = re.compile(r"(?<=[\d一二三四五六七八九十])[ ]?日")
_BODY = re.compile(
    r"对(?P<body>[^,。;:对]{2,30}?)(?:党组织)?(?:开展|进行|实施)了?[^,。;:]{0,16}?(?P<kind>巡视|巡察)(?!组|办)"
)
_FEEDBACK = re.compile(
    rf"(?P<date>{DATE})(?:(?!{DATE})[^。;《》]){{0,40}}?反馈"
    r"(?!(?:的|了)?(?:意见|问题|情况)?的?(?:整改|落实|会后|后))"
)
_OPENING = 600


@dataclass(frozen=True, slots=True)
class Inspection:
    """The inspection that a notice answers; unknown strings are empty."""

    unit: str = ""
    parent: str = ""
    inspector: str = ""
    kind: str = ""
    period: tuple[str, str] = ("", "")
    feedback: str = ""


def inspection_in(lead: str) -> Inspection:
    """Return the inspection told in `lead`, the folded beginning of a notice; text without one gives an empty value."""
    body = _BODY.search(lead)
    opening = lead[: body.end() if body else _OPENING]
    inspectors = [_without_date(match["inspector"]) for match in _INSPECTOR.finditer(opening)]
    if not inspectors:
        return Inspection()
    found = _PERIOD.search(opening)
    period = _period(found["first"], found["last"]) if found else ("", "")
    kind = body["kind"] if body else "巡视" if "巡视" in inspectors[-1] else "巡察"
    name = re.split("[、和及]", body["body"])[0].strip() if body else ""
    name = "" if name.startswith(("我", "本", "该")) else name
    feedback = _feedback_date(lead, period[1])
    return Inspection(unit_of_body(name), parent_of(name), inspectors[-1].strip(), kind, period, feedback)


def opens_with_inspection(folded: str) -> bool:
    """Return whether folded text tells in its first sentences who was inspected by whom."""
    body = _BODY.search(folded)
    return bool(body and _INSPECTOR.search(folded[: body.end()]))


def _without_date(name: str) -> str:
    """Return an inspector's name without the day that runs into it (…至3月2日省委第一巡视组)."""
    return _AFTER_DATE.split(name)[-1]


def _period(first: str, last: str) -> tuple[str, str]:
    if "月" not in last:
        last = first[: first.index("月") + 1] + last
    begin, end = to_iso(first), to_iso(last, year_from=first)
    return begin, _next_year(end) if "年" not in last and end and end < begin else end


def _feedback_date(lead: str, after: str) -> str:
    """Return the day of the feedback, ISO; a missing year is the first that puts it after the inspection."""
    match = _FEEDBACK.search(lead)
    if not match:
        return ""
    day = to_iso(match["date"], year_from=after)
    return _next_year(day) if after and day and day < after and "年" not in match["date"] else day


def _next_year(day: str) -> str:
    return f"{int(day[:4]) + 1}{day[4:]}"
