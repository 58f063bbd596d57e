"""Search of the common frameworks beside ours: the same texts and questions, one process after the other.

    python -m eval.bench_peers --notices DIR --gold GOLD [--split dev] [--reading FILE --sample 500] [--json FILE]
    python -m eval.bench_peers --notices DIR --gold GOLD --texts 1000        # with that many other texts around

Run by `make bench-peers` in an environment of its own, since the frameworks bring two hundred packages.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assistant.types import Answer, Retrieved, Status
from eval.bench_processes import BenchmarkError, time_process
from eval.circumstances import commit_of, describe_machine
from eval.curves import quantile
from eval.evaluate import EvalOptions, chosen_questions
from eval.gold import load_gold
from eval.peers.registry import LABELS, NAMES
from eval.reading_sets import load_reading_set, write_passages
from eval.retrieval import passage_scores
from eval.scale.corpus import Sampled, sample_sentences, texts_of, write_texts
from eval.tables import open_console
from eval.texts import FolderTexts
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.gold import GoldQuestion

_ROOT = Path(__file__).parents[1]
_MODEL = _ROOT / "index" / "models" / "static"
_QUALITY = ("hit@1", "hit@5", "mrr@10")
_READING = ("reading hit@1", "reading hit@5")
_CLAUSE = "clause hit@10"
_COSTS = ("index_s", "cold_s", "p50_ms", "p95_ms", "clause_ms", "peak_mb")
_CLAUSES = 100
_NEWS = "news"
_CORPUS = Path("../shared/data/news.jsonl.xz")
_HEADINGS = {
    "index_s": "indexing",
    "cold_s": "cold start",
    "p50_ms": "query, median",
    "p95_ms": "query, 95 %",
    "clause_ms": "clause, median",
    "peak_mb": "memory",
}


@dataclass(frozen=True, slots=True)
class PeerFigures:
    """What one peer came to; quality in [0, 1], costs in processor seconds, milliseconds and MB."""

    name: str
    quality: Mapping[str, float]
    costs: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerTask:
    """Texts and the questions asked of them."""

    folder: Path
    questions: tuple[str, ...]
    clauses: tuple[Sampled, ...] = ()
    """Clauses of the texts, asked behind the questions and timed apart: they name no unit."""


def run_peer(name: str, task: PeerTask, *, work: Path, runs: int) -> tuple[list[list[Retrieved]], dict[str, float]]:
    """Return the places found for each question, then for each clause, and the medians of the costs over `runs` processes.

    Raises:
        BenchmarkError: the process failed.

    """
    asked, out = work / "questions.json", work / "found.json"
    said = [*task.questions, *(one.text for one in task.clauses)]
    asked.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
    paths = ["--notices", str(task.folder), "--questions", str(asked), "--out", str(out), "--model", str(_MODEL)]
    offline = {
        "HF_HUB_OFFLINE": "1",
        "TRANSFORMERS_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
        "TOKENIZERS_PARALLELISM": "0",
    }
    silent = {"HAYSTACK_TELEMETRY_ENABLED": "False", "LLAMA_INDEX_CACHE_DIR": str(work)}
    rows = []
    for _ in range(runs):
        command = [sys.executable, "-m", "eval.peers", name, *paths]
        run = time_process(command, log=work / "log", environment={**os.environ, **offline, **silent})
        record = json.loads(out.read_text("utf-8"))
        rows.append(_costs(record, len(task.questions), peak_mb=run.peak_mb))
    found = [[Retrieved(file, start, end, 0.0) for file, start, end in places] for places in record["found"]]
    return found, {cost: statistics.median(row[cost] for row in rows) for cost in rows[0]}


def _costs(record: Mapping[str, Any], questions: int, *, peak_mb: float) -> dict[str, float]:
    times = [1000 * one for one in record["query_s"]]
    costs = {
        "index_s": record["index_s"],
        "cold_s": record["cold_s"],
        "p50_ms": quantile(times[:questions], 0.5),
        "p95_ms": quantile(times[:questions], 0.95),
        "peak_mb": peak_mb,
    }
    return costs | ({"clause_ms": quantile(times[questions:], 0.5)} if len(times) > questions else {})


def gold_quality(questions: Sequence[GoldQuestion], found: Sequence[Sequence[Retrieved]]) -> dict[str, float]:
    """Return the means of hit@1, hit@5 and MRR@10 over passages; empty for no questions."""
    pairs = [
        (gold, Answer(gold.question, Status.NO_ANSWER, "", retrieved=tuple(places)))
        for gold, places in zip(questions, found, strict=True)
    ]
    rows = list(passage_scores(pairs).values())
    return {name: sum(row[name] for row in rows) / len(rows) for name in _QUALITY} if rows else {}


def reading_quality(passages: Sequence[str], found: Sequence[Sequence[Retrieved]]) -> dict[str, float]:
    """Return the share of questions whose passage is among the first one and five; empty for no questions."""
    pairs = list(zip(passages, found, strict=True))
    depths = zip(_READING, (1, 5), strict=True)
    return {
        name: sum(wanted in [one.file for one in places[:k]] for wanted, places in pairs) / len(pairs)
        for name, k in depths
        if pairs
    }


def clause_quality(clauses: Sequence[Sampled], found: Sequence[Sequence[Retrieved]]) -> dict[str, float]:
    """Return the share of clauses that one of the first ten places holds whole; empty for no clauses."""
    pairs = list(zip(clauses, found, strict=True))
    right = sum(any(one.held_by(at.file, at.start, at.end) for at in places[:10]) for one, places in pairs)
    return {_CLAUSE: right / len(pairs)} if pairs else {}


def with_texts(notices: Path, corpus: Path, count: int, folder: Path) -> tuple[Sampled, ...]:
    """Put copies of `notices` and `count` texts of `corpus` below `folder`; return clauses of the texts.

    Raises OSError if `corpus` cannot be read.
    """
    shutil.copytree(notices, folder)
    below = folder / _NEWS
    names = write_texts(texts_of(corpus, stop=count), below)
    return tuple(replace(one, file=f"{_NEWS}/{one.file}") for one in sample_sentences(below, names, _CLAUSES))


def peers_table(rows: Sequence[PeerFigures]) -> str:
    """Return a Markdown table: quality as it is, costs of the first row as they are, of the others over the first's."""
    qualities = [name for name in (*_QUALITY, *_READING, _CLAUSE) if any(name in row.quality for row in rows)]
    counted = [cost for cost in _COSTS if all(cost in row.costs for row in rows)]
    lines = [
        "| | " + " | ".join([*qualities, *(_HEADINGS[cost] for cost in counted)]) + " |",
        "| --- |" + " ---: |" * (len(qualities) + len(counted)),
    ]
    for row in rows:
        quality = [f"{row.quality[name]:.3f}" if name in row.quality else "–" for name in qualities]
        costs = [_cost(cost, row, rows[0]) for cost in counted]
        lines.append(f"| {LABELS.get(row.name, row.name)} | " + " | ".join([*quality, *costs]) + " |")
    return "\n".join(lines)


