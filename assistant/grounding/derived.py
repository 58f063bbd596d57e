"""Whether a figure follows from others that stand near it: a difference, a sum, a share, a rounding, a span of time."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal
from typing import TYPE_CHECKING

from assistant.grounding.clauses import cut_clauses, overlap
from assistant.grounding.facts import find_facts
from assistant.grounding.spans_of_time import lasts
from assistant.grounding.types import ProblemKind
from assistant.grounding.values import alike

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from assistant.grounding.evidence import Evidence
    from assistant.grounding.facts import Fact
    from assistant.quantities import Value

_CHANGE = re.compile(r"[增减升降多少低快慢差缩超跌涨扣推晚早延调]|[提更]高|高[于出了]")
_REST = re.compile(r"[还尚余剩未没不]|仍有|待|是\d|为\d|便宜|贵")
_SUM = re.compile(r"[共总]|合计|两项|相加|加起来|加在一起|之和|累计")
_PREVIOUS = re.compile(r"[上去前]一?年|上期|上一期|原来|原先|此前|以前|之前|平均|同期|目前|现行|现在|20\d\d年")
_LAST_YEAR = re.compile(r"上年|同比|上期|同期")
_LESS = re.compile(r"[减降少低缩慢跌]|回落")
_MADE_MORE = re.compile(r"[增升多高扩快涨]")
_SHARE = re.compile(r"[占成]|比[例重]|分之|半")
_MORE = re.compile(r"超过?了?|逾|突破|高于|多于|大于|不止|过$")
_ALMOST = re.compile(r"(?<![最新附邻])近(?![年日期])|不到|不足|低于")
_ABOUT = re.compile(r"(?<![签合预节公契条特大])约|大约|大概|左右|大致")
_ODD = re.compile(r"[余多](?:[\u4e00-\u9fff]{0,2})$")
_CLOSE = Decimal("0.1")
"""How far a rounded figure may lie from the exact one, as a share of it."""
_POINT = Decimal("0.006")
"""How far a share worked out may lie from the one stated."""
_ROUGH, _FINE = Decimal("0.03"), Decimal("0.000001")
_TIMES_A_YEAR = {"每月": 12, "每季度": 4}
_COUNTERS = frozenset("个家户人名处项件")
_MOST = 20
_CHEAPER = re.compile(r"价格.{0,3}低|便宜|优惠")
_IS = re.compile(r"[是为剩余]\d")
_SENTENCES = 3
_MOST_FIGURES = 40
"""Figures of one sentence that are tried together: a table on one line may hold hundreds."""
_REACH = 8
_BREAK = re.compile(r"[,、;:。(]")
_SENTENCE = re.compile(r"[^。!?;\n]+")


def derived(fact: Fact, body: str, evidence: Evidence) -> bool:
    """Whether a figure of a canonical sentence follows from figures beside it, or in the passage's sentence on the matter.

    >>> from assistant.grounding import Source
    >>> from assistant.grounding.evidence import gather
    >>> body = "由5万吨提升到8万吨,增加了3万吨"
    >>> derived(find_facts(body)[-1], body, gather((Source(1, "由5万吨提升到8万吨。"),)))
    True
    """
    value = fact.value
    if value is None:
        return False
    before = _BREAK.split(body[max(0, fact.start - _REACH) : fact.start])[-1]
    clause = _clause_of(fact, body)
    cues = (before, clause, _behind(fact, body))
    own = [
        other.value
        for other in find_facts(body)
        if other is not fact and other.kind is ProblemKind.FIGURE and other.value is not None and evidence.holds(other)
    ]
    for sentence in on_the_matter(fact, body, evidence):
        known = [one.value for one in find_facts(sentence) if one.value is not None][:_MOST_FIGURES]
        if _rounded(value, known, cues) or _computed(value, known, clause) or _earlier(value, sentence, clause):
            return True
        if lasts(value, sentence, clause):
            return True
    return _rounded(value, own, cues) or _computed(value, own, clause) or _times(value, body, evidence)


def is_total(fact: Fact, body: str, evidence: Evidence) -> bool:
    """Whether a clause says of a figure that it is a sum, and figures of the passage's sentence on the matter add up to it."""
    if fact.value is None or not _SUM.search(_clause_of(fact, body)):
        return False
    nearest = next(on_the_matter(fact, body, evidence), "")
    known = [one.value for one in find_facts(nearest) if one.value is not None][:_MOST_FIGURES]
    return any(_same_unit(fact.value, total) and total.number == fact.value.number for total in _totals(known))


