"""The folder of a static embedding: written as sentence-transformers writes it, read with NumPy alone."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

_MODULES = [
    {
        "idx": 0,
        "name": "0",
        "path": "",
        "type": "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding",
    },
    {
        "idx": 1,
        "name": "1",
        "path": "1_Normalize",
        "type": "sentence_transformers.base.modules.normalize.Normalize",
    },
]
_CONFIG = {
    "model_type": "SentenceTransformer",
    "prompts": {"query": "", "document": ""},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}
_NORMALIZE = {"module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"}


class StaticModelError(TongbaoError):
    """A folder is not that of a static embedding; the message names what is missing."""


@dataclass(frozen=True, slots=True)
class StaticModel:
    """A tokenizer and one vector a token (float32, pieces × width)."""

    tokenizer: Tokenizer
    vectors: NDArray[np.float32]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the unit-length mean token vectors of `texts` (n × width); a text without tokens gives zeros."""
        result = np.zeros((len(texts), self.vectors.shape[1]), np.float32)
        for row, encoding in enumerate(self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)):
            if encoding.ids:
                mean = self.vectors[encoding.ids].mean(axis=0)
                result[row] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return result


def load_static_model(folder: Path) -> StaticModel:
    """Return the model in `folder`. Raises `StaticModelError` if a file is missing."""
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    for name in ("tokenizer.json", "model.safetensors"):
        if not (folder / name).is_file():
            raise StaticModelError(f"{folder} is not a static embedding: {name} is missing")
    vectors = load_file(folder / "model.safetensors")["embedding.weight"].astype(np.float32)
    return StaticModel(tokenizer=Tokenizer.from_file(str(folder / "tokenizer.json")), vectors=vectors)


def _write_json(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def save_static_model(model: StaticModel, folder: Path, *, card: str) -> None:
    """Write `model` in float16 with its model card to `folder`; what was there is replaced at once."""
    from safetensors.numpy import save_file

    building = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    model.tokenizer.save(str(building / "tokenizer.json"), pretty=False)
    save_file({"embedding.weight": model.vectors.astype(np.float16)}, building / "model.safetensors")
    (building / "model.safetensors").chmod(0o644)  # safetensors leaves it readable by its owner alone
    _write_json(building / "modules.json", _MODULES)
    _write_json(building / "config_sentence_transformers.json", _CONFIG)
    _write_json(building / "1_Normalize" / "config.json", _NORMALIZE)
    (building / "README.md").write_text(card, encoding="utf-8")
    previous = folder.with_name(f".{folder.name}.{os.getpid()}.previous")
    if folder.exists():
        folder.rename(previous)
    building.rename(folder)
    shutil.rmtree(previous, ignore_errors=True)
