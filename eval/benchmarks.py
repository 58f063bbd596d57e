"""Times and sizes of the whole and of its parts, and the ratio to the usual Python stack.

    python -m eval.benchmarks --notices DIR --gold GOLD [--split dev] [--runs 5] [--json FILE]

Processes come first, while this one is still small: Linux counts the caller's size at the start into a child's peak.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from eval.bench_processes import ProcessRun, time_process
from eval.circumstances import commit_of, describe_machine
from eval.curves import quantile
from eval.evaluate import EvalOptions, chosen_questions
from eval.gold import load_gold
from eval.tables import open_console
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from eval.gold import GoldQuestion

_PACKAGE = Path(__file__).parent
DEFAULT_GOLD = _PACKAGE / "gold" / "samples.jsonl"
DEFAULT_NOTICES = Path("examples/notices")
_SHIPPED_MODEL = _PACKAGE.parent / "index" / "models" / "static"
_MEBI = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `low` and `high` are the extremes of the `count` runs behind it."""

    name: str
    label: str
    value: float
    unit: str
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchOptions:
    """What to measure on."""

    notices: Path
    gold: Path
    split: str = "all"
    runs: int = 5
    compare: bool = True
    """Whether to measure the peer too."""


def median_figure(name: str, label: str, values: Sequence[float], unit: str) -> Figure:
    """Return the median of `values` with their extremes. Raises ValueError for none."""
    if not values:
        raise ValueError(f"{name} has no values")
    return Figure(name, label, statistics.median(values), unit, min(values), max(values), len(values))


def run_benchmarks(options: BenchOptions, *, progress: Callable[[str], None] = lambda _: None) -> tuple[Figure, ...]:
    """Return all figures in the order in which they are shown.

    Raises:
        BenchmarkError: a command under measurement failed.
        GoldError: the gold file has problems.
        TongbaoError: the notices cannot be indexed.

    """
    with tempfile.TemporaryDirectory(prefix="tongbao-bench-") as folder:
        work = Path(folder)
        questions = _questions(options)
        figures = [*_indexing(options, work, progress), *_asking(options, work, questions, progress)]
        figures += _batch(options, work, questions, progress)
        progress("问答（同一进程内）")
        figures += _in_process(work / "index", questions)
        return (*figures, *_sizes(work / "index"))


def _questions(options: BenchOptions) -> tuple[GoldQuestion, ...]:
    from eval.texts import FolderTexts

    loaded = load_gold(options.gold, FolderTexts(options.notices))
    return chosen_questions(loaded, EvalOptions(split=options.split))


def _tongbao(work: Path, *arguments: str) -> ProcessRun:
    environment = {name: value for name, value in os.environ.items() if name != "TONGBAO_INDEX"}
    return time_process([sys.executable, "-m", "assistant", *arguments], log=work / "log", environment=environment)


def _indexing(options: BenchOptions, work: Path, progress: Callable[[str], None]) -> Iterable[Figure]:
    """Index from nothing, then again with nothing changed. The first process of all only fills the disk cache."""
    progress("索引")
    notices = str(options.notices)
    _tongbao(work, "index", notices, "--index", str(work / "index"))
    fresh = [
        _tongbao(work, "index", notices, "--index", str(work / f"fresh-{number}")) for number in range(options.runs)
    ]
    again = [_tongbao(work, "index", notices, "--index", str(work / "index")) for _ in range(options.runs)]
    yield from _of_processes("index", "从头索引", fresh)
    yield median_figure("reindex_s", "内容未变，再次索引", [one.seconds for one in again], "秒")


def _asking(
    options: BenchOptions, work: Path, questions: Sequence[GoldQuestion], progress: Callable[[str], None]
) -> Iterable[Figure]:
    """Ask question after question, each in a new process; the peer gets the same one right afterwards."""
    peer = [sys.executable, "-m", "eval.bench_langchain"]
    model = ["--model", str(_SHIPPED_MODEL)]
    log, store = work / "log", str(work / "peer")
    if options.compare:
        progress("对照：langchain + sentence-transformers + FAISS")
        time_process([*peer, "build", store, "--notices", str(options.notices), *model], log=log)
    own: list[ProcessRun] = []
    other: list[ProcessRun] = []
    # The first round fills the disk cache and is dropped.
    for number in range(options.runs + 1):
        progress(f"提问 {number}/{options.runs}")
        question = questions[number % len(questions)].question
        own.append(_tongbao(work, "ask", question, "--index", str(work / "index")))
        if options.compare:
            other.append(time_process([*peer, "ask", store, question, *model], log=log))
    yield from _of_processes("ask", "提问一次", own[1:])
    if options.compare:
        yield from _of_processes("peer_ask", "对照提问一次", other[1:])
        yield _ratio([one.seconds for one in own[1:]], [one.seconds for one in other[1:]])


def _of_processes(name: str, label: str, runs: Sequence[ProcessRun]) -> Iterable[Figure]:
    yield median_figure(f"{name}_s", f"{label}，整个进程", [one.seconds for one in runs], "秒")
    yield median_figure(f"{name}_cpu_s", f"{label}，处理器时间", [one.cpu_s for one in runs], "秒")
    yield median_figure(f"{name}_mb", f"{label}，内存峰值", [one.peak_mb for one in runs], "MB")


def _ratio(own: Sequence[float], other: Sequence[float]) -> Figure:
    """Return the ratio of the medians; the extremes are those of the pairs."""
    pairs = [mine / theirs for mine, theirs in zip(own, other, strict=True)]
    value = statistics.median(own) / statistics.median(other)
    return Figure("ask_ratio", "提问耗时与对照之比（中位数）", value, "倍", min(pairs), max(pairs), len(pairs))


