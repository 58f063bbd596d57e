"""The models that may take the place of the shipped ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.config import AssistantConfig
    from assistant.rerank import Reranker
    from assistant.spans import SpanScorer


class Models:
    """The re-ranker, if one was chosen, and what tells where in a sentence the bare answer is; opened when needed."""

    def __init__(self, config: AssistantConfig) -> None:
        """Open what `config` names. Raises ModelError for a model that cannot be read."""
        self.reranker: Reranker | None = None
        self._spans: SpanScorer | None = None
        if config.reranker:
            from assistant.rerank import CrossEncoderReranker

            self.reranker = CrossEncoderReranker.open(config.reranker)
        if config.extractor:
            from assistant.transformer_reader import TransformersSpans

            self._spans = TransformersSpans.open(config.extractor)

    @property
    def spans(self) -> SpanScorer:
        """The chosen extractive model, else the shipped one."""
        if self._spans is None:
            from assistant.spans import ShippedSpans

            self._spans = ShippedSpans.open()
        return self._spans
