"""Answers, hits and notices as paragraphs for the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.layout import Paragraph
from assistant.types import Status
from assistant.versions import kin_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from assistant.types import Answer, Citation, Retrieved
    from index.marks import Place
    from index.store import Index
    from index.types import Hit, Notice

_STRONG = "bold green"
_HEADLINE = "bold"
_QUIET = "dim"
_WARNING = "bold yellow"
_MARKED = "bold reverse"
_NEAREST = 3
_EXCERPT = 160
_REFERENCE = re.compile(r"\[\d+\]")
_NUMBERED = re.compile(r"(?:\d+[.、]|[-·•]) ?")
_EDGES = "。；;，, "


def answer_paragraphs(answer: Answer, index: Index) -> Iterator[Paragraph]:
    """Yield an answer with its numbered sources, or a refusal with the nearest passages marked as no answer."""
    if answer.status is Status.ANSWERED:
        yield from _answered(answer)
    else:
        yield from _refused(answer, index)


def _answered(answer: Answer) -> Iterator[Paragraph]:
    if answer.short_answer and _bare(answer.answer) != _bare(answer.short_answer):
        yield Paragraph(answer.short_answer, _STRONG)
    for line in answer.answer.splitlines():
        references = tuple((m.start(), m.end(), "cyan") for m in _REFERENCE.finditer(line))
        number = _NUMBERED.match(line)
        yield Paragraph(line, hanging=number.end() if number else 0, marks=references)
    yield from _understood(answer)
    yield from source_paragraphs(answer)


def source_paragraphs(answer: Answer) -> Iterator[Paragraph]:
    """Yield the numbered sources of an answer, a blank line before each; none without citations."""
    wanted = list(_values(answer))
    for citation in answer.citations:
        yield Paragraph()
        yield from _source(citation, wanted)
    for note in answer.notes:
        yield Paragraph(f"注：{note}", _WARNING, hanging=4)


def _bare(text: str) -> str:
    return _REFERENCE.sub("", text).strip(_EDGES)


def _understood(answer: Answer) -> Iterator[Paragraph]:
    if answer.standalone and answer.standalone.split() != answer.question.split():
        yield Paragraph(f"（问题理解为：{answer.standalone}）", _QUIET, hanging=2)


def _values(answer: Answer) -> Iterator[str]:
    """Yield what to mark in the quotes: the short answer, its parts, the items and their values."""
    for value in (answer.short_answer, *answer.items):
        whole = _bare(value)
        yield whole
        yield from (part.strip() for part in re.split("[；：]", whole))


def _source(citation: Citation, wanted: Iterable[str]) -> Iterator[Paragraph]:
    label = f"[{citation.n}] "
    yield Paragraph(label + _named(citation.title, citation.unit), _HEADLINE, hanging=len(label))
    if citation.section:
        yield Paragraph(" › ".join(citation.section), _QUIET, indent=4)
    yield Paragraph(f"“{citation.quote}”", indent=4, marks=tuple(_found(citation.quote, wanted, shift=1)))
    yield Paragraph(_place(citation, citation.place), _QUIET, indent=4)


def _named(title: str, unit: str) -> str:
    return " · ".join(part for part in (title or "（无题）", unit) if part)


def _place(where: Citation | Retrieved, place: Place | None = None) -> str:
    inside = f"{place} " if place is not None and str(place) else ""
    return f"{where.file} {inside}第 {where.start}–{where.end} 字"


def _found(text: str, wanted: Iterable[str], *, shift: int) -> Iterator[tuple[int, int, str]]:
    """Yield the marks of each wanted value in `text`, moved by `shift`; single characters are no value."""
    for value in wanted:
        if len(value) > 1:
            yield from ((m.start() + shift, m.end() + shift, _MARKED) for m in re.finditer(re.escape(value), text))


def _refused(answer: Answer, index: Index) -> Iterator[Paragraph]:
    yield Paragraph("没有答案", _WARNING)
    yield from (Paragraph(line) for line in answer.answer.splitlines())
    yield from _understood(answer)
    if not answer.retrieved:
        return
    yield Paragraph()
    yield Paragraph("最接近的段落（不是答案）：", _WARNING)
    for place in answer.retrieved[:_NEAREST]:
        notice = _notice_at(index, place)
        title = _named(notice.title, notice.unit) if notice else place.file
        yield Paragraph(f"- 不是答案｜{title}", _QUIET, hanging=2)
        path = _path_at(index, notice, place) if notice else ()
        if path:
            yield Paragraph(" › ".join(path), _QUIET, indent=4)
        yield Paragraph(_excerpt(index.text(place.file)[place.start : place.end]), _QUIET, indent=4)
        yield Paragraph(_place(place, index.place(place.file, place.start)), _QUIET, indent=4)


def _excerpt(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _EXCERPT else text[:_EXCERPT] + "…"


def _notice_at(index: Index, place: Retrieved) -> Notice | None:
    held = index.notices_of(place.file)
    return next((notice for notice in held if notice.start <= place.start < notice.end), None)


def _path_at(index: Index, notice: Notice, place: Retrieved) -> tuple[str, ...]:
    sections = index.sections(notice.id)
    return next((section.path for section in sections if section.start <= place.start < section.end), ())


def hit_paragraphs(hits: Sequence[Hit], index: Index) -> Iterator[Paragraph]:
    """Yield numbered passages with their scores; no hits give nothing."""
    for number, hit in enumerate(hits, start=1):
        passage = hit.passage
        notice = index.notice(passage.notice)
        label = f"{number}. "
        if number > 1:
            yield Paragraph()
        yield Paragraph(f"{label}{_named(notice.title, notice.unit)}", _HEADLINE, hanging=len(label))
        if passage.path:
            yield Paragraph(" › ".join(passage.path), _QUIET, indent=4)
        yield Paragraph(" ".join(passage.text.split()), indent=4)
        where = f"{passage.file} 第 {passage.start}–{passage.end} 字"
        yield Paragraph(f"{where} · 得分 {hit.score:.3f}", _QUIET, indent=4)


def list_paragraphs(index: Index) -> Iterator[Paragraph]:
    """Yield two lines for each notice of `index`, and a count at the end."""
    for notice in index.notices:
        heading = "  ".join(part for part in (notice.id, notice.unit, notice.kind, notice.published) if part)
        yield Paragraph(heading, marks=((0, len(notice.id), "cyan"),))
        yield Paragraph(notice.title or "（无题）", indent=4)
        yield Paragraph(f"{notice.file} · {len(index.passages_of(notice.id))} 段", _QUIET, indent=4)
    for line in kin_lines(index):
        yield Paragraph(line, _WARNING, hanging=2)
    counts = index.manifest.counts
    yield Paragraph(f"共 {counts.notices} 份通报，{counts.files} 个文件，{counts.passages} 段", _HEADLINE)


def notice_paragraphs(notice: Notice, index: Index) -> Iterator[Paragraph]:
    """Yield what is known of a notice and its headings; unknown fields are left out."""
    yield Paragraph(notice.title or "（无题）", _HEADLINE)
    fields = (
        ("编号", notice.id),
        ("文件", f"{notice.file} 第 {notice.start}–{notice.end} 字"),
        ("单位", notice.unit),
        ("别名", "、".join(notice.aliases)),
        ("发布单位", notice.issuer),
        ("类别", notice.kind),
        ("巡视巡察组", notice.inspector),
        ("进驻时间", " 至 ".join(day for day in notice.period if day)),
        ("反馈日期", notice.feedback_date),
        ("公布日期", notice.published),
        *((f"联系{kind}" if kind == "电话" else kind, value) for kind, value in notice.contact),
        ("段落", f"{len(index.passages_of(notice.id))} 段"),
        *(
            ("未读", note)
            for record in index.files
            if record["path"] == notice.file
            for note in record.get("notes", ())
        ),
    )
    for name, value in fields:
        if value:
            yield Paragraph(f"{name}：{value}", hanging=4, marks=((0, len(name) + 1, _QUIET),))
    for line in kin_lines(index, notice=notice.id):
        yield Paragraph(line, _WARNING, hanging=2)
    yield Paragraph()
    for section in index.sections(notice.id):
        if section.heading and not section.furniture:
            yield Paragraph(section.heading, indent=2 * (section.level - 1), hanging=2)
