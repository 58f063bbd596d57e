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
class _Asked:
    """What the network draws from a question, whatever the text."""

    words: tuple[str, ...]
    unit: NDArray[np.float32]
    drawn: NDArray[np.float32]
    """Its words by themselves, shape (words, width)."""
    keys: NDArray[np.float32]
    """What the words of a text are compared with."""
    read: NDArray[np.float32]
    """Its words among each other."""
    whole: NDArray[np.float32]
    """All of it, shape (width,)."""


class SpanModel:
    """The weights of the network by their names, and the table of words; may be used by several threads."""

    def __init__(self, weights: dict[str, NDArray[np.float32]], table: WordTable) -> None:
        """Take the weights, kernels as `_arranged` has them."""
        self.weights = weights
        self.table = table
        self._last: _Asked | None = None

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
        return self._forward(self._asked(tuple(question)), words)

    def _asked(self, words: tuple[str, ...]) -> _Asked:
        """Return what is drawn from a question; the last one is remembered, for it is asked of several passages."""
        last = self._last
        if last is None or last.words != words:
            rows = self.table.look_up(words)
            drawn = self._words(rows.scaled, rows.characters)
            read = self._stack("q1", drawn)
            whole = (_softmax(self._linear("qa", read).T) @ read)[0]
            self._last = last = _Asked(words, rows.unit, drawn, _relu(self._linear("al", drawn)), read, whole)
        return last

    def _words(self, vectors: NDArray[np.float32], characters: NDArray[np.int64]) -> NDArray[np.float32]:
        shapes = self.weights["char.weight"][characters].reshape(len(characters), -1)
        return self._linear("wp", np.concatenate([vectors, shapes], axis=1))

    def _linear(self, name: str, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        made: NDArray[np.float32] = rows @ self.weights[name + ".weight"].T
        made += self.weights[name + ".bias"]
        return made

    def _forward(self, asked: _Asked, words: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        rows = self.table.look_up(words)
        p = self._words(rows.scaled, rows.characters)
        root = np.float32(11.3)
        aligned = _softmax(_relu(self._linear("al", p)) @ asked.keys.T / root) @ asked.drawn
        nearest = np.maximum((rows.unit @ asked.unit.T).max(axis=1, keepdims=True), 0)
        features = word_features(asked.words, words)
        p += self._linear("fp", np.concatenate([features, nearest, aligned], axis=1))
        q, whole = asked.read, asked.whole
        p = self._stack("p1", p)
        seen = _softmax(p @ q.T / root) @ q
        p += self._linear("mix", np.concatenate([p, seen, p * seen, p * whole], axis=1))
        p = self._stack("p2", p)
        starts = self._linear("st", p)[:, 0] + p @ self._linear("qs", whole[None])[0] / root
        ends = self._linear("en", p)[:, 0] + p @ self._linear("qe", whole[None])[0] / root
        return starts, ends

    def _stack(self, name: str, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the rows after the convolutions `name`, shape (words, width).

        The rows around each word are laid side by side, so that a convolution is one product.
        """
        n, width = rows.shape
        at = 0
        while (key := f"{name}.{at}.c.weight") in self.weights:
            kernel = self.weights[key]
            taps = len(kernel) // width
            reach = int(self.weights[f"{name}.{at}.dilation"])
            normed = _layer_norm(rows, self.weights[f"{name}.{at}.n.weight"], self.weights[f"{name}.{at}.n.bias"])
            around = np.zeros((n, taps, width), np.float32)
            for tap in range(taps):
                shift = (tap - taps // 2) * reach
                lo, hi = max(0, -shift), min(n, n - shift)
                if lo < hi:
                    around[lo:hi, tap] = normed[lo + shift : hi + shift]
            gates = around.reshape(n, -1) @ kernel
            gates += self.weights[f"{name}.{at}.c.bias"]
            closed: NDArray[np.float32] = np.exp(-gates[:, width:])
            closed += 1
            rows = rows + gates[:, :width] / closed
            at += 1
        return rows


def _arranged(name: str, weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the kernel of a convolution as one matrix, shape (taps · in, out), other weights as they are."""
    if not name.endswith(".c.weight"):
        return weights
    return np.ascontiguousarray(weights.transpose(2, 1, 0)).reshape(-1, len(weights))


def _relu(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.maximum(rows, 0)


def _softmax(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    shares: NDArray[np.float32] = np.exp(rows - rows.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    return shares


def _layer_norm(
    rows: NDArray[np.float32], weight: NDArray[np.float32], bias: NDArray[np.float32]
) -> NDArray[np.float32]:
    normed: NDArray[np.float32] = rows - rows.mean(axis=1, keepdims=True)
    normed /= np.sqrt(np.einsum("ij,ij->i", normed, normed)[:, None] / np.float32(rows.shape[1]) + np.float32(1e-5))
    normed *= weight
    normed += bias
    return normed
