"""Which figure of a notice is the one that is asked for: the one beside which the asked words stand."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from assistant.counters import counters_of
from assistant.quantities import parse_values
from assistant.roles import date_stage, figure_roles
from assistant.terms import Term, said
from index.analysis import segment
from index.dates import arabic_years

if TYPE_CHECKING:
    from collections.abc import Sequence

    from assistant.evidence import Evidence
    from assistant.probe import Probe

_MARKS = ",;。:、("
_BEHIND = re.compile(r"[^,;。:、()\d]{0,8}")
_FITS = ("year_fit", "unit_fit", "state_fit", "stage_fit", "change_fit")
_LESS = 0.3
_CLEARLY = 0.25
"""Share of the question by which the words beside one figure must say more than those beside another."""
_FARTHEST = 6.0
"""How far below the best evidence a figure may lie that says more of what is asked, or that makes it doubtful."""
_BEFORE = 0.9
"""Credit of what the clauses before a figure's own say, where that says nothing."""
_NAMED = 0.5
"""Share of the question that sentence and headings must say for a figure to be compared."""
_DONE = re.compile(r"化解|办结|解决|处置|处理|完成|整改[了完好]|销号|落实")
"""Who asks what is done means the part (68件中的61件), not the whole that stands beside its noun."""
_AMONG = re.compile(r"[^,;。\d]{0,8}(?:中|当中|里)的?")
_TOUCHING = 0.3
"""Credit of a figure that stands right beside the noun that is asked for."""
_UNHEARD = 0.95
"""Share of its weight by which the heaviest word of the question is said nowhere around a figure that is of something else."""
_HEAD_SAID, _LEAST, _SHORTEST_NOUN, _SINGLE = 0.6, 0.1, 2, 0.5
_NO_SUBJECT = re.compile(
    r"(?:[\d年月日至末底初前]|[上下]半年|[一二三四]季度|全年|[同环]比|增加|增长|提高|提升|上升|下降|降低|减少|压减|[增升降减]|达|到|为|是|有|"
    r"完成|实现|已|累计|约|超过?|近|由|从|仅|共|其中|[ 的了])*"
)
_TOGETHER = frozenset({"一起", "一道", "一家", "一个", "一件", "一项"})
"""More often words (together, one by one) than counts."""
_YEAR = re.compile(r"(截[至止]到?)?((?:19|20)\d{2})年(?!\d{1,2}月\d{1,2}日|以来|至今)")
_AGAINST = re.compile(r"(?:比|较)(?:上年|去年|年初)?\(?(?:19|20)\d{2}年?")
_NUMBERING = re.compile(r"^(?:[一二三四五六七八九十]{1,3}是|[(（]\d{1,2}[)）]|[①-⑳]|[-—]+)")
_LONGEST_CLAUSE = 40


def aligned(probe: Probe, ranked: Sequence[Evidence]) -> Evidence | None:
    """Return the evidence whose figure stands beside the words that are asked for; None if none does.

    The reader's best is left only for a figure that fits as well and beside which clearly more of the question is said.
    """
    best = next((item for item in ranked if _counts(probe, item)), None)
    if best is None:
        return None
    share = share_beside(probe, best)
    better = [(share_beside(probe, item), item) for item in ranked if may_replace(probe, item, best)]
    most = max((one for one, _ in better), default=0.0)
    if most > share + _CLEARLY:
        best = next(item for one, item in better if one >= most - 0.01)
    best = best if probe.question.years else _latest(probe, best, ranked)
    best = _part_of(best, ranked) if _DONE.search(probe.question.core) else best
    return best if _named(probe, best) else None


