"""The benchmark: whole processes timed, medians taken, the table and the file written."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from fake_terminal import SAMPLES
from typer import Typer
from typer.testing import CliRunner

from eval.bench_langchain import ask, build
from eval.bench_processes import BenchmarkError, time_process
from eval.benchmarks import BenchOptions, Figure, figures_table, main, median_figure, run_benchmarks
from eval.errors import UsageError
from eval.tables import open_console

GOLD = {
    "id": "a",
    "question": "云川市请了多少人来照看修好的良田？",
    "type": "fact_number",
    "answers": ["415人"],
    "evidence": [{"file": "云川市.txt", "quote": "聘用管护员415人"}],
    "unit": "云川市",
}
EXPECTED = (
    "index_s index_cpu_s index_mb reindex_s ask_s ask_cpu_s ask_mb batch_qps first_p50_ms first_p95_ms "
    "warm_p50_ms warm_p95_ms hit@1 hit@3 hit@5 disk_mb disk_ratio"
)
MODEL = Path(__file__).parents[1] / "index" / "models" / "static"


@pytest.fixture
def gold(tmp_path: Path) -> Path:
    path = tmp_path / "gold.jsonl"
    path.write_text(json.dumps(GOLD, ensure_ascii=False) + "\n", "utf-8")
    return path


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-E", "-c", code]


def test_a_process_is_timed_to_its_end(tmp_path: Path) -> None:
    run = time_process(python("import time; time.sleep(0.2); print('done')"), log=tmp_path / "log")
    assert 0.2 <= run.seconds < 30
    assert run.peak_mb >= 0
    assert 0 <= run.cpu_s < 30
    assert (tmp_path / "log").read_text().strip() == "done"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("raise SystemExit('第一行\\n没有索引')", "以 1 退出：没有索引"),
        ("raise SystemExit(3)", "以 3 退出：（没有输出）"),
    ],
)
def test_a_process_that_fails_is_told_with_its_last_line(tmp_path: Path, code: str, said: str) -> None:
    environment = {**os.environ, "PYTHONUTF8": "1"}
    with pytest.raises(BenchmarkError, match=said):
        time_process([sys.executable, "-c", code], log=tmp_path / "log", environment=environment)


@pytest.mark.parametrize(
    ("values", "median"), [([3.0], 3.0), ([4.0, 1.0], 2.5), ([9.0, 1.0, 2.0], 2.0), ([1.0, 1.0, 1.0], 1.0)]
)
def test_a_figure_is_the_median_with_its_extremes(values: list[float], median: float) -> None:
    figure = median_figure("x_s", "某项", values, "秒")
    assert (figure.value, figure.low, figure.high, figure.count) == (median, min(values), max(values), len(values))


def test_no_values_make_no_figure() -> None:
    with pytest.raises(ValueError, match="x_s has no values"):
        median_figure("x_s", "某项", [], "秒")


def test_the_table_shows_a_spread_only_where_there_are_runs() -> None:
    figures = [
        Figure("many", "多次", 1.5, "秒", 1.0, 20.0, 3),
        Figure("one", "一次[1]", 1234.5, "MB", 1234.5, 1234.5, 1),
    ]
    console = open_console()
    with console.capture() as shown:
        console.print(figures_table(figures))
    lines = shown.get().splitlines()
    assert "1.000–20.0" in lines[1]
    assert "一次[1]" in lines[2]
    assert "–" not in lines[2]


def test_no_figures_make_an_empty_table() -> None:
    assert figures_table([]).row_count == 0


def test_everything_is_measured_on_the_samples(gold: Path) -> None:
    options = BenchOptions(notices=SAMPLES, gold=gold, runs=1, compare=False)
    stages: list[str] = []
    figures = {figure.name: figure for figure in run_benchmarks(options, progress=stages.append)}
    assert " ".join(figures) == EXPECTED
    assert all(figure.low <= figure.value <= figure.high for figure in figures.values())
    assert all(figure.value > 0 for name, figure in figures.items() if not name.endswith(("_mb", "_cpu_s")))
    assert figures["hit@5"].value == 1
    assert stages


def test_an_unknown_split_is_told_before_anything_runs(gold: Path) -> None:
    with pytest.raises(UsageError):
        run_benchmarks(BenchOptions(notices=SAMPLES, gold=gold, split="dve"))


def test_a_missing_folder_ends_in_one_line(gold: Path, tmp_path: Path) -> None:
    app = Typer()
    app.command()(main)
    result = CliRunner().invoke(app, ["--notices", str(tmp_path / "none"), "--gold", str(gold)])
    assert result.exit_code == 1
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_the_peer_builds_loads_and_answers(tmp_path: Path) -> None:
    """In a process of its own, since its libraries warn and stay in memory."""
    peer = [sys.executable, "-m", "eval.bench_langchain"]
    model = ("--model", str(MODEL))
    store = str(tmp_path / "store")
    subprocess.run([*peer, "build", store, "--notices", str(SAMPLES), *model], check=True, capture_output=True)
    question = "云川市政务服务便民热线群众满意率"
    done = subprocess.run([*peer, "ask", store, question, *model], check=True, capture_output=True, encoding="utf-8")
    assert "96.8%" in done.stdout


def test_the_peer_is_no_part_of_the_program() -> None:
    assert build.__module__ == ask.__module__ == "eval.bench_langchain"
    code = "import sys, eval.bench_langchain; assert not {'torch', 'faiss', 'langchain_core'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
