from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING

import pytest
from fake_batch import QUOTE, Scripted, questions_in, records, run
from fake_index import Bench

from assistant.batch_files import RECORD_KEYS, read_questions
from assistant.errors import BatchError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    bench = Bench(tmp_path)
    bench.write(甲="甲市通报\n一、整改\n关停45家\n")
    bench.update()
    return bench


@pytest.fixture
def fake(bench: Bench) -> Scripted:
    return Scripted(bench.index())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_line_is_a_question(tmp_path: Path, encoding: str) -> None:
    text = "芜湖市增加学位多少个？\r\n\r\n  整改联系电话是什么？  \n"
    rows = read_questions(questions_in(tmp_path, "q.txt", text.encode(encoding))).rows
    assert [(row.id, row.question) for row in rows] == [
        ("q1", "芜湖市增加学位多少个？"),
        ("q2", "整改联系电话是什么？"),
    ]


def test_json_lines_with_ids_histories_and_bad_rows(tmp_path: Path) -> None:
    lines = [
        '{"id": 7, "question": "问", "history": ["先"], "answer": "旧", "input_answer": 1, "年": 2024}',
        "",
        "{不是",
        "[1]",
        '{"question": 5}',
        '{"id": "h", "question": "问", "history": "先"}',
        '{"question": "问", "x": NaN}',
        "[" * 5000,
    ]
    rows = read_questions(questions_in(tmp_path, "q.jsonl", "\n".join(lines))).rows
    assert (rows[0].id, rows[0].question, rows[0].history) == ("7", "问", ("先",))
    assert rows[0].extra == {"input_input_answer": "旧", "input_answer": 1, "年": 2024}
    assert [row.id for row in rows[1:]] == ["q2", "q3", "q4", "h", "q6", "q7"]
    assert [row.problem[:5] for row in rows[1:]] == [f"第 {place} 行" for place in range(3, 9)]


