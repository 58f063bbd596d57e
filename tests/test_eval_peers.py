"""The comparison with other frameworks: pieces, quality, the table, one process for each peer."""

from __future__ import annotations

import importlib.util
import json
import lzma
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from fake_terminal import SAMPLES
from typer import Typer
from typer.testing import CliRunner

from assistant.types import Retrieved
from eval.bench_peers import (
    PeerFigures,
    PeerTask,
    clause_quality,
    gold_quality,
    main,
    peers_table,
    reading_quality,
    run_peer,
    with_texts,
)
from eval.bench_processes import BenchmarkError
from eval.gold import Evidence, GoldQuestion, Kind
from eval.peers.pieces import PIECE_SIZE, cut_pieces, word_splitter
from eval.peers.registry import LABELS, NAMES, open_peer
from eval.scale.corpus import Sampled
from eval.texts import FolderTexts

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "云川市请了多少人来照看修好的良田？"
FRAMEWORKS = {"langchain": "langchain_classic", "haystack": "haystack", "txtai": "txtai", "llamaindex": "llama_index"}


@pytest.mark.parametrize("chinese", [False, True])
def test_pieces_are_slices_of_their_files(chinese: bool) -> None:
    texts = FolderTexts(SAMPLES)
    pieces = cut_pieces(SAMPLES, chinese=chinese)
    assert len(pieces) > 10
    assert {piece.file for piece in pieces} == {path.name for path in SAMPLES.iterdir()}
    for piece in pieces:
        assert len(piece.text) <= PIECE_SIZE
        assert texts.text(piece.file)[piece.start : piece.end] == piece.text


def test_marks_alone_are_no_piece(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("□\n\n" + "云川市改造老旧小区，" * 60, "utf-8")
    for chinese in (False, True):
        pieces = cut_pieces(tmp_path, chinese=chinese)
        assert pieces
        assert all("云川" in piece.text for piece in pieces)


def test_no_texts_give_no_pieces(tmp_path: Path) -> None:
    assert cut_pieces(tmp_path, chinese=True) == []


def test_words_get_spaces_only_where_that_is_asked() -> None:
    code = (
        "from eval.peers.pieces import word_splitter as w; assert w(chinese=True)('改造老旧小区').split()[0] == '改造'"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True)
    assert word_splitter(chinese=False)("改造老旧小区") == "改造老旧小区"


def test_quality_is_that_of_the_harness() -> None:
    gold = GoldQuestion("q", "？", Kind.FACT_NUMBER, ("1",), evidence=(Evidence("a.txt", ((0, 10),), "十"),))
    found = [Retrieved("a.txt", 90, 99, 0.0), Retrieved("a.txt", 0, 12, 0.0)]
    assert gold_quality([gold], [found]) == {"hit@1": 0.0, "hit@5": 1.0, "mrr@10": 0.5}
    assert gold_quality([], []) == {}
    assert reading_quality(["a.txt", "b.txt"], [found, found]) == {"reading hit@1": 0.5, "reading hit@5": 0.5}
    assert reading_quality([], []) == {}


def test_a_clause_is_found_where_a_place_holds_all_of_it() -> None:
    clause = Sampled("a.txt", 5, 20, "…")
    places = [Retrieved("a.txt", 0, 19, 0.0), Retrieved("b.txt", 0, 99, 0.0)]
    assert clause_quality([clause], [places]) == {"clause hit@10": 0.0}
    assert clause_quality([clause], [[*places, Retrieved("a.txt", 5, 20, 0.0)]]) == {"clause hit@10": 1.0}
    assert clause_quality([], []) == {}


def test_texts_lie_beside_the_notices(tmp_path: Path) -> None:
    corpus = packed(tmp_path, 3)
    clauses = with_texts(SAMPLES, corpus, 2, tmp_path / "all")
    texts = FolderTexts(tmp_path / "all")
    assert [texts.text(one.file)[one.start : one.end] for one in clauses] == [one.text for one in clauses]
    assert {one.file for one in clauses} == {"news/000/000000.txt", "news/000/000001.txt"}
    assert {path.name for path in SAMPLES.iterdir()} < {path.name for path in (tmp_path / "all").iterdir()}
    with pytest.raises(FileNotFoundError):
        with_texts(SAMPLES, tmp_path / "none.xz", 2, tmp_path / "other")


def packed(folder: Path, count: int) -> Path:
    corpus = folder / "news.jsonl.xz"
    with lzma.open(corpus, "wt", encoding="utf-8") as lines:
        for number in range(count):
            text = f"甲河第{number}座大桥今天上午正式建成通车，两岸居民不再需要绕行三十公里。"
            lines.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
    return corpus


def test_the_table_gives_costs_as_ratios_to_the_first() -> None:
    costs = {"index_s": 2.0, "cold_s": 1.0, "p50_ms": 8.0, "p95_ms": 10.0, "peak_mb": 120.0}
    first = PeerFigures("tongbao", {"hit@1": 0.9}, costs)
    other = PeerFigures("langchain", {"hit@1": 0.5}, {**costs, "cold_s": 12.0, "p50_ms": 4.0})
    lines = peers_table([first, other]).splitlines()
    assert lines[0] == "| | hit@1 | indexing | cold start | query, median | query, 95 % | memory |"
    assert lines[2] == "| Tongbao, search | 0.900 | 2 s | 1 s | 8 ms | 10 ms | 120 MB |"
    assert lines[3] == "| LangChain, default | 0.500 | × 1.0 | × 12 | × 0.5 | × 1.0 | × 1.0 |"
    timed = PeerFigures("tongbao", {"clause hit@10": 0.8}, {**costs, "clause_ms": 5.0})
    lines = peers_table([timed]).splitlines()
    assert lines[0].startswith("| | clause hit@10 | indexing |")
    assert lines[2].endswith("| 10 ms | 5 ms | 120 MB |")


@pytest.mark.parametrize("name", ["tongbao", "tongbao-ask"])
def test_ours_is_measured_in_a_process_of_its_own(name: str, tmp_path: Path) -> None:
    task = PeerTask(folder=SAMPLES, questions=(QUESTION, "澄浦市治理内涝采取了哪些措施？"))
    found, costs = run_peer(name, task, work=tmp_path, runs=1)
    assert [places[0].file for places in found] == ["云川市.txt", "岚江省.txt"]
    assert all(len(places) <= 10 for places in found)
    assert min(costs.values()) > 0


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("tongbao")])
def test_each_peer_finds_something(name: str, tmp_path: Path) -> None:
    if importlib.util.find_spec(FRAMEWORKS[name.partition("-")[0]]) is None:
        pytest.skip("the extra `peers` is not installed")
    task = PeerTask(folder=SAMPLES, questions=("云川市政务服务便民热线群众满意率",))
    found, _ = run_peer(name, task, work=tmp_path, runs=1)
    assert 0 < len(found[0]) <= 10


