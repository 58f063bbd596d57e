"""Retrieval measures at passage and notice level, computed by ir-measures from the places an answer returns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.spans import covers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.types import Answer, Retrieved
    from eval.gold import GoldQuestion
    from index.types import Notice

PASSAGE_MEASURES = ("hit@1", "hit@3", "hit@5", "hit@10", "mrr@10", "ndcg@10")
NOTICE_MEASURES = ("notice_hit@1", "notice_mrr@10")


class NoticeMap:
    """Finds the notice that a place stands in; a file without known notices is one notice."""

    def __init__(self, notices: Iterable[Notice] = ()) -> None:
        self._by_file: dict[str, list[Notice]] = {}
        for notice in notices:
            self._by_file.setdefault(notice.file, []).append(notice)

    def notice_at(self, file: str, start: int) -> str:
        """Return the id of the notice around code point `start` of `file`, or `file` itself."""
        for notice in self._by_file.get(file, ()):
            if notice.start <= start < notice.end:
                return notice.id
        return file


def recall_at(retrieved: Sequence[Retrieved], gold: GoldQuestion, k: int) -> float:
    """Return the share of pieces of evidence that the first `k` passages cover, in [0, 1]; 0 without evidence."""
    if not gold.evidence:
        return 0.0
    found = sum(any(covers(place, one) for place in retrieved[:k]) for one in gold.evidence)
    return found / len(gold.evidence)


def passage_scores(pairs: Sequence[tuple[GoldQuestion, Answer]]) -> dict[str, dict[str, float]]:
    """Return question id -> measure -> value at passage level; empty for no pairs.

    A passage is relevant if it covers a piece of evidence. A piece that no returned passage covers counts as a
    relevant passage that was missed, so that nDCG knows of it.
    """
    relevant: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for gold, answer in pairs:
        places = answer.retrieved
        good = {f"p{at}": 1 for at, place in enumerate(places) if any(covers(place, one) for one in gold.evidence)}
        missed = {
            f"missed{at}": 1 for at, one in enumerate(gold.evidence) if not any(covers(place, one) for place in places)
        }
        relevant[gold.id] = good | missed
        run[gold.id] = {f"p{at}": float(len(places) - at) for at in range(len(places))}
    return _calculate(relevant, run, PASSAGE_MEASURES)


def notice_scores(pairs: Sequence[tuple[GoldQuestion, Answer]], notices: NoticeMap) -> dict[str, dict[str, float]]:
    """Return question id -> measure -> value at notice level; empty for no pairs."""
    relevant: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for gold, answer in pairs:
        relevant[gold.id] = {
            notices.notice_at(one.file, start): 1 for one in gold.evidence for start, _ in one.places[:1]
        }
        order = dict.fromkeys(notices.notice_at(place.file, place.start) for place in answer.retrieved)
        run[gold.id] = {name: float(len(order) - at) for at, name in enumerate(order)}
    return _calculate(relevant, run, NOTICE_MEASURES)


def _calculate(
    relevant: Mapping[str, Mapping[str, int]], run: Mapping[str, Mapping[str, float]], names: Sequence[str]
) -> dict[str, dict[str, float]]:
    import ir_measures

    measures = {}
    for name in names:
        base, _, cut = name.removeprefix("notice_").partition("@")
        kind = {"hit": ir_measures.Success, "mrr": ir_measures.RR, "ndcg": ir_measures.nDCG}[base]
        measures[str(kind @ int(cut))] = name
    scores = {question: dict.fromkeys(names, 0.0) for question in relevant}
    if not scores:
        return scores
    wanted = [ir_measures.parse_measure(one) for one in measures]
    qrels = {question: dict(places) for question, places in relevant.items()}
    ranking = {question: dict(places) for question, places in run.items()}
    for metric in ir_measures.iter_calc(wanted, qrels, ranking):
        scores[metric.query_id][measures[str(metric.measure)]] = float(metric.value)
    return scores
