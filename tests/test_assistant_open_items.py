"""What notices name in one sentence as not yet done."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from fake_assistant import broken, made

from assistant.compose.open_items import open_items, says_open
from assistant.types import Status
from index.types import Notice

if TYPE_CHECKING:
    from pathlib import Path

NAMED = "对尚未完成的旧闸改造、渔港清淤、粮站盘活3个问题，分别由副县长牵头。"


def told(text: str) -> tuple[str, ...]:
    notice = Notice("n", "a.txt", 0, len(text), "", "", (), "", "", "", ("", ""), "", "", ())
    draft = open_items(notice, text)
    if draft is None:
        return ()
    (quote,) = draft.quotes
    assert all(item in text[quote.start : quote.end] for item in draft.items)
    return draft.items


@pytest.mark.parametrize(
    "text",
    [
        NAMED,
        "工作有序。对旧闸改造、渔港清淤、粮站盘活3个未完成问题，分别由水利局等负责。",
        "未整改到位的旧闸改造、渔港清淤、粮站盘活问题，分别于12月底前完成。",
        "未完成的3个问题分别是：旧闸改造、渔港清淤、粮站盘活。",
        "对仍在推进的旧闸改造、渔港清淤、粮站盘活三个问题，明确专人。",
    ],
)
def test_items_that_are_named_as_open(text: str) -> None:
    assert told(text) == ("旧闸改造", "渔港清淤", "粮站盘活")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "对尚未完成的3个问题紧盯不放。",
        "建立问题、任务、责任三张清单。",
        "对尚未完成的旧闸改造、渔港清淤4个问题，倒排工期。",
        "完成旧闸改造、渔港清淤2个项目。",
    ],
)
def test_nothing_is_named_or_the_number_does_not_fit(text: str) -> None:
    assert told(text) == ()


def test_the_last_sentence_that_names_them_counts() -> None:
    assert told(f"对剩余的甲路征迁、乙桥加固两个问题，已办结。\n{NAMED}") == ("旧闸改造", "渔港清淤", "粮站盘活")


@pytest.mark.parametrize("piece", ["尚未完成的甲乙、", "对甲乙、丙丁", "、", "未完成的2个问题是"])
def test_long_texts_take_no_long_time(piece: str) -> None:
    begun = time.perf_counter()
    told(piece * (10_000 // len(piece)))
    assert time.perf_counter() - begun < 5


@pytest.mark.parametrize(
    ("text", "said"), [("尚未完成的3个", True), ("剩余2件", True), ("已全部完成", False), ("", False)]
)
def test_sentences_that_call_something_open(text: str, *, said: bool) -> None:
    assert says_open(text) is said


HEAD = "中共{0}委关于巡察整改进展情况的通报\n中共{0}委收到反馈意见。\n一、整改情况\n1.水利欠账。新建学校、医院两处。{1}\n欢迎广大干部群众监督。联系电话：0999-1234567。\n"


@pytest.mark.parametrize(
    "question", ["蓼湾县还有哪些问题没整改完？", "蓼湾县尚未了结的问题有哪些？", "蓼湾县还有哪几个问题没完成？"]
)
def test_who_asks_what_is_open_is_told_the_names_or_what_is_said_of_them(tmp_path: Path, question: str) -> None:
    assistant = made(
        tmp_path, a=HEAD.format("蓼湾县", NAMED), b=HEAD.format("芡塘区", "紧盯尚未完成的2个问题，限期办结。")
    )
    answer = assistant.ask(question)
    assert broken(answer, assistant) == []
    assert answer.items == ("旧闸改造", "渔港清淤", "粮站盘活")
    other = assistant.ask(question.replace("蓼湾县", "芡塘区"))
    assert other.status is Status.NO_ANSWER or "尚未完成的2个问题" in other.citations[0].quote
    assert "新建学校" not in other.answer
    assert not any("电话" in item for item in other.items)


def test_a_list_ends_before_the_closing_block_and_no_line_of_the_frame_answers(tmp_path: Path) -> None:
    text = HEAD.format("蓼湾县", "").replace("\n中共", "\n发布时间：2024-05-06　来源：蓼湾县纪委监委网站\n中共", 1)
    assistant = made(tmp_path, a=text, b=HEAD.format("芡塘区", ""))
    for question in ("蓼湾县水利方面欠账怎么补的？", "蓼湾县建了些什么？"):
        answer = assistant.ask(question)
        assert not any(word in answer.answer for word in ("电话", "欢迎", "来源"))


@pytest.mark.parametrize("question", ["蓼湾县有哪些五星级酒店？", "蓼湾县怎么发展航天产业的？"])
def test_lists_and_measures_of_what_is_mentioned_nowhere_are_declined(tmp_path: Path, question: str) -> None:
    assistant = made(tmp_path, a=HEAD.format("蓼湾县", NAMED), b=HEAD.format("芡塘区", ""))
    assert assistant.ask(question).status is Status.NO_ANSWER
