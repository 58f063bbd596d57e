"""The way from a file to its passages, as one value: which files, how they are read, parsed and cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from index.documents import Document, Part
from index.errors import ReadError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from index.types import Notice, Passage, Section, SourceFile


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The way from a file to passages, called for every new or changed file."""

    suffixes: Collection[str]
    read: Callable[..., SourceFile]
    """`read(path, *, root)`, raises ReadError."""
    parse: Callable[[SourceFile], Sequence[tuple[Notice, tuple[Section, ...]]]]
    cut: Callable[..., Sequence[Passage]]
    """`cut(source, notice, sections, *, size)`."""

    def document(self, source: SourceFile, *, location: str, passage_size: int) -> Document:
        """Return all that is cut from `source`. Raises ReadError if that is not a single passage."""
        parts = tuple(
            Part(notice, sections, tuple(self.cut(source, notice, sections, size=passage_size)))
            for notice, sections in self.parse(source)
        )
        if not any(part.passages for part in parts):
            raise ReadError("没有可索引的正文")
        return Document(
            source.path, location, source.sha256, source.encoding, source.text, parts, source.marks, source.notes
        )


def default_pipeline() -> Pipeline:
    """Return the readers, the notice parser and the passage cutter of this package."""
    from index.notices import parse_notices
    from index.passages import cut_passages
    from index.readers import SUFFIXES
    from index.readers.guard import GuardedReader

    return Pipeline(SUFFIXES, GuardedReader(), parse_notices, cut_passages)
