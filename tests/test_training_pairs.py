import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.lexicon import Entry
from training.batches import Drawing, Pools, draw_batch, draw_windows, ranges
from training.corpora import Question
from training.everyday import Everyday
from training.pairs import Origin, PairTable, cut_sentences, load_pairs, make_pairs, make_query, save_pairs, select
from training.vocabulary import build_tokenizer

_TEXTS = [
    "甲县投入三亿元修建水库。乙县关停了一批砖厂以治理扬尘！丙县为老人开设了食堂并送餐上门。丁县招录教师一百名充实学校。",
    "东河镇清理河道垃圾两千吨并种树。西山镇给果农发放贷款扶持种植；南湖镇改造了破旧的自来水管道。",
]


def _table() -> PairTable:
    characters = sorted(set("".join(_TEXTS) + "问谁修建"))
    tokenizer = build_tokenizer([("[UNK]", -20.0), *((character, -5.0) for character in characters)])
    asked = [Question("谁修建水库", _TEXTS[0], "甲县", 0), Question("丁县招录谁", _TEXTS[0], "教师", 50)]
    return make_pairs(_TEXTS, asked, tokenizer, seed=3)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("没有句号", ["没有句号"]),
        ("一。二！三？", ["一。", "二！", "三？"]),
        ("他说：“好。”走了。", ["他说：“好。”", "走了。"]),
        ("。。开头", ["。。", "开头"]),
    ],
)
def test_sentences_are_cut_after_end_marks(text: str, expected: list[str]) -> None:
    assert cut_sentences(text) == expected


@given(st.text(alphabet="甲乙。！；\n”(1 ", max_size=40))
def test_sentences_joined_give_the_text_again(text: str) -> None:
    assert "".join(cut_sentences(text)) == text


@pytest.mark.parametrize("seed", range(8))
def test_a_query_has_neither_figure_nor_end_mark(seed: int) -> None:
    query = make_query("5月3日投入12.5亿元，建成30个车间。", random.Random(seed))
    assert not any(character.isdigit() for character in query)
    assert "。" not in query
    assert "亿元" in query
    assert "个车间" in query


def test_every_pair_lies_within_its_document() -> None:
    table = _table()
    assert len(table) == 9
    assert (table.doc_start <= table.focus_start).all()
    assert (table.focus_start < table.focus_end).all()
    assert (table.focus_end <= table.doc_end).all()
    assert table.origin.tolist() == [0] * 7 + [1, 1]
    assert table.document.tolist() == [0] * 4 + [1] * 3 + [2, 2]


def test_the_sentence_does_not_leak_into_its_own_context() -> None:
    table = _table()
    how = Drawing(size=64, sibling_share=0.5, kept_share=0.0, people_share=0.0, dropped=0.0, context=(5, 40))
    made = np.flatnonzero(table.origin == 0)
    for step in range(5):
        batch = draw_batch(table, Pools(made, made[:0], made[:0]), how, [0, step])
        ends = [*batch.contexts.offsets[1:], len(batch.contexts.ids)]
        for row, (start, end) in enumerate(zip(batch.contexts.offsets, ends, strict=True)):
            window = slice(*batch.window[row])
            inside = (table.focus_start >= window.start) & (table.focus_end <= window.stop)
            lengths = (table.focus_end - table.focus_start)[inside]
            assert window.stop - window.start - (end - start) in lengths


def test_questions_of_people_keep_their_answer_sentence() -> None:
    table = _table()
    asked = np.flatnonzero(table.origin == 1)
    start, end, kept = draw_windows(table, asked, Drawing(kept_share=0.0), np.random.default_rng(0))
    assert kept.all()
    assert (start <= table.focus_start[asked]).all()
    assert (end >= table.focus_end[asked]).all()


def test_batches_depend_on_their_seed_alone() -> None:
    table = _table()
    pools = Pools(*(np.flatnonzero(table.origin == origin) for origin in Origin))
    how = Drawing(size=16)
    first, again, other = (draw_batch(table, pools, how, [1, step]) for step in (4, 4, 5))
    assert np.array_equal(first.contexts.ids, again.contexts.ids)
    assert np.array_equal(first.queries.ids, again.queries.ids)
    assert not np.array_equal(first.window, other.window)


