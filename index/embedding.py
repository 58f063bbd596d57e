"""Texts to vectors: the contract, and the static model that needs NumPy and a tokeniser only."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

SHIPPED = "static"
"""Name by which an index remembers the shipped model."""
_SHIPPED_FOLDER = Path(__file__).parent / "models" / SHIPPED
_WEIGHTS = "embedding.weight"
_TYPES: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "BF16": np.dtype("<u2")}
_AVERAGED = ("StaticEmbedding", "Normalize")
_MANY = 64
"""Tokens of a text from which it pays to look for repeated ones; and texts that are averaged together."""


class ModelError(TongbaoError):
    """An embedding model is missing or cannot be read."""


class Embedder(Protocol):
    """Turns texts into vectors of one width."""

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""

    @property
    def fingerprint(self) -> str:
        """Hex digest that differs between models whose vectors differ."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of shape (len(texts), dimensions) and length 1, or 0 for a text without known tokens."""


def open_embedder(model: str | None = None) -> Embedder:
    """Return the embedder called `model`: None the shipped one, else a sentence-transformers name or folder.

    A folder with a plain static embedding is read without torch. Raises ModelError if there is no such model.
    """
    if model is None or model == SHIPPED:
        return shipped_embedder()
    folder = Path(model)
    if folder.is_dir() and static_folder(folder) is not None:
        return StaticEmbedder.open(folder)
    from index.transformer import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder.open(model)


def shipped_embedder() -> StaticEmbedder:
    """Return the embedder that comes with the program."""
    if not _SHIPPED_FOLDER.is_dir():
        raise ModelError(f"缺少随程序提供的向量模型（{_SHIPPED_FOLDER}）；请重新安装，或用 --model 指定模型")
    return StaticEmbedder.open(_SHIPPED_FOLDER)


def static_folder(folder: Path) -> Path | None:
    """Return where in the model `folder` the static embedding lies, or None if the model is not a plain one."""
    inner = folder
    modules = folder / "modules.json"
    if modules.is_file():
        listed = json.loads(modules.read_text("utf-8"))
        kinds = [str(module.get("type", "")).rpartition(".")[2] for module in listed]
        if not kinds or kinds[0] != _AVERAGED[0] or any(kind != _AVERAGED[1] for kind in kinds[1:]):
            return None
        inner = folder / listed[0].get("path", "")
    weights = inner / "model.safetensors"
    if not weights.is_file() or not (inner / "tokenizer.json").is_file():
        return None
    return inner if _WEIGHTS in _header(weights)[0] else None


def _header(path: Path) -> tuple[dict[str, Any], int]:
    """Return the tensor table of a safetensors file and the place where its data begins."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > path.stat().st_size:
            raise ModelError(f"模型文件 {path} 已损坏")
        table: dict[str, Any] = json.loads(file.read(size))
    return table, 8 + size


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the rows of `vectors`, shape (n, dimensions), scaled to length 1; a zero row stays zero."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)


class StaticEmbedder:
    """The mean of one stored vector per token, scaled to length 1, as sentence-transformers computes it."""

    def __init__(self, tokenizer: Tokenizer, weights: NDArray[Any], *, fingerprint: str) -> None:
        """Take `weights` of shape (tokens, dimensions), floating or bfloat16 held as uint16."""
        self._tokenizer = tokenizer
        self._weights = weights
        self._fingerprint = fingerprint
        tokenizer.no_padding()

    @classmethod
    def open(cls, folder: Path) -> StaticEmbedder:
        """Return the model in `folder`, its weights memory-mapped. Raises ModelError if it is not one."""
        try:
            inner = static_folder(folder)
            if inner is None:
                raise ModelError(f"{folder} 不是静态向量模型（需要 tokenizer.json 和 model.safetensors）")
            return cls._read(inner)
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(f"向量模型 {folder} 无法读取：{error}") from error

    @classmethod
    def _read(cls, inner: Path) -> StaticEmbedder:
        """Return the model whose two files lie in `inner`."""
        from tokenizers import Tokenizer

        path = inner / "model.safetensors"
        table, start = _header(path)
        entry = table[_WEIGHTS]
        kind = _TYPES.get(entry["dtype"])
        if kind is None:
            raise ModelError(f"模型 {path} 的数值类型 {entry['dtype']} 不受支持，可用：{'、'.join(_TYPES)}")
        offset = start + entry["data_offsets"][0]
        shape = tuple(int(size) for size in entry["shape"])
        weights = np.memmap(path, dtype=kind, mode="r", offset=offset, shape=shape).view(np.ndarray)
        tokenizer_bytes = (inner / "tokenizer.json").read_bytes()
        digest = hashlib.sha256(tokenizer_bytes)
        digest.update(np.memmap(path, dtype=np.uint8, mode="r").data)
        # Not from the file: the bytes are at hand, and the digest is of what is used.
        tokenizer = Tokenizer.from_buffer(tokenizer_bytes)
        if tokenizer.get_vocab_size() > len(weights):
            raise ModelError(f"模型 {path} 只有 {len(weights)} 个向量，分词器却有 {tokenizer.get_vocab_size()} 个词")
        return cls(tokenizer, weights, fingerprint=digest.hexdigest())

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return int(self._weights.shape[1])

    @property
    def fingerprint(self) -> str:
        """SHA-256 over the bytes of tokeniser and weights."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of shape (len(texts), dimensions); a text without known tokens gets zeros."""
        return unit_rows(self.means(texts))

    def means(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the means that `encode` scales to length 1, shape (len(texts), dimensions)."""
        places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
        vectors = np.zeros((len(places), self.dimensions), dtype=np.float32)
        tokens = [found.ids for found in self._tokenizer.encode_batch_fast(list(places), add_special_tokens=False)]
        alike: dict[int, list[int]] = {}
        for row, ids in enumerate(tokens):
            if len(ids) > _MANY:
                vectors[row] = self._rows(ids).mean(axis=0)
            elif ids:
                alike.setdefault(len(ids), []).append(row)
        for rows in alike.values():
            # Texts of as many tokens are averaged together: for words, the calls take longer than the sums.
            for part in (rows[at : at + _MANY] for at in range(0, len(rows), _MANY)):
                vectors[part] = self._converted(np.array([tokens[row] for row in part])).mean(axis=1)
        return vectors if len(places) == len(texts) else vectors[[places[text] for text in texts]]

    def _rows(self, ids: Sequence[int]) -> NDArray[np.float32]:
        """Return the vectors of the tokens `ids` as float32, shape (len(ids), dimensions)."""
        if len(ids) > _MANY:
            # What a long text repeats is converted once, which is what takes the time.
            different, places = np.unique(ids, return_inverse=True)
            return self._converted(different)[places]
        return self._converted(ids)

    def _converted(self, ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.float32]:
        rows = self._weights[ids]
        if rows.dtype == np.uint16:
            # bfloat16 is the upper half of a float32.
            return (rows.astype(np.uint32) << 16).view(np.float32)
        return rows.astype(np.float32)
