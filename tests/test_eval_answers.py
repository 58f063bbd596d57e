"""Measures of one answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from assistant.types import Answer, Citation, Retrieved, Status
from eval.answers import (
    complete,
    conciseness,
    found_items,
    item_precision,
    item_recall,
    near_miss,
    right,
    short_exact,
    short_right,
    stated_verdict,
    value_equal,
    value_right,
    verdict_right,
)
from eval.citations import citation_hit, citation_precision, citation_recall, verbatim
from eval.gold import Evidence, GoldQuestion, Kind
from eval.retrieval import NoticeMap, notice_scores, passage_scores, recall_at
from eval.spans import covers, overlap
from index.types import Notice

FACT = GoldQuestion("q", "多少？", Kind.FACT_NUMBER, answers=("1.4万个",), near_misses=("2万个",))
LIST = GoldQuestion("q", "哪些？", Kind.LIST, answers=("甲厂、乙厂",), items=("甲厂", "乙厂"))
NONE = GoldQuestion("q", "多少？", Kind.NO_ANSWER)
REFUSED = Answer("多少？", Status.NO_ANSWER, "没有找到。")


def said(answer: str, short: str = "", items: tuple[str, ...] = ()) -> Answer:
    return Answer("多少？", Status.ANSWERED, answer, short_answer=short, items=items)


def test_a_fact_is_right_if_a_short_answer_holds_it() -> None:
    assert right(said("共建成1.4万个[1]。"), FACT)
    assert value_right(said("共建成 1.4 万个。"), FACT)
    assert not right(said("甲" * 160 + "1.4万个"), FACT)
    assert not right(said("共21.4万个"), FACT)
    assert not right(REFUSED, FACT)
    assert not right(Answer("？", Status.ERROR, "1.4万个"), FACT)


def test_figures_compare_by_value() -> None:
    assert value_equal(said("共建成14000个。"), FACT)
    assert short_right(said("共", "14,000个"), FACT)
    assert not short_exact(said("共", "14,000个"), FACT)
    assert short_exact(said("共", "１.４万个"), FACT)
    assert not short_right(said("共", ""), FACT)
    assert not short_right(said("共", "1.4万元"), FACT)


def test_near_misses() -> None:
    assert near_miss(said("共建成2万个。", "2万个"), FACT)
    assert not near_miss(said("由2万个减至1.4万个。", "2万个"), FACT)
    assert not near_miss(REFUSED, FACT)


def test_lists_count_items() -> None:
    assert right(said("甲厂；乙厂"), LIST)
    assert complete(said("如下", items=("一是甲厂", "二是乙厂")), LIST)
    half = said("如下", items=("甲厂", "丙厂"))
    assert found_items(half, LIST) == ("甲厂",)
    assert item_recall(half, LIST) == item_precision(half, LIST) == 0.5
    assert not right(half, LIST)
    assert item_recall(REFUSED, LIST) == item_precision(REFUSED, LIST) == 0.0
    assert item_recall(half, FACT) == 0.0
    assert not complete(half, FACT)


def test_refusals() -> None:
    assert right(REFUSED, NONE)
    assert not right(said("1.4万个"), NONE)


@pytest.mark.parametrize(
    ("verdict", "answer", "good"),
    [("yes", "是。已建成。", True), ("no", "没有。", True), ("no", "未建成。", True), ("yes", "未建成。", False)],
)
def test_verdicts(verdict: str, answer: str, good: bool) -> None:
    gold = GoldQuestion("q", "建成了吗？", Kind.YES_NO, answers=("是",), verdict=verdict)
    assert verdict_right(said(answer), gold) is good
    assert right(said(answer), gold) is good
    assert not verdict_right(REFUSED, gold)


@pytest.mark.parametrize(
    ("answer", "short", "verdict"),
    [
        ("是。报告反馈的违建已全部拆除。[1]", "报告反馈的违建已全部拆除", "yes"),
        ("否。2024年园区未发生重大事项。[1]", "2024年园区未发生重大事项", "no"),
        ("否。开盛集团已无非实体化的平台公司。[1]", "开盛集团已无非实体化的平台公司", "no"),
        ("是。已无一户未改。", "已无一户未改", "yes"),
        ("尚未完成。确保年底前换届完成。[1]", "确保年底前换届完成", "no"),
        ("尚未全部完成,其余5个正在推进。", "", "no"),
        ("没有，共发生3起。", "", "no"),
        ("有，共发生3起。", "3起", "yes"),
        ("已全部完成。", "", "yes"),
        ("均已拆除。", "", "yes"),
        ("均未拆除。", "", "no"),
        ("已无空壳公司。", "", "no"),
        ("未按期换届的35所高校均已换届。", "", ""),
        ("对35所高校坚持一校一方案。", "", ""),
        ("开盛集团已无平台公司。", "否", "no"),
        ("开盛集团已无平台公司。", "No.", "no"),
        ("", "", ""),
    ],
)
def test_a_verdict_is_what_the_answer_opens_with(answer: str, short: str, verdict: str) -> None:
    assert stated_verdict(said(answer, short)) == verdict


def test_a_yes_no_answer_needs_both_value_and_verdict() -> None:
    gold = GoldQuestion("q", "都拆了吗？", Kind.YES_NO, answers=("已全部拆除",), verdict="yes")
    assert right(said("是。违建已全部拆除。"), gold)
    assert not right(said("否。违建已全部拆除。"), gold)
    assert not right(said("是。违建正在拆除。"), gold)
    assert right(said("违建已全部拆除。"), replace(gold, verdict=""))
    assert not verdict_right(said("违建已全部拆除完毕。"), gold)


def test_conciseness() -> None:
    assert conciseness(said("1.4万个"), FACT) == 1.0
    assert conciseness(said("1.4万个" * 2), FACT) == 0.5
    assert conciseness(REFUSED, FACT) == conciseness(said(" "), FACT) == 0.0


TEXT = "零一二三四五六七八九" * 3


class Shelf:
    """Texts held in memory."""

    def text(self, file: str) -> str:
        return {"a.txt": TEXT}[file]


def cited(*spans: tuple[int, int]) -> Answer:
    citations = [
        Citation(at, "a.txt", "n", "题", "市", (), start, end, TEXT[start:end])
        for at, (start, end) in enumerate(spans, start=1)
    ]
    return replace(said("答"), citations=tuple(citations))


GOLD = replace(FACT, evidence=(Evidence("a.txt", ((0, 10),), TEXT[:10]), Evidence("a.txt", ((20, 24),), TEXT[20:24])))


@pytest.mark.parametrize(
    ("start", "end", "good"),
    [(0, 10, True), (5, 15, True), (6, 16, False), (3, 5, True), (0, 100, True), (10, 20, False), (4, 4, False)],
)
def test_half_of_the_shorter_must_overlap(start: int, end: int, good: bool) -> None:
    assert covers(Retrieved("a.txt", start, end, 1.0), GOLD.evidence[0]) is good
    assert not covers(Retrieved("b.txt", start, end, 1.0), GOLD.evidence[0])


def test_overlap_is_never_negative() -> None:
    assert overlap(0, 5, 7, 9) == 0
    assert overlap(0, 5, 3, 9) == 2


def test_citations() -> None:
    answer = cited((0, 8), (12, 18), (13, 19), (20, 24))
    assert citation_hit(answer, GOLD)
    assert not citation_hit(cited((12, 18), (13, 19), (14, 19), (0, 8)), GOLD)
    assert citation_precision(answer, GOLD) == 0.5
    assert citation_recall(answer, GOLD) == 1.0
    assert (
        citation_precision(said("答"), GOLD) == citation_recall(said("答"), GOLD) == citation_recall(answer, FACT) == 0
    )


def test_verbatim() -> None:
    answer = cited((0, 8))
    assert verbatim(answer, Shelf()) == 1.0
    altered = replace(answer, citations=(replace(answer.citations[0], quote="改过"), *answer.citations))
    assert verbatim(altered, Shelf()) == 0.5
    assert verbatim(replace(answer, citations=(replace(answer.citations[0], file="b.txt"),)), Shelf()) == 0.0
    assert verbatim(said("无凭无据"), Shelf()) == 0.0
    assert verbatim(REFUSED, Shelf()) == 1.0


def found(*spans: tuple[int, int], file: str = "a.txt") -> Answer:
    return replace(REFUSED, retrieved=tuple(Retrieved(file, start, end, 0.5) for start, end in spans))


def test_passage_measures() -> None:
    scores = passage_scores([(GOLD, found((10, 20), (0, 10)))])["q"]
    assert (scores["hit@1"], scores["hit@3"], scores["mrr@10"]) == (0.0, 1.0, 0.5)
    assert scores["ndcg@10"] == pytest.approx(0.6309 / 1.6309, abs=1e-3)
    assert recall_at(found((10, 20), (0, 10)).retrieved, GOLD, 2) == 0.5
    assert recall_at((), GOLD, 5) == recall_at(found((0, 10)).retrieved, FACT, 5) == 0.0


def test_no_passages_score_the_default() -> None:
    assert set(passage_scores([(GOLD, found())])["q"].values()) == {0.0}
    assert passage_scores([]) == {}


def test_notice_measures() -> None:
    def notice(name: str, start: int, end: int) -> Notice:
        return Notice(name, "a.txt", start, end, "", "", (), "", "", "", ("", ""), "", "", ())

    notices = NoticeMap([notice("n1", 0, 10), notice("n2", 10, 30)])
    assert notices.notice_at("a.txt", 10) == "n2"
    assert notices.notice_at("b.txt", 0) == "b.txt"
    second = replace(GOLD, evidence=GOLD.evidence[1:])
    scores = notice_scores([(second, found((0, 10), (2, 8), (12, 20)))], notices)["q"]
    assert scores == {"notice_hit@1": 0.0, "notice_mrr@10": 0.5}
