"""What is known of a candidate: units of measure, years, what a rival cuts off, and that all of it is finite."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_assistant import asked, over, sentence_of
from hypothesis import given
from hypothesis import strategies as st

from assistant.candidates import Candidate
from assistant.features import NAMES, sentence_features
from assistant.figures import counter_of, unit_fit, unit_patterns, wanted_counter
from assistant.fits import year_fit
from assistant.matching import match_sentences
from assistant.probe import probe
from assistant.sentences import SentenceStore
from assistant.standing import standings
from assistant.types import Wanted
from index.analysis import fold
from index.search import search

if TYPE_CHECKING:
    from pathlib import Path


def figure(text: str, value: str) -> Candidate:
    start = text.index(value)
    return Candidate(start, start + len(value), "figure")


def fit(question: str, value: str) -> float:
    counter = wanted_counter(fold(question))
    return unit_fit(counter, unit_patterns(fold(question), counter), fold(value))


@pytest.mark.parametrize(
    ("question", "right", "wrong"),
    [
        ("有多少家企业？", "612家", "386.4亿元"),
        ("聘用了多少人？", "415人", "1260万元"),
        ("聘用了多少人？", "61名", "152处"),
        ("多少条措施？", "214项", "9.8%"),
        ("添了几辆公交？", "860辆", "5200亩"),
        ("清退了多少资金？", "312.6万元", "8名"),
        ("同比增长多少？", "9.8%", "386.4亿元"),
        ("优良天数比例是多少？", "百分之八十八", "88天"),
        ("提高了几个百分点？", "3.1个百分点", "3.1个"),
        ("排名第几？", "第三名", "3家"),
        ("等多少天？", "38个工作日", "38人"),
        ("多少个小区？", "46个", "第二"),
    ],
)
def test_a_figure_of_the_unit_asked_for(question: str, right: str, wrong: str) -> None:
    assert fit(question, right) > 0.5
    assert fit(question, wrong) <= 0


@pytest.mark.parametrize("value", ["46个", "3亿元", "第三", ""])
def test_a_question_without_a_unit_fits_any(value: str) -> None:
    assert fit("面积多大？", value) == 0


@pytest.mark.parametrize(
    ("value", "counter"),
    [
        ("158项", "项"),
        ("1.4万", "万"),
        ("20日以内", "日"),
        ("38个工作日", "个工作日"),
        ("35岁以下", "岁"),
        ("第三", ""),
        ("", ""),
    ],
)
def test_counters(value: str, counter: str) -> None:
    assert counter_of(value) in (counter, "" if value == "1.4万" else counter)


@pytest.mark.parametrize(
    ("text", "value", "inherited", "years", "low", "high"),
    [
        ("2023年改造46个", "46个", "", ("2023",), 1, 1),
        ("2023年改造46个,2024年改造63个", "63个", "", ("2023",), -1, -1),
        ("2023年改造46个,2024年改造63个", "46个", "", ("2023",), 1, 1),
        ("改造46个,比2022年多9个", "46个", "", ("2022",), 0, 0),
        ("改造46个,比2022年多9个", "46个", "2023", ("2022",), -1, -0.1),
        ("改造46个,比2022年的37个增加9个", "37个", "", ("2022",), 1, 1),
        ("改造46个,比2022年的37个增加9个", "46个", "2023", ("2022",), -1, -0.1),
        ("负债率由2022年末的73.6%降至2023年末的69.8%", "73.6%", "", ("2022",), 1, 1),
        ("负债率由2022年末的73.6%降至2023年末的69.8%", "69.8%", "", ("2022",), -1, -1),
        ("改造46个", "46个", "2023", ("2023",), 0.1, 1),
        ("改造46个", "46个", "2023", ("2022",), -1, -0.1),
        ("改造46个", "46个", "", ("2023",), 0, 0),
        ("2023年改造46个", "46个", "", (), 0, 0),
        ("2023届毕业生46个", "46个", "", ("2023",), 1, 1),
        ("2023年改造46个", "46个", "", ("2022", "2023"), 1, 1),
    ],
)
def test_the_year_that_governs_a_value(
    text: str, value: str, inherited: str, years: tuple[str, ...], low: float, high: float
) -> None:
    found = year_fit(years, sentence_of(text, year=inherited), figure(text, value))
    assert low <= found <= high


def test_the_year_in_chinese_digits() -> None:
    text = "二〇二三年改造老旧小区十一个"
    assert year_fit(("2021",), sentence_of(text), figure(text, "十一个")) < 0
    assert year_fit(("2023",), sentence_of(text), figure(text, "十一个")) > 0


def every_feature(index: Path, question: str, text: str) -> dict[str, dict[str, float]]:
    """Return the features of each candidate of a sentence taken from a sample, by its text."""
    assistant = over(index)
    store = SentenceStore(assistant.index)
    probed = probe(asked(question, assistant), assistant.index, store)
    (hit,) = search(assistant.index, text, top_k=1)
    sentence = next(one for one in store.of([hit.passage]) if fold(text) in one.text)
    (match,) = match_sentences(probed, [(0, hit, sentence)])
    found = standings(sentence.text, probed.question.wanted)
    rows = {}
    for one, row in zip(found, sentence_features(probed, sentence, match, found), strict=True):
        assert np.isfinite(row).all()
        rows[f"{one.candidate.kind} {one.value}"] = dict(zip(NAMES, row, strict=True))
    return rows


def test_what_stands_behind_another_figure_belongs_to_it(index: Path) -> None:
    rows = every_feature(index, "新增路灯多少盏？", "整修道路四十七条，新增路灯九百二十盏，清理乱拉线缆三十五公里")
    lamps, roads = rows["figure 九百二十盏"], rows["figure 四十七条"]
    assert lamps["unit_fit"] > 0 > roads["unit_fit"]
    assert lamps["near"] > roads["near"]
    assert lamps["clause_coverage"] > roads["clause_coverage"]
    assert rows["figure 三十五公里"]["blocked"] > lamps["blocked"]


def test_a_value_of_the_question_is_known_as_such(index: Path) -> None:
    rows = every_feature(
        index, "2022年的351.9亿元到2023年是多少？", "2023年全市规上工业增加值386.4亿元,比2022年的351.9亿元"
    )
    assert rows["figure 351.9亿元"]["in_question"] == 1
    assert rows["figure 386.4亿元"]["in_question"] == 0


def test_the_name_of_the_kind_asked_for_fits(index: Path) -> None:
    rows = every_feature(index, "跟哪所高校共建研究机构？", "二是与岚江理工大学共建云川先进材料研究院")
    university = rows["name 岚江理工大学"]
    assert university["name_fit"] == 1
    assert university["agent"] == 1


@pytest.mark.parametrize("question", ["多少？", "有哪些？", "Unknown words only?", "〇", "云川市"])
def test_a_question_without_terms_has_finite_features(index: Path, question: str) -> None:
    assert every_feature(index, question, "关停沿岸散乱作坊45家")


@given(st.text(alphabet="云川市改造小区多少个家哪什么时候2023年路灯，？a", min_size=1, max_size=20), st.integers(0, 30))
def test_shares_are_shares(index: Path, text: str, number: int) -> None:
    assistant = over(index)
    store = SentenceStore(assistant.index)
    if not fold(text).strip(",?203 "):
        return
    probed = probe(asked(f"问{text}", assistant), assistant.index, store)
    passage = assistant.index.passages[number]
    (hit, *_) = search(assistant.index, passage.text[:40], top_k=1)
    for sentence in store.of([hit.passage]):
        (match,) = match_sentences(probed, [(0, hit, sentence)])
        for credits in (match.hard, match.soft, match.headings, match.passage):
            assert ((credits >= 0) & (credits <= 1)).all()
        assert (match.hard <= match.soft).all()
        assert (match.soft <= match.headings).all()
        assert (match.headings <= match.passage).all()
        assert 0 <= match.heading_share <= 1.0001
        assert all(0 <= start <= len(sentence.text) for start, _, _ in match.spots)


def test_sentences_together_meet_a_question_as_each_does_alone(index: Path) -> None:
    assistant = over(index)
    store = SentenceStore(assistant.index)
    for question in ("云川市新增路灯多少盏？", "照看修好的良田请了多少人？", "有哪些？"):
        probed = probe(asked(question, assistant), assistant.index, store)
        hits = search(assistant.index, "改造小区 高标准农田 路灯", top_k=8)
        found = [(rank, hit, one) for rank, hit in enumerate(hits) for one in store.of([hit.passage])]
        together = match_sentences(probed, found)
        assert len(together) == len(found) > 8
        for one, match in zip(found, together, strict=True):
            (alone,) = match_sentences(probed, [one])
            assert match.spots == alone.spots
            assert match.places == alone.places
            assert match.shared == pytest.approx(alone.shared, abs=1e-6)
            assert match.extra == pytest.approx(alone.extra, abs=1e-6)
            assert match.cosines == pytest.approx(alone.cosines, abs=1e-6)
            for name in ("hard", "soft", "headings", "passage"):
                np.testing.assert_allclose(getattr(match, name), getattr(alone, name), atol=1e-6)
    assert match_sentences(probed, []) == []


def test_every_kind_has_a_question_that_can_be_probed(index: Path) -> None:
    questions = {
        Wanted.NUMBER: "改造了几个小区？",
        Wanted.DATE: "哪天开的会？",
        Wanted.TITLE: "出台了什么文件？",
        Wanted.ENTITY: "由谁牵头？",
        Wanted.LIST: "哪些部门参加？",
        Wanted.MEASURES: "怎么整改的？",
        Wanted.YES_NO: "完成了吗？",
        Wanted.PHRASE: "说说整改",
    }
    for wanted, question in questions.items():
        assert asked(question, over(index)).wanted is wanted
        assert every_feature(index, question, "修复工程瑕疵152处")
