"""Any extractive question-answering model of transformers in the place of the shipped span model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from assistant.spans import SpanView, shared_views
from index.embedding import ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 384


@dataclass(frozen=True, slots=True, eq=False)
class TransformersSpans:
    """A model with a start and an end score for each token, and its fast tokenizer."""

    tokenizer: Any
    model: Any

    @classmethod
    def open(cls, name: str) -> TransformersSpans:
        """Return the model called `name`, a folder or a name of a model hub. Raises ModelError if there is none."""
        try:
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True)
            model = AutoModelForQuestionAnswering.from_pretrained(name).eval()
        except (OSError, ValueError, ImportError) as error:
            raise ModelError(f"阅读模型 {name} 无法读取：{str(error).splitlines()[0]}") from error
        if not tokenizer.is_fast:
            raise ModelError(f"阅读模型 {name} 没有快速分词器，无法得到原文位置")
        return cls(tokenizer, model)

    def views(self, question: str, texts: Sequence[str]) -> list[SpanView]:
        """Return a view of each text, whose words are the model's tokens; see `SpanScorer`."""
        if not texts:
            return []
        import torch

        asked = self.tokenizer(
            [question] * len(texts),
            list(texts),
            truncation="only_second",
            max_length=min(_LONGEST, int(self.tokenizer.model_max_length)),
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = asked.pop("offset_mapping").tolist()
        with torch.inference_mode():
            scores = self.model(**asked)
        places, scored = [], []
        for row in range(len(texts)):
            inside = [at for at, part in enumerate(asked.sequence_ids(row)) if part == 1]
            kept = [at for at in inside if offsets[row][at][1] > offsets[row][at][0]]
            places.append(tuple((int(offsets[row][at][0]), int(offsets[row][at][1])) for at in kept))
            start, end = (
                part[row, kept].float().numpy().astype(np.float32) for part in (scores.start_logits, scores.end_logits)
            )
            scored.append((start, end))
        return shared_views(places, scored)