def _latest(probe: Probe, best: Evidence, ranked: Sequence[Evidence]) -> Evidence:
    """Return the figure of the latest year that its sentence gives of the same: 2020年为88.6% behind 2019年为85.7%."""
    text = best.sentence.text
    like = [
        (year_of(text, item.candidate.start), item)
        for item in ranked
        if item.sentence is best.sentence
        and may_replace(probe, item, best)
        and share_beside(probe, item) >= _BEFORE * share_beside(probe, best) - 0.01
        and figure_roles(text)[item.candidate.start].stage == figure_roles(text)[best.candidate.start].stage
        and _unit_of(item) == _unit_of(best)
    ]
    year, latest = max(like, key=lambda one: one[0], default=("", best))
    return latest if year > year_of(text, best.candidate.start) > "" else best


def _unit_of(item: Evidence) -> str:
    values = parse_values(item.sentence.text[item.candidate.start : item.candidate.end])
    return values[0].unit if len(values) == 1 else "?"


def _part_of(whole: Evidence, ranked: Sequence[Evidence]) -> Evidence:
    """Return the figure of what is done that follows a whole: 61件 in 68件中的61件."""
    among = _AMONG.match(whole.sentence.text, whole.candidate.end)
    starts = {among.end()} if among else set()
    parts = (item for item in ranked if item.sentence is whole.sentence and item.candidate.start in starts)
    return next((item for item in parts if item.candidate.kind == "figure"), whole)


def says_as(probe: Probe, item: Evidence, others: Sequence[Evidence]) -> bool:
    """Whether a figure that is not sure by itself stands right beside its noun, with as much said as beside those of other units."""
    least = min((share_beside(probe, other) for other in others), default=0.0)
    touches = _touches(probe, item.sentence.text, item.candidate.start, item.candidate.end)
    return bool(others) and touches and item.feature("unit_fit") > 0 and share_beside(probe, item) >= least - 0.01


def says_of_date(probe: Probe, item: Evidence | None) -> bool:
    """Whether the words that stand with a date, up to the end of its clause, are those asked for, and none of a plan."""
    if item is None or item.candidate.kind != "date" or item.feature("foreign"):
        return False
    text, start, end = item.sentence.text, item.candidate.start, item.candidate.end
    left = max(text.rfind(mark, 0, start) for mark in ",;。:") + 1
    ends = [at for mark in ",;。" if (at := text.find(mark, end)) >= 0]
    share = share_said(probe, f"{text[left:start]}|{text[end : min(ends, default=len(text))]}")
    return share >= _NAMED and date_stage(text, start, end) != "planned"


def says_beside(probe: Probe, item: Evidence) -> bool:
    """Whether something of the question stands beside a figure."""
    return item.candidate.kind == "figure" and share_beside(probe, item) > _LEAST


def around(item: Evidence, text: str) -> str:
    """Return the words of a file's `text` that a figure stands among: its clause, or nothing where that is long."""
    folded = item.sentence.text
    start = max(folded.rfind(mark, 0, item.candidate.start) for mark in ",;。:") + 1
    ends = [at for mark in ",;。" if (at := folded.find(mark, item.candidate.end)) >= 0]
    first, last = item.sentence.start + start, item.sentence.start + min(ends, default=len(folded))
    clause = _NUMBERING.sub("", " ".join(text[first:last].split()))
    return clause if len(clause) <= _LONGEST_CLAUSE else ""


def _counts(probe: Probe, item: Evidence) -> bool:
    """Whether evidence is a figure in what the things asked for are counted in, if they are counted."""
    text = item.sentence.text[item.candidate.start : item.candidate.end]
    fits = item.feature("unit_fit") > 0 or not (probe.counted or probe.unit_patterns)
    fits = fits and not (text.endswith("月") and item.sentence.text[: item.candidate.start].endswith(("前", "头")))
    own = not item.feature("foreign")  # what another notice says is mostly of its own unit
    return item.candidate.kind == "figure" and fits and own and text not in _TOGETHER and not text.startswith("第")


def may_replace(probe: Probe, item: Evidence, best: Evidence) -> bool:
    """Whether a figure fits the question as well as another, and lies not far below it."""
    fits = all(item.feature(name) >= best.feature(name) - _LESS for name in _FITS)
    return _counts(probe, item) and fits and item.score > best.score - _FARTHEST


