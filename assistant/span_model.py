"""A small network that tells, for each word of a text, how likely an answer starts or ends there.

Gated convolutions over word vectors, with the question brought in by attention: the plan of DrQA (Chen et al. 2017)
and QANet (Yu et al. 2018) at a size that NumPy runs in milliseconds. Made by `training.span_reader`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from assistant.span_words import WordTable, word_features
from index.embedding import shipped_embedder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOLDER = Path(__file__).parent / "models" / "span"


@dataclass(frozen=True, slots=True, eq=False)
class SpanModel:
    """The weights of the network by their names, and the table of words."""

    weights: dict[str, NDArray[np.float32]]
    table: WordTable

    @classmethod
    def open(cls, folder: Path = FOLDER) -> SpanModel:
        """Return the model in `folder`, over the word vectors of the shipped embedder whatever the index uses."""
        with np.load(folder / "weights.npz", allow_pickle=False) as stored:
            weights = {name: _arranged(name, stored[name].astype(np.float32)) for name in stored.files}
        characters = json.loads((folder / "characters.json").read_text("utf-8"))
        scale = float(weights.pop("scale"))
        return cls(weights, WordTable(shipped_embedder(), scale, {char: at + 2 for at, char in enumerate(characters)}))

    def scores(self, question: Sequence[str], words: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return the start and end scores of `words`, each of shape (words,); zeros without a question."""
        if not question or not words:
            return np.zeros(len(words), np.float32), np.zeros(len(words), np.float32)
        return self._forward(question, words)

    def _words(self, vectors: NDArray[np.float32], characters: NDArray[np.int64]) -> NDArray[np.float32]:
        shapes = self.weights["char.weight"][characters].reshape(len(characters), -1)
        return self._linear("wp", np.concatenate([vectors, shapes], axis=1))

    def _linear(self, name: str, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        made: NDArray[np.float32] = rows @ self.weights[name + ".weight"].T + self.weights[name + ".bias"]
        return made

    def _forward(
        self, question: Sequence[str], words: Sequence[str]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        asked, read = self.table.look_up(question), self.table.look_up(words)
        q = self._words(asked.scaled, asked.characters)
        p = self._words(read.scaled, read.characters)
        root = np.float32(11.3)
        aligned = _softmax(_relu(self._linear("al", p)) @ _relu(self._linear("al", q)).T / root) @ q
        nearest = np.maximum((read.unit @ asked.unit.T).max(axis=1, keepdims=True), 0)
        features = word_features(question, words)
        p = p + self._linear("fp", np.concatenate([features, nearest, aligned], axis=1))
        q = self._stack("q1", q)
        p = self._stack("p1", p)
        seen = _softmax(p @ q.T / root) @ q
        whole = (_softmax(self._linear("qa", q).T) @ q)[0]
        p = p + self._linear("mix", np.concatenate([p, seen, p * seen, p * whole], axis=1))
        p = self._stack("p2", p)
        starts = self._linear("st", p)[:, 0] + p @ self._linear("qs", whole[None])[0] / root
        ends = self._linear("en", p)[:, 0] + p @ self._linear("qe", whole[None])[0] / root
        return starts, ends

    def _stack(self, name: str, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        at = 0
        while (key := f"{name}.{at}.c.weight") in self.weights:
            kernel = self.weights[key]
            reach = int(self.weights[f"{name}.{at}.dilation"])
            normed = _layer_norm(rows, self.weights[f"{name}.{at}.n.weight"], self.weights[f"{name}.{at}.n.bias"])
            padded = np.pad(normed, ((reach, reach), (0, 0)))
            n = len(rows)
            gates = self.weights[f"{name}.{at}.c.bias"] + sum(
                padded[k * reach : k * reach + n] @ tap for k, tap in enumerate(kernel)
            )
            half = rows.shape[1]
            rows = rows + gates[:, :half] / (1 + np.exp(-gates[:, half:]))
            at += 1
        return rows


def _arranged(name: str, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the kernel of a convolution as one matrix a tap, shape (taps, in, out), so that none is copied when used."""
    return np.ascontiguousarray(weights.transpose(2, 1, 0)) if name.endswith(".c.weight") else weights


def _relu(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.maximum(rows, 0)


def _softmax(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    grown = np.exp(rows - rows.max(axis=-1, keepdims=True))
    shares: NDArray[np.float32] = grown / grown.sum(axis=-1, keepdims=True)
    return shares


def _layer_norm(
    rows: NDArray[np.float32], weight: NDArray[np.float32], bias: NDArray[np.float32]
) -> NDArray[np.float32]:
    centred = rows - rows.mean(axis=1, keepdims=True)
    normed: NDArray[np.float32] = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5) * weight + bias
    return normed
