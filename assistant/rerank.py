"""Passages put into a new order by a cross-encoder that reads question and passage together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from index.embedding import ModelError
from index.model_loading import loading

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from index.types import Hit

SHARE = 0.6
"""What the re-ranker's score counts for; the score of the search counts the rest."""
_HEAD = "ForSequenceClassification"


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
        """Return the model called `name`, a folder or a name of a model hub.

        Raises ModelError if there is none, or it was not made to give one score a pair.
        """
        failed = f"重排模型 {name} 无法读取"
        with loading(name, failed=failed):
            from sentence_transformers import CrossEncoder

            model = CrossEncoder(name)
        made = (model.config.architectures or [""])[0]
        # A model of another task would be given a last layer of random weights; further modules bring their own.
        if len(model) == 1 and made and not made.endswith(_HEAD):
            raise ModelError(f"{failed}：{made} 没有给文本对打分的输出层，需要的是 …{_HEAD}")
        if model.num_labels != 1:
            raise ModelError(f"{failed}：它给每对文本 {model.num_labels} 个分数，需要的是一个分数的模型")
        return cls(model)

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the model's scores; see `Reranker`."""
        if not texts:
            return np.zeros(0, np.float32)
        found = self.model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(found).astype(np.float32)


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