def share_beside(probe: Probe, item: Evidence) -> float:
    """Return the share of the question said beside a figure; more if it touches its noun."""
    touches = _touches(probe, item.sentence.text, item.candidate.start, item.candidate.end)
    return own_share(probe, item) + (_TOUCHING if touches and not _DONE.search(probe.question.core) else 0.0)


def own_share(probe: Probe, item: Evidence) -> float:
    """Return the share of the question said in a figure's clause, up to the words behind it.

    A clause that has no subject of its own (2023年末增加到612家) takes that of the clauses before it, at a little less.
    """
    text, start, end = item.sentence.text, item.candidate.start, item.candidate.end
    left = max(text.rfind(mark, 0, start) for mark in _MARKS) + 1
    behind = _BEHIND.match(text, end)
    share = share_said(probe, text[left:start] + "|" + (behind.group() if behind else ""))
    if not share and _NO_SUBJECT.fullmatch(text[left:start]):
        share = _BEFORE * share_said(probe, text[:left])
    return share


def share_said(probe: Probe, text: str) -> float:
    """Return the share of the question's weight that a text says; single characters, which stand in many words, count half."""
    weights = [term.weight * (1.0 if len(term.text) > 1 else _SINGLE) for term in probe.terms]
    credit = sum(said(term, text) * weight for term, weight in zip(probe.terms, weights, strict=True))
    return credit / sum(weights) if any(weights) else 0.0


def missing(probe: Probe, item: Evidence) -> float:
    """Return how much of its weight the heaviest word lacks that is said nowhere around, or no word like it; 0 for none.

    Single characters do not count: 定 and 搞 have too many other words.
    """
    credits = zip(probe.terms, item.match.passage.tolist(), strict=True)
    words = [(term.weight, term.weight * (1.0 - credit)) for term, credit in credits if len(term.text) > 1]
    most = max((weight for weight, _ in words), default=0.0)
    return max(lacking for _, lacking in words) / most if most else 0.0


def _head(probe: Probe) -> Term | None:
    """Return what is counted or measured: the known noun, or the last word of the question that tells something."""
    if probe.thing:
        shorter = probe.thing[-_SHORTEST_NOUN:]
        return Term(shorter if counters_of(shorter) else segment(probe.thing)[-1], 1.0)
    return probe.terms[-1] if probe.terms else None


def _touches(probe: Probe, text: str, start: int, end: int) -> bool:
    """Whether the noun stands right before a figure or right behind it: 措施74项, 82条措施, not 措施完成77条."""
    head = _head(probe)
    if head is None or len(head.text) < _SHORTEST_NOUN:
        return False
    ways = (probe.thing or head.text, head.text, *(wording for wording, _ in head.others))
    return text[:start].endswith(ways) or text[end:].startswith(ways)


def _named(probe: Probe, item: Evidence) -> bool:
    """Whether what stands beside a figure says its noun, or something of the question that sentence and headings say."""
    head, share = _head(probe), share_beside(probe, item)
    if head is None:
        return True
    if missing(probe, item) > _UNHEARD:
        return False
    if share >= _NAMED:
        return True
    text = item.sentence.text
    heard = share_said(probe, f"{item.sentence.headings}\n{text[: item.candidate.end]}")
    left = max(text.rfind(mark, 0, item.candidate.start) for mark in ",;。:") + 1
    behind = _BEHIND.match(text, item.candidate.end)
    own = text[left : item.candidate.start] + "|" + (behind.group() if behind else "")
    return (len(head.text) > 1 and said(head, own) >= _HEAD_SAID) or (share > _LEAST and heard >= _NAMED)


def year_of(text: str, position: int) -> str:
    """Return the year that a sentence gives a figure at `position`, an empty string for none or a day up to which it counts."""
    ahead = _AGAINST.sub("", arabic_years(text)[:position])
    found = list(_YEAR.finditer(ahead))
    return found[-1][2] if found and not found[-1][1] else ""
