"""Loading and checking gold files."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from eval.errors import GoldError
from eval.gold import GoldQuestion, Kind, Split, load_gold, parse_gold, split_of
from eval.gold_ambiguity import alike
from eval.gold_profile import difficulty, doubts_about, profile_of, shares_wording, tercile
from eval.texts import FolderTexts, text_or_none

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "甲市关停作坊45家，投入1260万元。乙县关停作坊45家。电话0555-1234567。"
GOOD: dict[str, Any] = {
    "id": "a",
    "question": "甲市关了多少作坊？",
    "type": "fact_number",
    "answers": ["45家"],
    "evidence": [{"file": "甲.txt", "quote": "甲市关停作坊45家"}],
}


class Shelf:
    """Texts held in memory."""

    def text(self, file: str) -> str:
        return {"甲.txt": TEXT}[file]


def parsed(*records: Any) -> tuple[GoldQuestion, ...]:
    lines = [one if isinstance(one, str) else json.dumps(one, ensure_ascii=False) for one in records]
    return parse_gold(enumerate(lines, start=1), Shelf())


def problems(*records: Any) -> tuple[str, ...]:
    with pytest.raises(GoldError) as caught:
        parsed(*records)
    return caught.value.problems


def test_a_good_line() -> None:
    (question,) = parsed({**GOOD, "near_misses": ["1260万元"], "unit": "甲市、乙县", "level": 2})
    assert question.kind is Kind.FACT_NUMBER
    assert question.evidence[0].places == ((0, 9),)
    assert question.evidence[0].quote == "甲市关停作坊45家"
    assert question.units == ("甲市", "乙县")
    assert question.extra == {"level": 2}
    assert not question.expects_refusal
    assert not question.by_items


def test_a_quote_that_stands_twice_has_both_places() -> None:
    (question,) = parsed({**GOOD, "evidence": [{"file": "甲.txt", "quote": "关停作坊45家"}]})
    assert len(question.evidence[0].places) == 2


def test_offsets_with_checksum() -> None:
    span = TEXT[0:9]
    good = {"file": "甲.txt", "start": 0, "end": 9, "sha256": hashlib.sha256(span.encode()).hexdigest()}
    assert parsed({**GOOD, "evidence": [good]})[0].evidence[0].quote == span
    (problem,) = problems({**GOOD, "evidence": [{**good, "sha256": "0" * 64}]})
    assert "第 1 行" in problem
    assert "sha256" in problem


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"id": ""}, "id"),
        ({"id": 3}, "id"),
        ({"question": " "}, "question"),
        ({"type": "riddle"}, "riddle"),
        ({"answers": "45家"}, "answers"),
        ({"answers": [""]}, "answers"),
        ({"answers": []}, "answers"),
        ({"answers": ["46家"]}, "46家"),
        ({"answer_items": ["46家"]}, "46家"),
        ({"evidence": []}, "evidence"),
        ({"evidence": ["甲.txt"]}, "evidence"),
        ({"evidence": [{"quote": "甲市"}]}, "file"),
        ({"evidence": [{"file": "丙.txt", "quote": "甲市"}]}, "丙.txt"),
        ({"evidence": [{"file": "甲.txt"}]}, "quote"),
        ({"evidence": [{"file": "甲.txt", "quote": "丙市"}]}, "丙市"),
        ({"evidence": [{"file": "甲.txt", "start": 0}]}, "整数"),
        ({"evidence": [{"file": "甲.txt", "start": True, "end": 2}]}, "整数"),
        ({"evidence": [{"file": "甲.txt", "start": 5, "end": 5}]}, "[5, 5)"),
        ({"evidence": [{"file": "甲.txt", "start": 0, "end": 999}]}, "999"),
        ({"evidence": [{"file": "甲.txt", "start": 0, "end": 2, "quote": "乙县"}]}, "甲市"),
        ({"near_misses": ["45家"]}, "干扰值"),
        ({"type": "no_answer"}, "不应有答案"),
        ({"type": "followup"}, "history"),
        ({"type": "yes_no", "verdict": "大概"}, "verdict"),
        ({"unit": 3}, "unit"),
    ],
)
def test_bad_fields(change: dict[str, Any], word: str) -> None:
    assert any(word in problem and problem.startswith("第 1 行") for problem in problems({**GOOD, **change}))


def test_all_problems_are_listed_with_their_lines() -> None:
    missing = {key: value for key, value in GOOD.items() if key != "type"} | {"id": "b", "question": "？"}
    found = problems(GOOD, "{", "", "[1]", missing, GOOD)
    assert [problem.split("：")[0] for problem in found] == ["第 2 行", "第 4 行", "第 5 行", "第 6 行", "第 6 行"]
    assert "编号 a 重复（首见于第 1 行）" in found[3]


def test_an_empty_file_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "gold.jsonl"
    path.write_text("\n\n")
    with pytest.raises(GoldError, match="没有问题"):
        load_gold(path, Shelf())
    with pytest.raises(GoldError, match="读不出"):
        load_gold(tmp_path / "none.jsonl", Shelf())
    path.write_bytes(b"\xff\xfe{")
    with pytest.raises(GoldError, match="UTF-8"):
        load_gold(path, Shelf())


def test_refusals_and_follow_ups() -> None:
    none = {"id": "n", "question": "丙市呢？", "type": "no_answer", "answers": [], "evidence": []}
    follow = {**GOOD, "id": "f", "type": "followup", "history": ["早先的问题"]}
    lost = {"id": "l", "question": "丙市呢？", "type": "followup", "history": ["早先的问题"]}
    declined, fact, unanswerable = parsed(none, follow, lost)
    assert declined.expects_refusal
    assert unanswerable.expects_refusal
    assert not fact.expects_refusal


def test_yes_no_may_answer_with_a_bare_word() -> None:
    (question,) = parsed({**GOOD, "type": "yes_no", "answers": ["是"]})
    assert question.verdict == "yes"
    (question,) = parsed({**GOOD, "type": "yes_no", "verdict": "否"})
    assert question.verdict == "no"


def test_the_split_is_fixed_and_about_even() -> None:
    halves = [split_of(f"q{number}") for number in range(400)]
    assert 150 < halves.count(Split.DEV) < 250
    assert [str(split_of(name)) for name in ("a", "b", "c", "d")] == [str(split_of(name)) for name in "abcd"]


def test_profile_and_wording() -> None:
    near, far = parsed(GOOD | {"question": "关停作坊几家？"}, GOOD | {"id": "b", "question": "甲市关了几家厂？"})
    assert shares_wording(near)
    assert not shares_wording(far)
    assert tercile(near, Shelf()) == "前段"
    profile = profile_of([near, far], Shelf())
    assert (profile.questions, profile.overlapping, profile.answerable) == (2, 1, 2)
    assert profile_of([], Shelf()).by_kind == {}


def test_difficulty_counts_what_makes_a_question_hard() -> None:
    near = {"question": "关停作坊几家？"}
    rows = [
        {**GOOD, **near},
        {**GOOD, **near, "near_misses": ["1260万元"]},
        {**GOOD, "near_misses": ["1260万元"]},
        {**GOOD, "near_misses": ["1260万元"], "history": ["先前问的"]},
        {"question": "丙市呢？", "type": "no_answer"},
    ]
    questions = parsed(*({**row, "id": str(at), "question": f"{row['question']}{at}"} for at, row in enumerate(rows)))
    assert [difficulty(one) for one in questions] == ["容易", "中等", "难", "难", ""]


def test_doubts() -> None:
    elsewhere, draft = parsed({**GOOD, "answers": ["1260万元"]}, {**GOOD, "id": "b", "question": "？", "draft": True})
    assert [(line, doubt.split("：")[0]) for line, doubt in doubts_about([elsewhere, draft])] == [
        (1, "没有一个答案在证据之内"),
        (2, "仍是草稿，请换成自己的说法并去掉 draft"),
    ]
    assert list(doubts_about([])) == []


FIRST = (
    "中共甲江市委关于巡视整改进展情况的通报\n一、整改情况\n关停沿江作坊45家。印发《沿江作坊管理办法》。引进企业9家。"
)
SECOND = "中共乙河市委关于巡视整改进展情况的通报\n一、整改情况\n乙河市也关停沿江作坊45家。学习《沿江作坊管理办法》。植树9家次。"
CLOSED = {
    "id": "a",
    "question": "关了几家作坊？",
    "type": "fact_number",
    "answers": ["45家"],
    "evidence": [{"file": "甲.txt", "quote": "关停沿江作坊45家"}],
}


@pytest.fixture
def two_cities(tmp_path: Path) -> FolderTexts:
    (tmp_path / "甲.txt").write_text(FIRST, encoding="utf-8")
    (tmp_path / "乙.txt").write_text(SECOND, encoding="utf-8")
    return FolderTexts(tmp_path)


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({}, True),
        ({"question": "甲江市关了几家作坊？"}, False),
        ({"question": "甲江关了几家作坊？"}, False),
        ({"history": ["甲江市出了什么文件？"]}, False),
        ({"unit": "甲江市"}, True),
        ({"answers": ["9家"], "evidence": [{"file": "甲.txt", "quote": "引进企业9家"}]}, False),
        (
            {
                "type": "fact_title",
                "answers": ["《沿江作坊管理办法》"],
                "evidence": [{"file": "甲.txt", "quote": "印发《沿江作坊管理办法》"}],
            },
            True,
        ),
        ({"type": "list", "answers": [], "answer_items": ["45家"]}, False),
        ({"type": "yes_no", "answers": ["是"]}, False),
        ({"type": "no_answer", "answers": [], "evidence": []}, False),
    ],
)
def test_a_value_that_answers_for_another_unit_needs_the_unit_named(
    two_cities: FolderTexts, change: dict[str, Any], refused: bool
) -> None:
    lines = [(7, json.dumps({**CLOSED, **change}))]
    assert len(parse_gold(lines, two_cities)) == 1
    if not refused:
        assert len(parse_gold(lines, two_cities, notices=two_cities.notices())) == 1
        return
    with pytest.raises(GoldError, match=r"第 7 行：问题未点明单位.*乙河市"):
        parse_gold(lines, two_cities, notices=two_cities.notices())


def test_likeness_of_sentences() -> None:
    assert alike("关停作坊45家", "关停作坊45家", without="45家") == 1.0
    assert alike("关停作坊45家", "植树45棵") == 0.0
    assert alike("", "关停") == 0.0


def test_a_folder_gives_texts_in_either_encoding(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes("甲\r\n乙".encode("gb18030"))
    (tmp_path / "b.txt").write_bytes("甲\r乙".encode("utf-8-sig"))
    shelf = FolderTexts(tmp_path)
    assert shelf.text("a.txt") == shelf.text("b.txt") == "甲\n乙"
    for missing in ("c.txt", "../a.txt", "."):
        with pytest.raises(KeyError):
            shelf.text(missing)
    (tmp_path / "空.txt").write_bytes(b"")
    assert text_or_none(shelf, "空.txt") is None
    assert [notice.file for notice in shelf.notices()] == ["a.txt", "b.txt"]
    assert FolderTexts(tmp_path / "none").notices() == ()
