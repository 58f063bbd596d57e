"""What is outside the scope is never searched, listed or cited."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fake_assistant import broken, over
from fake_terminal import SAMPLES
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.scope import Scope, chosen, year_of
from assistant.types import Reason, Status

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant

INDUSTRY = "云川市2023年规上工业增加值是多少？"
BOTH = "云川市和临渚区的联系电话各是多少？"
QUESTIONS = [
    json.loads(line)["question"]
    for line in (SAMPLES.parent / "questions.jsonl").read_text("utf-8").splitlines()
    if line.strip()
]


def ids(assistant: Assistant, unit: str) -> tuple[str, ...]:
    return tuple(notice.id for notice in assistant.index.notices if notice.unit == unit)


@pytest.mark.parametrize("scope", [None, Scope()])
def test_an_empty_scope_leaves_nothing_out(index: Path, scope: Scope | None) -> None:
    assistant = over(index)
    assert chosen(assistant.index.notices, scope=scope) is None
    assert assistant.ask(INDUSTRY, scope=scope).short_answer == assistant.ask(INDUSTRY).short_answer


def test_units_and_notices_add_up_and_years_take_away(index: Path) -> None:
    assistant = over(index)
    notices = assistant.index.notices
    city, zone = ids(assistant, "云川市"), ids(assistant, "临渚区")
    both = Scope(units=("云川",), notices=zone)
    assert chosen(notices, scope=both) == frozenset((*city, *zone))
    assert chosen(notices, scope=both, unit="云川市") == frozenset(city)
    year = year_of(assistant.index.notice(city[0]))
    assert year
    assert chosen(notices, scope=Scope(units=("云川市",), first_year=year, last_year=year)) == frozenset(city)
    for wrong in (Scope(first_year=year + 50), Scope(last_year=1900), Scope(first_year=year, last_year=year - 1)):
        assert chosen(notices, scope=wrong) == frozenset()
    assert chosen(notices, scope=Scope(units=("月球",), notices=("nobody",))) == frozenset()


def test_a_notice_without_a_date_lies_in_no_range(index: Path) -> None:
    assistant = over(index)
    undated = replace(assistant.index.notices[0], published="", feedback_date="")
    assert year_of(undated) is None
    assert chosen([undated], scope=Scope(notices=(undated.id,))) == frozenset([undated.id])
    assert chosen([undated], scope=Scope(first_year=1)) == frozenset()


@pytest.mark.parametrize(
    ("scope", "unit", "reason", "said"),
    [
        (Scope(first_year=1900, last_year=1901), None, Reason.NOT_FOUND, "所选范围里没有通报"),
        (Scope(notices=("nobody",)), None, Reason.NOT_FOUND, "已查找云川市 0 份通报"),
        (Scope(units=("临渚区",)), "云川市", Reason.NOT_FOUND, "所选范围里没有通报"),
        (Scope(units=("临渚区",)), "月球", Reason.UNKNOWN_UNIT, "没有收录月球的通报"),
        (Scope(units=("临渚区",)), None, Reason.NOT_FOUND, "不在所选范围里"),
    ],
)
def test_a_choice_that_matches_nothing_says_so(
    index: Path, scope: Scope, unit: str | None, reason: Reason, said: str
) -> None:
    answer = over(index).ask(INDUSTRY, scope=scope, unit=unit)
    assert (answer.status, answer.reason) == (Status.NO_ANSWER, reason)
    assert said in answer.answer
    assert not answer.citations


def test_a_comparison_names_the_unit_that_was_left_out(index: Path) -> None:
    assistant = over(index)
    answer = assistant.ask(BOTH, scope=Scope(units=("云川市",)))
    assert "临渚区：不在所选范围里" in answer.answer
    assert {citation.unit for citation in answer.citations} == {"云川市"}
    nothing = assistant.ask(BOTH, scope=Scope(units=("岚江省",)))
    assert nothing.status is Status.NO_ANSWER
    assert "不在所选范围里" in nothing.answer


def test_search_stays_within_the_scope(index: Path) -> None:
    assistant = over(index)
    found = assistant.search("整改", top_k=50, scope=Scope(units=("临渚区",)))
    assert {hit.passage.notice for hit in found} == set(ids(assistant, "临渚区"))
    assert assistant.search("整改", scope=Scope(notices=("nobody",))) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_outside_the_scope_is_cited_or_listed(index: Path, data: st.DataObject) -> None:
    assistant = over(index)
    every = list(assistant.index.notices)
    held = [notice.id for notice in every]
    scope = Scope(
        units=tuple(data.draw(st.lists(st.sampled_from([notice.unit for notice in every]), max_size=2), label="units")),
        notices=tuple(data.draw(st.lists(st.sampled_from(held), max_size=3), label="notices")),
        first_year=data.draw(st.one_of(st.none(), st.integers(2020, 2026)), label="from"),
    )
    question = data.draw(st.sampled_from([*QUESTIONS, BOTH, "哪些地方改造了老旧小区？"]), label="question")
    answer = assistant.ask(question, scope=scope)
    allowed = chosen(every, scope=scope)
    allowed = frozenset(held) if allowed is None else allowed
    assert {citation.notice for citation in answer.citations} <= allowed
    spans = [(notice.file, notice.start, notice.end) for notice in every if notice.id in allowed]
    for place in answer.retrieved:
        assert any(file == place.file and start <= place.start < end for file, start, end in spans)
    assert broken(answer, assistant) == []
