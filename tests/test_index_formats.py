"""Thirty made-up documents in all formats: what each says of itself, its sections, and a question with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fake_terminal import invoke
from fakes_documents import Part, numbered_docx
from fakes_shelf import Made, shelf

from assistant import load_assistant
from assistant.compose.rows import without_headers
from index.marks import Place
from index.notices import parse_notices
from index.readers import read_bytes, read_file
from index.readers.guard import GuardedReader
from index.store import open_index
from index.verify import verify_index

if TYPE_CHECKING:
    from pathlib import Path

    from assistant.pipeline import Assistant

MADE = list(shelf())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("formats")
    for made in MADE:
        (home / made.name).write_bytes(made.data)
    return home


@pytest.fixture(scope="module")
def assistant(folder: Path) -> Assistant:
    directory = folder.parent / f"{folder.name}-index"
    result = invoke("index", folder, index=directory)
    assert result.exit_code == 0, result.output
    assert "注意 20.pdf：第 2–3 页是扫描图像，没有文字" in result.stderr
    assert "注意 29.zip：另有 1 个文件不是可读的类型，已略过" in result.stderr
    assert verify_index(directory) == []
    return load_assistant(directory)


def name_of(made: Made) -> str:
    return made.name


def test_there_are_thirty_in_all_formats() -> None:
    assert len(MADE) == len({made.unit for made in MADE}) == 30
    assert {made.name[2:] for made in MADE} == {".txt", ".md", ".docx", ".pdf", ".html", ".htm", ".zip"}


@pytest.mark.parametrize("made", MADE, ids=name_of)
def test_a_document_says_what_it_should(made: Made) -> None:
    source = read_bytes(made.data, made.name)
    found = {notice.unit: (notice, sections) for notice, sections in parse_notices(source)}
    notice, sections = found[made.unit]
    assert notice.title == made.title
    assert notice.published == made.day
    assert [section.heading for section in sections if section.heading and not section.furniture] == list(made.headings)
    levels = [section.level for section in sections if section.heading]
    assert levels == [1, 2, 3, 1]
    assert made.done in source.text


@pytest.mark.parametrize("made", MADE, ids=name_of)
def test_a_question_is_answered_with_its_place(made: Made, assistant: Assistant) -> None:
    answer = assistant.ask(made.question)
    assert answer.status == "answered", answer.answer
    assert answer.short_answer == made.answer
    cited = answer.citations[0]
    assert cited.file == made.name
    assert made.answer in cited.quote
    assert cited.quote == assistant.index.text(cited.file)[cited.start : cited.end]
    assert cited.place == made.place
    record = cited.to_record()
    assert {
        name: record[name] for name in ("member", "page", "table", "row") if name in record
    } == made.place.to_record()


CLEARING = (
    ("序号", "反馈问题", "整改措施", "责任单位", "完成时限"),
    ("1", "供水管网老化", "更换管网120公里", "市水务局", "2024年6月30日"),
    ("2", "路灯照明不足", "新装路灯3200盏", "市住房和城乡建设局", "2024年9月15日"),
    ("3", "学位供给不够", "新建学校4所", "市教育局", "2025年8月31日"),
)


@pytest.mark.parametrize(
    ("question", "answer", "row"),
    [
        ("云川市供水管网老化问题的责任单位是哪个？", "市水务局", 2),
        ("云川市路灯照明不足问题什么时候完成整改？", "2024年9月15日", 3),
        ("云川市学位供给不够由哪个部门负责？", "市教育局", 4),
    ],
)
def test_a_cell_is_the_answer_and_its_row_the_source(question: str, answer: str, row: int, tmp_path: Path) -> None:
    parts = [Part("整改清单", 1), Part("", rows=CLEARING), Part("下一步打算", 1), Part("继续整改。")]
    (tmp_path / "清单.docx").write_bytes(numbered_docx("中共云川市委关于巡视整改进展情况的通报", parts))
    assert invoke("index", tmp_path, index=tmp_path / "index").exit_code == 0
    found = load_assistant(tmp_path / "index").ask(question)
    assert found.short_answer == answer
    assert found.citations[0].place == Place(table=1, row=row)
    assert found.citations[0].quote == " | ".join(CLEARING[row - 1])


@pytest.mark.parametrize("question", ["云川市采取了什么措施？", "云川市反馈问题有哪些？"])
def test_the_parts_are_the_rows_without_the_header(question: str, tmp_path: Path) -> None:
    parts = [Part("整改清单", 1), Part("", rows=CLEARING), Part("下一步打算", 1), Part("继续整改。")]
    (tmp_path / "清单.docx").write_bytes(numbered_docx("中共云川市委关于巡视整改进展情况的通报", parts))
    assert invoke("index", tmp_path, index=tmp_path / "index").exit_code == 0
    found = load_assistant(tmp_path / "index").ask(question)
    assert found.items == tuple(" | ".join(row) for row in CLEARING[1:])
    assert found.citations[0].quote.startswith(found.items[0])
    assert found.citations[0].place == Place(table=1, row=2)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ((CLEARING[0], CLEARING[1], CLEARING[0], CLEARING[2]), (1, 3)),
        ((("项目", "2024年", "2024年目标值"), ("道路改造", "35公里", "40公里")), (1,)),
        ((("供水管网改造", "120公里", "已完成"), ("道路改造", "35公里", "未完成")), (0, 1)),
        ((("1", "供水管网改造", "已完成"), ("2", "道路改造", "未完成")), (0, 1)),
        ((CLEARING[0],), (0,)),
    ],
)
def test_a_row_that_names_the_columns_is_no_part(
    rows: tuple[tuple[str, ...], ...], kept: tuple[int, ...], tmp_path: Path
) -> None:
    parts = [Part("整改清单", 1), Part("", rows=rows), Part("继续整改。")]
    (tmp_path / "清单.docx").write_bytes(numbered_docx("中共云川市委关于巡视整改进展情况的通报", parts))
    assert invoke("index", tmp_path, index=tmp_path / "index").exit_code == 0
    index = load_assistant(tmp_path / "index").index
    text, spans, at = index.text("清单.docx"), [], 0
    for row in rows:
        at = text.index(" | ".join(row), at)
        spans.append((at, at := at + len(" | ".join(row))))
    assert without_headers("清单.docx", spans, index) == [spans[number] for number in kept]
    assert without_headers("清单.docx", [], index) == []


def test_the_terminal_names_page_and_row(assistant: Assistant) -> None:
    made = next(made for made in MADE if made.name == "18.pdf")
    result = invoke("ask", made.question, index=assistant.index.directory)
    assert "18.pdf 第 1 页 表 1 第 3 行 第 " in " ".join(result.stdout.split())


def test_what_could_not_be_read_is_shown_with_the_notice(assistant: Assistant) -> None:
    result = invoke("notices", "show", "20.pdf", index=assistant.index.directory)
    assert "未读：第 2–3 页是扫描图像，没有文字" in "".join(result.stdout.split("\n"))


@pytest.mark.parametrize(
    "word", ["9999", "8888", "不要读脚本", "相关阅读", "别的通报", "栏目3", "版权所有", "看不见的字", "您的位置"]
)
def test_what_is_deleted_hidden_or_furniture_is_not_read(word: str, assistant: Assistant) -> None:
    assert not [record["path"] for record in assistant.index.files if word in assistant.index.text(record["path"])]


def test_running_heads_and_page_numbers_are_taken_out(assistant: Assistant) -> None:
    text = assistant.index.text("17.pdf")
    assert "桑干县整改通报" not in text
    assert "— 1 —" not in text
    assert "— 2 —" not in text


@pytest.mark.parametrize("made", MADE, ids=name_of)
def test_no_line_of_a_paragraph_is_broken(made: Made) -> None:
    """Chinese lines are joined without a blank or a hyphen, also across pages and columns."""
    text = read_bytes(made.data, made.name).text
    assert made.lines()[7] in text
    if made.name not in {"26.html", "27.html"}:
        assert made.lines()[1] in text


def test_the_same_file_gives_the_same_text_in_either_process(folder: Path) -> None:
    guarded = GuardedReader()
    try:
        for made in MADE:
            path = folder / made.name
            data = path.read_bytes()
            assert guarded(path, root=folder) == read_file(path, root=folder) == read_bytes(data, made.name)
    finally:
        guarded.close()


def test_indexing_again_reads_nothing_and_keeps_the_text(folder: Path, assistant: Assistant) -> None:
    before = {record["path"]: assistant.index.text(record["path"]) for record in assistant.index.files}
    directory = assistant.index.directory
    (folder / "31.txt").write_text("中共后来县委关于巡察整改情况的通报\n一、情况\n完成3项。\n", encoding="utf-8")
    assert invoke("index", folder, index=directory).exit_code == 0
    (folder / "31.txt").unlink()
    assert "未变 30" in invoke("index", folder, index=directory).stdout
    index = open_index(directory)
    assert {record["path"]: index.text(record["path"]) for record in index.files} == before
    assert str(index.place("18.pdf", index.text("18.pdf").index("311万元"))) == "第 1 页 表 1 第 3 行"
