"""Texts made to be slow or to break: each is read whole, in bounded time, with sections that cover it."""

from __future__ import annotations

import functools
import time
from typing import TYPE_CHECKING

import pytest
from fakes_calls import calls_for
from fakes_chance import examples
from hypothesis import given
from hypothesis import strategies as st

from assistant import load_assistant
from index.notices import parse_notices
from index.passages import cut_passages
from index.types import SourceFile
from index.update import update_index

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "中共甲安市委关于巡视整改进展情况的通报\n"
NUMBERS = ("一、", "（一）", "1.", "（1）", "①", "一是", "第一条", "3.1", "问题1：", "附件1\n")
MARKS = "一二三十、.．()（）①②是第条附件：:。；\n\t \u3000\u202e\u200f\u2066\x00\ufeff甲市整改0123456789"


def passages_of(text: str) -> int:
    """Return how many passages a text gives, having checked what always holds."""
    source = SourceFile(path="甲.txt", text=text, sha256="0" * 64, encoding="utf-8")
    count = 0
    for notice, sections in parse_notices(source):
        assert [one.end for one in sections[:-1]] == [one.start for one in sections[1:]]
        passages = cut_passages(source, notice, sections, size=400)
        assert all(text[one.start : one.end] == one.text and len(one.text) <= 400 for one in passages)
        count += len(passages)
    return count


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("nested headings", "".join(f"{number}甲市整改" for number in NUMBERS[:5]) * 2_000),
        ("headings one a line", "".join(f"{NUMBERS[n % 5]}着力整改第{n}个问题\n" for n in range(10_000))),
        ("measures in one line", "一是修路。" * 30_000),
        ("measures one a line", "一是修路。\n" * 50_000),
        ("open brackets", "(" * 50_000),
        ("open titles", "《" * 20_000),
        ("open quotes", "“" * 20_000),
        ("numbers", "1." * 30_000),
        ("digits", "1" * 50_000),
        ("numerals", "十" * 50_000),
        ("blanks", " \t\u3000" * 30_000),
        ("line ends", "\n\r\u2028\x85" * 20_000),
        ("directions", "\u202e一、\u2066甲\u2069" * 10_000),
        ("annexes", "附件1\n甲市通报\n" * 3_000),
        ("years", "2023年" * 20_000),
        ("dates", "2023年1月2日至" * 5_000),
        ("contacts", "联系电话：010-12345678；" * 4_000),
        ("one word", "整" * 100_000),
    ],
)
def test_texts_made_to_be_slow(name: str, text: str) -> None:
    began = time.process_time()
    passages_of(HEAD + text)
    assert time.process_time() - began < 20, name  # each takes under two seconds


def test_the_work_grows_with_the_number_of_measures() -> None:
    passages_of(HEAD + "一是…\n" * 200)  # patterns and tables are made once
    few, many = (calls_for(passages_of, HEAD + "一是…\n" * count) for count in (2_000, 16_000))
    assert few > 2_000
    assert many < 8.2 * few


def test_what_a_text_repeats_is_split_and_embedded_once(tmp_path: Path) -> None:
    """A million 一是 took 6 s of processor time from file to published index, most of it for the same words again."""
    work = []
    for count in (200, 4_000, 16_000):
        folder = tmp_path / str(count)
        folder.mkdir()
        (folder / "甲.txt").write_text(HEAD + "一是…\n" * count, "utf-8")
        work.append(calls_for(functools.partial(update_index, directory=tmp_path / f"{count}.index"), [folder]))
    assert work[2] - work[1] < 10 * 12_000


def test_a_list_is_looked_for_around_the_best_evidence(tmp_path: Path) -> None:
    """A section of a million measures was compared with the question measure by measure: 12 s."""
    work = []
    for count in (6_000, 12_000):
        (tmp_path / "甲").mkdir(exist_ok=True)
        (tmp_path / "甲" / "甲.txt").write_text(HEAD + "一、整改\n" + "一是…\n" * count, "utf-8")
        update_index([tmp_path / "甲"], directory=tmp_path / "index")
        assistant = load_assistant(tmp_path / "index")
        work.append(calls_for(assistant.ask, "甲安市整改措施有哪些？"))
    assert work[1] < 1.1 * work[0]


@given(st.lists(st.sampled_from([*NUMBERS, *MARKS, "甲市整改", HEAD, "\ud800", "\U0002c4d8"]), max_size=80))
@examples(150)
def test_any_mixture_of_numbers_and_marks(parts: list[str]) -> None:
    passages_of("".join(parts))
    passages_of(HEAD + "".join(parts))
