from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from fake_index import FakeEmbedder, read
from hypothesis import given
from hypothesis import strategies as st

from index.marks import Mark, MarkKind, Place, place_at
from index.notices import parse_notices
from index.passages import cut_passages
from index.pipeline import Pipeline
from index.sections import section_tree
from index.store import open_index
from index.types import SourceFile
from index.update import update_index
from index.verify import verify_index

if TYPE_CHECKING:
    from pathlib import Path

MARKS = (
    Mark(MarkKind.MEMBER, 0, 40, name="下级/甲.pdf"),
    Mark(MarkKind.PAGE, 0, 10, 1),
    Mark(MarkKind.PAGE, 10, 40, 2),
    Mark(MarkKind.ROW, 20, 30, 4, 2),
)


@pytest.mark.parametrize(
    ("offset", "place", "words"),
    [
        (0, Place(page=1, member="下级/甲.pdf"), "下级/甲.pdf 第 1 页"),
        (9, Place(page=1, member="下级/甲.pdf"), "下级/甲.pdf 第 1 页"),
        (10, Place(page=2, member="下级/甲.pdf"), "下级/甲.pdf 第 2 页"),
        (29, Place(2, 2, 4, "下级/甲.pdf"), "下级/甲.pdf 第 2 页 表 2 第 4 行"),
        (30, Place(page=2, member="下级/甲.pdf"), "下级/甲.pdf 第 2 页"),
        (40, Place(), ""),
    ],
)
def test_a_place_is_that_of_the_marks_around_it(offset: int, place: Place, words: str) -> None:
    assert place_at(MARKS, offset) == place
    assert str(place) == words


def test_only_what_applies_is_recorded() -> None:
    assert Place().to_record() == {}
    assert Place(page=3).to_record() == {"page": 3}
    assert place_at((), 5) == Place()


@given(st.sampled_from(MarkKind), st.integers(0, 99), st.integers(0, 99), st.integers(0, 9), st.text(max_size=5))
def test_a_mark_comes_back_from_its_row(kind: MarkKind, start: int, length: int, number: int, name: str) -> None:
    mark = Mark(kind, start, start + length, number, number, name)
    assert Mark.from_row(mark.to_row()) == mark
    assert mark.moved(3).moved(-3) == mark


def test_marked_headings_open_sections_and_rows_do_not() -> None:
    text = "情况通报\n工作成效\n完成30项。\n一、下一步\n1. 甲 | 乙\n继续。\n"
    heading, row = text.index("工作成效"), text.index("1. 甲")
    marks = (Mark(MarkKind.HEADING, heading, heading + 5, 2), Mark(MarkKind.ROW, row, row + 9, 1, 1))
    found = [(section.level, section.heading) for section in section_tree(text, marks=marks)]
    assert found == [(0, ""), (2, "工作成效"), (1, "一、下一步")]
    assert [section.level for section in section_tree(text)] == [0, 1, 3]


def test_each_file_of_an_archive_is_a_notice() -> None:
    text = "甲县情况通报\n完成3项。\n乙县情况通报\n完成4项。\n"
    cut = text.index("乙县")
    marks = (Mark(MarkKind.MEMBER, 0, cut, name="a.txt"), Mark(MarkKind.MEMBER, cut, len(text), name="b.txt"))
    parsed = parse_notices(SourceFile("a.zip", text, "", "zip", marks))
    assert [(notice.start, notice.title) for notice, _ in parsed] == [(0, "甲县情况通报"), (cut, "乙县情况通报")]


def test_marks_and_notes_are_kept_with_an_unchanged_file(tmp_path: Path) -> None:
    """A later update takes over text and marks as they are; only a new reading tells what could not be read."""
    folder, directory = tmp_path / "notices", tmp_path / "index"
    folder.mkdir()
    (folder / "a.txt").write_text("甲县情况通报\n完成3项。\n", encoding="utf-8")

    def marked(path: Path, *, root: Path) -> SourceFile:
        source = read(path, root=root)
        end = len(source.text)
        return replace(source, marks=(Mark(MarkKind.PAGE, 0, end, 7),), notes=("第 2 页没有文字",))

    pipeline = Pipeline({".txt"}, marked, parse_notices, cut_passages)
    update = {"directory": directory, "embedder": FakeEmbedder(), "pipeline": pipeline}
    assert update_index([folder], **update).notes == (("a.txt", "第 2 页没有文字"),)  # type: ignore[arg-type]
    (folder / "b.txt").write_text("乙县情况通报\n完成4项。\n", encoding="utf-8")
    assert update_index([folder], **update).notes == (("b.txt", "第 2 页没有文字"),)  # type: ignore[arg-type]
    index = open_index(directory, embedder=FakeEmbedder())
    assert index.place("a.txt", 3) == Place(page=7)
    assert [record["notes"] for record in index.files] == [["第 2 页没有文字"]] * 2
    assert verify_index(directory) == []
