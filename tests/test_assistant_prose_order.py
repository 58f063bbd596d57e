"""Policy texts and news in plain prose: which sentence answers, and what of an enumeration is told."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING

import pytest

from assistant.pipeline import load_assistant
from assistant.prose_cues import NAMES as CUES
from assistant.prose_cues import asked_cues, tells
from assistant.prose_order import NAMES, in_prose_order, is_prose
from assistant.question import understand
from assistant.retrieval import look_up
from index.update import update_index

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant

POLICY = (
    "本报讯 记者从澄江市民政局获悉，近日，市民政局、市财政局联合印发《澄江市电动轮椅租借管理办法》，自2025年3月1日起施行，有效期至2028年2月29日。"
    "办法明确，具有澄江市户籍、年满70周岁的老年人以及持证残疾人均可申请租借电动轮椅。"
    "申请人应当凭身份证到户籍地社区服务窗口登记。租借轮椅的，普通型每月租金30元、加重型每月租金55元。"
    "轮椅逾期三十日不归还的，取消两年内的租借资格。所称加重型，是指载重一百二十公斤以上的轮椅。"
    "市民政局有关负责人解释说，设置押金是为了避免轮椅被长期占用。轮椅可在社区维修点、养老服务中心免费保养。所称自付费用，包括：电池更换费；轮胎更换费；人为损坏的维修费。"
)
NOTICE = """中共云川市委关于巡视整改进展情况的通报
一、整改情况
1.推进轮椅租借。近日印发轮椅租借管理办法，全市投放轮椅300台。
2.租借逾期不还的，取消资格，已取消12人。
"""


@pytest.fixture(scope="module")
def assistant(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder: Path = tmp_path_factory.mktemp("prose")
    (folder / "policy.txt").write_text(POLICY, "utf-8")
    (folder / "notice.txt").write_text(NOTICE, "utf-8")
    update_index([folder / "policy.txt", folder / "notice.txt"], directory=folder / "index")
    return load_assistant(folder / "index")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("澄江市电动轮椅过期不还会怎么处理?", "取消两年内的租借资格"),
        ("澄江市什么人能申请借电动轮椅?", "年满70周岁"),
        ("澄江市为什么借轮椅要收押金?", "避免轮椅被长期占用"),
        ("澄江市的租借办法里加重型轮椅是什么意思?", "载重一百二十公斤以上"),
        ("在澄江市申请租借轮椅要去哪里登记?", "社区服务窗口"),
    ],
)
def test_the_sentence_answers_not_the_one_that_says_a_rule_was_issued(
    assistant: Assistant, question: str, words: str
) -> None:
    assert words in assistant.ask(question).answer


@pytest.mark.parametrize(
    ("question", "value"), [("澄江市租加重型轮椅每月多少钱?", "55元"), ("澄江市租普通型轮椅每月多少钱?", "30元")]
)
def test_of_figures_of_one_form_the_named_one_is_told(assistant: Assistant, question: str, value: str) -> None:
    assert assistant.ask(question).short_answer == value


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("澄江市电动轮椅过期不还会怎么处理?", "取消两年内的租借资格"),
        ("澄江市为什么借轮椅要收押金?", "为了避免轮椅被长期占用"),
        ("澄江市的租借办法里加重型轮椅是什么意思?", "是指载重一百二十公斤以上的轮椅"),
    ],
)
def test_what_a_rule_says_is_told_in_a_clause(assistant: Assistant, question: str, value: str) -> None:
    short = assistant.ask(question).short_answer
    assert value in short
    assert "。" not in short


def test_an_enumeration_in_prose_is_told_in_its_sentence(assistant: Assistant) -> None:
    answer = assistant.ask("澄江市轮椅免费保养的地点有哪些?")
    assert "社区维修点、养老服务中心免费保养" in answer.answer
    assert "共 2 项" not in answer.answer


def test_an_enumeration_by_semicolons_is_told_whole(assistant: Assistant) -> None:
    answer = assistant.ask("澄江市轮椅的自付费用包括哪些?")
    assert answer.items == ("电池更换费", "轮胎更换费", "人为损坏的维修费")
    assert answer.citations[0].quote == "所称自付费用，包括：电池更换费；轮胎更换费；人为损坏的维修费。"


def test_order_keeps_every_candidate_and_those_of_a_sentence_together(assistant: Assistant) -> None:
    asked = understand("轮椅过期不还会怎么处理?", assistant.gazetteer)
    found = look_up(assistant.index, asked, assistant._sentences, units=())
    ranked = assistant.reader.read(found.probe, found.read, assistant._sentences)
    ordered = in_prose_order(found.probe, ranked, assistant.index)
    places = [(item.start, item.end, item.candidate.kind, item.sentence.passage.file) for item in ranked]
    assert sorted(places) == sorted((i.start, i.end, i.candidate.kind, i.sentence.passage.file) for i in ordered)
    seen = list(dict.fromkeys(id(item.sentence) for item in ordered))
    assert [id(item.sentence) for item in ordered] == [one for one in seen for i in ordered if id(i.sentence) == one]


def test_notices_and_nothing_stay_as_they_are(assistant: Assistant) -> None:
    asked = understand("云川市取消了多少人的租借资格?", assistant.gazetteer)
    found = look_up(assistant.index, asked, assistant._sentences, units=asked.places.units)
    ranked = assistant.reader.read(found.probe, found.read, assistant._sentences)
    assert not is_prose(ranked[0], assistant.index)
    assert in_prose_order(found.probe, ranked, assistant.index) == tuple(ranked)
    assert in_prose_order(found.probe, [], assistant.index) == ()


def test_every_feature_has_a_weight_and_every_cue_is_a_feature() -> None:
    record = json.loads(resources.files("assistant").joinpath("data/prose_order.json").read_text("utf-8"))
    assert set(record["weights"]) == set(NAMES)
    assert len(set(NAMES)) == len(NAMES)
    assert set(CUES) <= set(NAMES)


@pytest.mark.parametrize(
    ("question", "name", "yes", "no"),
    [
        ("逾期不报会怎么处理?", "consequence", "逾期的,处五百元罚款。", "本办法共十二条。"),
        ("外地车能不能进?", "permission", "外地车辆不得驶入。", "外地车辆较多。"),
        ("为什么要收押金?", "reason", "收押金是为了减少占用。", "押金为100元。"),
        ("办法到哪天失效?", "until", "有效期至2028年2月。", "办法共十二条。"),
    ],
)
def test_cues(question: str, name: str, yes: str, no: str) -> None:
    assert name in asked_cues(question)
    assert tells(name, yes)
    assert not tells(name, no)
    assert name not in asked_cues("办法叫什么名字?")


@pytest.mark.parametrize(
    "text", ["近日" * 5000, "由" * 20000, "在" * 20000, "、" * 20000, "能" * 900 + "?", "征求" * 9000]
)
def test_cues_are_told_at_once(text: str) -> None:
    assert isinstance(asked_cues(text), tuple)
    assert [tells(name, text) for name in CUES]
