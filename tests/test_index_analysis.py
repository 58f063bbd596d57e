from __future__ import annotations

import warnings

import pytest
import rjieba
from hypothesis import given, settings
from hypothesis import strategies as st

from index.analysis import bigrams, fold, segment, tokens, words

SAMPLES = (
    "市住房和城乡建设局会同各区逐个小区编制改造方案",
    "𣲘塘小学扩建工程",
    "坚决贯彻落实新时代党的组织路线",
    "制定高新技术产业开发区闲置低效用地处置办法",
    "丁是丁卯是卯",
    "巡\u3400察",
    "中华人民共和国",
)


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("", ""),
        ("（２０２４年）ＧＤＰ，１．５％；", "(2024年)gdp,1.5%;"),
        ("臺灣經濟發展", "台湾经济发展"),
        ("二〇二四年二○二四年", "二零二四年二零二四年"),
        ("2023—2025–2026－", "2023-2025-2026-"),
        ("①⑳", "①⑳"),
        ("⾦⽂⾒", "金文见"),
        ("\u3000\xa0\u200f\u200b\ufeff\u202e", " " * 6),
        ("\u2028\x85", "\n\n"),
        ("〔2024〕“一、”。", "〔2024〕“一、”。"),
    ],
)
def test_fold(raw: str, folded: str) -> None:
    assert fold(raw) == folded


@settings(deadline=None)
@given(st.text())
def test_fold_keeps_the_length_and_is_done_in_one_go(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_fold_is_done_in_one_go_for_every_code_point() -> None:
    everything = "".join(map(chr, range(0x110000)))
    assert fold(fold(everything)) == fold(everything)


@settings(deadline=None)
@given(st.text(alphabet=st.characters(), max_size=30))
def test_long_texts_are_folded_like_short_ones(text: str) -> None:
    assert fold(text + "字" * 2000) == fold(text) + "字" * 2000


@pytest.mark.parametrize("text", SAMPLES)
def test_rjieba_and_jieba_cut_alike(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import jieba

        jieba.setLogLevel(60)
        reference = list(jieba.cut_for_search(text, HMM=False))
        exact = list(jieba.cut(text, HMM=False))
    assert rjieba.cut_for_search(text, False) == reference == words(text)
    assert segment(text) == exact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("。，！", []),
        ("1+10+14", ["1", "10", "14"]),
        ("2023-2025年", ["2023", "2025", "年"]),
        ("12.5%", ["12.5"]),
        ("ebd总部", ["ebd", "总部"]),
        ("5g 网络", ["5", "g", "网络"]),
    ],
)
def test_words(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_bigrams_reach_over_rare_characters_but_not_over_punctuation() -> None:
    assert bigrams("𣲘塘，小学") == ["𣲘塘", "小学"]
    assert bigrams("字") == []


def test_tokens_of_a_question_meet_those_of_a_notice_in_other_width_and_script() -> None:
    assert tokens("ＧＤＰ增长１２．５％") == tokens("gdp增長12.5%")
    assert tokens("") == []
