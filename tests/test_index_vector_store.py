"""The behaviour of every vector store, from files to rankings. Another store joins by a line in `STORES`."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import fake_index
import numpy as np
import pytest
from fake_index import Bench, FakeEmbedder
from fakes_milvus import collections, require_milvus_lite
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import tokens
from index.config import IndexConfig
from index.embedding import ModelError
from index.notice_columns import NoticeColumns
from index.pipeline import Pipeline
from index.search import search
from index.update import remove_notices
from index.vector_store import EVERYTHING, Filter
from index.verify import verify_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from index.fusion import Ranking
    from index.store import Index
    from index.types import Notice, Section, SourceFile
    from index.update import UpdateReport

TEXTS = {
    "a": "甲市通报2024-03-01\n改造老旧小区12个，惠及居民三千户。\n整治黑臭水体三条。\n===\n乙县通报\n新建公办幼儿园两所。\n",
    "b": "丙区通报2023-05-06\n改造老旧小区7个。\n改造老旧小区7个。\n改造老旧小区7个。\n",
    "c": "甲市通报2022-01-31\n清理拖欠企业账款五百万元。\n改造老旧小区3个。\n",
}
STORES: dict[str, Callable[[Path], IndexConfig]] = {
    "faiss": lambda _: IndexConfig(),
    "milvus": lambda home: IndexConfig(store=f"milvus://{home}/passages.db"),
}


def parse(source: SourceFile) -> list[tuple[Notice, tuple[Section, ...]]]:
    """As the fake parser, but a date in the title is the day of publication."""
    dated = []
    for notice, sections in fake_index.parse(source):
        day = re.search(r"\d{4}-\d\d-\d\d", notice.title)
        dated.append((replace(notice, published=day.group() if day else ""), sections))
    return dated


class World(Bench):
    """A folder of dated notices with its index in one of the stores."""

    def __init__(self, home: Path, config: IndexConfig) -> None:
        home.mkdir(exist_ok=True)
        super().__init__(home)
        self.config = config

    def update(self, *paths: Path, **options: object) -> UpdateReport:
        options.setdefault("config", self.config)
        options.setdefault("pipeline", Pipeline(frozenset({".txt"}), fake_index.read, parse, fake_index.cut))
        return super().update(*paths, **options)


def made(store: str, home: Path) -> World:
    """Return an indexed world in the store called `store`."""
    if store.startswith("milvus"):
        require_milvus_lite()
    world = World(home, STORES[store](home))
    world.write(**TEXTS)
    world.update()
    return world


@pytest.fixture(params=STORES, scope="module")
def held(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Return a world that no test may change."""
    return made(request.param, tmp_path_factory.mktemp(request.param))


@pytest.fixture(params=STORES)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return made(request.param, tmp_path)


def words_of(text: str) -> list[tuple[str, float]]:
    return [(word, 1.0) for word in dict.fromkeys(tokens(text))]


def vector_of(text: str) -> NDArray[np.float32]:
    return FakeEmbedder().encode([text]).reshape(-1)


def texts_of(index: Index, ranking: Ranking) -> list[str]:
    return [index.passages[number].text.strip() for number in ranking[0].tolist()]


def test_both_channels_rank_as_the_formulas_say(held: World) -> None:
    index = held.index()
    asked, vector = words_of("老旧小区改造了几个"), vector_of("老旧小区改造了几个")
    found = index.vector_store.query(asked, vector).best(99)
    ids, scores = index.lexical.search(asked, 99)
    assert found.words[0].tolist() == ids.tolist()
    np.testing.assert_allclose(found.words[1], scores, rtol=1e-5)
    products = index.vector_store.vectors(np.arange(len(index.passages))) @ vector
    assert found.vector[0].tolist() == np.argsort(-products, kind="stable").tolist()
    np.testing.assert_allclose(found.vector[1], -np.sort(-products), rtol=1e-5)


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_the_cut_among_equal_scores_follows_the_numbers(held: World, k: int) -> None:
    index = held.index()
    line = "改造老旧小区7个。"
    found = index.vector_store.query(words_of(line), vector_of(line)).best(k, within=Filter(units={"丙区通"}))
    same = [number for number, passage in enumerate(index.passages) if passage.text.strip() == line]
    assert len(same) == 3
    assert found.words[0].tolist()[:3] == same[:k]
    assert found.vector[0].tolist()[:3] == same[:k]


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_wanted_nothing_found(held: World, k: int) -> None:
    found = held.index().vector_store.query(words_of("小区"), vector_of("小区")).best(k)
    assert [len(ids) for ids, _ in found] == [0, 0]


