"""Passages put into a new order by a cross-encoder that reads question and passage together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.embedding import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.types import Hit

SHARE = 0.6
"""What the re-ranker's score counts for; the score of the search counts the rest."""


class Reranker(Protocol):
    """Rates passages for a question."""

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one score a text, shape (len(texts),); higher fits better."""


@dataclass(frozen=True, slots=True, eq=False)
class CrossEncoderReranker:
    """Any cross-encoder of sentence-transformers with one score a pair."""

    model: Any

    @classmethod
    def open(cls, name: str) -> CrossEncoderReranker:
        """Return the model called `name`, a folder or a name of a model hub. Raises ModelError if there is none."""
        try:
            from sentence_transformers import CrossEncoder

            return cls(CrossEncoder(name))
        except (OSError, ValueError, ImportError) as error:
            raise ModelError(f"重排模型 {name} 无法读取：{str(error).splitlines()[0]}") from error

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the model's scores; see `Reranker`. Raises ModelError for a model with several scores a pair."""
        if not texts:
            return np.zeros(0, np.float32)
        found = np.asarray(self.model.predict([(question, text) for text in texts], show_progress_bar=False))
        if found.ndim != 1:
            raise ModelError(f"重排模型给每对文本 {found.shape[-1]} 个分数，需要的是一个分数的模型")
        return found.astype(np.float32)


def reranked(reranker: Reranker, question: str, hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return `hits` with scores in [0, 1] made of the search's and the re-ranker's, the best first.

    The heading path is read with each passage. Equal hits keep their order.
    """
    if not hits:
        return ()
    scores = _scaled(reranker.scores(question, [" ".join([*hit.passage.path, hit.passage.text]) for hit in hits]))
    searched = _scaled(np.array([hit.score for hit in hits], np.float32))
    mixed = SHARE * scores + (1 - SHARE) * searched
    return tuple(replace(hits[at], score=float(mixed[at])) for at in np.argsort(-mixed, kind="stable"))


def _scaled(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    low, high = float(scores.min()), float(scores.max())
    return (scores - low) / (high - low) if high > low else np.ones_like(scores)
