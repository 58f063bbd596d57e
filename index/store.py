"""An opened index: one generation, mapped into memory and read on demand."""

from __future__ import annotations

import functools
import json
from bisect import bisect_left
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embedding import Embedder, open_embedder
from index.errors import IndexDamagedError, ModelMismatchError
from index.kinship import Kin, KinKind, group_keys, superseded
from index.lexical import LexicalIndex
from index.lexicon import Lexicon
from index.manifest import Manifest, current_generation, generations, open_generation, unopened
from index.marks import Mark, Place, place_at
from index.notice_columns import NoticeColumns
from index.passage_table import PassageTable
from index.rows import notice_of, section_of
from index.stores import open_store
from index.tables import LazySequence, TextTable, open_array
from index.types import Notice, Passage, Section

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from index.config import IndexConfig
    from index.vector_store import VectorStore

_WITH_KIN = 2
"""The first format that keeps how notices are related."""
_WITH_RUNS = 3
"""The first format that keeps which notices a file holds."""
_CACHED_TEXTS = 256
_CACHED_ROWS = 4096


def open_index(
    directory: Path | str,
    *,
    config: IndexConfig | None = None,
    embedder: Embedder | None = None,
    lexicon: Lexicon | None = None,
) -> Index:
    """Return the index at `directory` as it is now; later publications do not touch it.

    `config` replaces the recorded search settings; a model named there must be the one the index was built with.
    `embedder` and `lexicon` are opened at their first use unless given. Sizes of all files are looked at, their
    checksums by `verify_index` only. Raises IndexMissingError, IndexFormatError, IndexDamagedError or
    ModelMismatchError.
    """
    directory = Path(directory)
    index = _open_current(directory, config, embedder, lexicon)
    asked = config.model if config is not None else None
    if embedder is not None or (asked is not None and asked != index.manifest.model):
        index.check_model(embedder or open_embedder(asked))
    return index


def _open_current(
    directory: Path, config: IndexConfig | None, embedder: Embedder | None, lexicon: Lexicon | None
) -> Index:
    """Return the index, opened again if a writer removed its generation between two looks."""
    while True:
        before = current_generation(directory)
        try:
            generation, manifest = open_generation(directory)
            return Index(directory, generation, manifest, config=config, embedder=embedder, lexicon=lexicon)
        except IndexDamagedError:
            if current_generation(directory) == before:
                raise