@pytest.mark.parametrize(
    ("starts", "lengths", "expected"),
    [([], [], []), ([3], [0], []), ([5, 0], [2, 3], [5, 6, 0, 1, 2]), ([1, 9, 4], [1, 0, 2], [1, 4, 5])],
)
def test_ranges(starts: list[int], lengths: list[int], expected: list[int]) -> None:
    found = ranges(np.array(starts, np.int64), np.array(lengths, np.int64))
    assert found.tolist() == expected


_ENTRIES = (
    Entry("钱", ("资金", "财政资金"), 1.0, "财政"),
    Entry("修好", ("修建",), 0.8, "工程"),
    Entry("厂子", ("砖厂",), 0.5, "工业"),
)


@pytest.mark.parametrize(
    ("text", "rate", "expected"),
    [
        ("", 1.0, ""),
        ("没有", 1.0, "没有"),
        ("拨付财政资金修建水库", 1.0, "拨付钱修好水库"),
        ("资金和资金", 1.0, "钱和钱"),
        ("修建资金", 0.0, "修建资金"),
        ("关停砖厂", 1.0, "关停砖厂"),
    ],
)
def test_wordings_give_way_to_everyday_terms(text: str, rate: float, expected: str) -> None:
    assert Everyday(_ENTRIES).reword(text, random.Random(0), rate=rate) == expected


@given(st.text(alphabet="财政资金修建砖厂", max_size=30))
def test_wordings_found_lie_in_the_text_without_overlap(text: str) -> None:
    done = 0
    for place, wording in Everyday(_ENTRIES).find(text):
        assert place >= done
        assert text.startswith(wording, place)
        done = place + len(wording)


def test_without_entries_nothing_is_reworded() -> None:
    assert Everyday().reword("修建水库", random.Random(0), rate=1.0) == "修建水库"


def test_made_queries_speak_everyday_language_and_contexts_do_not() -> None:
    characters = sorted(set("".join(_TEXTS) + "钱资金财政好"))
    tokenizer = build_tokenizer([("[UNK]", -20.0), *((character, -5.0) for character in characters)])
    table = make_pairs(_TEXTS * 2, [], tokenizer, seed=1, everyday=Everyday(_ENTRIES))

    def shown(start: int, end: int) -> str:
        return "".join(filter(None, map(tokenizer.id_to_token, table.ids[start:end].tolist())))

    kinds = {Origin(kind) for kind in table.origin.tolist()}
    assert kinds == {Origin.SENTENCE, Origin.LEXICON}
    rows = zip(table.origin, table.query_start, table.query_end, table.focus_start, table.focus_end, strict=True)
    asked = {(origin, shown(q, q_end)[:2], shown(f, f_end)) for origin, q, q_end, f, f_end in rows}
    assert any(origin == Origin.LEXICON and query == "修好" and focus == "修建" for origin, query, focus in asked)
    assert any(origin == Origin.LEXICON and query[0] == "钱" and focus == "财政资金" for origin, query, focus in asked)
    assert not any("修好" in focus for _, _, focus in asked)


def test_a_batch_holds_its_share_of_everyday_terms() -> None:
    table = make_pairs(_TEXTS, [], build_tokenizer([("[UNK]", -20.0)]), seed=1, everyday=Everyday(_ENTRIES))
    lexicon = np.flatnonzero(table.origin == Origin.LEXICON)
    pools = Pools(np.flatnonzero(table.origin == Origin.SENTENCE), lexicon[:0], lexicon)
    batch = draw_batch(table, pools, Drawing(size=20, lexicon_share=0.25, context=(1, 9)), [0])
    assert sum(start in table.doc_start[lexicon] for start in batch.window[-5:, 0]) >= 1
    assert len(batch.window) == 20


def test_nothing_given_is_an_empty_table() -> None:
    assert len(make_pairs([], [], build_tokenizer([("[UNK]", -20.0)]), seed=0)) == 0


def test_a_stored_table_is_the_same(tmp_path: Path) -> None:
    table = select(_table(), np.arange(9) % 2 == 0)
    save_pairs(table, tmp_path / "pairs.npz")
    stored = load_pairs(tmp_path / "pairs.npz")
    assert all(np.array_equal(getattr(table, name), getattr(stored, name)) for name in PairTable.__slots__)
