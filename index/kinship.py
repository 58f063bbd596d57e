"""Which notices say the same: copies, versions of one notice with the newer named, and notices that resemble.

What is found depends on the notices alone, not on the order in which they came into the index.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from index.analysis import fold
from index.sketches import likely_pairs, resemblances

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from index.types import Notice

SIMILAR_FROM = 0.7
"""Resemblance from which two notices count as near duplicates. Two of different units, made from the same
template, stay below 0.2; one with every tenth sentence changed is at about 0.8."""
_SAME_INSPECTION = 0.05
_SAME_TITLE = 0.3
_OTHER_TITLE = SIMILAR_FROM
"""Resemblance that two versions need: next to none if title and inspection agree, more where less is known."""
_NEIGHBOURS = 16
"""Notices of one unit and title, in order of date, with which each is compared: a bound for strange collections."""
_BLANK = re.compile(r"[\W_]+")
_REVISED = re.compile(
    r"第(?P<han>[二三四五六七八九])(?:版|稿)|(?<![a-z0-9])v(?P<digit>\d{1,2})(?!\d)|修订版?|修正版?|更正版?|更新版?|修改[稿版]|新版"
)


class KinKind(StrEnum):
    """How a notice is related to another one."""

    COPY = "copy"
    """The same words; the other one is searched."""
    OLDER = "older"
    """An older version of the other one, which is searched."""
    UNDATED = "undated"
    """A version of the other one, and nothing tells which is newer; both are searched."""
    SIMILAR = "similar"
    """Much the same words, but no version; both are searched."""


@dataclass(frozen=True, slots=True)
class Kin:
    """A notice's relation to another one."""

    kind: KinKind
    notice: str
    other: str
    resemblance: float
    """Estimated share of common five-character shingles; 1 for a copy."""


def group_keys(notices: Iterable[Notice]) -> NDArray[np.uint64]:
    """Return two numbers for each notice, shape (notices, 2): equal ones for those that may be versions of one notice.

    The first goes by title, the second by the days of inspection; it is 0 if those are not known.
    """
    rows = [[_number(_title_group(one)), _number(_period_group(one))] for one in notices]
    return np.array(rows, dtype=np.uint64).reshape(-1, 2)


