"""The benchmark of large collections: texts written, sentences sampled, memory of all processes, growth fitted."""

from __future__ import annotations

import json
import lzma
import math
import sys
from pathlib import Path

import pytest
from fake_terminal import SAMPLES
from typer import Typer
from typer.testing import CliRunner

from eval.bench_processes import BenchmarkError
from eval.scale.__main__ import main, scale_table
from eval.scale.corpus import sample_sentences, texts_of, write_texts
from eval.scale.growth import PLOTTED, exponent, plot_growth
from eval.scale.measures import ScaleOptions, measure
from eval.scale.watch import resident_of, run_tree
from eval.tables import open_console

TEXTS = tuple(
    f"第{number}号消息。云桥村今年新修了{number + 3}公里水泥路面，方便了周围的居民。村里还办起了{number + 1}间阅览室供孩子读书。"
    for number in range(4)
)
GOLD = {
    "id": "a",
    "question": "云川市请了多少人来照看修好的良田？",
    "type": "fact_number",
    "answers": ["415人"],
    "evidence": [{"file": "云川市.txt", "quote": "聘用管护员415人"}],
    "unit": "云川市",
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    path = tmp_path / "texts.jsonl.xz"
    with lzma.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in TEXTS)
    return path


def test_texts_become_files_and_give_sentences(corpus: Path, tmp_path: Path) -> None:
    names = write_texts(texts_of(corpus, start=1, stop=3), tmp_path / "texts", first=999)
    assert names == ["000/000999.txt", "001/001000.txt"]
    assert (tmp_path / "texts" / names[0]).read_text("utf-8") == TEXTS[1]
    sampled = sample_sentences(tmp_path / "texts", names, 5)
    assert {one.file for one in sampled} == set(names)
    assert all(TEXTS[names.index(one.file) + 1][one.start : one.end] == one.text for one in sampled)
    assert sampled == sample_sentences(tmp_path / "texts", names, 5)
    assert write_texts(iter(()), tmp_path / "none") == []
    assert sample_sentences(tmp_path, [], 3) == []


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="memory is read from /proc")
def test_memory_of_children_counts(tmp_path: Path) -> None:
    hold = "import time; held = bytearray(80_000_000); time.sleep(1)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-S', '-E', '-c', {hold!r}])"
    run = run_tree([sys.executable, "-S", "-E", "-c", child], log=tmp_path / "log")
    assert 80 < run.peak_mb < 200
    assert 1 <= run.seconds < 60
    assert resident_of(2**22 + 1) == 0


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="以 1 退出：没有了"):
        run_tree([sys.executable, "-X", "utf8", "-c", "raise SystemExit('没有了')"], log=tmp_path / "log")


@pytest.mark.parametrize(
    ("sizes", "costs", "expected"),
    [([1, 10, 100], [5, 50, 500], 1.0), ([1, 100], [7, 7], 0.0), ([4, 16], [3, 48], 2.0)],
)
def test_exponent_of_a_power_law(sizes: list[float], costs: list[float], expected: float) -> None:
    assert exponent(sizes, costs) == pytest.approx(expected)


def test_no_exponent_without_two_sizes_or_with_a_cost_of_nothing() -> None:
    assert math.isnan(exponent([5], [1]))
    assert math.isnan(exponent([5, 5], [1, 2]))
    assert math.isnan(exponent([1, 2], [0, 2]))


def test_growth_is_plotted(tmp_path: Path) -> None:
    rows = [{"texts": size, **dict.fromkeys(PLOTTED, size * 2.0)} for size in (10.0, 100.0)]
    plot_growth(rows, tmp_path / "made" / "growth.png")
    assert (tmp_path / "made" / "growth.png").read_bytes().startswith(b"\x89PNG")


def test_every_figure_is_measured(corpus: Path, tmp_path: Path) -> None:
    gold = tmp_path / "gold.jsonl"
    gold.write_text(json.dumps(GOLD, ensure_ascii=False) + "\n", "utf-8")
    work = tmp_path / "work"
    work.mkdir()
    options = ScaleOptions(corpus=corpus, notices=SAMPLES, gold=gold, split="all", sentences=3, runs=1)
    row = measure(2, options, work)
    assert set(PLOTTED) <= set(row)
    assert (row["texts"], row["hit@10"], row["sentence_hit@10"], row["dense_hit_ratio"]) == (2, 1, 1, 1)
    assert row["disk_ratio"] > 0
    assert "build_s" in str(list(scale_table([row]).columns[0].cells))
    open_console().print(scale_table([]))


def test_texts_that_hold_nothing_are_no_failure_unless_they_are_many(corpus: Path, tmp_path: Path) -> None:
    with lzma.open(corpus, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in (*TEXTS[:2], "——", "！"))
    options = ScaleOptions(corpus=corpus, notices=SAMPLES, gold=tmp_path / "gold.jsonl", runs=1)
    count = sum(1 for _ in SAMPLES.rglob("*.txt"))
    with pytest.raises(BenchmarkError, match=f"{count + 4} 个文件只编入 {count + 2} 个"):
        measure(4, options, tmp_path)


def test_absent_texts_are_told(tmp_path: Path) -> None:
    app = Typer()
    app.command()(main)
    told = CliRunner().invoke(app, ["--corpus", str(tmp_path / "none.xz")])
    assert told.exit_code == 0
    assert "跳过" in told.stderr
