"""Notices in a file, and what each says about itself: unit, issuer, inspection, dates, contact."""

from __future__ import annotations

import hashlib
import itertools
import re
from typing import TYPE_CHECKING

from index.analysis import fold
from index.contacts import contact_in
from index.dates import to_iso
from index.inspections import Inspection, inspection_in, opens_with_inspection
from index.marks import MarkKind
from index.places import aliases_of, parent_of, unit_of_body
from index.sections import section_tree
from index.titles import built_title, is_body, issuer_in, title_in
from index.types import Notice

if TYPE_CHECKING:
    from index.types import Section, SourceFile

_ANNEX = re.compile(
    r"^[ \t]{0,9}附[ \t]{0,4}件[ \t]{0,4}[\d一二三四五六七八九十]{0,2}[ \t]{0,4}(?::(?P<inline>.*))?$", re.MULTILINE
)
_CONTENT = re.compile(r"\S")
_NOTICE_KIND = re.compile(r"(?:通报|通告|公告|公示|报告|通知|决定|意见|函|情况)$")
_CLOCK = r"(?:[ \t]+\d{1,2}:\d{2}(?::\d{2})?)?"
_HAN_DAY = r"[零一二三四五六七八九0o]{4}年[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十]{1,3}日)?"
_DAY = rf"\d{{4}}[ ]?[年./-][ ]?\d{{1,2}}[ ]?[月./-](?:[ ]?\d{{1,2}}[ ]?日?)?|{_HAN_DAY}"
_DAY_LINE = re.compile(
    rf"^[ \t]*(?:(?P<signer>[^\s。;:!?\d]{{2,30}})[ \t]+)?[(]?(?P<day>{_DAY}){_CLOCK}[)]?[ \t]*$", re.MULTILINE
)
_HEAD_DAY = re.compile(rf"(?:发布|公开|公布|发表)?(?:时间|日期)[ ]*[\])】]?[ ]*:[ ]*(?P<day>{_DAY})")
_INFORMED = re.compile(r"向(?P<body>[^,。]{2,30}?(?:委|委员会|党组|党委|工委))(?:领导班子)?反馈")
_LEAD = 1500
_HEAD = 400
_TAIL = 1200


def parse_notices(source: SourceFile) -> list[tuple[Notice, tuple[Section, ...]]]:
    """Return the notices of a file in order with their sections; together they cover the whole text.

    An annex (附件) becomes a notice of its own if a title with an issuer or the opening sentence of an inspection
    follows, and so does each file of an archive. An empty text gives an empty list.
    """
    if not source.text:
        return []
    folded = fold(source.text)
    found = []
    for start, end in itertools.pairwise([0, *_begins(source, folded), len(source.text)]):
        sections = section_tree(source.text, start=start, end=end, folded=folded, marks=source.marks)
        found.append((_notice(source, folded, sections), sections))
    return found


def _begins(source: SourceFile, folded: str) -> list[int]:
    """Return where notices begin after the first one, in order."""
    members = {mark.start for mark in source.marks if mark.kind is MarkKind.MEMBER}
    return sorted(({*_annexes(folded)} | members) - {0})


def _annexes(folded: str) -> list[int]:
    """Return where the annexes begin that are notices of their own."""
    starts: list[int] = []
    for match in _ANNEX.finditer(folded):
        earlier = starts[-1] if starts else 0
        if not _CONTENT.search(folded, earlier, match.start()):
            continue
        following = folded[match.end() : match.end() + 600].lstrip()
        inline = (match["inline"] or "").strip()
        if opens_with_inspection(_first_lines(following)) or (not inline and _heads_a_notice(following)):
            starts.append(match.start())
    return starts


def _first_lines(text: str) -> str:
    return "".join(text.split("\n", 8)[:8])


def _heads_a_notice(following: str) -> bool:
    title = fold(title_in(following))
    return bool(issuer_in(title) and _NOTICE_KIND.search(title))