def _cost(cost: str, row: PeerFigures, first: PeerFigures) -> str:
    value = row.costs[cost]
    if row is first or not first.costs[cost]:
        number, unit = f"{value:.0f}" if value >= 100 else f"{value:.2g}", cost.rpartition("_")[2]
        return f"{number} {unit if unit != 'mb' else 'MB'}"
    ratio = value / first.costs[cost]
    return f"× {ratio:.0f}" if ratio >= 10 else f"× {ratio:.1f}"


def _asked(notices: Path, gold: Path, split: str) -> list[GoldQuestion]:
    """Return the questions of one half that have evidence and are to be answered."""
    texts = FolderTexts(notices)
    held = chosen_questions(load_gold(gold, texts, notices=texts.notices()), EvalOptions(split=split))
    return [one for one in held if one.evidence and not one.expects_refusal]


def _said(gold: GoldQuestion) -> str:
    """Return a question with the earlier ones before it: a peer knows no history."""
    return " ".join([*gold.history, gold.question])


def main(
    notices: Annotated[Path, typer.Option(help="通报文件夹。")],
    gold: Annotated[Path, typer.Option(help="这些通报的标准问题集。")],
    split: Annotated[str, typer.Option(metavar="dev|test|all")] = "dev",
    reading: Annotated[Path | None, typer.Option(help="CMRC 2018 一类的阅读数据。")] = None,
    sample: Annotated[int, typer.Option(min=1, help="从阅读数据中抽取的题数。")] = 500,
    seed: Annotated[int, typer.Option(help="抽题的种子。")] = 13,
    texts: Annotated[int, typer.Option(min=0, help="另加多少篇文本。")] = 0,
    corpus: Annotated[Path, typer.Option(help="每行一篇文本（text）的 .jsonl.xz。")] = _CORPUS,
    runs: Annotated[int, typer.Option(min=1, help="每个进程测几次，取中位数。")] = 3,
    only: Annotated[list[str] | None, typer.Option(help="只测这些，可重复。")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="另存为 JSON。")] = None,
) -> None:
    """Measure every peer in turn and print the table; a peer whose process fails is told and left out, exit 1."""
    told = open_console(stderr=True)
    rows: list[PeerFigures] = []
    try:
        questions = _asked(notices, gold, split)
        with tempfile.TemporaryDirectory(prefix="tongbao-peers-") as folder:
            work = Path(folder)
            clauses = with_texts(notices, corpus, texts, work / "all") if texts else ()
            place = work / "all" if texts else notices
            task = PeerTask(folder=place, questions=tuple(map(_said, questions)), clauses=clauses)
            for name in only or NAMES:
                told.print(f"{LABELS.get(name, name)} …", style="dim", markup=False)
                try:
                    row = _measured(name, task, questions, work=work, runs=runs)
                    rows.append(_with_reading(row, reading, work, sample=sample, seed=seed) if reading else row)
                except BenchmarkError as error:
                    told.print(str(error), style="bold red", markup=False)
    except (TongbaoError, OSError) as error:
        told.print(str(error), style="bold red", markup=False)
        raise typer.Exit(1) from error
    sys.stdout.write(peers_table(rows) + "\n")
    if json_file is not None:
        record = {"commit": commit_of(_ROOT), "machine": describe_machine(), "peers": [asdict(row) for row in rows]}
        json_file.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", "utf-8")
    if len(rows) < len(only or NAMES):
        raise typer.Exit(1)


def _measured(name: str, task: PeerTask, questions: Sequence[GoldQuestion], *, work: Path, runs: int) -> PeerFigures:
    found, costs = run_peer(name, task, work=work, runs=runs)
    quality = gold_quality(questions, found[: len(questions)])
    return PeerFigures(name, quality | clause_quality(task.clauses, found[len(questions) :]), costs)


def _with_reading(row: PeerFigures, path: Path, work: Path, *, sample: int, seed: int) -> PeerFigures:
    data = load_reading_set(path).sample(sample, seed=seed)
    write_passages(data.passages, work / "passages")
    task = PeerTask(folder=work / "passages", questions=tuple(one.question for one in data.questions))
    found, _ = run_peer(row.name, task, work=work, runs=1)
    return replace(row, quality={**row.quality, **reading_quality([one.passage for one in data.questions], found)})


if __name__ == "__main__":
    typer.run(main)
