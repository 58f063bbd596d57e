from __future__ import annotations

import itertools

import pytest
from fakes_documents import Pdf

from index.marks import MarkKind
from index.readers.pdf import read_pdf
from index.readers.pdf_layout import paragraphs, with_common_width, without_running_lines
from index.readers.pdf_lines import Char, Line, Page, joined, lines_of
from index.readers.pdf_tables import table_rows

LONG = "工作专班逐项核对台账，逐条对照反馈意见，逐一明确牵头领导、责任部门和完成时限，确保件件有着落。"


def line(text: str, *, top: float, left: float = 72, right: float = 520) -> Line:
    return Line(text, left, right, top - 14, top, 72, 520, wide=True)


def page(*lines: Line, number: int = 1) -> Page:
    return Page(number, 595, 842, lines)


def chars(text: str, *, left: float, top: float, size: float = 14) -> list[Char]:
    return [Char(one, left + n * size, left + (n + 1) * size, top - size, top) for n, one in enumerate(text)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("整改", "进展", "整改进展"),
        ("投入12", "60万元", "投入1260万元"),
        ("of the", "plan", "of the plan"),
        ("develop-", "ment", "development"),
        ("2024-", "2025年", "2024-2025年"),
        ("GDP", "增长", "GDP增长"),
        ("", "甲", "甲"),
        ("甲", "", "甲"),
    ],
)
def test_lines_are_joined_as_they_were_broken(before: str, after: str, expected: str) -> None:
    assert joined(before, after) == expected


@pytest.mark.parametrize(
    "text",
    ["1", "- 1 -", "— 12 —", "第 3 页", "第3页 共12页", "3/12", "3 / 12", "·5·", "iv", "第 3 页，共 12 页", "－ 7 －"],
)
def test_page_numbers_are_taken_out(text: str) -> None:
    kept = without_running_lines([page(line("正文。", top=400), line(text, top=50))])
    assert [one.text for one in kept[0].lines] == ["正文。"]


@pytest.mark.parametrize("text", ["2024年5月6日", "联系电话0599-5550123", "共3项", "1.继续整改", "投入12万元"])
def test_other_lines_at_the_foot_stay(text: str) -> None:
    kept = without_running_lines([page(line("正文。", top=400), line(text, top=50))])
    assert [one.text for one in kept[0].lines] == ["正文。", text]


def test_running_heads_differ_on_left_and_right_pages() -> None:
    heads = ["青禾县整改通报", "巡察整改"]
    pages = [page(line(heads[n % 2], top=820), line(f"第{n}段。", top=400), number=n + 1) for n in range(6)]
    assert [one.text for made in without_running_lines(pages) for one in made.lines] == [f"第{n}段。" for n in range(6)]


def test_a_line_in_the_middle_stays_however_often_it_comes() -> None:
    pages = [page(line("同一句话。", top=400), number=n + 1) for n in range(6)]
    assert all(made.lines for made in without_running_lines(pages))


def test_paragraphs_end_where_a_line_is_short_indented_or_far_away() -> None:
    lines = (
        line("缩进的首行", top=700, left=100),
        line("到头的一行", top=680),
        line("短行。", top=660, right=150),
        line("隔行", top=640),
        line("远处", top=560),
    )
    assert [block.text for block in paragraphs(page(*lines))] == ["缩进的首行到头的一行短行。", "隔行", "远处"]


def test_short_lines_on_the_last_page_are_not_joined() -> None:
    last = tuple(
        Line(text, 300, 420, top - 14, top, 300, 420, wide=True) for text, top in (("中共甲委", 700), ("日期", 680))
    )
    pages = with_common_width([page(line("正文", top=700)), Page(2, 595, 842, last)])
    assert [block.text for block in paragraphs(pages[1])] == ["中共甲委", "日期"]


def test_no_characters_give_no_lines() -> None:
    assert lines_of([]) == ()
    assert list(paragraphs(page())) == []
    assert without_running_lines([]) == []


def test_cells_that_span_rows_and_columns() -> None:
    sides, heights = (72.0, 172.0, 272.0, 372.0), (600.0, 570.0, 540.0, 510.0)
    rules = [(72.0, y, 372.0, y) for y in (600.0, 570.0, 510.0)] + [(172.0, 540.0, 372.0, 540.0)]
    rules += [(x, 510.0, x, 600.0) for x in (72.0, 172.0, 372.0)] + [(272.0, 510.0, 272.0, 570.0)]
    texts = [("标题横跨", 180, 595), ("序号", 76, 595), ("水务局", 76, 545), ("供水", 180, 565), ("完成", 280, 565)]
    texts += [("排水", 180, 535), ("未完", 280, 535)]
    made = [char for text, left, top in texts for char in chars(text, left=left, top=top)]
    (table,), rest = table_rows([*made, *chars("表外", left=72, top=700)], rules)
    assert table.rows == (("序号", "标题横跨"), ("水务局", "供水", "完成"), ("水务局", "排水", "未完"))
    assert "".join(char.text for char in rest) == "表外"
    assert (table.x0, table.y1) == (sides[0], heights[0])


@pytest.mark.parametrize("rules", [[], [(72.0, 500.0, 400.0, 500.0)], [(20.0, 20.0, 570.0, 820.0)]])
def test_single_lines_and_frames_are_no_tables(rules: list[tuple[float, float, float, float]]) -> None:
    made = chars("正文", left=80, top=600)
    assert table_rows(made, rules) == ([], made)


def test_a_table_goes_on_over_the_page() -> None:
    pdf = Pdf().title("通报").table((("序号", "事项"), ("1", "供水")), widths=(60, 200)).page()
    data = (
        pdf.table((("2", "排水"), ("3", "照明")), widths=(60, 200))
        .table((("甲", "乙", "丙"),) * 2, widths=(60, 60, 60))
        .done()
    )
    source = read_pdf(data, path="a.pdf")
    rows = [(mark.group, mark.number) for mark in source.marks if mark.kind is MarkKind.ROW]
    assert rows == [(1, 1), (1, 2), (1, 3), (1, 4), (2, 1), (2, 2)]
    pages = [
        (mark.number, source.text[mark.start : mark.end][:2]) for mark in source.marks if mark.kind is MarkKind.PAGE
    ]
    assert pages == [(1, "通报"), (2, "2 ")]


def test_a_sentence_over_three_pages_is_one_line() -> None:
    text = LONG * 60
    source = read_pdf(Pdf(head="青禾县").text(text).done(), path="a.pdf")
    assert source.text == text + "\n"
    marks = [mark for mark in source.marks if mark.kind is MarkKind.PAGE]
    assert [mark.number for mark in marks] == [1, 2, 3]
    assert all(before.end >= after.start for before, after in itertools.pairwise(marks))


def test_blank_pages_are_no_scans() -> None:
    source = read_pdf(Pdf(foot="").text("整改完成3项。").page().page().text("继续。").done(), path="a.pdf")
    assert source.notes == ()
    assert [mark.number for mark in source.marks] == [1, 3]