def test_a_peer_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match="nothing"):
        run_peer("nothing", PeerTask(folder=tmp_path, questions=()), work=tmp_path, runs=1)
    with pytest.raises(KeyError):
        open_peer("nothing", model="")
    assert set(LABELS) == set(NAMES)


def test_the_command_writes_table_and_file(tmp_path: Path) -> None:
    gold, out = tmp_path / "gold.jsonl", tmp_path / "peers.json"
    row = {
        "id": "a",
        "question": QUESTION,
        "type": "fact_number",
        "answers": ["415人"],
        "evidence": [{"file": "云川市.txt", "quote": "聘用管护员415人"}],
    }
    gold.write_text(json.dumps(row, ensure_ascii=False), "utf-8")
    reading = tmp_path / "set.json"
    passage = {
        "context": "甲河大桥全长1260米。",
        "qas": [{"id": "1", "question": "甲河大桥全长多少米？", "answers": [{"text": "1260米"}]}],
    }
    reading.write_text(json.dumps({"data": [{"paragraphs": [passage]}]}, ensure_ascii=False), "utf-8")
    app = Typer()
    app.command()(main)
    words = ["--notices", str(SAMPLES), "--gold", str(gold), "--split", "all", "--runs", "1", "--only", "tongbao"]
    result = CliRunner().invoke(app, [*words, "--reading", str(reading), "--json", str(out)])
    assert result.exit_code == 0, result.output
    assert "| Tongbao, search | 1.000 | 1.000 | 1.000 | 1.000 | 1.000 |" in result.stdout
    assert json.loads(out.read_text("utf-8"))["peers"][0]["quality"]["hit@1"] == 1.0
    result = CliRunner().invoke(app, [*words, "--texts", "2", "--corpus", str(packed(tmp_path, 2))])
    assert result.exit_code == 0, result.output
    assert "| Tongbao, search | 1.000 | 1.000 | 1.000 | 1.000 |" in result.stdout
    result = CliRunner().invoke(app, [*words, "--only", "nothing"])
    assert result.exit_code == 1
    assert "| Tongbao, search | 1.000 |" in result.stdout
    result = CliRunner().invoke(app, ["--notices", str(SAMPLES), "--gold", str(tmp_path / "none.jsonl")])
    assert result.exit_code == 1
