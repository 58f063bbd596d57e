"""Fakes and small models for the tests of the index."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import numpy as np

from index.analysis import tokens
from index.lexicon import Lexicon
from index.pipeline import Pipeline
from index.store import Index, open_index
from index.types import Notice, Passage, Section, SourceFile
from index.update import UpdateReport, update_index

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

WIDTH = 16


class FakeEmbedder:
    """Adds one fixed random direction per token; counts the texts that it was given."""

    def __init__(self, seed: int = 0) -> None:
        self.seed = seed
        self.encoded = 0

    @property
    def dimensions(self) -> int:
        return WIDTH

    @property
    def fingerprint(self) -> str:
        return f"fake-{self.seed}"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.encoded += len(texts)
        vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in tokens(text):
                digest = hashlib.sha256(f"{self.seed}{word}".encode()).digest()[:WIDTH]
                vectors[row] += np.frombuffer(digest, dtype=np.uint8).astype(np.float32) - 127.5
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


def read(path: Path, *, root: Path) -> SourceFile:
    data = path.read_bytes()
    from index.errors import ReadError

    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReadError("不是 UTF-8") from error
    if not text.strip():
        raise ReadError("文件是空的")
    return SourceFile(path.relative_to(root).as_posix(), text, hashlib.sha256(data).hexdigest(), "utf-8")


def parse(source: SourceFile) -> list[tuple[Notice, tuple[Section, ...]]]:
    """A line of === parts two notices; each line is a section."""
    found = []
    start = 0
    for block in source.text.split("===\n"):
        end = start + len(block)
        last = min(end + 4, len(source.text))
        sections, place = [], start
        for line in block.splitlines(keepends=True):
            sections.append(Section(place, place + len(line), 1, line.strip(), place, (line.strip()[:4],)))
            place += len(line)
        if last > place:
            sections.append(Section(place, last, 0, "", place, (), furniture=True))
        title = block.split("\n", 1)[0]
        found.append((_notice(source, start, last, title), tuple(sections)))
        start = last
    return found


def _notice(source: SourceFile, start: int, end: int, title: str) -> Notice:
    name = hashlib.sha256(f"{source.path}{start}".encode()).hexdigest()[:8]
    unit = title[:3]
    return Notice(
        id=name,
        file=source.path,
        start=start,
        end=end,
        title=title,
        unit=unit,
        aliases=(unit + "区", unit),
        issuer="",
        kind="巡察",
        inspector="",
        period=("2024-01-01", "2024-02-01"),
        feedback_date="",
        published="",
        contact=(("电话", "0100-1234567"),),
    )


def cut(source: SourceFile, notice: Notice, sections: Sequence[Section], *, size: int) -> list[Passage]:
    """Each section in slices of `size`."""
    found = []
    for section in sections:
        for start in range(section.start, section.end, size):
            end = min(start + size, section.end)
            text = source.text[start:end]
            if text.strip() and not section.furniture:
                name = f"{notice.id}-{start}"
                found.append(Passage(name, notice.id, source.path, start, end, text, section.path))
    return found


def pipeline() -> Pipeline:
    return Pipeline(frozenset({".txt"}), read, parse, cut)


def write_static_model(folder: Path, *, words: Sequence[str], dtype: str = "float32", seed: int = 0) -> None:
    """Write a tiny static embedding as sentence-transformers does, the words taken character by character."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

    vocabulary = {word: number for number, word in enumerate(dict.fromkeys(["[UNK]", *words]))}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner = folder / "0_StaticEmbedding"
    inner.mkdir(parents=True)
    tokenizer.save(str(inner / "tokenizer.json"))
    weights = np.random.default_rng(seed).standard_normal((len(vocabulary), WIDTH)).astype(dtype)
    save_file({"embedding.weight": weights}, inner / "model.safetensors")
    kind = "sentence_transformers.sentence_transformer.modules.StaticEmbedding"
    modules = [{"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": kind}]
    (folder / "modules.json").write_text(json.dumps(modules), "utf-8")


class Bench:
    """A folder of notices with its index."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.notices = home / "notices"
        self.directory = home / "index"
        self.embedder = FakeEmbedder()
        self.notices.mkdir(parents=True)

    def write(self, **texts: str) -> None:
        for name, text in texts.items():
            path = self.notices / f"{name}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def update(self, *paths: Path, **options: Any) -> UpdateReport:
        options.setdefault("embedder", self.embedder)
        options.setdefault("pipeline", pipeline())
        return update_index(list(paths) or [self.notices], directory=self.directory, **options)

    def index(self) -> Index:
        return open_index(self.directory, lexicon=Lexicon())


def state(index: Index) -> tuple[Any, ...]:
    """All that an index holds, but for where its files came from."""
    words = index.lexical.segments[0].postings()
    return (
        {file: index.text(file) for file in (record["path"] for record in index.files)},
        list(index.notices),
        [index.sections(notice.id) for notice in index.notices],
        list(index.passages),
        list(words.words),
        [column.tolist() for column in words.columns()],
        words.lengths.tolist(),
        index.vector_store.vectors(np.arange(len(index.vector_store))).tolist(),
    )