class Index:
    """One generation of an index; see `open_index`. May be read by several threads."""

    def __init__(
        self,
        directory: Path,
        generation: str,
        manifest: Manifest,
        *,
        config: IndexConfig | None = None,
        embedder: Embedder | None = None,
        lexicon: Lexicon | None = None,
    ) -> None:
        self.directory = directory
        self.generation = generation
        self.manifest = manifest
        self.config = manifest.config if config is None else config.with_build_of(manifest.config)
        self._embedder = embedder
        self._lexicon = lexicon
        self._open_tables(self.folder)
        self.text_of = functools.lru_cache(maxsize=_CACHED_TEXTS)(self._texts.__getitem__)
        self._file = functools.lru_cache(maxsize=_CACHED_ROWS)(self._read_file)
        self._file_number = functools.lru_cache(maxsize=_CACHED_ROWS)(self._find_file)
        self._passage = functools.lru_cache(maxsize=_CACHED_ROWS)(self._read_passage)
        self.marks_of = functools.lru_cache(maxsize=_CACHED_TEXTS)(self._read_marks)
        self.notice_at = functools.lru_cache(maxsize=_CACHED_ROWS)(self._read_notice)
        self.sections_at = functools.lru_cache(maxsize=_CACHED_TEXTS)(self._read_sections)
        self.path_at = functools.lru_cache(maxsize=None)(self._read_path)

    def _open_tables(self, folder: Path) -> None:
        """Map every file, so that the generation stays whole when a writer removes its folder."""
        try:
            self._texts = TextTable.open(folder, "texts")
            # Generations written before there were marks hold plain text only.
            self._marks = TextTable.open(folder, "marks") if "marks.txt" in self.manifest.stored else None
            self._files = TextTable.open(folder, "files")
            self._notices = TextTable.open(folder, "notices")
            self._notice_ids = TextTable.open(folder, "notice_ids")
            self._sections = TextTable.open(folder, "sections")
            self._paths = TextTable.open(folder, "paths")
            self._passage_ids = TextTable.open(folder, "passage_ids")
            self._places = PassageTable.open(folder)
            self.passage_rows, self.notice_passages = self._places.rows, self._places.firsts
            self._kin = TextTable.open(folder / "kinship", "kin") if self.manifest.format >= _WITH_KIN else ()
            self.lexical = LexicalIndex.open(folder / "lexical", k1=self.config.k1, b=self.config.b)
            self._columns = NoticeColumns(
                self._notice_ids, self.notice_passages, LazySequence(range(len(self._notices)), self._read_notice)
            )
            self.vector_store: VectorStore = open_store(
                folder / "dense",
                lexical=self.lexical,
                notices=self._columns,
                config=self.config,
                fingerprint=self.manifest.fingerprint,
            )
        except (OSError, ValueError) as error:
            raise IndexDamagedError(unopened(folder, error)) from error

    @property
    def folder(self) -> Path:
        """The folder of this generation."""
        return generations(self.directory) / self.generation

    @property
    def files(self) -> Sequence[dict[str, Any]]:
        """What is recorded of each file, in order of path: path, location, sha256, encoding, whole, and notes if any."""
        return LazySequence(range(len(self._files)), self._file)

    def _find_file(self, path: str) -> int:
        number = bisect_left(self.files, path, key=itemgetter("path"))
        if number == len(self.files) or self.files[number]["path"] != path:
            raise KeyError(path)
        return number

    @functools.cached_property
    def file_notices(self) -> NDArray[np.int64]:
        """Shape (files + 1,): file i holds the notices file_notices[i] to file_notices[i + 1]. Not in formats before 3."""
        return open_array(self.folder / "file_notices.npy")

    def table(self, name: str) -> TextTable:
        """Return the table with this name, whose rows a later generation takes over."""
        return TextTable.open(self.folder, name)

    @property
    def notices(self) -> Sequence[Notice]:
        """All notices, in the order of their files and places."""
        return LazySequence(range(len(self._notices)), self.notice_at)

    @property
    def notices_with_unit(self) -> Sequence[Notice]:
        """The notices that are about a unit, in order: of a collection of many other texts, the few that matter."""
        return list(map(self.notice_at, self.unit_notices.tolist()))

    @functools.cached_property
    def unit_notices(self) -> NDArray[np.int64]:
        """The numbers of those notices, ascending."""
        if "unit_notices.npy" in self.manifest.stored:
            return open_array(self.folder / "unit_notices.npy")
        return np.array([number for number, notice in enumerate(self.notices) if notice.unit], dtype=np.int64)

    def notices_of(self, file: str) -> Sequence[Notice]:
        """Return the notices of `file` in order. Raises KeyError for an unknown file."""
        number = self._file_number(file)
        if self.manifest.format < _WITH_RUNS:
            return [notice for notice in self.notices if notice.file == file]
        return self.notices[int(self.file_notices[number]) : int(self.file_notices[number + 1])]

    @functools.cached_property
    def kin(self) -> tuple[Kin, ...]:
        """How notices are related to others, see `find_kin`; nothing is known of it in an index of format 1."""
        rows = json.loads(f"[{','.join(self._kin)}]")
        return tuple(Kin(**{**row, "kind": KinKind(row["kind"])}) for row in rows)

    @functools.cached_property
    def superseded(self) -> frozenset[str]:
        """Ids of the notices that are copies or older versions of others."""
        return superseded(self.kin)

    @functools.cached_property
    def current_ids(self) -> frozenset[str]:
        """Ids of all notices but those; always the same value, so that a filter by it need not be worked out again."""
        return frozenset(self._columns.number_of.keys() - self.superseded)

    def sketches(self) -> tuple[NDArray[np.uint16], NDArray[np.uint64], NDArray[np.uint64]] | None:
        """Return the sketches, digests and group keys of all notices, or None in an index of format 1."""
        if self.manifest.format < _WITH_KIN:
            return None
        folder, keys = self.folder / "kinship", self.folder / "kinship" / "keys.npy"
        # Formats before 3 kept four bytes of each number; the two that are kept now are the lower ones.
        sketches = open_array(folder / "sketches.npy").astype(np.uint16, copy=False)
        return (
            sketches,
            open_array(folder / "digests.npy"),
            open_array(keys) if keys.exists() else group_keys(self.notices),
        )

    def notice(self, notice_id: str) -> Notice:
        """Return the notice with this id. Raises KeyError if there is none."""
        return self.notice_at(self._columns.number_of[notice_id])

    def sections(self, notice_id: str) -> tuple[Section, ...]:
        """Return the heading tree of a notice in order. Raises KeyError for an unknown id."""
        return self.sections_at(self._columns.number_of[notice_id])

    @property
    def passages(self) -> Sequence[Passage]:
        """All passages, made when asked for; their numbers are those of the lexical and the dense index."""
        return LazySequence(range(len(self.passage_rows)), self._passage)

    def passages_of(self, notice_id: str) -> Sequence[Passage]:
        """Return the passages of a notice in document order. Raises KeyError for an unknown id."""
        return LazySequence(self._numbers(notice_id), self._passage)

    def passage_numbers(self, notice_ids: Collection[str]) -> NDArray[np.int64]:
        """Return the numbers of all passages of these notices, ascending; unknown ids and none at all give none."""
        return self._columns.passages(self._columns.numbers(notice_ids))

    def text(self, file: str) -> str:
        """Return the decoded text that all offsets of `file` count in. Raises KeyError for an unknown file."""
        return self.text_of(self._file_number(file))

    def place(self, file: str, offset: int) -> Place:
        """Return the page, the row and the file of an archive that `offset` of `file` stood in."""
        return place_at(self.marks_of(self._file_number(file)), offset)

    @property
    def embedder(self) -> Embedder:
        """The model of the index, opened at the first use. Raises ModelError or ModelMismatchError."""
        if self._embedder is None:
            opened = open_embedder(self.manifest.model)
            self.check_model(opened)
            self._embedder = opened
        return self._embedder

    @property
    def lexicon(self) -> Lexicon:
        """The shipped lexicon and the user's, opened at the first use. Raises LexiconError."""
        if self._lexicon is None:
            self._lexicon = Lexicon.open(self.config.lexicon)
        return self._lexicon

    def check_model(self, embedder: Embedder) -> None:
        """Raise ModelMismatchError if `embedder` is not the model that the index was built with."""
        if embedder.fingerprint != self.manifest.fingerprint:
            raise ModelMismatchError(
                f"索引 {self.directory} 由向量模型 {self.manifest.model} 建立，与现在的模型不同；"
                "请换回该模型，或用现在的模型重新运行 tongbao index"
            )
        self._embedder = embedder

    def _numbers(self, notice_id: str) -> range:
        number = self._columns.number_of[notice_id]
        return range(int(self.notice_passages[number]), int(self.notice_passages[number + 1]))

    def _read_passage(self, number: int) -> Passage:
        notice, file, path, start, end = self._places.row(number)
        return Passage(
            id=self._passage_ids[number],
            notice=self._notice_ids[notice],
            file=self.files[file]["path"],
            start=start,
            end=end,
            text=self.text_of(file)[start:end],
            path=self.path_at(path),
        )

    def _read_file(self, number: int) -> dict[str, Any]:
        return dict(json.loads(self._files[number]))

    def _read_marks(self, number: int) -> tuple[Mark, ...]:
        """Return the marks of the text with this number."""
        return tuple(map(Mark.from_row, json.loads(self._marks[number]))) if self._marks is not None else ()

    def _read_notice(self, number: int) -> Notice:
        return notice_of(json.loads(self._notices[number]))

    def _read_sections(self, number: int) -> tuple[Section, ...]:
        return tuple(map(section_of, json.loads(self._sections[number])))

    def _read_path(self, number: int) -> tuple[str, ...]:
        return tuple(json.loads(self._paths[number]))
