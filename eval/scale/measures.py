"""The figures of one size: an index is built, added to, opened and asked."""

from __future__ import annotations

import functools
import statistics
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from eval.bench_processes import BenchmarkError
from eval.curves import quantile
from eval.evaluate import EvalOptions, chosen_questions
from eval.gold import load_gold
from eval.scale.corpus import sample_sentences, texts_of, write_texts
from eval.scale.watch import run_tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from eval.bench_processes import ProcessRun
    from eval.gold import GoldQuestion
    from eval.scale.corpus import Sampled
    from index.store import Index

_MEBI = 1024 * 1024
_ADDED = 100
_INDEXED = 0.999
"""Share of the texts that hold something to index, at least."""
_TOP = 10
_BATCH = 2048
_QUALITY = ("hit@1", "hit@5", "hit@10", "mrr@10")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleOptions:
    """What is measured on."""

    corpus: Path
    notices: Path
    gold: Path
    split: str = "dev"
    sentences: int = 200
    runs: int = 5
    exact: bool = True
    """Whether to embed every passage again, to compare the stored vectors with exact ones."""


def measure(
    count: int, options: ScaleOptions, work: Path, *, progress: Callable[[str], None] = lambda _: None
) -> dict[str, float]:
    """Return the figures of an index of `count` texts and the notices, made in the empty folder `work`.

    Raises:
        BenchmarkError: a command under measurement failed.
        GoldError: the gold file has problems.

    """
    texts, more, directory = work / "texts", work / "more", work / "index"
    progress(f"{count} 篇：写出文本")
    names = write_texts(texts_of(options.corpus, stop=count), texts)
    # The texts that are added later come from the end, so that they are new at every size.
    write_texts(texts_of(options.corpus, start=max(0, _last(options.corpus) - _ADDED)), more, first=10**6)
    sources = [path for root in (texts, options.notices) for path in root.rglob("*.txt")]
    size = sum(path.stat().st_size for path in sources)
    progress(f"{count} 篇：建立索引")
    # Two texts of the collection hold nothing to index, which the command ends with 1 for.
    built = _tongbao(work, "index", str(options.notices), str(texts), "--index", str(directory), good=(0, 1))
    figures = {"texts": float(len(names)), "text_mb": size / _MEBI, **_process("build", built)}
    figures |= _sizes(directory, size)
    if figures["files"] < len(sources) * _INDEXED:
        raise BenchmarkError(f"{len(sources)} 个文件只编入 {figures['files']:.0f} 个")
    progress(f"{count} 篇：打开、提问")
    figures |= _opening(directory, options.runs)
    figures |= _asking(directory, work, options)
    figures |= _answers(directory, options)
    sampled = sample_sentences(texts, names, options.sentences)
    progress(f"{count} 篇：整句检索")
    figures |= _sentences(directory, sampled)
    if options.exact:
        progress(f"{count} 篇：与精确向量检索比较")
        figures |= _against_exact(directory, sampled)
    progress(f"{count} 篇：再加 {_ADDED} 篇")
    added = _tongbao(work, "index", str(more), "--index", str(directory))
    return figures | _process("add", added)


@functools.cache
def _last(corpus: Path) -> int:
    return sum(1 for _ in texts_of(corpus))


def _tongbao(work: Path, *arguments: str, good: tuple[int, ...] = (0,)) -> ProcessRun:
    return run_tree([sys.executable, "-m", "assistant", *arguments], log=work / "log", good=good)


def _process(name: str, run: ProcessRun) -> dict[str, float]:
    return {f"{name}_s": run.seconds, f"{name}_cpu_s": run.cpu_s, f"{name}_mb": run.peak_mb}


def _sizes(directory: Path, text: int) -> dict[str, float]:
    from index.store import open_index

    index = open_index(directory)
    stored = {path: path.stat().st_size for path in index.folder.rglob("*") if path.is_file()}
    parts: dict[str, float] = {"disk_mb": sum(stored.values()) / _MEBI, "disk_ratio": sum(stored.values()) / text}
    for name in ("lexical", "dense", "kinship"):
        inside = sum(size for path, size in stored.items() if path.relative_to(index.folder).parts[0] == name)
        parts[f"{name}_ratio"] = inside / text
    parts["files"] = float(len(index.files))
    return parts | {"passages": float(len(index.passages)), "notices": float(len(index.notices))}


def _opening(directory: Path, runs: int) -> dict[str, float]:
    """Time `load_assistant` inside this process, so without imports; the first time is dropped."""
    from assistant import load_assistant

    times, spent = [], []
    for _ in range(runs + 1):
        began, busy = time.perf_counter(), time.process_time()
        load_assistant(directory)
        times.append((time.perf_counter() - began) * 1000)
        spent.append((time.process_time() - busy) * 1000)
    return {"open_ms": statistics.median(times[1:]), "open_cpu_ms": statistics.median(spent[1:])}