def _notice(source: SourceFile, folded: str, sections: tuple[Section, ...]) -> Notice:
    start, end = sections[0].start, sections[-1].end
    kept = [section for section in sections if not section.furniture]
    content_end = kept[-1].end if kept else end
    lead = folded[start : min(end, start + _LEAD)]
    title = title_in(source.text[start:end])
    inspection = inspection_in(lead)
    signature, published = _signature(source.text, folded, start, content_end)
    issuer = _issuer(title, lead, signature)
    unit, parent = _unit(issuer, inspection)
    kind = inspection.kind or next((word for word in ("巡视", "巡察") if word in title), "")
    title = title or built_title(issuer or unit, kind, source.text[start:end])
    return Notice(
        id=_identity(source.path, start, title),
        file=source.path,
        start=start,
        end=end,
        title=_one_line(title),
        unit=_one_line(unit),
        aliases=_aliases(unit, parent),
        issuer=_one_line(issuer),
        kind=kind,
        inspector=_one_line(inspection.inspector),
        period=inspection.period,
        feedback_date=inspection.feedback,
        published=published,
        contact=contact_in(source.text, folded, max(start, content_end - _TAIL), content_end),
    )


def _unit(issuer: str, inspection: Inspection) -> tuple[str, str]:
    """Return the unit and the unit above it: the issuer's, or the fuller name that the inspection gives its zone."""
    parent = inspection.parent or parent_of(issuer)
    unit = _as_written(issuer, unit_of_body(fold(issuer)))
    if not unit or (unit in aliases_of(inspection.unit) and len(inspection.unit) > len(unit)):
        unit = inspection.unit
    return unit, parent if parent != unit else ""


def _aliases(unit: str, parent: str) -> tuple[str, ...]:
    """Return the names of a unit; of one in traditional characters, those in simplified ones too."""
    names = aliases_of(unit, parent=parent)
    more = aliases_of(fold(unit), parent=fold(parent)) if fold(unit) != unit else ()
    return tuple(sorted({*names, *more}, key=lambda name: (-len(name), name)))


def _as_written(body: str, folded_unit: str) -> str:
    """Return the unit in the characters of `body`, in whose folded form it was found."""
    start = fold(body).find(folded_unit)
    return body[start : start + len(folded_unit)] if start >= 0 else folded_unit


def _identity(path: str, start: int, title: str) -> str:
    return hashlib.blake2b(f"{path}\n{start}\n{title}".encode(errors="surrogatepass"), digest_size=6).hexdigest()


def _signature(text: str, folded: str, start: int, end: int) -> tuple[str, str]:
    """Return the signing body and the publication date (ISO): the page's own at the head, else the day signed."""
    tail_start = max(start, end - _TAIL)
    prose = folded.find("。", start, min(end, start + _HEAD))
    head_end = prose if prose >= 0 else min(end, start + _HEAD)
    head = _DAY_LINE.search(folded, start, head_end) or _HEAD_DAY.search(folded, start, head_end)
    last = max(_DAY_LINE.finditer(folded, tail_start, end), key=re.Match.start, default=None)
    if last is None or (head and last.start() <= head.start()):
        return "", _day_of(head)
    before = [line.strip() for line in text[tail_start : last.start()].split("\n") if line.strip()]
    signer = text[slice(*last.span("signer"))] if last["signer"] else before[-1] if before else ""
    published = max(_day_of(head), _day_of(last), key=len)
    return signer if is_body(fold(signer)) else "", published


def _day_of(match: re.Match[str] | None) -> str:
    return to_iso(match["day"]) if match else ""


def _one_line(name: str) -> str:
    """Return a name without the line breaks, of whatever kind, that stand in it."""
    return " ".join(name.split())


def _issuer(title: str, lead: str, signature: str) -> str:
    """Return the body named in the title, else the one that signed, else the one that was given the feedback."""
    named = issuer_in(fold(title)) and title[: len(issuer_in(fold(title)))]
    if named or signature:
        return named or signature
    informed = _INFORMED.search(lead)
    return informed["body"] if informed else ""