def test_a_channel_without_a_question_finds_nothing(held: World) -> None:
    store = held.index().vector_store
    zero = np.zeros(store.dimensions, np.float32)
    for words in ((), words_of("xyzzy")):
        found = store.query(words, zero).best(5)
        assert [len(ids) for ids, _ in found] == [0, 0]
    assert len(store.query((), vector_of("小区")).best(5).vector[0]) == 5
    assert len(store.query(words_of("小区"), zero).best(5).words[0]) == 5


def test_another_width_is_refused(held: World) -> None:
    with pytest.raises(ValueError, match=r"width 16, not of shape \(3,\)"):
        held.index().vector_store.query((), np.ones(3, np.float32))


def test_counts_width_and_vectors(held: World) -> None:
    index = held.index()
    store = index.vector_store
    assert (len(store), store.dimensions) == (len(index.passages), fake_index.WIDTH)
    assert store.vectors(np.zeros(0, np.int64)).shape == (0, fake_index.WIDTH)
    backwards = np.arange(len(store))[::-1]
    np.testing.assert_array_equal(store.vectors(backwards), store.vectors(np.arange(len(store)))[::-1])


FILTERS = [
    (EVERYTHING, {"a.txt", "b.txt", "c.txt"}),
    (Filter(units={"甲市通"}), {"a.txt", "c.txt"}),
    (Filter(units={"甲市通", "丙区通"}), {"a.txt", "b.txt", "c.txt"}),
    (Filter(units={'没有"这\\个单位'}), set()),
    (Filter(units=()), set()),
    (Filter(notices=()), set()),
    (Filter(notices={"unknown"}), set()),
    (Filter(first_day="2023-01-01"), {"a.txt", "b.txt"}),
    (Filter(last_day="2023-05-06"), {"b.txt", "c.txt"}),
    (Filter(first_day="2023-05-06", last_day="2023-05-06"), {"b.txt"}),
    (Filter(first_day="2023-05-07", last_day="2024-02-29"), set()),
    (Filter(units={"甲市通"}, last_day="2022-12-31"), {"c.txt"}),
]


@pytest.mark.parametrize(("within", "files"), FILTERS)
def test_filters_by_notice_unit_and_day(held: World, within: Filter, files: set[str]) -> None:
    index = held.index()
    asked = "改造老旧小区"
    found = index.vector_store.query(words_of(asked), vector_of(asked)).best(99, within=within)
    for ids, _ in found:
        assert {index.passages[number].file for number in ids.tolist()} == files
    allowed = {notice.id for notice in index.notices if notice.file in files}
    if within.units is not None or within.first_day or within.last_day:
        both = index.vector_store.query(words_of(asked), vector_of(asked)).best(
            99, within=replace(within, notices=allowed)
        )
        assert [ids.tolist() for ids, _ in both] == [ids.tolist() for ids, _ in found]
    assert {hit.passage.file for hit in search(fresh(held), asked, top_k=99, within=within)} == files


def fresh(world: World) -> Index:
    index = world.index()
    index.check_model(world.embedder)
    return index


def test_a_filter_by_id_is_exact(held: World) -> None:
    index = held.index()
    for notice in index.notices:
        found = index.vector_store.query(words_of("通报"), vector_of("通报")).best(
            99, within=Filter(notices=[notice.id])
        )
        assert set(found.vector[0].tolist()) == set(index.passage_numbers([notice.id]).tolist())
        others = Filter(notices=[other.id for other in index.notices if other != notice])
        rest = index.vector_store.query((), vector_of("通报")).best(99, within=others).vector[0]
        assert set(rest.tolist()) == set(range(len(index.passages))) - set(found.vector[0].tolist())


