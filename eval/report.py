"""The report of a run: one self-contained page, Markdown, JSON and CSV."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from dataclasses import dataclass
from importlib import resources
from typing import TYPE_CHECKING, Any

from eval.cases import VERDICTS, cases_of
from eval.charts import charts_of
from eval.curves import risk_coverage, threshold_for
from eval.errors import ReportError
from eval.labels import GROUPINGS, MEASURES, SECTIONS, group_label, label_of, shown
from eval.metrics import lower_is_better
from eval.saved import save_run
from eval.summary import HEADLINE
from index.reasons import with_advice

if TYPE_CHECKING:
    from pathlib import Path

    from jinja2 import Environment

    from eval.intervals import Estimate
    from eval.runs import QuestionResult, Run
    from eval.summary import Group, Summary
    from eval.texts import Texts

_CARDS = ("right", "citation_hit@3", "hit@1", "hit@5", "refusal_f1", "p95_ms")
_RISKS = (0.01, 0.02, 0.05, 0.10, 0.20)


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A line of the table of measures."""

    name: str
    label: str
    meaning: str
    value: str
    share: float | None
    """The value as a share of 1; None if it is not in [0, 1]."""
    estimate: Estimate | None
    lower_is_better: bool


@dataclass(frozen=True, slots=True)
class RiskRow:
    """What accepting a risk buys: the threshold to set and the share of questions then answered."""

    accepted: float
    threshold: float | None
    coverage: float
    risk: float


def require_folder(folder: Path) -> None:
    """Make `folder` if it is not there, before a run of minutes ends in vain. Raises ReportError if it takes no report."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = "是文件，不是文件夹" if folder.is_file() else with_advice(error)
        raise ReportError(f"报告不能写入 {folder}：{reason}") from error
    if not os.access(folder, os.W_OK):
        raise ReportError(f"报告不能写入 {folder}：没有权限，或所在磁盘只能读取；请换一个位置")


def write_report(folder: Path, run: Run, summary: Summary, *, texts: Texts) -> Path:
    """Return the path of the page written into `folder`, beside report.md, run.json and questions.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    context = _context(run, summary, texts)
    page = folder / "report.html"
    environment = _environment()
    page.write_text(environment.get_template("report.html").render(context), encoding="utf-8")
    markdown = environment.get_template("report.md").render(context)
    (folder / "report.md").write_text(markdown, encoding="utf-8")
    save_run(folder / "run.json", run, summary)
    _write_questions(folder / "questions.csv", run.results, list(summary.estimates))
    return page


def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    assets = resources.files("eval").joinpath("assets")
    environment = Environment(
        loader=FunctionLoader(lambda name: assets.joinpath(name).read_text("utf-8")),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["percent"] = lambda value: f"{100 * value:.1f}%"
    environment.filters["cell"] = lambda value: str(value).replace("|", "\\|").replace("\n", " ").replace("<", "&lt;")
    return environment


def _context(run: Run, summary: Summary, texts: Texts) -> dict[str, Any]:
    cases = cases_of(run.results, texts)
    return {
        "facts": run.facts,
        "facts_json": json.dumps(run.facts, ensure_ascii=False, indent=2),
        "summary": summary,
        "cards": [row for name in _CARDS if (row := _row(name, summary)) is not None],
        "sections": [
            (title, rows)
            for title, names in SECTIONS
            if (rows := [row for name in names if (row := _row(name, summary)) is not None])
        ],
        "headline": [(name, label_of(name)) for name in HEADLINE],
        "groupings": _by_grouping(summary),
        "group_label": group_label,
        "charts": charts_of(run.results),
        "risks": _risks(run.results),
        "cases": cases,
        "verdicts": VERDICTS,
        "verdict_counts": Counter(case.verdict for case in cases),
        "kinds": dict.fromkeys((case.kind, case.kind_label) for case in cases),
    }


def _row(name: str, summary: Summary) -> MeasureRow | None:
    value = summary.value(name)
    if value is None:
        return None
    share = None if name.endswith(("_ms", "_mb")) or name == "errors" else value
    label, meaning = MEASURES.get(name, (name, ""))
    return MeasureRow(
        name, label, meaning, shown(name, value), share, summary.estimates.get(name), lower_is_better(name)
    )


def _by_grouping(summary: Summary) -> list[tuple[str, list[Group]]]:
    held: dict[str, list[Group]] = {}
    for group in summary.groups:
        held.setdefault(group.grouping, []).append(group)
    return [(GROUPINGS[name], groups) for name, groups in held.items() if len(groups) > 1]


def _risks(results: tuple[QuestionResult, ...]) -> list[RiskRow]:
    points = risk_coverage([result.outcome for result in results])
    rows = []
    for accepted in _RISKS:
        point = threshold_for(points, risk=accepted)
        rows.append(
            RiskRow(accepted, None, 0.0, 0.0)
            if point is None
            else RiskRow(accepted, point.threshold, point.coverage, point.risk)
        )
    return rows


def _write_questions(path: Path, results: tuple[QuestionResult, ...], names: list[str]) -> None:
    fixed = ["id", "type", "split", "unit", "question", "gold", "status", "answer", "short_answer", "confidence"]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([*fixed, "elapsed_ms", *names])
        for one in results:
            gold, answer = one.gold, one.answer
            row = [gold.id, gold.kind, gold.split, "、".join(gold.units), " / ".join([*gold.history, gold.question])]
            row += ["；".join(gold.items or gold.answers), answer.status, answer.answer, answer.short_answer]
            row += [f"{answer.confidence:.4f}", f"{one.elapsed_ms:.2f}"]
            writer.writerow([*row, *(f"{one.scores[name]:.4f}" if name in one.scores else "" for name in names)])
