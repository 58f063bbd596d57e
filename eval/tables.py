"""Runs, comparisons, gold sets and single questions as terminal tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from eval.ablation import SHOWN
from eval.labels import GROUPINGS, KINDS, SECTIONS, group_label, label_of, shown
from eval.summary import HEADLINE
from eval.texts import text_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import RenderableType

    from assistant.types import Answer
    from eval.compare import Comparison
    from eval.gold import GoldQuestion
    from eval.gold_profile import Profile
    from eval.summary import Summary
    from eval.texts import Texts

_WIDTH = 100
_CONTEXT = 60


def open_console(*, stderr: bool = False) -> Console:
    """Return a console of at most 100 columns, of exactly 100 when it is no terminal."""
    console = Console(stderr=stderr, highlight=False)
    width = min(_WIDTH, console.width) if console.is_terminal else _WIDTH
    return Console(stderr=stderr, highlight=False, width=width)


def summary_table(summary: Summary) -> RenderableType:
    """Return the tables of a run: measures with intervals, then the headline measures by group."""
    table = Table(title=f"{summary.count} 个问题", title_justify="left", box=None, pad_edge=False)
    table.add_column("")
    table.add_column("指标")
    table.add_column("名称", style="dim")
    table.add_column("值", justify="right", style="bold")
    table.add_column("95% 区间", justify="right")
    table.add_column("题数", justify="right")
    for section, names in SECTIONS:
        heading = section
        for name in names:
            if name in summary.estimates:
                one = summary.estimates[name]
                interval, count = f"{one.low:.3f}–{one.high:.3f}", str(one.n)
                table.add_row(heading, label_of(name), name, shown(name, one.mean), interval, count)
            elif name in summary.whole:
                table.add_row(heading, label_of(name), name, shown(name, summary.whole[name]), "", "")
            else:
                continue
            heading = ""
    return Group(table, Text(), _group_table(summary))


def _group_table(summary: Summary) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("")
    table.add_column("题数", justify="right")
    for name in HEADLINE:
        table.add_column(label_of(name), justify="right")
    last = ""
    for group in summary.groups:
        heading = "" if group.grouping == last else GROUPINGS[group.grouping]
        last = group.grouping
        values = [f"{group.estimates[name].mean:.3f}" if name in group.estimates else "–" for name in HEADLINE]
        table.add_row(heading, Text(group_label(group.grouping, group.name)), str(group.count), *values)
    return table


def comparison_table(comparison: Comparison) -> RenderableType:
    """Return the measures of two runs and the questions that changed, both answers side by side."""
    table = Table(box=None, pad_edge=False)
    for heading in ("指标", "名称", "前", "后", "差（95% 区间）", "好/差", "符号检验 p"):
        table.add_column(heading, justify="left" if heading in {"指标", "名称"} else "right")
    for one in comparison.measures:
        low, high = one.difference.low, one.difference.high
        style = "" if low <= 0 <= high else "bold"
        change = f"{one.difference.mean:+.3f}（{low:+.3f} 至 {high:+.3f}）"
        row = (f"{one.before:.3f}", f"{one.after:.3f}", change, f"{one.better}/{one.worse}", f"{one.p_value:.3f}")
        table.add_row(label_of(one.name), one.name, *row, style=style)
    note = f"共同的问题 {comparison.common} 个，未计入 {comparison.left_out} 个；粗体：区间不含 0"
    if not comparison.changed:
        return Group(table, Text(f"{note}；对错有变的问题 0 个", style="dim"))
    changed = Table(show_lines=True, title=f"对错有变的问题 {len(comparison.changed)} 个", title_justify="left")
    changed.add_column("问题与标准答案", ratio=1, overflow="fold")
    changed.add_column(Text(f"前：{comparison.before}"), ratio=1, overflow="fold")
    changed.add_column(Text(f"后：{comparison.after}"), ratio=1, overflow="fold")
    for question in comparison.changed:
        gold = Text(f"{question.id} {question.question}\n→ {question.gold}")
        wrong, good = ("✗ ", "✓ ") if question.improved else ("✓ ", "✗ ")
        changed.add_row(gold, Text(wrong + question.before), Text(good + question.after))
    return Group(table, Text(note, style="dim"), Text(), changed)


def ablation_table(comparisons: Sequence[Comparison]) -> RenderableType:
    """Return one row for each variant: values, and a mark where the 95% interval of the difference excludes 0."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for name in SHOWN:
        table.add_column(label_of(name), justify="right")
    for comparison in comparisons:
        measures = {one.name: one for one in comparison.measures}
        cells = []
        for name in SHOWN:
            one = measures.get(name)
            sure = one is not None and not one.difference.low <= 0 <= one.difference.high
            cells.append("–" if one is None else f"{one.after:.3f}{'*' if sure else ' '}")
        table.add_row(Text(comparison.after), *cells)
    note = f"{comparisons[0].common} 个问题；* 与完整版之差的 95% 区间不含 0"
    return Group(table, Text(note, style="dim"))


def profile_table(profile: Profile) -> RenderableType:
    """Return the counts of a gold set."""
    table = Table(title=f"{profile.questions} 个问题", title_justify="left", box=None, pad_edge=False)
    for heading in ("", "", "题数"):
        table.add_column(heading, overflow="fold", justify="right" if heading == "题数" else "left")
    parts = (
        ("类型", {f"{KINDS.get(name, name)} {name}": count for name, count in profile.by_kind.items()}),
        ("分组", profile.by_split),
        ("证据文件", profile.by_file),
        ("证据位置", profile.by_tercile),
        ("用词", {"换了说法": profile.answerable - profile.overlapping, "与证据有四字相同": profile.overlapping}),
    )
    for heading, counts in parts:
        for at, (name, count) in enumerate(counts.items()):
            table.add_row("" if at else heading, Text(name), str(count))
    return table


def question_panel(question: GoldQuestion, texts: Texts, answer: Answer | None) -> RenderableType:
    """Return a gold question with its evidence in context, and the answer if there is one."""
    asked = Text("\n".join(f"（此前）{one}" for one in question.history) + "\n" if question.history else "")
    asked.append(question.question, style="bold")
    asked.append(f"\n{KINDS[question.kind]} · {question.split} · {'、'.join(question.units)}", style="dim")
    parts: list[RenderableType] = [Panel(asked, title=Text(question.id))]
    wanted = "\n".join([*question.answers, *(f"· {item}" for item in question.items)]) or "（应拒答）"
    parts.append(Panel(Text(wanted), title="标准答案"))
    for one in question.evidence:
        start, end = one.places[0]
        text = text_or_none(texts, one.file) or ""
        shown_text = Text("…" + text[max(0, start - _CONTEXT) : start], style="dim")
        shown_text.append(text[start:end], style="not dim bold")
        shown_text.append(text[end : end + _CONTEXT] + "…")
        parts.append(Panel(shown_text, title=Text(f"证据 {one.file} [{start}, {end})")))
    if answer is not None:
        said = Text(f"{answer.answer}\n")
        said.append(
            f"{answer.status} · 短答案 {answer.short_answer or '—'} · 置信度 {answer.confidence:.2f}", style="dim"
        )
        for citation in answer.citations:
            said.append(f"\n[{citation.n}] {citation.file} [{citation.start}, {citation.end}) {citation.quote}")
        parts.append(Panel(said, title="回答"))
    return Group(*parts)
