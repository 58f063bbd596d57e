"""The evaluation command as a function: check the gold, run, print, report, and hold the floors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eval.circumstances import circumstances
from eval.errors import UsageError
from eval.floors import broken_floors, load_floors, parse_floors
from eval.gold import GoldQuestion, Split, load_gold
from eval.gold_profile import doubts_about, profile_of
from eval.retrieval import NoticeMap
from eval.runs import run_questions
from eval.subject import Subject, open_subject
from eval.summary import summarise
from eval.tables import open_console, profile_table, question_panel, summary_table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eval.runs import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalOptions:
    """What is asked of one evaluation."""

    report: Path | None = None
    split: str = "all"
    """dev, test or all."""
    fail_under: tuple[str, ...] = ()
    """Floors, each `MEASURE=VALUE`."""
    floors: Path | None = None
    """File of floors; those under the name of the gold file count."""
    show: str = ""
    """Id of the one question to show."""
    limit: int | None = None
    """Only the first questions, for a quick look."""
    top_k: int = 10
    check: bool = False
    """Only check the gold file and print its counts."""


def run_eval(
    gold: Path,
    *,
    index_dir: Path,
    options: EvalOptions | None = None,
    texts_dir: Path | None = None,
    threshold: float | None = None,
) -> int:
    """Return the exit code of evaluating the assistant on the index at `index_dir`; see `evaluate`.

    Raises:
        GoldError: the gold file has problems; nothing was run.
        UsageError: an option names what does not exist.
        TongbaoError: the index cannot be opened.

    """
    return evaluate(
        gold, open_subject(index_dir, texts_dir=texts_dir, threshold=threshold), options=options or EvalOptions()
    )


def evaluate(gold: Path, subject: Subject, *, options: EvalOptions) -> int:
    """Return 0, or 1 if a floor was broken. Results go to stdout, everything else to stderr.

    Raises:
        GoldError: the gold file has problems; nothing was run.
        UsageError: an option names what does not exist.

    """
    kept = load_floors(options.floors, gold.stem) if options.floors is not None else ()
    floors = (*kept, *parse_floors(options.fail_under))
    questions = chosen_questions(load_gold(gold, subject.texts, notices=subject.notices), options)
    if options.check:
        return _check(questions, subject)
    if options.show:
        return _show(questions[0], subject, top_k=options.top_k)
    if options.report is not None:
        from eval.report import require_folder

        require_folder(options.report)
    run = _run(questions, gold=gold, subject=subject, options=options)
    summary = summarise(run, texts=subject.texts)
    broken = broken_floors(floors, summary)
    open_console().print(summary_table(summary))
    console = open_console(stderr=True)
    if options.report is not None:
        from eval.report import write_report

        page = write_report(options.report, run, summary, texts=subject.texts)
        console.print(f"报告：{page}", markup=False, soft_wrap=True)
    for line in broken:
        console.print(f"未达下限：{line}", style="bold red", markup=False)
    return 1 if broken else 0


def _run(questions: Sequence[GoldQuestion], *, gold: Path, subject: Subject, options: EvalOptions) -> Run:
    from rich.progress import Progress

    console = open_console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("评测", total=len(questions))
        run = run_questions(
            subject.open_asker(),
            questions,
            texts=subject.texts,
            notices=NoticeMap(subject.notices),
            top_k=options.top_k,
            progress=lambda done: progress.update(task, completed=done),
        )
    facts = circumstances(gold, index=subject.facts, split=options.split, top_k=options.top_k)
    return replace(run, facts=facts)


def _check(questions: Sequence[GoldQuestion], subject: Subject) -> int:
    open_console().print(profile_table(profile_of(questions, subject.texts)))
    for line, doubt in doubts_about(questions):
        open_console(stderr=True).print(f"第 {line} 行请复核：{doubt}", markup=False, style="yellow")
    return 0


def _show(question: GoldQuestion, subject: Subject, *, top_k: int) -> int:
    run = run_questions(subject.open_asker(), [question], texts=subject.texts, top_k=top_k)
    open_console().print(question_panel(question, subject.texts, run.results[0].answer))
    return 0


def chosen_questions(questions: Sequence[GoldQuestion], options: EvalOptions) -> tuple[GoldQuestion, ...]:
    """Return the questions that the options name: one by id, or those of a split, at most `limit` of them.

    Raises:
        UsageError: there is no such id or split.

    """
    if options.show:
        found = tuple(one for one in questions if one.id == options.show)
        if not found:
            raise UsageError(f"没有编号为 {options.show} 的问题")
        return found
    if options.split != "all" and options.split not in {str(one) for one in Split}:
        raise UsageError(f"--split 应为 dev、test 或 all，不是 {options.split}")
    wanted = tuple(one for one in questions if options.split in {"all", str(one.split)})
    return wanted[: options.limit]