def _clause_of(fact: Fact, body: str) -> str:
    return next((one.text for one in cut_clauses(body) if one.start <= fact.start < one.end), "")


def _behind(fact: Fact, body: str) -> str:
    """Return the end of a figure with 余 or 多 in it (4000多份), or behind it."""
    return fact.text[-4:] if re.search("[余多]", fact.text) else body[fact.end - 2 : fact.end + 1]


def on_the_matter(fact: Fact | None, body: str, evidence: Evidence) -> Iterator[str]:
    """Yield the sentences of the passages that say most of our sentence, the fact aside, best first: three at most."""
    words = tuple(
        word
        for one in cut_clauses(body)
        for word in one.words
        if not fact or word[0] != f"#{fact.value and fact.value.number}"
    )
    sentences = [match.group() for text in evidence.bodies for match in _SENTENCE.finditer(text)]
    scored = sorted(((overlap(words, one, _keys(one)), one) for one in sentences), key=lambda pair: -pair[0])
    yield from (one for _, one in scored[:_SENTENCES])


def _keys(sentence: str) -> tuple[str, ...]:
    return tuple(word for one in cut_clauses(sentence) for word, _ in one.words if word[0] in "#YMD")


def _rounded(value: Value, known: Sequence[Value], cues: tuple[str, str, str]) -> bool:
    before, _, behind = cues
    for exact in known:
        if not _same_unit(value, exact) or exact.number in (0, value.number):
            continue
        above = exact.number > value.number
        if _ODD.search(behind) and above and exact.number < value.number + _last_digit(value.number):
            return True
        if abs(exact.number - value.number) > _CLOSE * exact.number:
            continue
        if (_MORE.search(before) and above) or (_ALMOST.search(before) and not above) or _ABOUT.search(before):
            return True
    return False


def _last_digit(number: Decimal) -> Decimal:
    """Return what the last digit of a number that is not nought counts: 10000 for 20000, 1 for 46."""
    return Decimal(1).scaleb(int(number.normalize().as_tuple().exponent))


def _computed(value: Value, known: Sequence[Value], clause: str) -> bool:
    """Whether two known figures of one unit differ by the value, by that share of one of them, or add up to it."""
    over = [one.number for one in known if one.unit == "ratio" and one.number > 1]
    if value.unit in ("百分点", "ratio") and "超" in clause:
        size = value.number / 100 if value.unit == "百分点" else value.number
        if any(one - 1 == size for one in over):
            return True
    changed, added = bool(_CHANGE.search(clause) or _REST.search(clause)), bool(_SUM.search(clause))
    for one, other in itertools.combinations(known, 2):
        if one.unit != other.unit:
            continue
        apart = abs(one.number - other.number)
        if changed and one.unit != "ratio" and _same_unit(value, one) and value.number == apart:
            return True
        if changed and one.unit == "ratio" and value.unit == "百分点" and value.number == apart * 100:
            return True
        if value.unit == "ratio" and _is_share(value.number, one.number, other.number, clause, changed=changed):
            return True
    if _CHEAPER.search(clause) and any(
        one.unit == value.unit == "ratio" and 1 - one.number == value.number for one in known
    ):
        return True
    if (
        (_IS.search(clause) and _is_remainder(value, known))
        or (added and _is_product(value, known))
        or _is_multiple(value, known)
    ):
        return True
    return added and any(_same_unit(value, total) and total.number == value.number for total in _totals(known))


def _is_remainder(value: Value, known: Sequence[Value]) -> bool:
    """Whether the value is what two figures leave of a third: 1860 is 820 and 430 and 610."""
    same = [one.number for one in known if _same_unit(value, one)]
    return any(whole - one - other == value.number for whole, one, other in itertools.permutations(same[:6], 3))


