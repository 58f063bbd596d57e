"""The model's answer held against the notices; whatever goes wrong, the extractive answer stays with one line."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from fake_assistant import broken, over
from fake_llm import FakeLlm

from assistant.errors import LlmError, QuestionError
from assistant.llm.answering import Writer
from assistant.llm.config import LlmConfig, WhenEmpty
from assistant.llm.events import Done, Drafted, Kept, Removed, Rewritten, Started, final
from assistant.pipeline import Assistant
from assistant.types import Mode, Reason, Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from assistant.types import Answer

INDUSTRY = "云川市2023年规上工业增加值是多少？"
RIGHT = "2023年云川市规上工业增加值386.4亿元[1]。"
WRONG = "2023年云川市规上工业增加值999.9亿元[1]。"


def with_model(index: Path, *pieces: str | Exception, finish: str = "stop", **settings: Any) -> Assistant:
    config = LlmConfig(source="fake", **settings)
    return Assistant(over(index).index, writer=Writer(FakeLlm(pieces, finish=finish), config=config))


def model_of(assistant: Assistant) -> FakeLlm:
    assert assistant.writer is not None
    assert isinstance(assistant.writer.llm, FakeLlm)
    return assistant.writer.llm


def note_of(answer: Answer) -> str:
    assert answer.generation is not None
    assert "\n" not in answer.generation.note
    return answer.generation.note


def faults_of(answer: Answer, assistant: Assistant) -> list[str]:
    """Return what is against the contract, but for the one field more."""
    assert list(answer.to_record())[-1] == "generation"
    return broken(replace(answer, generation=None), assistant)


def same(answer: Answer, assistant: Assistant, question: str = INDUSTRY) -> bool:
    """Whether an answer is the extractive one, but for times and the report."""
    expected = assistant.ask(question)
    return replace(answer, generation=None, elapsed_ms=0) == replace(expected, elapsed_ms=0)


def test_a_supported_answer_is_the_models_with_verbatim_citations(index: Path) -> None:
    assistant = with_model(index, "2023年云川市规上工", "业增加值386.4亿元[", "1]。")
    answer = assistant.ask(INDUSTRY, mode=Mode.LLM)
    assert faults_of(answer, assistant) == []
    assert (answer.mode, answer.status, answer.answer) == (Mode.LLM, Status.ANSWERED, RIGHT)
    assert answer.short_answer == "386.4亿元"
    assert "386.4亿元" in answer.citations[0].quote
    record = answer.to_record()["generation"]
    assert json.loads(json.dumps(record)) == record
    assert (record["model"], record["sentences"], record["removed"], record["note"]) == ("fake", 1, [], "")
    assert (record["passages"], record["prompt_tokens"], record["completion_tokens"]) == (8, 100, 3)
    assert answer.retrieved == assistant.ask(INDUSTRY).retrieved


def test_a_wrong_sentence_goes_and_a_right_one_stays(index: Path) -> None:
    assistant = with_model(index, RIGHT, WRONG, "当然很好。", "见[77]。")
    events = list(assistant.stream(INDUSTRY))
    assert isinstance(events[0], Drafted)
    assert isinstance(events[1], Started)
    assert isinstance(events[-1], Done)
    assert events[-1].extractive == events[0].answer
    assert [one.text for one in events if isinstance(one, Kept)] == [RIGHT]
    removed = [one for one in events if isinstance(one, Removed)]
    assert "999.9亿元" in removed[0].text
    assert "[" not in removed[0].text
    assert any("999.9" in reason for reason in removed[0].reasons)
    answer = events[-1].answer
    assert answer.answer == RIGHT
    assert faults_of(answer, assistant) == []
    assert "删去" in note_of(answer)
    assert answer.generation is not None
    assert answer.generation.dropped_marks == 1


def test_the_notices_reach_the_model_as_numbered_passages(index: Path) -> None:
    assistant = with_model(index, RIGHT)
    assistant.ask(INDUSTRY, mode=Mode.LLM)
    (messages,) = model_of(assistant).asked
    assert "386.4亿元" in messages[1].text
    assert INDUSTRY in messages[1].text
    assert "单位：云川市" in messages[1].text
    assert "单位：临渚区" not in messages[1].text


@pytest.mark.parametrize(
    ("pieces", "words"),
    [
        ([WRONG], "没有原文依据"),
        (["很好。", "没有编号的话。"], "没有原文依据"),
        (["资料没有写明。"], "资料没有写明"),
        (["\ufffd\x00##%%"], "没有原文依据"),
        (["<think>云川市386.4亿元[1]。"], "没有写出完整的一句话"),
        ([RIGHT, LlmError("服务断开", fault="died")], "服务断开"),
        ([LlmError("连不上", fault="unreachable")], "连不上"),
    ],
)
def test_nothing_left_or_a_failure_is_the_extractive_answer_with_one_line(
    index: Path, pieces: Sequence[str | Exception], words: str
) -> None:
    assistant = with_model(index, *pieces)
    answer = assistant.ask(INDUSTRY, mode=Mode.LLM)
    assert same(answer, assistant)
    assert answer.mode is Mode.EXTRACTIVE
    assert words in note_of(answer)
    assert "已改用摘录式回答" in note_of(answer)
    assert model_of(assistant).closed == 1


@pytest.mark.parametrize(("piece", "reason"), [(WRONG, Reason.LOW_CONFIDENCE), ("资料没有写明。", Reason.NOT_FOUND)])
def test_nothing_left_may_be_a_refusal_instead(index: Path, piece: str, reason: Reason) -> None:
    assistant = with_model(index, piece, when_empty=WhenEmpty.REFUSE)
    answer = assistant.ask(INDUSTRY, mode=Mode.LLM)
    assert faults_of(answer, assistant) == []
    assert (answer.mode, answer.status, answer.reason) == (Mode.LLM, Status.NO_ANSWER, reason)
    failed = with_model(index, LlmError("断开"), when_empty=WhenEmpty.REFUSE).ask(INDUSTRY, mode=Mode.LLM)
    assert failed.status is Status.ANSWERED


def test_thoughts_are_no_part_of_the_answer(index: Path) -> None:
    assistant = with_model(index, "<thi", "nk>也许是999亿元[1]。", "</think>", "\n\n", RIGHT)
    assert assistant.ask(INDUSTRY, mode=Mode.LLM).answer == RIGHT


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("松泉县2023年规上工业增加值是多少？", Reason.UNKNOWN_UNIT),
        ("云川市2021年规上工业增加值有多少？", Reason.NOT_FOUND),
        ("云川市市长是谁？", Reason.NOT_FOUND),
    ],
)
def test_what_the_notices_do_not_hold_is_not_asked_of_the_model(index: Path, question: str, reason: Reason) -> None:
    assistant = with_model(index, RIGHT)
    answer = assistant.ask(question, mode=Mode.LLM)
    assert same(answer, assistant, question)
    assert answer.reason == reason
    assert model_of(assistant).asked == []
    assert "没有交给语言模型" in note_of(answer)


def test_a_question_that_cannot_be_asked_raises(index: Path) -> None:
    with pytest.raises(QuestionError):
        with_model(index, RIGHT).ask("？？", mode=Mode.LLM)


def test_a_reply_cut_off_loses_its_unfinished_end(index: Path) -> None:
    assistant = with_model(index, RIGHT, "其中云川市2023年规上工业增加值386", finish="length")
    answer = assistant.ask(INDUSTRY, mode=Mode.LLM)
    assert answer.answer == RIGHT
    assert answer.generation is not None
    assert answer.generation.removed == ()
    assert "没有写完" in note_of(answer)


def test_passages_that_find_no_room_are_reported(index: Path) -> None:
    assistant = with_model(index, RIGHT, context_tokens=1400)
    answer = assistant.ask(INDUSTRY, mode=Mode.LLM)
    assert answer.generation is not None
    assert answer.generation.dropped_passages > 0
    assert f"{answer.generation.dropped_passages} 段资料放不下" in note_of(answer)
    tiny = with_model(index, RIGHT, context_tokens=450, max_tokens=400)
    assert "context_tokens" in note_of(tiny.ask(INDUSTRY, mode=Mode.LLM))


@pytest.mark.parametrize("top_k", [0, 2, 30])
def test_the_places_listed_do_not_depend_on_the_model(index: Path, top_k: int) -> None:
    assistant = with_model(index, RIGHT)
    answer = assistant.ask(INDUSTRY, mode=Mode.LLM, top_k=top_k)
    assert answer.retrieved == assistant.ask(INDUSTRY, top_k=top_k).retrieved
    assert answer.answer == RIGHT


def test_cancelling_and_leaving_stop_the_model(index: Path) -> None:
    cancelled = threading.Event()
    assistant = with_model(index, RIGHT, *["再写一句。"] * 50)
    seen = []
    for event in assistant.stream(INDUSTRY, cancelled=cancelled):
        seen.append(event)
        if isinstance(event, Kept):
            cancelled.set()
    done = seen[-1]
    assert isinstance(done, Done)
    assert same(done.answer, assistant)
    assert "已停止" in note_of(done.answer)
    assert len(model_of(assistant).given) < 10
    events: Any = assistant.stream(INDUSTRY)
    while not isinstance(next(events), Started):
        pass
    events.close()
    assert model_of(assistant).closed == 2


def test_a_list_keeps_its_lines(index: Path) -> None:
    question = "云川市为管护高标准农田采取了哪些措施？"
    lines = ["一是制定《云川市高标准农田建后管护办法》，把管护责任压到乡镇[1]。\n", "二是聘用管护员415人[1]。\n"]
    assistant = with_model(index, *lines)
    answer = assistant.ask(question, mode=Mode.LLM)
    assert answer.mode is Mode.LLM
    assert answer.answer.count("\n") == 1
    assert faults_of(answer, assistant) == []


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("云川市2022年规上工业增加值是多少？", True),
        ("改写后的问题：“云川市2022年规上工业增加值是多少？”\n解释", True),
        ("<think>嗯</think>云川市2022年规上工业增加值是多少？", True),
        ("临渚区2022年规上工业增加值是多少？", False),
        ("银汀市2022年规上工业增加值是多少？", False),
        ("云川市2019年规上工业增加值是多少？", False),
        ("2022年规上工业增加值是多少？", False),
        ("", False),
        ("云川市" * 100, False),
    ],
)
def test_a_follow_up_is_rewritten_only_with_what_was_named_before(index: Path, written: str, taken: bool) -> None:
    assistant = with_model(index, written, rewrite=True)
    events = list(assistant.stream("那2022年呢？", history=[INDUSTRY]))
    shown = [event.question for event in events if isinstance(event, Rewritten)]
    assert shown == (["云川市2022年规上工业增加值是多少？"] if taken else [])
    answer = final(events)
    assert answer.question == "那2022年呢？"
    assert answer.standalone == "云川市2022年规上工业增加值是多少？"
    assert taken or "未采用" in note_of(answer)


def test_a_rewrite_that_fails_leaves_the_rules(index: Path) -> None:
    assistant = with_model(index, LlmError("断开"), rewrite=True)
    answer = assistant.ask("那2022年呢？", history=[INDUSTRY], mode=Mode.LLM)
    assert answer.standalone == "云川市2022年规上工业增加值是多少？"
    assert "断开" in note_of(answer)
    alone = with_model(index, RIGHT, rewrite=True)
    assert not [one for one in alone.stream(INDUSTRY) if isinstance(one, Rewritten)]


def test_the_unit_guard_holds_after_a_rewrite(index: Path) -> None:
    assistant = with_model(index, "银汀市2023年规上工业增加值是多少？", rewrite=True)
    answer = assistant.ask("银汀市呢？", history=[INDUSTRY], mode=Mode.LLM)
    assert answer.reason == Reason.UNKNOWN_UNIT
    assert len(model_of(assistant).asked) == 1


def test_several_threads_share_a_writer(index: Path) -> None:
    assistant = with_model(index, RIGHT)
    answers: list[str] = []
    threads = [
        threading.Thread(target=lambda: answers.append(assistant.ask(INDUSTRY, mode=Mode.LLM).answer)) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [RIGHT] * 4
    assert re.search("增加值", answers[0])


def test_events_without_an_end_are_an_error() -> None:
    with pytest.raises(ValueError, match="without an answer"):
        final([])
