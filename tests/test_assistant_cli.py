from __future__ import annotations

import io
import json
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fake_terminal import QUESTION, SAMPLES, invoke, one_line, process

from assistant.layout import cells, write
from assistant.terminal import answer_paragraphs
from assistant.types import Answer, Citation, Retrieved, Status
from index.store import open_index

if TYPE_CHECKING:
    from pathlib import Path


# --- ask ---


def test_an_answer_with_its_sources(index: Path) -> None:
    result = invoke("ask", QUESTION, index=index)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0]
    assert max(map(cells, lines)) <= 80
    source = next(line for line in lines if line.startswith("[1] "))
    assert "云川市" in source
    assert any(line.startswith("    “") for line in lines)
    assert "\x1b" not in result.stdout
    assert result.stderr == ""


def test_the_record_on_one_line(index: Path) -> None:
    result = invoke("ask", QUESTION, "--json", "--top-k", "3", index=index)
    record = json.loads(result.stdout)
    assert one_line(result.stdout)
    assert "云川市" in result.stdout
    assert record["status"] == "answered"
    assert len(record["retrieved"]) == 3
    citation = record["citations"][0]
    assert citation["end"] - citation["start"] == len(citation["quote"])


def test_earlier_questions_are_taken_into_account_and_shown(index: Path) -> None:
    history = ["--history", "临渚区有几份整改通报?", "--history", "临渚区2023年改造了几个老旧小区?"]
    result = invoke("ask", "那2024年打算改造多少个?", *history, index=index)
    assert result.exit_code == 0
    assert "问题理解为：" in result.stdout
    assert "临渚区" in result.stdout


def test_a_refusal_looks_different_and_marks_what_is_nearest(index: Path) -> None:
    held = open_index(index)
    places = [Retrieved(one.file, one.start, one.end, 0.5) for one in held.passages[:5]]
    refused = Answer("谁？", Status.NO_ANSWER, "没有写明。", retrieved=tuple(places), reason="not_found")
    stream = io.StringIO()
    write(answer_paragraphs(refused, held), stream, width=80)
    text = stream.getvalue()
    assert text.startswith("没有答案\n没有写明。\n\n最接近的段落（不是答案）：\n- 不是答案｜")
    assert text.count("- 不是答案｜") == 3
    assert "[1]" not in text
    alone = list(answer_paragraphs(replace(refused, retrieved=()), held))
    assert [paragraph.text for paragraph in alone] == ["没有答案", "没有写明。"]


def test_what_is_marked_in_an_answer(index: Path) -> None:
    quote = "2023年关停45家，2024年关停46家。"
    cited = Citation(1, "甲.txt", "n", "", "", (), 0, len(quote), quote)
    answer = Answer(
        "？", Status.ANSWERED, "两年都有[1]。\n1. 甲市[1]", "45家", ("2024年：46家[1]",), citations=(cited,)
    )
    found = list(answer_paragraphs(replace(answer, standalone="甲市关停？"), open_index(index)))
    assert [one.text for one in found[:4]] == ["45家", "两年都有[1]。", "1. 甲市[1]", "（问题理解为：甲市关停？）"]
    assert found[0].style
    (shown,) = [one for one in found if one.text == f"“{quote}”"]
    assert {shown.text[start:end] for start, end, _ in shown.marks} == {"45家", "46家", "2024年"}
    same = replace(answer, answer="45家。[1]", items=())
    assert next(answer_paragraphs(same, open_index(index))).text == "45家。[1]"


def test_one_unit_only(index: Path) -> None:
    result = invoke("ask", "整改联系电话是多少?", "--unit", "临渚区", "--json", index=index)
    assert {one["unit"] for one in json.loads(result.stdout)["citations"]} <= {"临渚区"}
    strange = invoke("ask", "整改联系电话是多少?", "--unit", "不存在县", "--json", index=index)
    assert json.loads(strange.stdout)["reason"] == "unknown_unit"


@pytest.mark.parametrize("question", ["", "   ", "？！……", "字" * 100_000, "\x00\x07\x1b", "\u202e\u200b", "--", "12"])
def test_questions_that_cannot_be_asked(index: Path, question: str) -> None:
    for words in (["ask"], ["ask", "--json"], ["search"]):
        result = invoke(*words, "--index", index, "--", question)
        assert result.exit_code == 1, result.output
        assert one_line(result.stderr)
        assert len(result.stderr) < 200
        assert result.stdout == ""


