"""What a reader should know of copies and versions: of the sources of an answer, of a notice, of a whole index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.config import OLDER_ON_REQUEST
from index.kinship import KinKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from assistant.types import Citation
    from index.kinship import Kin
    from index.store import Index
    from index.types import Notice


def version_notes(citations: Iterable[Citation], index: Index) -> tuple[str, ...]:
    """Return one line for each cited notice of which there is another version; none gives no lines."""
    if not index.kin:
        return ()
    cited: dict[str, list[int]] = {}
    for citation in citations:
        cited.setdefault(citation.notice, []).append(citation.n)
    notes = []
    for notice, numbers in cited.items():
        label = "".join(f"[{number}]" for number in numbers)
        notes += [f"{label} {line}" for line in _lines(notice, index)]
    return tuple(notes)


def _lines(notice: str, index: Index) -> Iterator[str]:
    own = [one for one in index.kin if one.notice == notice or one.other == notice]
    older = [one.notice for one in own if one.other == notice and one.kind is KinKind.OLDER]
    newer = [one.other for one in own if one.notice == notice and one.kind is KinKind.OLDER]
    others = [one.other if one.notice == notice else one.notice for one in own if one.kind is KinKind.UNDATED]
    if older:
        yield f"出自较新的版本；旧版未用：{_names(older, index)}{OLDER_ON_REQUEST}"
    if newer:
        yield f"出自旧版，较新的版本是 {_names(newer, index)}"
    if others:
        yield f"另有版本 {_names(others, index)}，日期和标题看不出哪个较新，请核对"


def _names(notices: Iterable[str], index: Index) -> str:
    return "、".join(_name(index.notice(notice)) for notice in notices)


def _name(notice: Notice) -> str:
    return f"{notice.file}（{notice.published or '未注明日期'}）"


def kin_lines(index: Index, *, notice: str | None = None, files: Collection[str] | None = None) -> Iterator[str]:
    """Yield one line for each copy, version and near duplicate.

    `notice` keeps the relations that this notice has, `files` those that touch one of these files.
    """
    for one in index.kin:
        touched = {index.notice(one.notice).file, index.notice(one.other).file}
        if notice in {None, one.notice, one.other} and (files is None or touched & set(files)):
            yield kin_line(one, index)


def kin_line(kin: Kin, index: Index) -> str:
    """Return one line that tells how two notices are related."""
    first, second = index.notice(kin.notice), index.notice(kin.other)
    return {
        KinKind.COPY: f"重复：{first.file} 与 {second.file} 内容相同，作答只用后者",
        KinKind.OLDER: f"旧版：{_name(first)} 有较新的版本 {_name(second)}，作答只用后者",
        KinKind.UNDATED: f"版本：{_name(first)} 与 {_name(second)} 是同一通报的两个版本，看不出哪个较新，都用于作答",
        KinKind.SIMILAR: f"相近：{first.file} 与 {second.file} 约 {kin.resemblance:.0%} 相同，都用于作答",
    }[kin.kind]
