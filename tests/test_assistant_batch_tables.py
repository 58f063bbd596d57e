from __future__ import annotations

import csv
import datetime
import io
import itertools
import json
import os
import time
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from fake_batch import QUOTE, Scripted, questions_in, records, run, workbook
from fake_index import Bench
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.batch_files import RECORD_KEYS, read_questions
from assistant.errors import BatchError

if TYPE_CHECKING:
    from pathlib import Path

KINDS = (".txt", ".csv", ".tsv", ".jsonl", ".xlsx")
ASKED = ("甲市关停多少家？", "未知的事", "坏问题")


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    bench = Bench(tmp_path_factory.mktemp("tables"))
    bench.write(甲="甲市通报\n一、整改\n关停45家\n")
    bench.update()
    return bench


def asked_in(folder: Path, suffix: str) -> Path:
    """Return a file of `ASKED` of any kind, with a department beside each question in those that have columns."""
    rows = [("问题", "科室"), *((text, f"{n}科") for n, text in enumerate(ASKED))]
    content: str | bytes = "\n".join(ASKED)
    if suffix in (".csv", ".tsv"):
        out = io.StringIO()
        csv.writer(out, delimiter="," if suffix == ".csv" else "\t").writerows(rows)
        content = out.getvalue()
    elif suffix == ".jsonl":
        content = "\n".join(json.dumps({"question": q, "科室": d}, ensure_ascii=False) for q, d in rows[1:])
    elif suffix == ".xlsx":
        content = workbook(rows)
    return questions_in(folder, f"q{suffix}", content)


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t" if path.suffix == ".tsv" else ","))


@pytest.mark.parametrize(("inner", "outer"), list(itertools.product(KINDS, KINDS)))
def test_any_kind_in_any_kind_out(tmp_path: Path, bench: Bench, inner: str, outer: str) -> None:
    output = tmp_path / f"out{outer}"
    assert run(Scripted(bench.index()), asked_in(tmp_path, inner), output) == 1
    own = inner != ".txt"
    if outer == ".jsonl":
        found = [(one["question"], one["status"], one.get("科室")) for one in records(output)]
    elif outer == ".txt":
        text = output.read_text("utf-8")
        assert [f"q{n}. {asked}" in text for n, asked in enumerate(ASKED, start=1)] == [True] * 3
        return
    elif outer == ".xlsx":
        sheet = openpyxl.load_workbook(output)["答案"]
        head, *body = sheet.iter_rows(values_only=True)
        states = {"已答": "answered", "没有答案": "no_answer", "出错": "error"}
        rows = [dict(zip(map(str, head), row, strict=True)) for row in body]
        found = [(row["问题"], states[str(row["状态"])], row.get("科室")) for row in rows]
    else:
        chinese = inner in (".csv", ".tsv", ".xlsx")
        named = {"已答": "answered", "没有答案": "no_answer", "出错": "error"} if chinese else {}
        question, status = ("问题", "状态") if chinese else ("question", "status")
        found = [(row[question], named.get(row[status], row[status]), row.get("科室")) for row in table(output)]
    assert found == [
        (asked, status, f"{n}科" if own else None)
        for n, (asked, status) in enumerate(zip(ASKED, ("answered", "no_answer", "error"), strict=True))
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|", "，", "；"])
@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_encodings_and_separators_are_found(tmp_path: Path, suffix: str, separator: str, encoding: str) -> None:
    text = separator.join(("编号", "问题", "科室")) + "\r\n" + separator.join(("甲", "关停几家", "一科")) + "\r\n"
    rows = read_questions(questions_in(tmp_path, f"q{suffix}", text.encode(encoding))).rows
    assert [(row.id, row.question, row.extra) for row in rows] == [("甲", "关停几家", {"科室": "一科"})]


def test_the_separator_is_found_behind_a_title_and_beside_others(tmp_path: Path) -> None:
    text = "问题清单；2024,上半年\n\n编号;问题;备注\n1;甲市,乙市各关停几家？;急,重\n"
    rows = read_questions(questions_in(tmp_path, "q.csv", text)).rows
    assert [(row.id, row.question, row.extra) for row in rows] == [("1", "甲市,乙市各关停几家？", {"备注": "急,重"})]
    declared = "sep=;\n问题;备注\n甲市,乙市？;急\n"
    assert read_questions(questions_in(tmp_path, "r.csv", declared)).rows[0].question == "甲市,乙市？"
    alone = "问题\n甲市，乙市各关停几家？\n"
    assert read_questions(questions_in(tmp_path, "s.csv", alone)).rows[0].question == "甲市，乙市各关停几家？"


def test_a_malformed_row_is_an_error_of_its_own(tmp_path: Path, bench: Bench) -> None:
    text = '问题,科室\n甲市关停多少家？,一科\n"甲"市,二科\n未知,三科\n'
    output = tmp_path / "out.jsonl"
    assert run(Scripted(bench.index()), questions_in(tmp_path, "q.csv", text), output) == 1
    assert [one["status"] for one in records(output)] == ["answered", "error", "no_answer"]
    assert "第 3 行" in records(output)[1]["reason"]


def test_a_quote_that_never_ends_is_told_with_its_line(tmp_path: Path) -> None:
    text = '问题\n甲？\n"乙？\n丙？\n丁？\n'
    with pytest.raises(BatchError, match="第 3 行起"):
        read_questions(questions_in(tmp_path, "q.csv", text))


def test_columns_of_one_name_are_all_carried(tmp_path: Path) -> None:
    rows = read_questions(questions_in(tmp_path, "q.csv", "问题,备注,备注,,备注\n问,1,2,3,4\n")).rows
    assert rows[0].extra == {"备注": "1", "备注_2": "2", "column_4": "3", "备注_3": "4"}


def test_several_columns_of_questions_are_refused(tmp_path: Path) -> None:
    """The first was answered and the others were carried along without a word."""
    path = tmp_path / "q.csv"
    path.write_text("问题,问题,单位\n甲？,乙？,丙\n", "utf-8")
    with pytest.raises(BatchError, match="有 2 列都叫“问题”，不知道该回答哪一列"):
        read_questions(path)


@pytest.mark.skipif(os.name != "posix", reason="pipes with names")
def test_a_pipe_of_questions_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "q.txt")
    (tmp_path / "q.csv").mkdir()
    for path in (tmp_path / "q.txt", tmp_path / "q.csv"):
        with pytest.raises(BatchError, match="不是普通文件"):
            read_questions(path)


