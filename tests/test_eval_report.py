"""The report of a run."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from assistant.types import Answer, Citation, Retrieved, Status
from eval.cases import Piece, cases_of, marked_pieces
from eval.charts import charts_of
from eval.gold import Evidence, GoldQuestion, Kind
from eval.report import write_report
from eval.runs import Run, run_questions
from eval.saved import load_run
from eval.summary import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

ATTACK = "<script>alert('x')</script>&|"
TEXT = "甲市关停作坊45家，" + ATTACK + "投入1260万元。" * 20
EVIDENCE = Evidence("甲.txt", ((0, 9),), TEXT[:9])
QUESTIONS = (
    GoldQuestion(
        "a" + ATTACK, "关了几家？" + ATTACK, Kind.FACT_NUMBER, ("45家",), evidence=(EVIDENCE,), units=(ATTACK,)
    ),
    GoldQuestion("b", "花了多少？", Kind.FACT_NUMBER, ("99家",), near_misses=(ATTACK,), evidence=(EVIDENCE,)),
    GoldQuestion("c", "谁出的钱？", Kind.NO_ANSWER),
    GoldQuestion("d", "何时？", Kind.FACT_DATE, ("2023年",), evidence=(EVIDENCE,)),
    GoldQuestion("e", "坏了？", Kind.FACT_DATE, ("2023年",), evidence=(EVIDENCE,)),
)


class Shelf:
    """Texts held in memory."""

    def text(self, file: str) -> str:
        return {"甲.txt": TEXT}[file]


class Fake:
    """Answers everything with the same words, declines one question, fails on another."""

    def ask(self, question: str, *, history: Sequence[str], top_k: int) -> Answer:
        assert not history
        if question == "坏了？":
            raise ValueError(ATTACK)
        places = (Retrieved("甲.txt", 0, 9 + top_k, 0.9), Retrieved("没有.txt", 0, 9, 0.5))
        if question == "何时？":
            return Answer(question, Status.NO_ANSWER, "没有找到。", retrieved=places, reason="not_found")
        cited = (Citation(1, "甲.txt", "n", "题", "市", (), 0, 9, TEXT[:9]),)
        return Answer(
            question, Status.ANSWERED, "45家" + ATTACK, "45家", (ATTACK,), 0.7, citations=cited, retrieved=places
        )


@pytest.fixture(scope="module")
def run() -> Run:
    facts = {"created": "2026", "gold": {"path": ATTACK}, "machine": {"peak_mb": 12.0}}
    return replace(run_questions(Fake(), QUESTIONS, texts=Shelf()), facts=facts)


class Page(HTMLParser):
    """What a page loads and which elements it leaves open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.loads += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "input", "br"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in {"meta", "input", "br"}:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_report_is_self_contained_and_escaped(tmp_path: Path, run: Run) -> None:
    page = write_report(tmp_path / "report", run, summarise(run, texts=Shelf()), texts=Shelf())
    html = page.read_text("utf-8")
    parsed = Page()
    parsed.feed(html)
    assert parsed.open == []
    assert parsed.scripts == 1
    assert all(one.startswith("#") for one in parsed.loads)
    assert ATTACK not in html
    assert "alert(&#39;x&#39;)" in html
    assert html.count("<svg") == 4
    assert {path.name for path in page.parent.iterdir()} == {"report.html", "report.md", "run.json", "questions.csv"}


def test_the_other_forms_hold_the_same_run(tmp_path: Path, run: Run) -> None:
    folder = write_report(tmp_path, run, summarise(run, texts=Shelf()), texts=Shelf()).parent
    with (folder / "questions.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["right"]) for row in rows] == [1, 0, 0, 0, 0]
    assert rows[3]["answer"] == "没有找到。"
    assert list(load_run(folder).results) == [question.id for question in QUESTIONS]
    assert json.loads((folder / "run.json").read_text("utf-8"))["summary"]["questions"] == 5
    markdown = (folder / "report.md").read_text("utf-8")
    assert "| 答对 | right | 0.200 |" in markdown
    assert "<script>" not in markdown.split("```")[0]
    assert all(line.count("|") > 2 for line in markdown.splitlines() if line.startswith("|"))


def test_cases_name_what_went_wrong(run: Run) -> None:
    cases = {case.id[0]: case for case in cases_of(run.results, Shelf())}
    verdicts = {name: case.verdict for name, case in cases.items()}
    assert verdicts == {"a": "right", "b": "wrong", "c": "invented", "d": "missed", "e": "error"}
    assert next(iter(cases)) == "b"
    assert cases["b"].rank == "证据排第 1，已引用"
    assert cases["d"].rank == "证据排第 1"
    assert cases["e"].rank == "证据未取回"
    assert [one.relevant for one in cases["b"].retrieved] == [True, False]
    assert cases["b"].evidence[0].pieces[0] == Piece(TEXT[:9], marked=True)


def test_marked_pieces_join_to_the_text() -> None:
    pieces = marked_pieces(TEXT, 2, 20, [(0, 9), (15, 99)])
    assert "".join(piece.text for piece in pieces) == TEXT[2:20]
    assert [piece.marked for piece in pieces] == [True, False, True]
    assert marked_pieces(TEXT, 3, 3, []) == ()


def test_charts_follow_the_page(run: Run) -> None:
    charts = charts_of(run.results)
    assert [chart.title for chart in charts] == ["风险—覆盖曲线", "可靠性图", "命中@k", "耗时"]
    for chart in charts:
        assert chart.svg.startswith("<svg")
        assert "var(--" in chart.svg
        assert not re.search("#[0-9a-f]{6}|LABEL|<image", chart.svg)
    names = [name for chart in charts for name in re.findall(r'\bid="([^"]+)"', chart.svg)]
    assert len(names) == len(set(names))
    assert charts_of(()) == ()


def test_one_stray_time_does_not_squash_the_histogram(run: Run) -> None:
    times = [10.0] * 40 + [9000.0]
    results = [replace(run.results[0], elapsed_ms=time) for time in times]
    assert charts_of(results)[-1].caption == "虚线是中位数 10.0 毫秒。另有 1 题更慢，最慢 9000 毫秒。"
    assert charts_of(results[:-1])[-1].caption == "虚线是中位数 10.0 毫秒。"


def test_a_run_that_answers_nothing_is_reported_too(tmp_path: Path) -> None:
    run = run_questions(Fake(), QUESTIONS[3:4], texts=Shelf())
    page = write_report(tmp_path, run, summarise(run, texts=Shelf()), texts=Shelf())
    assert "达不到" in page.read_text("utf-8")
    empty = run_questions(Fake(), (), texts=Shelf())
    page = write_report(tmp_path / "empty", empty, summarise(empty, texts=Shelf()), texts=Shelf())
    assert "没有可画的结果" in page.read_text("utf-8")
