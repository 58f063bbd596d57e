"""How rare words are among some passages, whatever else the index holds."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_terminal import SAMPLES
from hypothesis import given
from hypothesis import strategies as st

from assistant import load_assistant
from index.counting import count_words
from index.embedding import open_embedder
from index.lexical import LexicalIndex
from index.rarity import RarityAmong, rarity_of_notices
from index.search import prepare
from index.store import open_index
from index.update import update_index

if TYPE_CHECKING:
    from assistant.pipeline import Assistant

QUESTIONS = ("云川市聘了多少管护员？", "澄浦市治理内涝采取了哪些措施？", "云川高新区怎么处置闲置土地？")
WORDS = ["甲", "乙", "丙丁", "_甲乙", "没有"]

document = st.lists(st.sampled_from(WORDS[:4]), max_size=5)


@given(st.lists(document, max_size=8), st.data())
def test_rarity_among_passages_is_that_of_an_index_of_them(documents: list[list[str]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(range(len(documents))), unique=True)) if documents else []
    whole, alone = _counted(documents), _counted([documents[number] for number in chosen])
    among = RarityAmong(whole, np.array(chosen, np.int64))
    assert len(among) == len(alone) == len(chosen)
    for _ in range(2):
        assert [among.idf(word) for word in WORDS] == [alone.idf(word) for word in WORDS]


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of the samples among many plain texts, one of which was removed again."""
    home = tmp_path_factory.mktemp("mixed")
    shutil.copytree(SAMPLES, home / "texts")
    for number in range(150):
        (home / "texts" / f"{number:03}.txt").write_text(f"球队今天第{number}次在客场比赛，观众热情很高。", "utf-8")
    embedder = open_embedder()
    update_index([home / "texts"], directory=home / "index", embedder=embedder)
    (home / "texts" / "000.txt").unlink()
    update_index([home / "texts"], directory=home / "index", embedder=embedder)
    return home / "index"


def test_other_texts_do_not_change_what_words_of_notices_are_worth(index: Path, mixed: Path) -> None:
    alone, among = open_index(index), rarity_of_notices(open_index(mixed))
    assert len(among) == len(alone.passages) < len(open_index(mixed).passages)
    for word in ("整改", "云川", "_整改", "球队"):
        assert among.idf(word) == alone.lexical.idf(word) == rarity_of_notices(alone).idf(word)


def test_where_there_are_no_notices_or_nothing_else_it_is_that_of_the_index(index: Path, tmp_path: Path) -> None:
    alone = open_index(index)
    assert rarity_of_notices(alone) is alone.lexical
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text("球队今天在客场比赛。", "utf-8")
    update_index([tmp_path / "texts"], directory=tmp_path / "index", embedder=open_embedder())
    plain = open_index(tmp_path / "index")
    assert rarity_of_notices(plain) is plain.lexical


def test_a_question_about_a_unit_is_answered_alike_among_other_texts(index: Path, mixed: Path) -> None:
    alone, among = load_assistant(index), load_assistant(mixed)
    for question in QUESTIONS:
        assert _told(alone, question) == _told(among, question)


def test_words_are_weighed_by_the_rarity_that_is_given(mixed: Path) -> None:
    opened = open_index(mixed)
    found = [
        prepare(opened, "整改", rarity=rarity).query.best(3).words[1].tolist()
        for rarity in (None, opened.lexical, rarity_of_notices(opened))
    ]
    assert found[0] == found[1]
    assert max(found[2]) < max(found[0])  # rare among all texts, not among notices


def _told(assistant: Assistant, question: str) -> tuple[object, ...]:
    answer = assistant.ask(question)
    places = [(one.file, one.start, one.end) for one in answer.retrieved[:3]]
    return answer.status, answer.answer, places


def _counted(documents: list[list[str]]) -> LexicalIndex:
    with tempfile.TemporaryDirectory() as folder:
        count_words(documents).save(Path(folder))
        return LexicalIndex.open(Path(folder), k1=1.5, b=0.75)
