"""Print what searching costs in FAISS and in Milvus, and whether both find the same.

    python -m eval.stores [--store milvus://…] [--notices FOLDER --gold FILE]

Without `--store` it is Milvus Lite in a temporary file. Needs the extra [milvus].
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer
from rich.table import Table

from eval.bench_processes import time_process
from eval.benchmarks import DEFAULT_GOLD, DEFAULT_NOTICES
from eval.evaluate import EvalOptions, chosen_questions
from eval.gold import load_gold
from eval.tables import open_console
from eval.texts import FolderTexts
from index.errors import TongbaoError
from index.search import search
from index.stores import chosen_store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eval.bench_processes import ProcessRun
    from index.store import Index
    from index.types import Hit

TOP_K = 10


@dataclass(frozen=True, slots=True)
class Cost:
    """What one store took. Times of questions are those of `index.search.search`, the question's vector included."""

    store: str
    passages: int
    build: ProcessRun
    """`tongbao index` from nothing, the whole process."""
    asks: tuple[ProcessRun, ...]
    """`tongbao ask`, the whole process."""
    question_ms: tuple[float, ...]
    """Every question in every round, warm, by the clock."""
    question_cpu_ms: float
    """Mean processor time of a question, of all threads of this process: of Milvus Lite too, of a server not."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the hits of two stores are the same."""

    questions: int
    same: int
    """Questions with the same passages in the same order."""
    most_apart: float
    """Largest difference between the scores of a passage that both found."""


def agreement(one: Index, other: Index, questions: Sequence[str], *, top_k: int = TOP_K) -> Agreement:
    """Return how far both find the same for `questions`; none at all agree in everything."""
    same, apart = 0, 0.0
    for question in questions:
        found, again = search(one, question, top_k=top_k), search(other, question, top_k=top_k)
        same += [hit.passage.id for hit in found] == [hit.passage.id for hit in again]
        scores = _scores(again)
        apart = max([apart, *(abs(hit.score - scores[hit.passage.id]) for hit in found if hit.passage.id in scores)])
    return Agreement(len(questions), same, apart)


def _scores(hits: Sequence[Hit]) -> dict[str, float]:
    return {hit.passage.id: hit.score for hit in hits}


def measure(
    notices: Path, store: str, directory: Path, questions: Sequence[str], *, runs: int, log: Path
) -> tuple[Cost, Index]:
    """Return what an index of `notices` in `store` costs, made at `directory`, and the index. Raises TongbaoError."""
    from index.store import open_index

    # Whole processes come first: one process at a time may have a Milvus Lite open.
    command = [sys.executable, "-m", "assistant"]
    named = ["--index", str(directory)]
    built = time_process([*command, "index", str(notices), "--store", store or "faiss", *named], log=log)
    asks = [time_process([*command, "ask", questions[run % len(questions)], *named], log=log) for run in range(runs)]
    index = open_index(directory)
    # The first round opens and warms.
    _timed(index, questions)
    spent, times = time.process_time(), [one for _ in range(runs) for one in _timed(index, questions)]
    spent = 1000 * (time.process_time() - spent) / len(times)
    return Cost(store or "faiss", len(index.passages), built, tuple(asks), tuple(times), spent), index


def _timed(index: Index, questions: Sequence[str]) -> list[float]:
    """Return the milliseconds that each question took."""
    times = []
    for question in questions:
        began = time.perf_counter()
        search(index, question, top_k=TOP_K)
        times.append(1000 * (time.perf_counter() - began))
    return times


def compare(
    notices: Path, gold: Path, *, store: str, split: str, runs: int, work: Path, progress: Callable[[str], None]
) -> tuple[tuple[Cost, Cost], Agreement]:
    """Return the costs in FAISS and in `store`, and how far they agree. Raises TongbaoError."""
    chosen_store(store)
    loaded = load_gold(gold, FolderTexts(notices))
    questions = [one.question for one in chosen_questions(loaded, EvalOptions(split=split))]
    progress("FAISS")
    plain, one = measure(notices, "", work / "faiss", questions, runs=runs, log=work / "log")
    progress("Milvus")
    remote, other = measure(notices, store, work / "milvus", questions, runs=runs, log=work / "log")
    progress("比较")
    return (plain, remote), agreement(one, other, questions)


def costs_table(costs: Sequence[Cost]) -> Table:
    """Return one row for each store."""
    table = Table(box=None, pad_edge=False)
    for heading in (
        "存储",
        "段落",
        "检索 p50 ms",
        "p95 ms",
        "处理器 ms",
        "index 进程 s",
        "处理器 s",
        "ask 进程 s",
        "处理器 s",
    ):
        table.add_column(heading, justify="left" if heading == "存储" else "right")
    for one in costs:
        middle, late = np.quantile(one.question_ms, [0.5, 0.95])
        asks = [
            statistics.median(values) for values in zip(*((ask.seconds, ask.cpu_s) for ask in one.asks), strict=True)
        ]
        searching = (f"{middle:.1f}", f"{late:.1f}", f"{one.question_cpu_ms:.1f}")
        processes = (f"{seconds:.2f}" for seconds in (one.build.seconds, one.build.cpu_s, *asks))
        table.add_row(one.store.partition(":")[0], f"{one.passages}", *searching, *processes)
    return table


def main(
    store: Annotated[str, typer.Option(metavar="URL", help="Milvus 地址；默认为临时的 Milvus Lite。")] = "",
    notices: Annotated[Path, typer.Option(help="通报文件夹。")] = DEFAULT_NOTICES,
    gold: Annotated[Path, typer.Option(help="这些通报的标准问题集。")] = DEFAULT_GOLD,
    split: Annotated[str, typer.Option(metavar="dev|all", help="用哪一半问题。")] = "dev",
    runs: Annotated[int, typer.Option(min=1, help="每题测几次。")] = 3,
) -> None:
    """Measure and print; exit 1 with one line where a store cannot be used."""
    console, errors = open_console(), open_console(stderr=True)
    with tempfile.TemporaryDirectory(prefix="tongbao-stores-") as folder:
        chosen = store or f"milvus://{folder}/passages.db"
        try:
            costs, found = compare(
                notices,
                gold,
                store=chosen,
                split=split,
                runs=runs,
                work=Path(folder),
                progress=lambda stage: errors.print(stage, style="dim", markup=False),
            )
        except (TongbaoError, OSError) as error:
            errors.print(str(error), style="bold red", markup=False)
            raise typer.Exit(1) from error
    console.print(costs_table(costs))
    console.print(
        f"{found.questions} 题的前 {TOP_K} 段：{found.same} 题完全相同（次序也同），分数最多相差 {found.most_apart:.1e}",
        markup=False,
    )


if __name__ == "__main__":
    typer.run(main)
