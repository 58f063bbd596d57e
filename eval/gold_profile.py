"""What a gold set is made of: counts by type, file, place and wording, and things worth a second look."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.labels import KINDS
from eval.text_metrics import contains, normalise
from eval.texts import text_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from eval.gold import GoldQuestion
    from eval.texts import Texts

_RUN = 4
_HAN = re.compile(r"[\u3400-\u9fff]+")
TERCILES = ("前段", "中段", "后段")
DIFFICULTIES = ("容易", "中等", "难")


@dataclass(frozen=True, slots=True)
class Profile:
    """Counts of a gold set; a question with several pieces of evidence counts once, by the first."""

    questions: int
    by_kind: Mapping[str, int]
    by_split: Mapping[str, int]
    by_file: Mapping[str, int]
    by_tercile: Mapping[str, int]
    overlapping: int
    """Answerable questions that share a run of four characters with their evidence."""
    answerable: int


def profile_of(questions: Sequence[GoldQuestion], texts: Texts) -> Profile:
    """Return the counts of `questions`; all zero for none."""
    supported = [one for one in questions if one.evidence and not one.expects_refusal]
    return Profile(
        questions=len(questions),
        by_kind=_counted((str(one.kind) for one in questions), order=KINDS),
        by_split=_counted((str(one.split) for one in questions), order=("dev", "test")),
        by_file=_counted(one.evidence[0].file for one in supported),
        by_tercile=_counted((tercile(one, texts) for one in supported), order=TERCILES),
        overlapping=sum(shares_wording(one) for one in supported),
        answerable=len(supported),
    )


def tercile(question: GoldQuestion, texts: Texts) -> str:
    """Return the third of its file in which the first evidence starts; empty without evidence."""
    if not question.evidence:
        return ""
    first = question.evidence[0]
    length = len(text_or_none(texts, first.file) or "") or 1
    return TERCILES[min(2, 3 * first.places[0][0] // length)]


def shares_wording(question: GoldQuestion) -> bool:
    """Whether the question shares a run of four Han characters with its evidence.

    The names of its units and what the gold file calls its `indicator` are set aside: one cannot ask without them.
    """
    asked = normalise(question.question)
    names = [*question.units, str(question.extra.get("indicator") or "")]
    for name in sorted(filter(None, names), key=len, reverse=True):
        asked = asked.replace(normalise(name), " ")
    quotes = [normalise(one.quote) for one in question.evidence]
    runs = (run[at : at + _RUN] for run in _HAN.findall(asked) for at in range(len(run) - _RUN + 1))
    return any(run in quote for run in runs for quote in quotes)


def difficulty(question: GoldQuestion) -> str:
    """Return one of `DIFFICULTIES`: how many of three things make the question hard; empty without evidence.

    Its words are not those of the notice; a wrong value stands nearby; several places, parts or earlier questions count.
    """
    if not question.evidence or question.expects_refusal:
        return ""
    several = len(question.evidence) > 1 or len(question.items) > 1 or bool(question.history)
    hard = (not shares_wording(question)) + bool(question.near_misses) + several
    return DIFFICULTIES[min(hard, len(DIFFICULTIES) - 1)]


def doubts_about(questions: Sequence[GoldQuestion]) -> Iterator[tuple[int, str]]:
    """Yield (line, doubt) for what a person should look at but what need not be wrong; nothing for no questions."""
    for one in questions:
        if one.extra.get("draft"):
            yield one.line, f"仍是草稿，请换成自己的说法并去掉 draft：{one.question}"
        if one.evidence and one.answers and not one.by_items and not _in_evidence(one):
            yield one.line, f"没有一个答案在证据之内：{one.question}"


def _in_evidence(question: GoldQuestion) -> bool:
    return any(contains(one.quote, answer) for one in question.evidence for answer in question.answers)


def _counted(names: Iterable[str], *, order: Iterable[str] = ()) -> dict[str, int]:
    counts = Counter(names)
    return {name: counts[name] for name in dict.fromkeys((*order, *sorted(counts))) if counts[name]}