def test_threads_find_what_one_finds(held: World) -> None:
    index = fresh(held)
    questions = ["改造老旧小区", "黑臭水体", "公办幼儿园", "拖欠账款"]
    alone = [search(index, question) for question in questions]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: search(fresh(held), questions[number % 4]), range(32)))
    assert found == alone * 8


def test_what_is_added_changed_and_removed(world: World, tmp_path: Path) -> None:
    world.write(d="丁州通报2024-06-01\n新修水渠九条。\n", c="甲市通报2022-01-31\n清理拖欠企业账款六百万元。\n")
    (world.notices / "b.txt").unlink()
    world.update()
    index = fresh(world)
    assert "新修水渠九条。" in search(index, "水渠修了几条", top_k=1)[0].passage.text
    everything = [hit.passage.text.strip() for hit in search(index, "老旧小区改造，账款清理", top_k=99)]
    assert "清理拖欠企业账款六百万元。" in everything
    assert not {"清理拖欠企业账款五百万元。", "改造老旧小区7个。", "改造老旧小区3个。"} & set(everything)
    assert len(everything) == len(index.passages) == len(index.vector_store)
    plain = World(tmp_path / "plain", IndexConfig())
    for source in world.notices.iterdir():
        shutil.copy(source, plain.notices)
    plain.update()
    assert [hit.passage.text.strip() for hit in search(fresh(plain), "老旧小区改造，账款清理", top_k=99)] == everything


def test_a_reader_keeps_its_generation(world: World) -> None:
    reader = fresh(world)
    before = search(reader, "改造老旧小区", top_k=99)
    for number in range(3):
        world.write(b=f"丙区通报\n第{number}版。\n")
        world.update()
    assert search(reader, "改造老旧小区", top_k=99) == before
    assert "第2版。" in {hit.passage.text.strip() for hit in search(fresh(world), "第几版", top_k=99)}


class FailingEmbedder(FakeEmbedder):
    """Breaks off in the middle of the vectors."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if any("不会出现" in text for text in texts):
            raise ModelError("模型坏了")
        return super().encode(texts)


def test_an_update_that_fails_changes_nothing(world: World) -> None:
    before = search(fresh(world), "改造老旧小区", top_k=99)
    kept = outside(world)
    world.write(b="丙区通报\n不会出现。\n")
    with pytest.raises(ModelError):
        world.update(embedder=FailingEmbedder())
    assert search(fresh(world), "改造老旧小区", top_k=99) == before
    assert outside(world) == kept
    assert [path.name for path in (world.directory / "generations").iterdir()] == ["000001"]
    world.update()
    assert "不会出现。" in {hit.passage.text.strip() for hit in search(fresh(world), "出现", top_k=99)}


def outside(world: World) -> dict[str, list[str]]:
    """Return what the store keeps outside of the index folder."""
    return collections(world.config.store) if world.config.store else {}


def test_the_last_notice_may_go(world: World) -> None:
    files = [record["path"] for record in world.index().files]
    remove_notices(files, directory=world.directory, embedder=world.embedder)
    index = fresh(world)
    assert len(index.vector_store) == 0
    assert search(index, "小区") == []
    assert verify_index(world.directory) == []


def test_a_sound_index_is_found_sound(held: World) -> None:
    assert verify_index(held.directory) == []


@given(st.lists(st.integers(0, 3), max_size=8), st.data())
def test_notice_columns_give_the_passages_of_the_notices(sizes: list[int], data: st.DataObject) -> None:
    firsts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)]).astype(np.int64)
    columns = NoticeColumns([str(number) for number in range(len(sizes))], firsts, [])
    chosen = data.draw(st.sets(st.integers(0, len(sizes) + 1)))
    expected = [passage for n in sorted(chosen) if n < len(sizes) for passage in range(firsts[n], firsts[n + 1])]
    numbers = columns.matching(Filter(notices={str(number) for number in chosen}))
    assert columns.passages(numbers).tolist() == expected
