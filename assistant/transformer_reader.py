"""Any extractive question-answering model of transformers in the place of the shipped span model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from assistant.spans import SpanScores
from index.embedding import ModelError
from index.model_loading import loading

_LONGEST = 384
"""Tokens of question and text that are read together, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class TransformersSpans:
    """A model with a start and an end score for each token, and its fast tokenizer."""

    tokenizer: Any
    model: Any
    longest: int
    """Tokens of question and text that are read together."""

    @classmethod
    def open(cls, name: str) -> TransformersSpans:
        """Return the model called `name`, a folder or a name of a model hub.

        Raises ModelError if there is none, it was made for another task, or its tokenizer tells no places.
        """
        failed = f"阅读模型 {name} 无法读取"
        with loading(name, failed=failed):
            from transformers import AutoModelForQuestionAnswering, AutoTokenizer

            tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True)
            model, found = AutoModelForQuestionAnswering.from_pretrained(name, output_loading_info=True)
        if found["missing_keys"]:
            raise ModelError(f"{failed}：缺少权重 {min(found['missing_keys'])}，不是抽取式问答模型")
        if not tokenizer.is_fast:
            raise ModelError(f"{failed}：没有快速分词器，无法得到原文位置")
        longest = min(_LONGEST, int(tokenizer.model_max_length), _positions(model))
        return cls(tokenizer, model.eval(), longest)

    def scores(self, question: str, text: str) -> SpanScores:
        """Return the scores of a text, whose words are the model's tokens; see `SpanScorer`.

        What is longer than the model reads is read from its beginning, the question up to half of that length.
        """
        import torch

        asked = self.tokenizer(
            self._cut(question),
            text,
            truncation="only_second",
            max_length=self.longest,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = asked.pop("offset_mapping")[0].tolist()
        kept = [at for at, part in enumerate(asked.sequence_ids(0)) if part == 1 and offsets[at][1] > offsets[at][0]]
        with torch.inference_mode():
            scored = self.model(**asked)
        starts, ends = (
            side[0, kept].float().numpy().astype(np.float32) for side in (scored.start_logits, scored.end_logits)
        )
        return SpanScores(tuple((int(offsets[at][0]), int(offsets[at][1])) for at in kept), starts, ends)

    def _cut(self, question: str) -> str:
        """Return `question`, or as much of it as leaves half of the tokens to the text."""
        options = {"truncation": True, "max_length": max(1, self.longest // 2), "return_offsets_mapping": True}
        places = self.tokenizer(question, add_special_tokens=False, **options)["offset_mapping"]
        return question[: max((end for _, end in places), default=0)]


def _positions(model: Any) -> int:
    """Return how many tokens `model` has positions for; models that do not count them have no limit here.

    RoBERTa and its kin count from the number of their padding on, so that the positions up to it are never used.
    """
    most = getattr(model.config, "max_position_embeddings", None) or 0
    parts = (part for name, part in model.named_modules() if name.endswith("position_embeddings"))
    unused = max((part.padding_idx + 1 for part in parts if getattr(part, "padding_idx", None) is not None), default=0)
    return int(most) - unused if most > 0 else _LONGEST
