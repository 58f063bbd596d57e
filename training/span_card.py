"""The model card of the span model."""

from __future__ import annotations

_CARD = """---
language: zh
tags: [extractive-question-answering]
---

# tongbao-span

A small network that tells where in a Chinese text the answer to a question starts and ends: gated convolutions over
word vectors with attention to the question. {weights:,} weights in float16, run in NumPy. Made for this project from
scratch; its word vectors are those of `index/models/static`. Together with the linear reader it
chooses sentence and bare answer, in plain prose only (docs/decisions/0014-span-model-for-prose.md).

## Data

| text | used for | licence |
| --- | --- | --- |
| 62,474 Chinese news texts of the CRUD-RAG research corpus, from which {made:,} questions were made | training | rights stay with the publishers |
| CMRC 2018 trial, DRCD dev and test (turned into simplified characters): {asked:,} questions | training | CC BY-SA 4.0, CC BY-SA 3.0 |
| {apart:,} questions of the same sets, on passages kept apart | measuring | the same |
| CMRC 2018 dev | never read in training; see docs/evaluation.md | CC BY-SA 4.0 |

A made question is a sentence in which a figure, date, title, name, quoted word or clause gives way to a question word;
words are dropped, official wordings give way to everyday ones of the project's lexicon, clauses change places.

## Training

    {command}

The figures were taken from the weights as they are stored.

| passage given, kept apart | exact match | F1 |
| --- | --- | --- |
| {apart:,} questions | {exact:.3f} | {overlap:.3f} |

## Limits

Trained on encyclopedia and news, not on notices. It reads the words of one text at a time, knows little of the
world, and prefers short answers.
"""


def write_card(*, command: str, made: int, asked: int, apart: int, figures: tuple[float, float], weights: int) -> str:
    """Return the text of the model folder's README.md."""
    exact, overlap = figures
    return _CARD.format(
        command=command, made=made, asked=asked, apart=apart, exact=exact, overlap=overlap, weights=weights
    )
