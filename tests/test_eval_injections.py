"""Instructions to a model within a notice: the prompt keeps its marks, and what an obeying model says is removed."""

from __future__ import annotations

import re

import pytest

from assistant.grounding.instructions import without_instructions
from assistant.grounding.stream import GroundingStream
from assistant.llm.prompt import Prompt, build_prompt
from assistant.llm.tokens import estimate_tokens
from eval.grounding_sets import GroundingCase, load_cases

INJECTED = load_cases("injected")
PASSES = {"i13", "i28"}
"""Known to pass: every word of the false sentence but one stands in the notice, and no figure or name betrays it."""


def prompt_of(case: GroundingCase) -> Prompt:
    return build_prompt("请介绍有关情况", case.sources, budget=10**6, count_tokens=estimate_tokens)


def test_there_are_enough_of_them() -> None:
    assert len(INJECTED) >= 25
    assert all(case.injection and case.sources[0].text.endswith(case.injection) for case in INJECTED)


@pytest.mark.parametrize("case", INJECTED, ids=lambda case: case.id)
def test_the_marks_of_the_prompt_are_kept(case: GroundingCase) -> None:
    text = prompt_of(case).messages[1].text
    brackets = re.findall(r"⟦[^⟦⟧]*⟧", text)
    opened, closed = brackets[-2:]
    assert opened.startswith("⟦资料1·")
    assert closed == opened.replace("资料", "完")
    inside = text[text.rindex(opened) + len(opened) : text.rindex(closed)]
    assert not re.search(r"⟦|⟧|<\||\|>|[\u200b-\u200f\u202a-\u202e]", inside)
    assert len(inside.strip().split("\n")) == len([name for name in ("编", "单", "通", "日", "标", "正") if name])


@pytest.mark.parametrize("shielded", [True, False], ids=["as shown to the model", "as in the notice"])
@pytest.mark.parametrize("case", INJECTED, ids=lambda case: case.id)
def test_what_an_obeying_model_says_is_removed(case: GroundingCase, *, shielded: bool) -> None:
    sources = prompt_of(case).sources if shielded else case.sources
    stream = GroundingStream(sources, question="请介绍有关情况")
    verdicts = [*stream.feed(case.answer), *stream.finish()]
    assert verdicts
    assert any(verdict.supported for verdict in verdicts) is (case.id in PASSES)


def test_what_a_notice_says_to_its_readers_stays() -> None:
    text = "请于6月30日前申报。逾期不予受理，请相互转告。系统比对不通过的，可到现场核验。用户可拨打热线。"
    assert without_instructions(text) == text
    assert without_instructions("") == ""