def _number(group: tuple[str, ...]) -> int:
    digest = hashlib.blake2b("\0".join(group).encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little") if group else 0


def _title_group(notice: Notice) -> tuple[str, ...]:
    return notice.unit, notice.kind, _plain_title(notice)


def _period_group(notice: Notice) -> tuple[str, ...]:
    return (notice.unit, notice.kind, *notice.period) if notice.unit and notice.period[0] else ()


def find_kin(
    notices: Sequence[Notice], sketches: NDArray[np.uint16], digests: NDArray[np.uint64], keys: NDArray[np.uint64]
) -> tuple[Kin, ...]:
    """Return the relations between `notices`, whose sketches, digests and `group_keys` have the same order, in that order.

    A notice is a copy or an older version of at most one other, and similar to at most one. None gives none. Of `notices`
    only those are looked at that may be related to another.
    """
    firsts = _firsts(digests)
    copies = [
        (number, Kin(KinKind.COPY, notices[number].id, notices[first].id, 1.0))
        for number, first in enumerate(firsts.tolist())
        if first != number
    ]
    kept = np.flatnonzero(firsts == np.arange(len(notices)))
    versions, grouped = _versions(notices, sketches, kept, keys)
    similar = _similar(notices, sketches, kept, grouped)
    found = sorted([*copies, *versions, *similar], key=lambda pair: (pair[0], pair[1].kind))
    return tuple(kin for _, kin in found)


def _firsts(digests: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Return for each row the first row with the same digest."""
    seen: dict[bytes, int] = {}
    return np.array([seen.setdefault(row.tobytes(), number) for number, row in enumerate(digests)], dtype=np.int64)


def _versions(
    notices: Sequence[Notice], sketches: NDArray[np.uint16], kept: NDArray[np.int64], keys: NDArray[np.uint64]
) -> tuple[list[tuple[int, Kin]], dict[int, int]]:
    """Return the relations between versions, each with the number of the older, and for each of their numbers the lowest one of its group."""
    pairs = np.array(sorted(set(_candidates(notices, kept, keys))), dtype=np.int64).reshape(-1, 2)
    alike = {
        (first, second): value
        for (first, second), value in zip(pairs.tolist(), resemblances(sketches, pairs).tolist(), strict=True)
        if _are_versions(notices[first], notices[second], value)
    }
    grouped = _joined(alike)
    members: dict[int, list[int]] = defaultdict(list)
    for number, first in sorted(grouped.items()):
        members[first].append(number)
    found = []
    for group in members.values():
        newest = _newest(notices, group)
        for number in group:
            if number == newest:
                continue
            kind = KinKind.OLDER if _is_newer(notices[newest], notices[number]) else KinKind.UNDATED
            value = float(resemblances(sketches, np.array([[number, newest]]))[0])
            found.append((number, Kin(kind, notices[number].id, notices[newest].id, value)))
    return found, grouped


def _candidates(
    notices: Sequence[Notice], kept: NDArray[np.int64], keys: NDArray[np.uint64]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of notices of one unit and kind with the same title or the same days of inspection."""
    for column, group_of in enumerate((_title_group, _period_group)):
        for members in _alike(kept, keys[kept, column]):
            groups: dict[tuple[str, ...], list[int]] = defaultdict(list)
            for number in members:
                groups[group_of(notices[number])].append(number)
            for group in groups.values():
                ordered = sorted(group, key=lambda number: (notices[number].published, number))
                for place, number in enumerate(ordered):
                    for other in ordered[place + 1 : place + 1 + _NEIGHBOURS]:
                        yield min(number, other), max(number, other)


def _alike(numbers: NDArray[np.int64], keys: NDArray[np.uint64]) -> Iterator[list[int]]:
    """Yield the `numbers` of each key but 0 that several have, ascending."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    begins = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, np.int64)
    ends = np.r_[begins[1:], len(ordered)]
    chosen = (ends - begins > 1) & (ordered[begins] != 0)
    for first, last in zip(begins[chosen].tolist(), ends[chosen].tolist(), strict=True):
        yield numbers[order[first:last]].tolist()


def _plain_title(notice: Notice) -> str:
    """Return the title folded, without punctuation and marks of a revision."""
    return _BLANK.sub("", _REVISED.sub("", fold(notice.title)))


def _are_versions(first: Notice, second: Notice, resemblance: float) -> bool:
    """Return whether two notices of one unit and kind are versions of one: not if they tell of two inspections."""
    if first.file == second.file:
        return False
    known = first.period[0] and second.period[0]
    if (known and first.period != second.period) or _differ(first.feedback_date, second.feedback_date):
        return False
    if _plain_title(first) != _plain_title(second):
        return resemblance >= _OTHER_TITLE
    return resemblance >= (_SAME_INSPECTION if known else _SAME_TITLE)


def _differ(first: str, second: str) -> bool:
    return bool(first and second and first != second)


def _joined(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return for each number in `pairs` the lowest number it is joined with, directly or through others."""
    parent: dict[int, int] = {}

    def root(number: int) -> int:
        while parent.setdefault(number, number) != number:
            number = parent[number]
        return number

    for first, second in pairs:
        low, high = sorted((root(first), root(second)))
        parent[high] = low
    return {number: root(number) for number in list(parent)}


def _newest(notices: Sequence[Notice], group: Sequence[int]) -> int:
    """Return the number of the newest of a group, the first of those that nothing tells apart."""
    newest = group[0]
    for number in group[1:]:
        if _is_newer(notices[number], notices[newest]):
            newest = number
    return newest


def _is_newer(first: Notice, second: Notice) -> bool:
    """Return whether `first` was published after `second`, or, on the same or no day, is marked as revised."""
    shared = min(len(first.published), len(second.published))
    if shared and first.published[:shared] != second.published[:shared]:
        return first.published[:shared] > second.published[:shared]
    return bool(shared or not (first.published or second.published)) and _revision(first) > _revision(second)


def _revision(notice: Notice) -> int:
    """Return the number of the revision that title or file name claim: 0 for none, 2 for 第二版, v2, 修订."""
    named = fold(f"{notice.title} {PurePosixPath(notice.file).stem}")
    marks = [
        "一二三四五六七八九".index(match["han"]) + 1 if match["han"] else int(match["digit"]) if match["digit"] else 2
        for match in _REVISED.finditer(named)
    ]
    return max(marks, default=0)


def _similar(
    notices: Sequence[Notice], sketches: NDArray[np.uint16], kept: NDArray[np.int64], grouped: dict[int, int]
) -> list[tuple[int, Kin]]:
    """Return for each notice by its number the most similar one before it, leaving out versions and parts of one file."""
    pairs = kept[likely_pairs(sketches[kept])] if len(kept) else np.zeros((0, 2), np.int64)
    values = resemblances(sketches, pairs)
    best: dict[int, tuple[float, int]] = {}
    rows = np.flatnonzero(values >= SIMILAR_FROM)
    for (first, second), value in zip(pairs[rows].tolist(), values[rows].tolist(), strict=True):
        versions = first in grouped and grouped[first] == grouped.get(second)
        if not versions and notices[first].file != notices[second].file:
            best[second] = max(best.get(second, (0.0, 0)), (value, -first))
    return [
        (second, Kin(KinKind.SIMILAR, notices[second].id, notices[-first].id, value))
        for second, (value, first) in best.items()
    ]


def superseded(kin: Iterable[Kin]) -> frozenset[str]:
    """Return the ids of the notices that need not be searched: copies and older versions."""
    return frozenset(one.notice for one in kin if one.kind in {KinKind.COPY, KinKind.OLDER})
