"""Document frequencies of words in general text, for telling what a question's words are worth.

python -m training.frequencies --news ../shared/data/news.jsonl.xz
"""

from __future__ import annotations

import json
import lzma
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from index.analysis import fold, words

DEFAULT_OUTPUT = Path(__file__).parent.parent / "assistant" / "data" / "frequencies.tsv"


def count_documents(texts: list[str]) -> Counter[str]:
    """Return in how many texts each word occurs; no text gives an empty counter."""
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(set(words(fold(text))))
    return counts


def main(
    news: Annotated[Path, typer.Option(help="JSON lines with a field text, xz-compressed")],
    output: Annotated[Path, typer.Option()] = DEFAULT_OUTPUT,
    minimum: Annotated[int, typer.Option(help="leave out words in fewer texts than this")] = 30,
) -> None:
    """Count words over general news and write `word<TAB>documents`, the total first."""
    with lzma.open(news, "rt", encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    kept = [(word, count) for word, count in count_documents(texts).most_common() if count >= minimum]
    rows = [f"\t{len(texts)}", *(f"{word}\t{count}" for word, count in kept if not word[0].isdigit())]
    output.write_text("\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