def test_a_workbook_as_people_make_them(tmp_path: Path) -> None:
    day = datetime.datetime(2024, 1, 16)
    rows = [
        ("二季度问题清单",),
        (),
        ("编号", "问题", "日期", "数", "比", "是否", "备注", None),
        (7, " 甲市关停多少家？ ", day, 3.0, 0.5, True, None, None),
        (None, None, None, None, None, None, None, None),
        (None, 2024, datetime.datetime(2024, 1, 16, 8, 30), -2, 1e20, False, "a\tb", None),
    ]
    content = workbook(rows, before=[("说明", "请填第二张表")])
    found = read_questions(questions_in(tmp_path, "q.xlsx", content))
    assert found.heading == "问题"
    assert [(row.id, row.question) for row in found.rows] == [("7", "甲市关停多少家？"), ("q2", "2024")]
    assert found.rows[0].extra == {"日期": "2024-01-16", "数": 3, "比": 0.5, "是否": True, "备注": ""}
    assert found.rows[1].extra["日期"] == "2024-01-16 08:30:00"


def test_what_a_clerk_sees_in_the_workbook(tmp_path: Path, bench: Bench) -> None:
    questions = questions_in(tmp_path, "q.csv", "问题,科室,状态\n甲市关停多少家？,=1+1,新\n未知,+86,旧\n坏,@x,\n")
    output = tmp_path / "out.xlsx"
    run(Scripted(bench.index()), questions, output)
    book = openpyxl.load_workbook(output)
    assert book.sheetnames == ["答案", "来源"]
    answers, sources = book["答案"], book["来源"]
    heads = [cell.value for cell in answers[1]]
    assert heads == ["编号", "问题", "状态", "简短答案", "答案", "要点", "来源", "可信度", "说明", "科室", "原状态"]
    first = dict(zip(heads, (cell.value for cell in answers[2]), strict=True))
    assert (first["状态"], first["简短答案"], first["答案"]) == ("已答", "-3.5%", "=45家[1]。")
    assert (first["要点"], first["来源"], first["可信度"]) == ("甲\n乙", "[1] 甲.txt › 一、 › （一）", 0.9)
    assert (first["科室"], first["原状态"]) == ("=1+1", "新")
    assert [answers.cell(row, heads.index("说明") + 1).value for row in (3, 4)] == ["通报里没有找到", "问不了"]
    assert [cell.value for cell in sources[1]][:4] == ["编号", "问题", "序号", "单位"]
    assert (sources.max_row, sources["G2"].value) == (2, QUOTE)
    for sheet in (answers, sources):
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert all(cell.alignment.wrap_text for cell in cells)
        assert all(cell.data_type != "f" for cell in cells)
        assert all(sheet.column_dimensions[cell.column_letter].width >= 6 for cell in sheet[1])
        assert sheet["A1"].font.bold
        assert sheet.freeze_panes is not None
        assert sheet.auto_filter.ref == sheet.dimensions
    quoted = answers.cell(2, heads.index("科室") + 1)
    assert (quoted.data_type, quoted.quotePrefix) == ("s", True)