def test_tables_keep_their_other_columns(tmp_path: Path) -> None:
    text = '编号,问题,部门,status\r\na1,"甲市,\n多少家？",一科,x\r\n,,\r\n,乙市呢？\r\n,,二科\r\n1,2,3,4,5\r\n'
    for content in (text.encode("utf-8-sig"), text.encode("gb18030")):
        rows = read_questions(questions_in(tmp_path, "q.csv", content)).rows
        assert (rows[0].id, rows[0].question) == ("a1", "甲市,\n多少家？")
        assert rows[0].extra == {"部门": "一科", "input_status": "x"}
        assert (rows[1].id, rows[1].question, rows[1].extra) == ("q2", "乙市呢？", {"部门": "", "input_status": ""})
        assert "是空的" in rows[2].problem
        assert "5 列" in rows[3].problem


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("q.txt", b"", "空"),
        ("q.txt", b" \n\n", "空"),
        ("q.txt", b"\x00\x01\x02\x03" * 50, "文本"),
        ("q.doc", b"x", "类型"),
        ("q.csv", "甲,乙\n1,2\n".encode(), "question"),
        ("q.csv", b'question\n"a\n', "CSV"),
        ("q.csv", b"question\n", "没有问题"),
    ],
)
def test_files_that_hold_no_questions(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    with pytest.raises(BatchError, match=told) as caught:
        read_questions(questions_in(tmp_path, name, content))
    assert "\n" not in str(caught.value)


def test_no_such_file_and_a_folder(tmp_path: Path) -> None:
    for name in ("none.txt", "folder.txt"):
        (tmp_path / "folder.txt").mkdir(exist_ok=True)
        with pytest.raises(BatchError, match=name):
            read_questions(tmp_path / name)


def test_one_record_a_question_in_order(tmp_path: Path, fake: Scripted, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [
        '{"id": "a", "question": "一", "history": ["先"], "科": "x"}',
        '{"question": "未知"}',
        '{"question": "坏"}',
    ]
    output = tmp_path / "out.jsonl"
    questions = questions_in(tmp_path, "q.jsonl", "\n".join([*lines, '{"question": "崩\\ud800"}', "{"]))
    assert run(fake, questions, output, top_k=3) == 1
    found = records(output)
    assert [one["id"] for one in found] == ["a", "q2", "q3", "q4", "q5"]
    assert [one["status"] for one in found] == ["answered", "no_answer", "error", "error", "error"]
    assert found[0]["科"] == "x"
    assert found[2]["reason"] == "问不了"
    assert "ZeroDivisionError" in found[3]["reason"]
    assert all(list(one)[: len(RECORD_KEYS)] == list(RECORD_KEYS) for one in found)
    assert fake.asked[0] == ("一", ("先",), 3)
    out, err = capsys.readouterr()
    assert out == ""
    assert "共 5 题：答出 1，没有答案 1，出错 3" in err


def test_good_rows_alone_end_well(tmp_path: Path, fake: Scripted) -> None:
    assert run(fake, questions_in(tmp_path, "q.txt", "一\n未知\n"), tmp_path / "out.jsonl") == 0


def test_an_output_is_never_overwritten_unasked(tmp_path: Path, fake: Scripted) -> None:
    questions = questions_in(tmp_path, "q.txt", "一\n")
    output = tmp_path / "out.jsonl"
    output.write_text("别人的", "utf-8")
    for resume in (False, True):
        with pytest.raises(BatchError, match="--restart"):
            run(fake, questions, output, resume=resume)
        assert output.read_text("utf-8") == "别人的"
    run(fake, questions, output, restart=True)
    assert len(records(output)) == 1


def test_outputs_that_cannot_be(tmp_path: Path, fake: Scripted) -> None:
    questions = questions_in(tmp_path, "q.txt", "一\n")
    (tmp_path / "folder.csv").mkdir()
    for output in (questions, tmp_path / "out.pdf", tmp_path / "none" / "out.csv", tmp_path / "folder.csv"):
        with pytest.raises(BatchError):
            run(fake, questions, output)
    assert questions.read_text("utf-8") == "一\n"
    assert fake.asked == []


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv", "out.txt"])
@pytest.mark.parametrize("torn", [b"", b'{"id": "q3", "sta', b"\x00\x00\x00", b'{"id": "q3"}\n\x00'])
def test_a_run_that_was_killed_goes_on_where_it_was(tmp_path: Path, bench: Bench, name: str, torn: bytes) -> None:
    questions = questions_in(tmp_path, "q.txt", "一\n坏\n三\n四\n")
    whole = tmp_path / f"whole.{name}"
    assert run(Scripted(bench.index()), questions, whole) == 1
    output = tmp_path / name
    stopped = Scripted(bench.index(), stops_at="三")
    with pytest.raises(KeyboardInterrupt, match="--resume"):
        run(stopped, questions, output)
    journal = output if name.endswith("jsonl") else tmp_path / f".{name}.rows"
    with journal.open("ab") as file:
        file.write(torn)
    again = Scripted(bench.index())
    assert run(again, questions, output, resume=True) == 1
    assert [question for question, _, _ in again.asked] == ["三", "四"]
    assert output.read_bytes() == whole.read_bytes()
    assert not (tmp_path / f".{name}.rows").exists()


@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
def test_resuming_what_is_finished_does_nothing(tmp_path: Path, fake: Scripted, name: str) -> None:
    questions = questions_in(tmp_path, "q.txt", "一\n坏\n")
    output = tmp_path / name
    assert run(fake, questions, output, resume=True) == 1
    before, asked = output.read_bytes(), len(fake.asked)
    assert run(fake, questions, output, resume=True) == 1
    assert output.read_bytes() == before
    assert len(fake.asked) == asked


def test_only_the_same_run_is_resumed(tmp_path: Path, bench: Bench, fake: Scripted) -> None:
    questions = questions_in(tmp_path, "q.txt", "一\n二\n")
    output = tmp_path / "out.jsonl"
    run(fake, questions, output)
    with pytest.raises(BatchError, match="top-k"):
        run(fake, questions, output, resume=True, top_k=3)
    for scope in ({"unit": "甲市"}, {"all_versions": True}):
        with pytest.raises(BatchError, match="查询范围"):
            run(fake, questions, output, resume=True, **scope)
    questions.write_text("一\n三\n", "utf-8")
    with pytest.raises(BatchError, match="问题文件"):
        run(fake, questions, output, resume=True)
    questions.write_text("一\n二\n", "utf-8")
    bench.write(乙="乙市通报\n一、整改\n关停46家\n")
    bench.update()
    with pytest.raises(BatchError, match="索引"):
        run(Scripted(bench.index()), questions, output, resume=True)


def test_the_unit_reaches_every_question(tmp_path: Path, fake: Scripted) -> None:
    run(fake, questions_in(tmp_path, "q.txt", "一\n二\n"), tmp_path / "out.jsonl", unit="甲市")
    assert fake.units == ["甲市", "甲市"]


def test_a_side_file_without_a_scope_is_of_a_run_over_everything(tmp_path: Path, fake: Scripted) -> None:
    """As earlier versions wrote it."""
    questions, output = questions_in(tmp_path, "q.txt", "一\n"), tmp_path / "out.jsonl"
    run(fake, questions, output)
    side = tmp_path / ".out.jsonl.resume"
    noted = json.loads(side.read_text("utf-8"))
    del noted["scope"]
    side.write_text(json.dumps(noted), "utf-8")
    assert run(fake, questions, output, resume=True) == 0


def test_a_spoilt_side_file_is_told(tmp_path: Path, fake: Scripted) -> None:
    questions = questions_in(tmp_path, "q.txt", "一\n")
    output = tmp_path / "out.jsonl"
    run(fake, questions, output)
    for content in (b"", b"[]", b'{"finished": {}}', b"\xff"):
        (tmp_path / ".out.jsonl.resume").write_bytes(content)
        with pytest.raises(BatchError, match="续跑记录"):
            run(fake, questions, output, resume=True)


def test_a_table_opens_in_a_spreadsheet(tmp_path: Path, fake: Scripted) -> None:
    questions = questions_in(tmp_path, "q.csv", "question,部门,id\n一,一科,a\n未知,=1+1,b\n")
    output = tmp_path / "out.csv"
    run(fake, questions, output)
    assert output.read_bytes().startswith(b"\xef\xbb\xbf")
    with output.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == [*RECORD_KEYS, "部门"]
    assert rows[0]["answer"] == "'=45家[1]。"
    assert rows[0]["short_answer"] == "-3.5%"
    assert rows[0]["items"] == "甲\n乙"
    assert rows[0]["citations"] == f"[1] 题 › 一、 › （一）：“{QUOTE}”（甲.txt 0–{len(QUOTE)}）"
    assert rows[0]["retrieved"] == "甲.txt 0–9 0.5"
    assert rows[1]["部门"] == "'=1+1"
    assert rows[1]["reason"] == "not_found"


def test_text_for_reading(tmp_path: Path, fake: Scripted) -> None:
    output = tmp_path / "out.txt"
    run(fake, questions_in(tmp_path, "q.txt", "一\n坏\n"), output)
    text = output.read_text("utf-8")
    assert text.startswith("q1. 一\n=45家[1]。\n[1] 题 › 一、")
    assert "q2. 坏\n（出错：问不了）" in text