def _batch(
    options: BenchOptions, work: Path, questions: Sequence[GoldQuestion], progress: Callable[[str], None]
) -> Iterable[Figure]:
    """Answer all questions as one file, start and loading included."""
    progress("批量问答")
    rows = ({"id": one.id, "question": one.question, "history": list(one.history)} for one in questions)
    asked, answered = work / "questions.jsonl", work / "answers.jsonl"
    asked.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    command = ("batch", str(asked), str(answered), "--restart", "--index", str(work / "index"))
    rates = [len(questions) / _tongbao(work, *command).seconds for _ in range(options.runs)]
    yield median_figure("batch_qps", f"批量问答 {len(questions)} 题，整个进程", rates, "题/秒")


def _in_process(index: Path, questions: Sequence[GoldQuestion]) -> Iterable[Figure]:
    """Ask everything twice: as met for the first time, and warm; the ranks of evidence come from the second time."""
    from eval.retrieval import NoticeMap
    from eval.runs import run_questions
    from eval.subject import open_subject
    from eval.summary import summarise

    subject = open_subject(index)
    asker, notices = subject.open_asker(), NoticeMap(subject.notices)
    for name, label in (("first", "首次问到"), ("warm", "再次问到")):
        run = run_questions(asker, questions, texts=subject.texts, notices=notices)
        times = [one.elapsed_ms for one in run.results]
        for share in (0.5, 0.95):
            name_of, label_of = f"{name}_p{share * 100:.0f}_ms", f"一题耗时，{label}，第 {share * 100:.0f} 百分位"
            yield Figure(name_of, label_of, quantile(times, share), "毫秒", min(times), max(times), len(times))
    summary = summarise(run, texts=subject.texts)
    for name in ("hit@1", "hit@3", "hit@5"):
        if one := summary.estimates.get(name):
            yield Figure(name, f"证据在前 {name[-1]} 段（95% 区间）", one.mean, "", one.low, one.high, one.n)


def _sizes(index: Path) -> Iterable[Figure]:
    """Measure the generation in use against the texts it holds."""
    from index.store import open_index

    opened = open_index(index)
    stored = sum(path.stat().st_size for path in opened.folder.rglob("*") if path.is_file())
    texts = sum(len(opened.text(record["path"]).encode("utf-8")) for record in opened.files)
    for name, label, value, unit in (
        ("disk_mb", "索引所占磁盘", stored / _MEBI, "MB"),
        ("disk_ratio", "索引与原文（UTF-8）大小之比", stored / texts, "倍"),
    ):
        yield Figure(name, label, value, unit, value, value, 1)


def figures_table(figures: Sequence[Figure]) -> Table:
    """Return one row for each figure; no figures give an empty table."""
    table = Table(box=None, pad_edge=False)
    for heading in ("指标", "名称", "值", "单位", "最小–最大", "次数"):
        table.add_column(heading, justify="left" if heading in {"指标", "名称", "单位"} else "right")
    for one in figures:
        spread = f"{_shown(one.low)}–{_shown(one.high)}" if one.count > 1 else ""
        name = Text(one.name, style="dim")
        table.add_row(Text(one.label), name, Text(_shown(one.value), style="bold"), one.unit, spread, str(one.count))
    return table


def _shown(value: float) -> str:
    """Return three significant digits, without an exponent.

    >>> _shown(0.12345), _shown(12.345), _shown(1234.5)
    ('0.123', '12.3', '1234')
    """
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"


def _record(options: BenchOptions, figures: Sequence[Figure], load: Sequence[float]) -> dict[str, Any]:
    return {
        "notices": str(options.notices),
        "gold": options.gold.name,
        "split": options.split,
        "commit": commit_of(_PACKAGE),
        "machine": describe_machine(),
        "load_before": list(load),
        "figures": [asdict(figure) for figure in figures],
    }


def main(
    notices: Annotated[Path, typer.Option(help="通报文件夹。")] = DEFAULT_NOTICES,
    gold: Annotated[Path, typer.Option(help="这些通报的标准问题集。")] = DEFAULT_GOLD,
    split: Annotated[str, typer.Option(metavar="dev|test|all")] = "all",
    runs: Annotated[int, typer.Option(min=1, help="每个进程测几次。")] = 5,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="另存为 JSON。")] = None,
    compare: Annotated[bool, typer.Option(help="是否与 langchain 一类的做法对照。")] = True,
) -> None:
    """Measure and print; exit 1 with one line if a command under measurement fails."""
    options = BenchOptions(notices=notices, gold=gold, split=split, runs=runs, compare=compare)
    load = os.getloadavg() if hasattr(os, "getloadavg") else ()
    console, errors = open_console(), open_console(stderr=True)
    try:
        figures = run_benchmarks(options, progress=lambda stage: errors.print(stage, style="dim", markup=False))
    except (TongbaoError, OSError) as error:
        errors.print(str(error), style="bold red", markup=False)
        raise typer.Exit(1) from error
    console.print(figures_table(figures))
    machine = describe_machine()
    busy = f"，开始前负载 {load[0]:.1f}" if load else ""
    console.print(f"{machine['cores']} 个核{busy}，Python {machine['python']}", style="dim", markup=False)
    if json_file is not None:
        json_file.write_text(json.dumps(_record(options, figures, load), ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    typer.run(main)
