from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexicon import Entry, Expansion, Lexicon, LexiconError, read_lexicon


def entry(term: str, *wordings: str, weight: float = 0.5) -> Entry:
    return Entry(term, wordings, weight, "")


LEXICON = Lexicon(
    [
        entry("旧小区", "老旧小区"),
        entry("旧小区改造", "城镇老旧小区改造", weight=0.8),
        entry("改造", "更新"),
        entry("欠钱", "拖欠账款", "清欠"),
        entry("gdp", "地区生产总值", weight=1.0),
    ]
)


@pytest.mark.parametrize(
    ("question", "wordings"),
    [
        ("", []),
        ("没有相关的词", []),
        ("欠钱怎么办", ["拖欠账款", "清欠"]),
        ("旧小区改造了吗", ["城镇老旧小区改造"]),
        ("旧小区和改造", ["老旧小区", "更新"]),
        ("欠钱又欠钱", ["拖欠账款", "清欠"]),
        ("清欠与欠钱", ["拖欠账款"]),
        ("ＧＤＰ多少", ["地区生产总值"]),
        ("舊小區", ["老旧小区"]),
    ],
)
def test_expand(question: str, wordings: list[str]) -> None:
    assert [found.wording for found in LEXICON.expand(question)] == wordings


def test_larger_weight_of_one_wording_wins() -> None:
    lexicon = Lexicon([entry("甲", "丁", weight=0.4), entry("乙", "丁", weight=0.9), entry("丙", "丁", weight=0.1)])
    assert lexicon.expand("甲乙丙") == (Expansion("乙", "丁", 0.9),)


def test_empty_lexicon_finds_nothing() -> None:
    assert len(Lexicon()) == 0
    assert Lexicon().expand("旧小区") == ()


def test_shipped_lexicon_opens_with_the_users_own_behind_it(tmp_path: Path) -> None:
    own = tmp_path / "own.tsv"
    own.write_text("\ufeff# 自己的\n\n甲乙丙丁戊\t己庚|辛壬\t0.7\n", "utf-8")
    lexicon = Lexicon.open(own)
    assert len(lexicon) == len(Lexicon.open()) + 1 > 100
    assert lexicon.expand("甲乙丙丁戊") == (Expansion("甲乙丙丁戊", "己庚", 0.7), Expansion("甲乙丙丁戊", "辛壬", 0.7))


def test_read_keeps_topic(tmp_path: Path) -> None:
    path = tmp_path / "lexicon.tsv"
    path.write_text("ＡＢ\t己庚\t1\t主题\r\n", "utf-8")
    assert read_lexicon(path) == (Entry("ab", ("己庚",), 1.0, "主题"),)
    path.write_text("", "utf-8")
    assert read_lexicon(path) == ()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("只有一列", "实有 1 列"),
        ("甲\t乙", "实有 2 列"),
        ("甲\t乙\t0.5\t丙\t丁", "实有 5 列"),
        ("\t乙\t0.5", "为空"),
        ("甲\t\t0.5", "为空"),
        ("甲\t乙||丙\t0.5", "为空"),
        ("甲\t乙\t零点五", "“零点五”"),
        ("甲\t乙\t0", "“0”"),
        ("甲\t乙\t1.5", "“1.5”"),
        ("甲\t乙\tnan", "“nan”"),
    ],
)
def test_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(f"# 说明\n好\t更好\t0.5\n{line}\n", "utf-8")
    with pytest.raises(LexiconError, match=reason) as caught:
        Lexicon.open(path)
    assert f"{path} 第 3 行" in str(caught.value)


def test_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="无法读取"):
        read_lexicon(tmp_path / "absent.tsv")
    (tmp_path / "gbk.tsv").write_bytes("甲\t乙\t0.5".encode("gbk"))
    with pytest.raises(LexiconError, match="无法读取"):
        read_lexicon(tmp_path / "gbk.tsv")


@given(st.text("旧小区改造欠钱gＰ。", max_size=20))
def test_every_expansion_comes_from_a_term_in_the_question(question: str) -> None:
    from index.analysis import fold

    found = LEXICON.expand(question)
    assert all(expansion.term in fold(question) for expansion in found)
    assert len({expansion.wording for expansion in found}) == len(found)
