"""The plots of a report as inline SVG whose colours are those of the page, light or dark."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.curves import quantile, reliability, risk_coverage
from eval.spans import covers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from eval.runs import QuestionResult

_INK, _MUTED, _GRID, _LINE, _SECOND = "#010101", "#020202", "#030303", "#040404", "#050505"
_VARIABLES = {_INK: "ink", _MUTED: "muted", _GRID: "grid", _LINE: "accent", _SECOND: "second"}
_SIZE = (4.6, 3.1)
_RISK_GUIDES = (0.05, 0.10)
_DEEPEST = 10
_SLOWEST_SHOWN = 2.0
"""Multiples of the 95th percentile that the histogram of times shows: one stray question must not squash it."""


@dataclass(frozen=True, slots=True)
class Chart:
    """A plot with the words around it; `svg` is safe to put into a page as it is."""

    title: str
    caption: str
    svg: str


def charts_of(results: Sequence[QuestionResult]) -> tuple[Chart, ...]:
    """Return the plots that the results allow; none for no results."""
    if not results:
        return ()
    made = (_risk_chart(results), _reliability_chart(results), _hits_chart(results), _latency_chart(results))
    return tuple(chart for chart in made if chart is not None)


def _risk_chart(results: Sequence[QuestionResult]) -> Chart | None:
    points = risk_coverage([result.outcome for result in results])
    if not points:
        return None
    figure = _Figure("risk", x="覆盖范围（作答的问题占全部问题）", y="风险（作答中答错的比例）")
    axes = figure.axes
    top = max(0.12, max(point.risk for point in points) * 1.15)
    for guide in _RISK_GUIDES:
        axes.axhline(guide, color=_MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
    coverage, risk = [point.coverage for point in points], [point.risk for point in points]
    axes.fill_between(coverage, risk, color=_LINE, alpha=0.12, linewidth=0)
    axes.plot(coverage, risk, color=_LINE, linewidth=1.8)
    axes.plot(coverage[-1:], risk[-1:], "o", color=_LINE, markersize=4.5)
    axes.set(xlim=(0, 1), ylim=(0, min(1.0, top)))
    return Chart(
        "风险—覆盖曲线",
        "只给出置信度最高的一部分答案时会答错多少。圆点是当前阈值；虚线是 5% 与 10% 的风险。",
        figure.svg(percent_x=True, percent_y=True),
    )


def _reliability_chart(results: Sequence[QuestionResult]) -> Chart | None:
    bins = reliability([result.outcome for result in results])
    if not bins:
        return None
    figure = _Figure("reliability", x="置信度", y="答对的比例")
    axes = figure.axes
    largest = max(one.count for one in bins)
    axes.bar(
        [(one.low + one.high) / 2 for one in bins],
        [0.25 * one.count / largest for one in bins],
        width=0.085,
        color=_SECOND,
        alpha=0.35,
        linewidth=0,
    )
    axes.plot([0, 1], [0, 1], color=_MUTED, linewidth=0.8, linestyle=(0, (3, 3)))
    axes.plot([one.confidence for one in bins], [one.accuracy for one in bins], "o-", color=_LINE, markersize=4.5)
    axes.set(xlim=(0, 1), ylim=(0, 1.03))
    return Chart(
        "可靠性图",
        "点在虚线上方：比自己说的更可靠；下方：过于自信。灰柱是各段置信度的答案数。",
        figure.svg(percent_x=True, percent_y=True),
    )


def _hits_chart(results: Sequence[QuestionResult]) -> Chart | None:
    searched = [one for one in results if one.gold.evidence and not one.gold.expects_refusal]
    if not searched:
        return None
    ranks = [_first_hit(one) for one in searched]
    depths = range(1, _DEEPEST + 1)
    shares = [sum(rank <= k for rank in ranks) / len(ranks) for k in depths]
    figure = _Figure("hits", x="取回的段落数 k", y="命中@k")
    figure.axes.plot(list(depths), shares, "o-", color=_LINE, markersize=4.5, linewidth=1.8)
    for k in (1, 3, 5, 10):
        figure.axes.annotate(
            f"{shares[k - 1]:.2f}", (k, shares[k - 1]), (8, -13), textcoords="offset points", ha="center", color=_INK
        )
    figure.axes.set(xlim=(0.5, 10.5), ylim=(max(0.0, min(shares) - 0.2), 1.03), xticks=list(depths))
    return Chart("命中@k", "前 k 段里有证据的问题所占比例。", figure.svg(percent_y=True))


def _latency_chart(results: Sequence[QuestionResult]) -> Chart:
    from matplotlib.ticker import MaxNLocator

    times = sorted(result.elapsed_ms for result in results)
    middle, end = times[len(times) // 2], _SLOWEST_SHOWN * quantile(times, 0.95)
    slower = sum(time > end for time in times)
    figure = _Figure("latency", x="每题耗时（毫秒）", y="问题数")
    shown = times[: len(times) - slower]
    figure.axes.hist(shown, bins=min(30, max(6, len(times) // 4)), color=_LINE, alpha=0.85, rwidth=0.9)
    figure.axes.axvline(middle, color=_INK, linewidth=1, linestyle=(0, (3, 3)))
    figure.axes.set_xlim(left=0)
    figure.axes.xaxis.set_major_locator(MaxNLocator(nbins=6))
    figure.axes.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
    left_out = f"另有 {slower} 题更慢，最慢 {times[-1]:.0f} 毫秒。" if slower else ""
    return Chart("耗时", f"虚线是中位数 {middle:.1f} 毫秒。{left_out}", figure.svg())


def _first_hit(result: QuestionResult) -> int:
    for rank, place in enumerate(result.answer.retrieved, start=1):
        if any(covers(place, one) for one in result.gold.evidence):
            return rank
    return _DEEPEST + 1


class _Figure:
    """One pair of axes in the house style; axis names are put in after drawing, since no CJK font need be there."""

    def __init__(self, name: str, *, x: str, y: str) -> None:
        from matplotlib.figure import Figure

        self._name = name
        self._words = {"XLABEL": x, "YLABEL": y}
        self._figure = Figure(figsize=_SIZE, layout="constrained")
        self.axes: Axes = self._figure.add_subplot()
        self.axes.set_xlabel("XLABEL", color=_MUTED)
        self.axes.set_ylabel("YLABEL", color=_MUTED)
        self.axes.grid(color=_GRID, linewidth=0.7)
        self.axes.set_axisbelow(True)
        self.axes.tick_params(colors=_MUTED, length=0)
        for spine in self.axes.spines.values():
            spine.set_visible(False)

    def svg(self, *, percent_x: bool = False, percent_y: bool = False) -> str:
        """Return the plot as an `<svg>` element."""
        import matplotlib as mpl
        from matplotlib.ticker import MaxNLocator, PercentFormatter

        if percent_x:
            self.axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        if percent_y:
            self.axes.yaxis.set_major_locator(MaxNLocator(nbins=8, steps=[1, 2, 5, 10]))
            self.axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        target = io.StringIO()
        with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": self._name}):
            self._figure.savefig(target, format="svg", transparent=True, metadata={"Date": None})
        return self._themed(target.getvalue())

    def _themed(self, text: str) -> str:
        svg = text[text.index("<svg") :]
        svg = re.sub(r"<metadata>.*?</metadata>", "", svg, flags=re.DOTALL)
        svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
        svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r'\1 role="img"', svg, count=1)
        svg = re.sub(r'\bid="', f'id="{self._name}-', svg)
        svg = re.sub(r'(href="|url\()#', rf"\1#{self._name}-", svg)
        svg = re.sub(r"font-family: [^;\"]*", "font-family: var(--sans)", svg)
        for colour, name in _VARIABLES.items():
            svg = svg.replace(colour, f"var(--{name})")
        for word, label in self._words.items():
            svg = svg.replace(word, label)
        return svg