def _is_product(value: Value, known: Sequence[Value]) -> bool:
    """Whether the value is a figure times a count: two firms at 30000 each are 60000."""
    counts = [one.number for one in known if one.unit in _COUNTERS and one.number <= _MOST]
    return any(_same_unit(value, one) and one.number * count == value.number for one in known for count in counts)


def _is_multiple(value: Value, known: Sequence[Value]) -> bool:
    """Whether one figure is so many times another, or somewhat more."""
    pairs = ((one.number, other.number) for one, other in itertools.permutations(known, 2) if one.unit == other.unit)
    return value.unit == "倍" and any(small and 0 <= big / small - value.number < 1 for big, small in pairs)


def _is_share(share: Decimal, one: Decimal, other: Decimal, clause: str, *, changed: bool) -> bool:
    """Whether two figures stand in this ratio, or differ by this share of one of them; about it, if the clause says about."""
    if not one or not other:
        return False
    found = [min(one, other) / max(one, other)] if _SHARE.search(clause) else []
    found += [abs(one - other) / n for n in (one, other)] if changed else []
    near = _CLOSE * share if re.search(r"近|(?<![签合预节公契条特])约|超|多|左右", clause) else _rounding(share)
    return any(abs(exact - share) <= near for exact in found)


def _rounding(share: Decimal) -> Decimal:
    """Return how far the exact share may lie from the one stated: about half its last digit; a fraction is a rough word."""
    digit = _last_digit(share)
    return _ROUGH if digit < _FINE else min(_POINT, digit * Decimal("0.6"))


def _totals(known: Sequence[Value]) -> Iterator[Value]:
    """Yield the sums of two and more figures of one unit that stand one after the other."""
    for start, stop in itertools.combinations(range(len(known) + 1), 2):
        row = known[start:stop]
        if len(row) > 1 and row[0].unit == row[-1].unit:
            row = [one for one in row if one.unit == row[0].unit]
            yield type(row[0])(sum((one.number for one in row), Decimal(0)), row[0].unit)


def _earlier(value: Value, sentence: str, clause: str) -> bool:
    """Whether a value is what a figure was before the change that the passage tells: 34个,减少11个 was 45."""
    if not _PREVIOUS.search(clause):
        return False
    figures = [one for one in find_facts(sentence) if one.kind is ProblemKind.FIGURE and one.value is not None]
    for now, change in itertools.pairwise(figures):
        told = sentence[now.end : change.start]
        first, second = now.value, change.value
        if first is None or second is None or not _same_unit(value, first):
            continue
        size = second.number / 100 if second.unit == "百分点" and first.unit == "ratio" else second.number
        if second.unit not in (first.unit, "百分点") and not alike(first.unit, second.unit):
            continue
        before = (first.number + size) if _LESS.search(told) else (first.number - size)
        if (_LESS.search(told) or _MADE_MORE.search(told)) and before == value.number:
            return True
    return False


def year_before(fact: Fact, body: str, evidence: Evidence) -> bool:
    """Whether a date is the year before one of the passage's, and its clause gives what a figure was then (比上年增加1640元)."""
    if fact.day is None or fact.day.month or not _LAST_YEAR.search(evidence.text):
        return False
    if not any(one.day and one.day.year == fact.day.year + 1 for one in evidence.facts(ProblemKind.DATE)):
        return False
    clause = next((one for one in cut_clauses(body) if one.start <= fact.start < one.end), None)
    figures = [one for one in find_facts(body) if clause and one.value and clause.start <= one.start < clause.end]
    return any(not evidence.holds(one) and derived(one, body, evidence) for one in figures)


def _times(value: Value, body: str, evidence: Evidence) -> bool:
    """Whether the value is how many times a year something happens that is done each month or quarter, or that year."""
    for rhythm, times in _TIMES_A_YEAR.items():
        if rhythm in body and rhythm in evidence.text and "年" in body:
            return (value.unit == "次" and value.number == times) or (value.unit == "年" and value.number == 1)
    return False


def _same_unit(one: Value, other: Value) -> bool:
    return one.unit == other.unit or alike(one.unit, other.unit)
