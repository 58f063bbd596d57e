"""What each part is worth: the same questions with one part at a time left out.

Lexical or dense search alone, headings, pairs of characters, the restriction to the named unit, the learned reader, refusal
for low confidence.
"""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from eval.compare import Comparison, compare_runs
from eval.retrieval import NoticeMap
from eval.runs import run_questions
from eval.saved import SavedRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from eval.gold import GoldQuestion
    from eval.runs import Asker
    from index.config import IndexConfig
    from index.store import Index

SHOWN = ("right", "citation_hit@3", "hit@1", "hit@5", "mrr@10", "refused", "false_refusal")


@dataclass(frozen=True, slots=True)
class Variant:
    """An assistant with one part left out."""

    name: str
    asker: Asker


def ablate(
    questions: Sequence[GoldQuestion],
    *,
    index_dir: Path,
    top_k: int = 10,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Comparison, ...]:
    """Return how each variant differs from the full assistant, which stands first, compared with itself.

    Raises:
        TongbaoError: the index cannot be opened.
        ReportError: there are no questions.

    """
    from index.store import open_index

    index = open_index(index_dir)
    runs: list[SavedRun] = []
    with ExitStack() as stack:
        for variant in _variants(index, stack):
            progress(variant.name)
            run = run_questions(variant.asker, questions, texts=index, notices=NoticeMap(index.notices), top_k=top_k)
            runs.append(SavedRun(variant.name, {}, {one.gold.id: one.to_record() for one in run.results}))
    return tuple(compare_runs(runs[0], run) for run in runs)


def _variants(index: Index, stack: ExitStack) -> Iterator[Variant]:
    from assistant.config import AssistantConfig
    from assistant.pipeline import Assistant
    from index.store import open_index

    def reopened(config: IndexConfig) -> Assistant:
        return Assistant(open_index(index.directory, config=config))

    yield Variant("完整", Assistant(index))
    yield Variant("只用词汇检索", reopened(replace(index.config, dense_weight=0.0)))
    yield Variant("只用向量检索", reopened(replace(index.config, lexical_weight=0.0)))
    bare = _without_headings(index, stack)
    if bare is not None:
        yield Variant("不计标题", Assistant(bare))
    yield Variant("不计字对", reopened(replace(index.config, bigrams=False)))
    yield Variant("不限单位", Assistant(index, config=AssistantConfig(unit_guard=False)))
    # What the shipped confidence says of answers that another reader chose means nothing: it withholds none of them.
    yield Variant("不用学得的阅读器", Assistant(index, config=AssistantConfig(reader=False, threshold=0.0)))
    yield Variant("从不因把握小而拒答", Assistant(index, config=AssistantConfig(threshold=0.0)))


def _without_headings(index: Index, stack: ExitStack) -> Index | None:
    """Return an index of the same texts without their headings; None if one is not a plain text file."""
    from index.store import open_index
    from index.update import update_index

    names = [str(record["path"]) for record in index.files]
    if any(Path(name).suffix != ".txt" for name in names):
        return None
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
    for name in names:
        path = folder / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(index.text(name), encoding="utf-8", newline="\n")
    config = replace(index.config, heading_repeats=0)
    update_index([folder / "texts"], directory=folder / "index", config=config, embedder=index.embedder)
    return open_index(folder / "index")
