import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.vocabulary import UNKNOWN, build_tokenizer, character_map, choose_pieces, count_words, train_tokenizer

_PIECES = [(UNKNOWN, -30.0), ("整改", -3.0), ("台", -6.0), ("湾", -6.0), ("台湾", -4.0), ("整", -9.0), ("改", -9.0)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("。，！ ", []),
        ("整改，台湾", ["整改", "台湾"]),
        ("臺灣", ["台湾"]),
        ("改整改", ["改", "整改"]),
        ("台𠮷", ["台", "𠮷"]),
    ],
)
def test_text_is_folded_and_cut(text: str, expected: list[str]) -> None:
    assert build_tokenizer(_PIECES).encode(text).tokens == expected


@given(st.text(max_size=30))
def test_any_text_can_be_encoded(text: str) -> None:
    assert all(0 <= token < len(_PIECES) for token in build_tokenizer(_PIECES).encode(text).ids)


def test_single_characters_come_before_words() -> None:
    pieces = choose_pieces({"甲": 1, "乙": 5, "甲乙": 50, "乙丙": 9, "123456": 99}, size=4)
    assert [piece for piece, _ in pieces] == [UNKNOWN, "乙", "甲", "甲乙"]
    assert all(score <= 0 for _, score in pieces)


@pytest.mark.parametrize("size", [0, 1, 9])
def test_no_words_leave_the_unknown_piece(size: int) -> None:
    assert [piece for piece, _ in choose_pieces({}, size=size)] == [UNKNOWN]


def test_rare_characters_get_no_piece() -> None:
    counts = count_words(["水利工程。程。", *["道路"] * 60])
    assert counts["道"] == 1
    assert counts["道路"] == 60
    assert "程" not in counts


def test_trained_pieces_are_words() -> None:
    tokenizer = train_tokenizer(["开展专项整治工作ＡＢ12"] * 60, size=60)
    assert tokenizer.encode("專項整治ab12").tokens == ["专项", "整治", "ab", "12"]


def test_an_empty_character_map_changes_nothing() -> None:
    from tokenizers import normalizers

    assert normalizers.Precompiled(character_map({})).normalize_str("臺a") == "臺a"


def test_a_character_map_changes_only_its_keys() -> None:
    from tokenizers import normalizers

    found = normalizers.Precompiled(character_map({"臺": "台", "灣": "湾", "㐀": "丘"}))
    assert found.normalize_str("臺北灣é㐀a𠮷㐁") == "台北湾é丘a𠮷㐁"
