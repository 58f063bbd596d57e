"""The model card of the static embedding: where it comes from, how it was made, what it reaches."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from training.retrieval import Measurement, Scores


def describe_sizes(pieces: int, width: int) -> str:
    """Return the line on the model's size."""
    return f"{pieces:,} pieces × {width} dimensions, float16, {pieces * width * 2 / 1e6:.1f} MB"


def tabulate(measured: Measurement) -> str:
    """Return the measurement as a Markdown table."""
    rows = {
        "BM25 (words and character bigrams)": measured.lexical,
        "this model alone": measured.dense,
        "fused (0.65 BM25 + 0.35 model, min–max)": measured.fused,
    }
    lines = [
        f"| open retrieval, {measured.questions:,} questions, {measured.passages:,} passages | right at 1 | MRR@10 |",
        "| --- | --- | --- |",
        *(f"| {name} | {scores.hit_at_1:.4f} | {scores.mrr_at_10:.4f} |" for name, scores in rows.items()),
    ]
    return "\n".join(lines)


def write_card(
    *,
    command: str,
    seed: int,
    steps: int,
    started: bool = False,
    sizes: str,
    measured: Measurement | None,
    held_out: Scores | None,
) -> str:
    """Return the text of the model folder's README.md; figures that were not taken are left out."""
    figures = [f"CMRC 2018 dev (never trained on):\n\n{tabulate(measured)}"] if measured else []
    if held_out:
        figures.append(
            "Held-out news, a made question (half of them reworded) to its context without the sentence it was made "
            f"from (4,000 at most): right at 1 {held_out.hit_at_1:.3f}, MRR@10 {held_out.mrr_at_10:.3f}."
        )
    return _CARD.format(
        command=command,
        seed=seed,
        steps=steps,
        beginning=_STARTED if started else _RANDOM,
        sizes=sizes,
        figures="\n\n".join(figures),
    )


_RANDOM = "Vectors start random with a length that falls with the frequency of the piece."
_STARTED = (
    "Vectors start from those of this model's previous version (PREVIOUS in the command: made from the same texts\n"
    "and random vectors, without the lexicon), with Adam's state empty; pieces are unchanged."
)


_CARD = """---
language: zh
library_name: sentence-transformers
pipeline_tag: sentence-similarity
tags: [sentence-transformers, static-embedding, retrieval]
---

# tongbao-static

A static subword embedding for finding the passage of a Chinese official notice that answers a question:
a text's vector is the mean of its token vectors, brought to length 1. Made for this project from scratch;
no other model's weights or outputs went into it.

Size: {sizes}.

## Use

`SentenceTransformer(folder)` loads it; so do NumPy, `tokenizers` and `safetensors` without torch: the rows of
`embedding.weight` at the token ids (no special tokens), averaged, divided by their length. The tokenizer takes
raw text: it folds width, case and traditional characters and leaves punctuation out. sentence-transformers
computes in the stored float16 (`.float()` on the model gives the NumPy vectors to 1e-6, as it stands 2e-3);
a text without any token has no direction: NumPy gives zeros.

## Data

| text | used for | licence |
| --- | --- | --- |
| CMRC 2018 trial, questions and passages | training | CC BY-SA 4.0 |
| DRCD dev and test, turned into simplified characters | training | CC BY-SA 3.0 |
| 62,474 Chinese news texts of the CRUD-RAG research corpus | vocabulary, training | rights stay with the publishers |
| `index/data/lexicon.tsv` of this project, entries of weight 0.7 and more | training | that of this project |
| CMRC 2018 dev | measuring only | CC BY-SA 4.0 |

## Training

Contrastive (softmax over the batch, both directions): a sentence of the news turned into a question (figures,
dates and titles become question words, part of it and single tokens left out) against the text around it, mostly
without the sentence; pairs from the same article are each other's hard negatives; and questions of people against
their passages. In half of the made questions, official wordings of the project's lexicon give way to everyday
terms at a rate of 0.6; 7 % of each batch are everyday terms against the wordings that the lexicon gives for them
or a sentence that holds one. {beginning}

    {command}

Seed {seed}, {steps:,} steps.

## Figures

{figures}

## Limits

Words and characters that the news does not use have no vector. It knows which words go together, not what a
sentence says: order and negation are lost. It is meant to be fused with BM25, not to replace it.
"""
