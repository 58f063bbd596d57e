"""Milvus as the store: its filters and what goes wrong. What every store does is tested in test_index_vector_store."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from fake_cluster import Client, indexed, notices
from fake_index import WIDTH, Bench, FakeEmbedder, pipeline
from fakes_milvus import TEXTS, bench_in, opened, record_of, require_milvus_lite, served

from index.archive import ArchiveError, export_index, import_index
from index.collection_record import CollectionRecord, new_collection
from index.config import IndexConfig
from index.errors import IndexDamagedError, StoreDamagedError, StoreError
from index.manifest import generations
from index.milvus import expression_of
from index.milvus_address import milvus_address
from index.milvus_client import TOKEN, connected
from index.milvus_writer import kind_of
from index.notice_columns import NoticeColumns
from index.repair import repair_index
from index.search import search
from index.store import open_index
from index.update import remove_notices, silent, update_index
from index.vector_store import EVERYTHING, Filter
from index.verify import verify_index

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bench(milvus: str, tmp_path: Path) -> Bench:
    return bench_in(milvus, tmp_path)


COLUMNS = NoticeColumns([f"n{number}" for number in range(9)], np.arange(10, dtype=np.int64), [])


@pytest.mark.parametrize(
    ("within", "expression"),
    [
        (EVERYTHING, ""),
        (Filter(notices=[f"n{number}" for number in range(9)]), ""),
        (Filter(notices=["n7"]), "(notice in [7])"),
        (
            Filter(notices=["n0", "n1", "n2", "n3", "n5", "n6", "n8"]),
            "((notice >= 0 and notice <= 3) or notice in [5, 6, 8])",
        ),
        (Filter(notices=["unknown"]), None),
        (Filter(units=()), None),
        (Filter(units={"甲市"}), 'unit in ["甲市"]'),
        (Filter(units={'甲"] or number > 0 or unit in ["'}), r'unit in ["甲\"] or number > 0 or unit in [\""]'),
        (Filter(first_day="2024-01-01"), "day >= 20240101"),
        (Filter(last_day="2024-12-31"), "day >= 1 and day <= 20241231"),
        (
            Filter(notices=["n1"], units=["甲市"], first_day="2024-01-01"),
            '(notice in [1]) and unit in ["甲市"] and day >= 20240101',
        ),
    ],
)
def test_filters_as_milvus_reads_them(within: Filter, expression: str | None) -> None:
    assert expression_of(within, COLUMNS) == expression


@pytest.mark.parametrize("day", ["2024", "20240101", "2024-1-1", "now"])
def test_days_are_iso_dates(day: str) -> None:
    with pytest.raises(ValueError, match="no ISO date"):
        Filter(first_day=day)


def test_a_record_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    values: dict[str, Any] = {
        "store": "milvus://x",
        "home": "/x",
        "dimensions": 4,
        "passages": 0,
        "k1": 1.5,
        "b": 0.75,
        "index": "FLAT",
    }
    record = CollectionRecord(collection=new_collection("fake-0", alias=None), **values)
    assert CollectionRecord.open(tmp_path) is None
    record.save(tmp_path)
    assert CollectionRecord.open(tmp_path) == record
    assert record.is_of("fake-0")
    assert not record.is_of("fake-1")
    assert new_collection("fake-0", alias=record.alias).startswith(record.alias)
    for spoilt in ("{}", "[]", "x", (tmp_path / "collection.json").read_text().replace("tongbao_", "stranger_")):
        (tmp_path / "collection.json").write_text(spoilt)
        with pytest.raises(IndexDamagedError):
            CollectionRecord.open(tmp_path)


def test_the_kind_of_index_follows_the_size() -> None:
    assert [kind_of(size) for size in (0, 200_000, 200_001)] == ["FLAT", "FLAT", "HNSW"]


def test_a_lost_collection_is_told_and_repaired(bench: Bench, milvus: str) -> None:
    hits, lost = search(opened(bench), "老旧小区"), record_of(bench)
    client = connected(milvus_address(milvus))
    client.drop_alias(lost.alias)
    client.drop_collection(lost.collection)
    with pytest.raises(StoreDamagedError, match="没有集合"):
        search(opened(bench), "老旧小区")
    assert [problem.where for problem in verify_index(bench.directory)] == ["Milvus"]
    report = repair_index(bench.directory, progress=silent, pipeline=pipeline(), embedder=bench.embedder)
    assert (report.damaged, report.restored) == (("Milvus",), (("Milvus", "索引"),))
    assert search(opened(bench), "老旧小区") == hits
    assert verify_index(bench.directory) == []


def test_a_collection_of_another_width_is_told(bench: Bench, milvus: str) -> None:
    from pymilvus import DataType, MilvusClient

    record, client = record_of(bench), connected(milvus_address(milvus))
    client.drop_alias(record.alias)
    client.drop_collection(record.collection)
    schema = MilvusClient.create_schema(auto_id=False)
    schema.add_field("number", DataType.INT64, is_primary=True)
    schema.add_field("vector", DataType.FLOAT_VECTOR, dim=WIDTH + 1)
    client.create_collection(record.collection, schema=schema)
    with pytest.raises(StoreDamagedError, match=f"{WIDTH + 1} 维，索引是 {WIDTH} 维"):
        search(opened(bench), "老旧小区")


def test_a_collection_of_another_model_is_told(bench: Bench) -> None:
    store = replace(bench.index().vector_store, fingerprint="another")  # type: ignore[type-var]
    with pytest.raises(StoreDamagedError, match="另一个向量模型"):
        len(store)


def test_lost_rows_are_told(bench: Bench, milvus: str) -> None:
    connected(milvus_address(milvus)).delete(record_of(bench).collection, ids=[1])
    problems = verify_index(bench.directory)
    assert [problem.where for problem in problems] == ["Milvus"]
    assert "缺少第 1 段" in problems[0].what


@pytest.mark.parametrize("spoilt", [{"unit": "别处"}, {"day": 20200101}, {"notice": 1}, {"words": {1: 0.5}}])
def test_altered_rows_are_told_and_repaired(bench: Bench, milvus: str, spoilt: dict[str, Any]) -> None:
    client, collection = connected(milvus_address(milvus)), record_of(bench).collection
    fields = ["number", "notice", "unit", "day", "words", "vector"]
    row = dict(client.query(collection, filter="number == 2", output_fields=fields)[0])
    client.upsert(collection, [row | spoilt])
    problems = verify_index(bench.directory)
    assert [(problem.where, problem.what[:5]) for problem in problems] == [("Milvus", "第 2 段")]
    repair_index(bench.directory, progress=silent, pipeline=pipeline(), embedder=bench.embedder)
    assert verify_index(bench.directory) == []


def test_scores_are_those_of_the_settings_it_was_written_with(bench: Bench, milvus: str) -> None:
    with pytest.raises(StoreError, match=r"k1=1\.5.*k1=0\.5"):
        open_index(bench.directory, config=IndexConfig(k1=0.5))
    bench.update(config=IndexConfig(store=milvus, k1=0.5))
    assert record_of(bench).k1 == 0.5


def test_a_graph_finds_the_nearest_too(milvus: str, bench: Bench) -> None:
    from index.counting import count_words
    from index.lexical import LexicalIndex
    from index.milvus import MilvusStore
    from index.milvus_writer import MilvusWriter, Row

    folder = bench.home / "graph"
    (folder / "words").mkdir(parents=True)
    count_words([["词", f"第{number}"] for number in range(300)]).save(folder / "words")
    lexical = LexicalIndex.open(folder / "words", k1=1.5, b=0.75)
    values: dict[str, Any] = {"store": milvus, "home": "/x", "dimensions": 8, "passages": 300, "k1": 1.5, "b": 0.75}
    record = CollectionRecord(collection=new_collection("x", alias=None), index=kind_of(300, exact_up_to=10), **values)
    vectors = np.random.default_rng(5).standard_normal((300, 8)).astype(np.float32)
    writer = MilvusWriter(record, lexical, [Row(0, "甲市", "")] * 300, folder)
    with pytest.raises(ValueError, match="width 8"):
        writer.add(np.ones((1, 7), np.float32))
    writer.add(vectors)
    writer.save(folder)
    store = MilvusStore(record, lexical, COLUMNS, "x")
    found = store.query([("词", 1.0), ("第7", 1.0)], vectors[9]).best(10)
    assert found.vector[0].tolist() == np.argsort(-(vectors @ vectors[9]))[:10].tolist()
    assert found.words[0].tolist() == [7, 0, 1, 2, 3, 4, 5, 6, 8, 9]


def test_a_writer_that_lost_rows_does_not_publish(milvus: str, bench: Bench) -> None:
    from index.milvus_writer import MilvusWriter, Row

    values: dict[str, Any] = {
        "store": milvus,
        "home": "/x",
        "dimensions": WIDTH,
        "passages": 5,
        "k1": 1.5,
        "b": 0.75,
        "index": "FLAT",
    }
    record = CollectionRecord(collection=new_collection("x", alias=None), **values)
    writer = MilvusWriter(record, bench.index().lexical, [Row(0, "", "")] * 5, bench.home)
    writer.add(np.ones((3, WIDTH), np.float32))
    with pytest.raises(StoreDamagedError, match="应为 5，实为 3"):
        writer.save(bench.home)


def test_a_server_that_is_not_there_is_told_in_one_line(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TOKEN, "root:geheim")
    with pytest.raises(StoreError) as caught:
        bench.update(config=IndexConfig(store="milvus://127.0.0.1:9"))
    assert "连接不上 Milvus http://127.0.0.1:9" in str(caught.value)
    assert "geheim" not in str(caught.value)
    assert record_of(bench).passages == 5


def test_the_token_goes_to_the_server_and_nowhere_else(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    monkeypatch.setenv(TOKEN, "root:geheim")
    bench.update(config=IndexConfig(store=bench.index().config.store.replace("127.0.0.1", "localhost")))
    assert verify_index(bench.directory) == []
    for path in bench.directory.rglob("*"):
        assert path.is_dir() or b"geheim" not in path.read_bytes()
    assert "geheim" not in caplog.text


def test_a_server_that_went_away_is_told(tmp_path: Path) -> None:
    require_milvus_lite()
    bench = Bench(tmp_path)
    bench.write(**TEXTS)
    with served(tmp_path / "served") as store:
        bench.update(config=IndexConfig(store=store))
        index = opened(bench)
        assert search(index, "小区")
    with pytest.raises(StoreError, match="Milvus"):
        search(index, "小区")
    bench.write(b="乙县通报\n新建公办幼儿园三所。\n")
    with pytest.raises(StoreError, match="Milvus"):
        bench.update()
    # The way out: back to FAISS, with vectors made anew.
    bench.update(config=IndexConfig())
    assert search(opened(bench), "幼儿园")
    assert verify_index(bench.directory) == []


def test_without_the_extra_the_command_to_run_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pymilvus", None)
    bench = Bench(tmp_path)
    bench.write(**TEXTS)
    with pytest.raises(StoreError, match=r"pip install 'tongbao\[milvus\]'"):
        bench.update(config=IndexConfig(store="milvus://127.0.0.1:1"))
    assert not generations(bench.directory).exists()


def test_a_file_that_another_process_has_open_is_told(tmp_path: Path) -> None:
    require_milvus_lite()
    script = (
        "import sys; from milvus_lite.db import MilvusLite; held = MilvusLite(sys.argv[1]);"
        "sys.stdout.write('held'); sys.stdout.flush(); sys.stdin.read()"
    )
    arguments = [sys.executable, "-c", script, str(tmp_path / "x.db")]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdin is not None
        assert holder.stdout.read(4) == b"held"
        with pytest.raises(StoreError, match="另一个程序正在使用"):
            connected(milvus_address(f"milvus://{tmp_path}/x.db"))
        holder.stdin.close()
    assert connected(milvus_address(f"milvus://{tmp_path}/x.db")).list_collections() == []


def test_what_a_cluster_prepared_goes_to_milvus_as_well(milvus: str, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra [dask] is not installed")
    folder = notices(tmp_path / "notices", 3)
    indexed(Client(), [folder], tmp_path / "there", config=IndexConfig(store=milvus))
    update_index([folder], directory=tmp_path / "here")
    there, here = open_index(tmp_path / "there"), open_index(tmp_path / "here")
    assert [hit.passage for hit in search(there, "学校")] == [hit.passage for hit in search(here, "学校")] != []


def test_backups_neither_leave_nor_bring_a_server(bench: Bench, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="导出文件装不下"):
        export_index(bench.directory, tmp_path / "x.zip")
    remove_notices(["a.txt"], directory=bench.directory, embedder=bench.embedder)
    bench.update(config=IndexConfig())
    export_index(bench.directory, tmp_path / "x.zip")
    import_index(tmp_path / "x.zip", tmp_path / "elsewhere")
    assert FakeEmbedder().fingerprint == bench.index().manifest.fingerprint