@pytest.mark.parametrize(
    "question", ["How many schools were built?", "云川市\x00增加值\x1b[2J？", "[bold]谁[/bold]？" * 9]
)
def test_odd_questions_are_answered_or_refused(index: Path, question: str) -> None:
    result = invoke("ask", question, index=index)
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout
    assert "\x00" not in result.stdout


def test_a_language_model_is_not_set_up(index: Path, tmp_path: Path) -> None:
    questions = tmp_path / "q.txt"
    questions.write_text("谁？", "utf-8")
    for words in (["ask", "谁？"], ["batch", questions, tmp_path / "out.jsonl"]):
        result = invoke(*words, "--mode", "llm", index=index)
        assert result.exit_code == 1
        assert one_line(result.stderr)


# --- search, notices, verify ---


def test_search_shows_passages(index: Path) -> None:
    plain = invoke("search", "老旧小区改造", "--top-k", "2", index=index)
    assert plain.exit_code == 0
    assert [line[:3] for line in plain.stdout.splitlines() if re.match(r"\d\. ", line)] == ["1. ", "2. "]
    assert max(map(cells, plain.stdout.splitlines())) <= 80
    hits = [json.loads(line) for line in invoke("search", "老旧小区改造", "--json", index=index).stdout.splitlines()]
    assert [hit["rank"] for hit in hits] == list(range(1, 11))
    assert all(hit["end"] - hit["start"] == len(hit["text"]) for hit in hits)


def test_notices_are_listed_shown_and_removed(index: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(index, tmp_path / "copy")
    listed = invoke("notices", "list", index=copy).stdout
    assert "共 5 份通报，4 个文件" in listed
    notice = listed.split()[0]
    shown = invoke("notices", "show", notice, index=copy)
    assert shown.exit_code == 0
    assert f"编号：{notice}" in shown.stdout
    removed = invoke("notices", "remove", notice, index=copy)
    assert removed.exit_code == 0
    assert "共 4 份通报" in invoke("notices", "list", index=copy).stdout
    for words in (["show", notice], ["remove", notice], ["show", "没有"], ["remove", "没有.txt"]):
        result = invoke("notices", *words, index=copy)
        assert result.exit_code == 1
        assert one_line(result.stderr)
    assert invoke("index", SAMPLES, index=copy).exit_code == 0
    assert "共 5 份通报" in invoke("notices", "list", index=copy).stdout


def test_verify(index: Path, tmp_path: Path) -> None:
    sound = invoke("verify", index=index)
    assert (sound.exit_code, sound.stdout[:4]) == (0, "索引完好")
    copy = shutil.copytree(index, tmp_path / "copy")
    texts = next(copy.glob("generations/*/texts*"))
    texts.write_bytes(bytes(byte ^ 0xFF for byte in texts.read_bytes()))
    result = invoke("verify", index=copy)
    assert result.exit_code == 1
    assert "内容已改动" in result.stdout
    assert one_line(result.stderr)


# --- usage ---


@pytest.mark.parametrize(
    "words",
    [
        ["bogus"],
        ["ask"],
        ["ask", "谁", "--top-k", "0"],
        ["ask", "谁", "--mode", "magic"],
        ["index"],
        ["batch", "a"],
        ["batch", "a.txt", "b.csv", "--resume", "--restart"],
        ["search", "谁", "--bogus"],
    ],
)
def test_bad_usage(words: list[str]) -> None:
    result = invoke(*words)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


# --- commands of other packages ---


def test_help_and_arguments_pass_through() -> None:
    for name, known in (("eval", "compare"), ("web", "--port")):
        done = process(name, "--help")
        assert done.returncode == 0, done.stderr
        assert known in done.stdout
    assert process("web", "--bogus").returncode == 2


def test_a_command_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.extensions.GROUP", "tongbao.nothing")
    result = invoke("eval", "gold.jsonl")
    assert result.exit_code == 1
    assert one_line(result.stderr)
    assert "pip install" in result.stderr


def test_help_names_every_command() -> None:
    result = invoke("--help")
    assert result.exit_code == 0
    for name in ("index", "ask", "search", "batch", "notices", "verify", "eval", "web"):
        assert re.search(rf"^  {name} ", result.stdout, re.MULTILINE)
    assert max(map(cells, result.stdout.splitlines())) <= 80