def _asking(directory: Path, work: Path, options: ScaleOptions) -> dict[str, float]:
    """Ask some questions of the gold set, each in a process of its own; the first is dropped."""
    questions = _questions(directory, options)
    step = max(1, len(questions) // (options.runs + 1))
    asked = [questions[number * step % len(questions)].question for number in range(options.runs + 1)]
    runs = [_tongbao(work, "ask", question, "--index", str(directory)) for question in asked]
    return {
        "ask_s": statistics.median(run.seconds for run in runs[1:]),
        "ask_cpu_s": statistics.median(run.cpu_s for run in runs[1:]),
        "ask_mb": statistics.median(run.peak_mb for run in runs[1:]),
    }


def _questions(directory: Path, options: ScaleOptions) -> tuple[GoldQuestion, ...]:
    from index.store import open_index

    return chosen_questions(load_gold(options.gold, open_index(directory)), EvalOptions(split=options.split))


def _answers(directory: Path, options: ScaleOptions) -> dict[str, float]:
    """Ask the gold questions twice: quality, and times of the second round."""
    from assistant import load_assistant
    from eval.runs import run_questions
    from eval.summary import summarise
    from index.store import open_index

    index = open_index(directory)
    assistant, questions = load_assistant(directory), _questions(directory, options)
    figures: dict[str, float] = {}
    for name in ("gold_first", "gold"):
        began = time.process_time()
        run = run_questions(assistant, questions, texts=index)
        spent = (time.process_time() - began) * 1000 / max(len(questions), 1)
        figures |= _quantiles(name, [one.elapsed_ms for one in run.results]) | {f"{name}_cpu_ms": spent}
    estimates = summarise(run, texts=index).estimates
    figures["right"] = sum(one.outcome.right for one in run.results) / max(len(run.results), 1)
    return figures | {name: estimates[name].mean for name in _QUALITY if name in estimates}


def _quantiles(name: str, times: Sequence[float]) -> dict[str, float]:
    return {f"{name}_p50_ms": quantile(times, 0.5), f"{name}_p95_ms": quantile(times, 0.95)}


def _sentences(directory: Path, sampled: Sequence[Sampled]) -> dict[str, float]:
    """Ask clauses of the collection, which name no unit, so that all of it is searched; times of the second round."""
    from assistant import load_assistant

    assistant = load_assistant(directory)
    figures: dict[str, float] = {}
    for name in ("sentence_first", "sentence"):
        found, times, spent = 0, [], time.process_time()
        for one in sampled:
            began = time.perf_counter()
            answer = assistant.ask(one.text, top_k=_TOP)
            times.append((time.perf_counter() - began) * 1000)
            found += any(one.held_by(place.file, place.start, place.end) for place in answer.retrieved[:_TOP])
        count = max(len(sampled), 1)
        spent = (time.process_time() - spent) * 1000 / count
        figures |= _quantiles(name, times) | {f"{name}_cpu_ms": spent, "sentence_hit@10": found / count}
    return figures


def _against_exact(directory: Path, sampled: Sequence[Sampled]) -> dict[str, float]:
    """Compare the stored vectors with exact ones: found sentences among ten, and how many of the exact ten come back."""
    from index.store import open_index

    index = open_index(directory)
    queries = index.embedder.encode([one.text for one in sampled])
    exact = _exact_best(index, queries)
    hits, exact_hits, common, times = 0, 0, 0, []
    for one, query, best in zip(sampled, queries, exact, strict=True):
        began = time.perf_counter()
        found = index.vector_store.query((), query).best(_TOP).vector[0]
        times.append((time.perf_counter() - began) * 1000)
        common += len(set(found.tolist()) & set(best.tolist()))
        hits += _any_holds(index, found, one)
        exact_hits += _any_holds(index, best, one)
    count = max(len(sampled), 1)
    return {
        "dense_hit@10": hits / count,
        "dense_exact_hit@10": exact_hits / count,
        "dense_hit_ratio": hits / max(exact_hits, 1),
        "dense_recall@10": common / (count * min(_TOP, max(len(index.passages), 1))),
        "dense_ms": statistics.median(times),
    }


def _any_holds(index: Index, numbers: NDArray[np.int64], one: Sampled) -> bool:
    passages = (index.passages[int(number)] for number in numbers)
    return any(one.held_by(passage.file, passage.start, passage.end) for passage in passages)


def _exact_best(index: Index, queries: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the numbers of the ten passages nearest to each query, shape (queries, 10), from fresh vectors."""
    from index.vectors import embedded_text

    scores = np.full((len(queries), _TOP), -np.inf, dtype=np.float32)
    numbers = np.full((len(queries), _TOP), -1, dtype=np.int64)
    for start in range(0, len(index.passages), _BATCH):
        texts = [embedded_text(passage) for passage in index.passages[start : start + _BATCH]]
        fresh = queries @ index.embedder.encode(texts).T
        both = np.concatenate((scores, fresh), axis=1)
        where = np.broadcast_to(np.arange(start, start + len(texts)), fresh.shape)
        order = np.argsort(-both, axis=1, kind="stable")[:, :_TOP]
        scores = np.take_along_axis(both, order, axis=1)
        numbers = np.take_along_axis(np.concatenate((numbers, where), axis=1), order, axis=1)
    return numbers
