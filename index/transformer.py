"""Any sentence-transformers model in place of the shipped one. Imports torch when a model is opened."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from index.embedding import unit_rows
from index.model_loading import loading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SAMPLE = 64
"""About how many values of each tensor enter the fingerprint: enough to tell two trainings apart, and quick."""


class SentenceTransformersEmbedder:
    """Vectors of a loaded sentence-transformers model."""

    def __init__(self, model: Any) -> None:
        """Take a `sentence_transformers.SentenceTransformer`."""
        self._model = model
        self._fingerprint = _fingerprint(model)

    @classmethod
    def open(cls, model: str) -> SentenceTransformersEmbedder:
        """Return the model with this name or folder. Raises ModelError if it cannot be loaded."""
        with loading(model, failed=f"向量模型 {model} 无法加载"):
            from sentence_transformers import SentenceTransformer

            return cls(SentenceTransformer(model))

    @property
    def dimensions(self) -> int:
        """Width of the vectors."""
        return int(self._model.get_embedding_dimension())

    @property
    def fingerprint(self) -> str:
        """SHA-256 over names, shapes and sampled values of all tensors, and the greatest text length."""
        return self._fingerprint

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return vectors of shape (len(texts), dimensions); no texts give no rows."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        # Scaled here: a half-precision model's own scaling makes NaN of a zero vector.
        vectors = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return unit_rows(np.asarray(vectors, dtype=np.float32))


def _fingerprint(model: Any) -> str:
    """Return a digest of what decides the vectors of `model`, the same wherever its files lie."""
    digest = hashlib.sha256(f"{model.max_seq_length}".encode())
    for name, tensor in sorted(model.state_dict().items()):
        digest.update(f"{name} {tuple(tensor.shape)}".encode())
        values = tensor.detach().flatten()
        values = values[:: max(1, len(values) // _SAMPLE)].cpu().float().numpy()
        digest.update(values.astype("<f4").tobytes())
    return digest.hexdigest()