def test_a_table_that_asks_in_english_is_answered_so(tmp_path: Path, bench: Bench) -> None:
    questions = questions_in(tmp_path, "q.csv", "question,unit\n甲市关停多少家？,x\n")
    for name in ("out.xlsx", "out.csv", "out.tsv"):
        run(Scripted(bench.index()), questions, tmp_path / name)
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    assert book.sheetnames == ["answers", "sources"]
    assert [cell.value for cell in book["answers"][1]][:5] == ["id", "question", "status", "short_answer", "answer"]
    assert list(table(tmp_path / "out.csv")[0]) == [*RECORD_KEYS, "unit"] == list(table(tmp_path / "out.tsv")[0])


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".tsv", ".txt"])
def test_the_same_answers_make_the_same_bytes(tmp_path: Path, bench: Bench, suffix: str) -> None:
    outputs = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for output in outputs:
        run(Scripted(bench.index()), asked_in(tmp_path, ".csv"), output)
        time.sleep(0.01)
    first, second = (output.read_bytes() for output in outputs)
    assert first == second


HOSTILE = ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "-2+3|cmd", '=HYPERLINK("http://x")', "+86"]


@pytest.mark.parametrize("suffix", [".csv", ".tsv"])
def test_nothing_runs_as_a_formula(tmp_path: Path, bench: Bench, suffix: str) -> None:
    lines = [{"question": "甲市关停多少家？", "id": text, text: text} for text in HOSTILE]
    questions = questions_in(tmp_path, "q.jsonl", "\n".join(json.dumps(line) for line in lines))
    output = tmp_path / f"out{suffix}"
    run(Scripted(bench.index()), questions, output)
    cells = [cell for row in table(output) for pair in row.items() for cell in pair]
    risky = [cell for cell in cells if cell[:1] in "=+-@\t\r＝" and cell and cell not in ("-3.5%", "+86")]
    assert risky == []


@given(rows=st.lists(st.lists(st.text(), min_size=2, max_size=2), min_size=1, max_size=4))
@settings(max_examples=40)
def test_any_text_goes_through_a_workbook(tmp_path_factory: pytest.TempPathFactory, bench: Bench, rows: Any) -> None:
    folder = tmp_path_factory.mktemp("any")
    lines = [json.dumps({"question": f"问{a}", "甲": b, b: a}) for a, b in rows]
    output = folder / "out.xlsx"
    run(Scripted(bench.index()), questions_in(folder, "q.jsonl", "\n".join(lines)), output)
    sheet = openpyxl.load_workbook(output)["答案"]
    assert sheet.max_row == len(rows) + 1
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_cells_too_long_for_a_workbook_are_cut(tmp_path: Path, bench: Bench) -> None:
    line = json.dumps({"question": "甲市关停多少家？", "长": "长" * 40_000})
    run(Scripted(bench.index()), questions_in(tmp_path, "q.jsonl", line), tmp_path / "out.xlsx")
    value = openpyxl.load_workbook(tmp_path / "out.xlsx")["答案"].cell(2, 10).value
    assert isinstance(value, str)
    assert (len(value), value[-1]) == (32_767, "…")


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx"])
@pytest.mark.parametrize(
    ("name", "content", "heads"),
    [
        ("q.txt", "甲市关停多少家？\n", ["编号", "问题"]),
        ("q.jsonl", '{"question": "甲市关停多少家？"}', ["编号", "问题"]),
        ("q.jsonl", '{"question": "甲市关停多少家？", "科室": "一科", "topic": "x"}', ["编号", "问题"]),
        ("q.jsonl", '{"question": "甲市关停多少家？", "dept": "x", "status": "old"}', ["id", "question"]),
        ("q.csv", "问题,dept\n甲市关停多少家？,x\n", ["编号", "问题"]),
        ("q.csv", "Question,科室\n甲市关停多少家？,x\n", ["id", "question"]),
    ],
)
def test_tables_are_headed_in_the_language_of_the_questions(
    tmp_path: Path, bench: Bench, suffix: str, name: str, content: str, heads: list[str]
) -> None:
    output = tmp_path / f"out{suffix}"
    run(Scripted(bench.index()), questions_in(tmp_path, name, content), output)
    if suffix == ".xlsx":
        sheet = openpyxl.load_workbook(output).worksheets[0]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    else:
        with output.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, delimiter="," if suffix == ".csv" else "\t"))
    if suffix != ".xlsx" and name in ("q.txt", "q.jsonl"):
        heads = ["id", "question"]  # programs rely on the names of the record
    assert rows[0][:2] == heads
    assert ("已答" in rows[1]) == (heads[0] == "编号")
    assert ("answered" in rows[1]) == (heads[0] == "id")
