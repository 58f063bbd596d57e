"""Every checksum, offset, count and vector of an index, looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.aliases import misdirected
from index.errors import IndexDamagedError, StoreDamagedError
from index.manifest import CURRENT, MANIFEST, altered_files, current_generation, generations, read_manifest
from index.reasons import with_advice
from index.store import Index, open_index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from index.postings import Postings
    from index.types import Notice

STORE = "Milvus"
"""Where a problem is that lies in the store outside the index folder."""
_BATCH = 4096
_UNIT_TOLERANCE = 1e-3
"""Float32 rounding of a 1,024-wide vector's length stays below 1e-5; half-precision models below 1e-3."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong with an index."""

    where: str
    """A file of the index, a notice or a passage."""
    what: str
    closed: bool = False
    """Whether this user may not read it: that is no damage."""


def verify_index(directory: Path) -> list[Problem]:
    """Return all that is wrong with the index at `directory`; an empty list says that it is sound.

    Altered files are reported alone, by their path in the generation, since nothing read from them could be
    trusted. Raises IndexMissingError, IndexFormatError, or StoreError if a store outside the folder cannot be reached.
    """
    where = CURRENT
    try:
        generation = current_generation(directory)
        if generation is not None:
            folder = generations(directory) / generation
            where = MANIFEST if folder.is_dir() else CURRENT
            altered = [_fault(name, folder / name) for name in altered_files(folder, read_manifest(folder))]
            if altered:
                return altered
        where = str(directory)
        return problems_of(open_index(directory))
    except IndexDamagedError as error:
        return [Problem(where, str(error), closed=isinstance(error.__cause__, PermissionError))]


def _fault(name: str, path: Path) -> Problem:
    """Return what is wrong with a file that is not as recorded."""
    try:
        with path.open("rb"):
            return Problem(name, "内容已改动")
    except FileNotFoundError:
        return Problem(name, "缺失")
    except OSError as error:
        return Problem(name, f"无法读取：{with_advice(error)}", closed=isinstance(error, PermissionError))


def problems_of(index: Index) -> list[Problem]:
    """Return all that does not fit together in an opened index, whose bytes are as recorded.

    Raises IndexDamagedError if a row of a table is not what its sum was made of.
    """
    try:
        outside = [Problem(STORE, wrong)] if (wrong := misdirected(index.folder)) else []
        counted, vectors = list(miscounts(index)), list(_vectors(index))
        astray = [Problem(STORE, f"第 {number} 段的词项或筛选项与索引不符") for number in index.vector_store.astray()]
    except StoreDamagedError as error:
        return [Problem(STORE, str(error))]
    return [*outside, *counted, *_notices(index), *_marks(index), *_passages(index), *_words(index), *vectors, *astray]


def miscounts(index: Index) -> Iterator[Problem]:
    """Yield where the manifest and the tables disagree on how much there is."""
    counts = index.manifest.counts
    found = {
        "通报": (counts.notices, len(index.notices)),
        "文件": (counts.files, len(index.files)),
        "段落": (counts.passages, len(index.passages)),
        "词项段落": (counts.passages, len(index.lexical)),
        "向量": (counts.passages, len(index.vector_store)),
    }
    for table in index.sketches() or ():
        found["指纹"] = (counts.notices, len(table))
    for name, (expected, actual) in found.items():
        if expected != actual:
            yield Problem("manifest.json", f"{name}数应为 {expected}，实为 {actual}")


def _notices(index: Index) -> Iterator[Problem]:
    """Yield notices that do not lie in their file, or whose sections do not cover them."""
    for notice in index.notices:
        try:
            length = len(index.text(notice.file))
        except KeyError:
            yield Problem(notice.id, f"所属文件 {notice.file} 不在索引中")
            continue
        if not 0 <= notice.start <= notice.end <= length:
            yield Problem(notice.id, f"位置 {notice.start}–{notice.end} 超出 {notice.file} 的 {length} 个字符")
        elif not _is_covered(index, notice):
            yield Problem(notice.id, "章节有空隙或重叠")


def _marks(index: Index) -> Iterator[Problem]:
    """Yield files with a page or row that lies outside of their text."""
    for number, record in enumerate(index.files):
        length = len(index.text_of(number))
        if not all(0 <= mark.start <= mark.end <= length for mark in index.marks_of(number)):
            yield Problem(record["path"], f"页码或表格行的位置超出 {length} 个字符")


def _is_covered(index: Index, notice: Notice) -> bool:
    """Return whether the sections of `notice` follow one another from its start to its end."""
    place = notice.start
    for section in index.sections(notice.id):
        if section.start != place or not section.start <= section.body_start <= section.end:
            return False
        place = section.end
    return place == notice.end


def _passages(index: Index) -> Iterator[Problem]:
    """Yield passages that are not the slice of their file that they claim to be, or have a taken id."""
    seen: set[str] = set()
    for passage in index.passages:
        notice = index.notice(passage.notice)
        if passage.id in seen:
            yield Problem(passage.id, "段落编号重复")
        seen.add(passage.id)
        if passage.file != notice.file or not notice.start <= passage.start < passage.end <= notice.end:
            yield Problem(passage.id, f"位置 {passage.start}–{passage.end} 不在通报 {notice.id} 内")
        elif len(passage.text) != passage.end - passage.start or not passage.text.strip():
            yield Problem(passage.id, "内容与原文的位置不符")


def _words(index: Index) -> Iterator[Problem]:
    """Yield what does not fit together in the word counts."""
    numbers = np.concatenate([segment.numbers for segment in index.lexical.segments])
    if not np.array_equal(np.sort(numbers[numbers >= 0]), np.arange(len(index.passages))):
        yield Problem("lexical", "词项段的编号与段落不符")
    for segment in index.lexical.segments:
        yield from _postings(segment.postings())


def _postings(words: Postings) -> Iterator[Problem]:
    """Yield what does not fit together in the word counts of a segment."""
    for block in words.blocks:
        counts = block.counts.of(0, len(block.passages))
        if len(block.starts) != len(block.words) + 1 or int(block.starts[-1]) != len(block.passages):
            yield Problem("lexical", "词项表各列长度不一")
        elif len(block.words) and int(block.words.max()) >= len(words.words):
            yield Problem("lexical", "词项表指向不存在的词")
        elif len(counts) and int(block.passages.max()) + block.first >= len(words.lengths):
            yield Problem("lexical", "词项指向不存在的段落")
        elif np.any(np.diff(block.starts.astype(np.int64)) <= 0) or np.any(counts == 0):
            yield Problem("lexical", "词项没有出现次数")


def _vectors(index: Index) -> Iterator[Problem]:
    """Yield vectors of the wrong width, with numbers that are none, or of a length other than 1 or 0."""
    if index.vector_store.dimensions != index.manifest.dimensions:
        yield Problem("dense", f"向量维数应为 {index.manifest.dimensions}，实为 {index.vector_store.dimensions}")
        return
    for start in range(0, len(index.vector_store), _BATCH):
        vectors = index.vector_store.vectors(np.arange(start, min(start + _BATCH, len(index.vector_store))))
        lengths = np.linalg.norm(vectors, axis=1)
        sound = np.isfinite(lengths) & ((np.abs(lengths - 1) < _UNIT_TOLERANCE) | (lengths == 0))
        for row in np.flatnonzero(~sound).tolist():
            yield Problem(index.passages[start + row].id, f"向量长度为 {lengths[row]:.4f}，应为 1")
