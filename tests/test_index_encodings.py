from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import ReadError
from index.readers.encodings import decode

SIMPLIFIED = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经"
TRADITIONAL = "的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說產種面而方後多定行學法所民得經"


@settings(deadline=None)
@given(st.text(SIMPLIFIED + "，。、（）0123456789", min_size=8, max_size=200))
def test_simplified_text_in_gb18030_comes_back(text: str) -> None:
    assert decode(text.encode("gb18030"))[0] == text


@settings(deadline=None)
@given(st.text(TRADITIONAL, min_size=12, max_size=200))
def test_traditional_text_in_big5_comes_back(text: str) -> None:
    assert decode(text.encode("big5"))[0] == text


@pytest.mark.parametrize("text", ["巡察", "通报", "整改。", "一、", "中共青禾县委关于巡察整改情况的通报", "鼬魍魉𣲘"])
def test_short_and_rare_text_in_gb18030(text: str) -> None:
    assert decode(text.encode("gb18030")) == (text, "gb18030")


@pytest.mark.parametrize(
    "text", ["中共青禾縣委關於巡察整改情況的通報", "整改落實情況", "2024年5月6日，市委第一巡察組進行了巡察。"]
)
def test_traditional_text_in_either_encoding(text: str) -> None:
    assert decode(text.encode("big5"))[0] == text
    assert decode(text.encode("gb18030"))[0] == text


def test_a_long_text_is_judged_by_its_beginning_and_read_whole() -> None:
    text = "巡察整改情況的通報。\n" * 20_000
    assert decode(text.encode("big5")) == (text, "big5hkscs")
    assert decode(text.encode("gb18030")) == (text, "gb18030")


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("", "gb18030"),
        ("gbk", "gb18030"),
        ("GB2312", "gb18030"),
        ("utf-8", "gb18030"),
        ("none such", "gb18030"),
        ("idna", "gb18030"),
    ],
)
def test_a_declared_encoding_counts_only_if_it_fits(declared: str, encoding: str) -> None:
    assert decode("整改情况通报。".encode("gbk"), declared=declared) == ("整改情况通报。", encoding)


def test_what_fits_nothing_is_refused() -> None:
    with pytest.raises(ReadError, match="支持 UTF-8、UTF-16、GB18030、Big5"):
        decode(b"\xff\xff\xff\xff\x80\x80")
    assert decode(b"") == ("", "utf-8")
