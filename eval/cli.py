"""`tongbao eval`: run a gold set, compare two runs, draft questions. `app` is the sub-command to mount."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from assistant.path_options import leave_paths_unread
from assistant.types import Mode
from eval.errors import GoldError, UsageError
from index.errors import TongbaoError

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = "tongbao eval"
_DEFAULT_INDEX = Path(".tongbao")


class RunByDefault(TyperGroup):
    """A group whose first word may be a gold file: `eval GOLD` is `eval run GOLD`."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        leave_paths_unread(self.commands)

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command, which calls itself `tongbao eval` however it was started."""
        return super().main(*args, **{**kwargs, "prog_name": _NAME})

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        """Put `run` before arguments that name no command."""
        if args and args[0] not in self.commands and args[0] not in {"--help", "-h"}:
            args = ["run", *args]
        return list(super().parse_args(ctx, args))


app = typer.Typer(cls=RunByDefault, no_args_is_help=True, add_completion=False, help="在标准问题集上评测问答。")

_Index = Annotated[Path, typer.Option("--index", envvar="TONGBAO_INDEX", help="索引文件夹。")]


@app.command("run", help="评测标准问题集 GOLD。")
def run_command(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="标准问题集（.jsonl）。")],
    index: _Index = _DEFAULT_INDEX,
    report: Annotated[Path | None, typer.Option(help="把报告写入此文件夹（HTML、Markdown、JSON、CSV）。")] = None,
    split: Annotated[str, typer.Option(metavar="dev|test|all", help="只用一半问题；调参时只看 dev。")] = "all",
    fail_under: Annotated[
        list[str] | None, typer.Option(metavar="MEASURE=VALUE", help="低于此值则以 1 退出，可重复。")
    ] = None,
    floors: Annotated[Path | None, typer.Option(metavar="FILE", help="下限文件（TOML），取与 GOLD 同名的表。")] = None,
    show: Annotated[str, typer.Option(metavar="ID", help="只显示一个问题的证据与回答。")] = "",
    limit: Annotated[int | None, typer.Option(min=1, help="只跑前几个问题。")] = None,
    top_k: Annotated[int, typer.Option(min=1, help="每题取回的段落数。")] = 10,
    check: Annotated[bool, typer.Option("--check", help="只检查标准问题集并统计。")] = False,
    threshold: Annotated[float | None, typer.Option(help="改用此置信度阈值；0 表示从不因把握小而拒答。")] = None,
    texts: Annotated[
        Path | None, typer.Option(help="原文取自此文件夹而不取自索引；与 --check 合用时不需要索引。")
    ] = None,
    mode: Annotated[
        Mode, typer.Option("--mode", metavar="MODE", help="作答方式：extractive 或 llm。")
    ] = Mode.EXTRACTIVE,
    llm: Annotated[str | None, typer.Option("--llm", metavar="URL|FOLDER", help="语言模型（$TONGBAO_LLM）。")] = None,
    llm_model: Annotated[str | None, typer.Option("--llm-model", metavar="NAME", help="语言模型的名称。")] = None,
) -> None:
    """Run a gold set, or only check it, or show one of its questions."""
    from eval.evaluate import EvalOptions, run_eval

    options = EvalOptions(
        report=report,
        split=split,
        fail_under=tuple(fail_under or ()),
        floors=floors,
        show=show,
        limit=limit,
        top_k=top_k,
        check=check,
    )
    where: dict[str, Any] = {"index_dir": index, "options": options, "texts_dir": texts, "threshold": threshold}
    if mode is Mode.LLM and not check:
        _finish(lambda: _run_llm(gold, llm, llm_model, where))
    _finish(lambda: run_eval(gold, **where))


@app.command("compare", help="比较两次评测：差异是否可信，哪些问题变了。")
def compare_command(
    before: Annotated[Path, typer.Argument(metavar="A", help="前一次的报告文件夹或 run.json。")],
    after: Annotated[Path, typer.Argument(metavar="B", help="后一次的报告文件夹或 run.json。")],
) -> None:
    """Print how the second run differs from the first."""
    _finish(lambda: _compare(before, after))


@app.command("draft", help="从通报里的数字、日期、文件名拟出候选问题，供人改写。")
def draft_command(
    index: _Index = _DEFAULT_INDEX,
    per_notice: Annotated[int, typer.Option(min=1, help="每篇通报最多几题。")] = 20,
    feedback: Annotated[
        Path | None, typer.Option(metavar="FILE", help="改从网页收到的反馈拟题（格式见 docs/feedback.md）。")
    ] = None,
) -> None:
    """Print candidate questions as lines of a gold file."""
    _finish(lambda: _draft(index, per_notice, feedback))


@app.command("ablate", help="逐一去掉一个部件再评测，看它值多少。")
def ablate_command(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="标准问题集（.jsonl）。")],
    index: _Index = _DEFAULT_INDEX,
    split: Annotated[str, typer.Option(metavar="dev|test|all", help="只用一半问题。")] = "all",
    limit: Annotated[int | None, typer.Option(min=1, help="只跑前几个问题。")] = None,
) -> None:
    """Print what each part is worth."""
    _finish(lambda: _ablate(gold, index, split, limit))


def _run_llm(gold: Path, llm: str | None, llm_model: str | None, where: dict[str, Any]) -> int:
    from assistant.llm.opening import require_writer
    from eval.llm import evaluate_llm

    return evaluate_llm(gold, writer=require_writer(llm, llm_model), **where)


@app.command("calibrate", help="按标准问题集校准置信度与拒答阈值，供换用别的模型或自己的通报时使用。")
def calibrate_command(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="标准问题集（.jsonl），只用 dev 一半。")],
    index: _Index = _DEFAULT_INDEX,
    output: Annotated[Path, typer.Option(help="写出的校准文件。")] = Path("calibration.json"),
    false_refusals: Annotated[float, typer.Option(min=0, max=1, help="可容忍答对的回答中多大一部分被拒答。")] = 0.03,
    reranker: Annotated[str | None, typer.Option(help="重排模型（CrossEncoder）：名称或文件夹。")] = None,
    extractor: Annotated[str | None, typer.Option(help="抽取模型（transformers）：名称或文件夹。")] = None,
) -> None:
    """Fit the confidence of the chosen models to the dev part of a gold set and write it."""
    from eval.calibrate import write_calibration

    _finish(lambda: write_calibration(gold, index, output, false_refusals, reranker=reranker, extractor=extractor))


def _draft(index_dir: Path, per_notice: int, feedback: Path | None) -> int:
    from eval.drafts import draft_questions
    from eval.feedback import gold_candidates, read_feedback
    from index.store import open_index

    index = open_index(index_dir)
    if feedback is not None:
        records = list(gold_candidates(read_feedback(feedback), index))
    else:
        records = [draft.to_record() for draft in draft_questions(index.notices, index, per_notice=per_notice)]
    for record in records:
        sys.stdout.write(json.dumps(record, ensure_ascii=False) + "\n")
    return 0


def _ablate(gold: Path, index_dir: Path, split: str, limit: int | None) -> int:
    from eval.ablation import ablate
    from eval.evaluate import EvalOptions, chosen_questions
    from eval.gold import load_gold
    from eval.subject import open_subject
    from eval.tables import ablation_table, open_console

    subject = open_subject(index_dir)
    held = load_gold(gold, subject.texts, notices=subject.notices)
    questions = chosen_questions(held, EvalOptions(split=split, limit=limit))
    told = open_console(stderr=True)
    comparisons = ablate(questions, index_dir=index_dir, progress=lambda name: told.print(f"{name} …"))
    open_console().print(ablation_table(comparisons))
    return 0


def _compare(before: Path, after: Path) -> int:
    from eval.compare import compare_runs
    from eval.saved import load_run
    from eval.tables import comparison_table, open_console

    open_console().print(comparison_table(compare_runs(load_run(before), load_run(after))))
    return 0


def _finish(work: Callable[[], int]) -> None:
    """Exit with what `work` returns; a known error becomes its message and 1, or 2 if the input is at fault."""
    try:
        code = work()
    except (GoldError, UsageError) as error:
        sys.stderr.write(f"{error}\n")
        code = 2
    except TongbaoError as error:
        sys.stderr.write(f"{error}\n")
        code = 1
    raise typer.Exit(code)
