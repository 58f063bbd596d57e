"""Publication by alias in Milvus, and what becomes of collections out of use."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from fake_index import Bench
from fakes_milvus import bench_in, collections, opened, record_of

from index.aliases import own_record, published, sweep, unneeded
from index.config import IndexConfig
from index.publish import point
from index.search import search
from index.verify import verify_index


@pytest.fixture
def bench(milvus: str, tmp_path: Path) -> Bench:
    return bench_in(milvus, tmp_path)


def ours(bench: Bench, alias: str, store: str = "") -> dict[str, list[str]]:
    """Return the collections of this index with their aliases; the server holds those of other tests too."""
    store = store or bench.index().config.store
    return {name: found for name, found in collections(store).items() if name.startswith(alias)}


def test_collections_out_of_use_go_after_a_while() -> None:
    alias = "tongbao_0123abcd"
    names = [f"{alias}_{10**9 + moment}_00000000_11111111" for moment in (0, 10, 20, 30)]
    strangers = ["notes", f"tongbao_ffffffff_{10**9}_00000000_11111111"]
    used = names[2:]
    assert unneeded([*names, *strangers], used, alias, now=10**9 + 40, grace_s=0) == names[:2]
    assert unneeded([*names, *strangers], used, alias, now=10**9 + 40, grace_s=20) == names[:1]
    assert unneeded([*names, *strangers], used, alias, now=10**9 + 40, grace_s=21) == []
    many = [f"{alias}_{10**9 + moment}_00000000_11111111" for moment in range(9)]
    assert unneeded(many, many[7:], alias, now=10**9 + 9) == many[:5]


def test_the_alias_follows_each_publication(bench: Bench) -> None:
    first = record_of(bench)
    assert ours(bench, first.alias) == {first.collection: [first.alias]}
    bench.write(b="乙县通报\n新建公办幼儿园三所。\n")
    bench.update()
    second = record_of(bench)
    assert second.alias == first.alias
    assert ours(bench, first.alias) == {first.collection: [], second.collection: [first.alias]}
    bench.update()
    assert record_of(bench) == second
    bench.write(b="乙县通报\n新建公办幼儿园四所。\n")
    bench.update()
    third = record_of(bench)
    assert set(ours(bench, first.alias)) == {first.collection, second.collection, third.collection}
    folder = bench.index().folder
    sweep(folder, keep=[folder, folder.with_name("000002")], grace_s=0)
    assert ours(bench, first.alias) == {second.collection: [], third.collection: [first.alias]}


def test_a_writer_killed_before_the_pointer_moved_leaves_the_old_state(bench: Bench) -> None:
    first = record_of(bench)
    before = search(opened(bench), "幼儿园")
    bench.write(b="乙县通报\n新建公办幼儿园三所。\n")
    bench.update()
    second = record_of(bench)
    # As after a kill between the two: the alias has moved, the pointer of the index has not.
    point(bench.directory, "000001")
    assert search(opened(bench), "幼儿园") == before
    assert verify_index(bench.directory)[0].where == "Milvus"
    bench.update()
    assert record_of(bench).collection not in {first.collection, second.collection}
    assert ours(bench, first.alias) == {first.collection: [], record_of(bench).collection: [first.alias]}
    assert "三所" in search(opened(bench), "幼儿园", top_k=1)[0].passage.text
    assert verify_index(bench.directory) == []


KILLED = """
import os, sys
from pathlib import Path
sys.path.insert(0, "tests")
from fake_index import FakeEmbedder, pipeline
from index.update import update_index
class Killer(FakeEmbedder):
    @property
    def fingerprint(self):
        # Asked for once more when all rows are written and the manifest is not.
        if list(Path(sys.argv[2]).glob("generations/.new/dense/collection.json")):
            os._exit(9)
        return super().fingerprint
update_index([Path(sys.argv[1])], directory=Path(sys.argv[2]), pipeline=pipeline(), embedder=Killer())
"""


def test_a_writer_killed_with_all_rows_written_leaves_the_old_state(bench: Bench) -> None:
    first = record_of(bench)
    bench.write(c="丙州通报\n修渠九条。\n")
    arguments = [sys.executable, "-c", KILLED, str(bench.notices), str(bench.directory)]
    done = subprocess.run(arguments, cwd=Path(__file__).parents[1], check=False, capture_output=True, text=True)
    assert done.returncode == 9, done.stderr
    left = ours(bench, first.alias)
    assert len(left) == 2
    assert left[first.collection] == [first.alias]
    assert verify_index(bench.directory) == []
    (bench.notices / "c.txt").unlink()
    bench.update()
    assert ours(bench, first.alias) == {first.collection: [first.alias]}
    assert bench.index().generation == "000001"


def test_a_publication_that_fails_gives_the_alias_back(bench: Bench) -> None:
    first = record_of(bench)
    bench.write(b="乙县通报\n新建公办幼儿园三所。\n")
    bench.update()
    second, folder = record_of(bench), bench.index().folder
    seen = []

    def publish_and_fail(*, before: Path | None) -> None:
        with published(folder.with_name("000001"), before=before):
            seen.append(ours(bench, first.alias))
            raise OSError("磁盘")

    with pytest.raises(OSError, match="磁盘"):
        publish_and_fail(before=folder)
    assert seen == [{first.collection: [first.alias], second.collection: []}]
    assert ours(bench, first.alias) == {first.collection: [], second.collection: [first.alias]}
    with pytest.raises(OSError, match="磁盘"):
        publish_and_fail(before=None)
    assert ours(bench, first.alias) == {first.collection: [], second.collection: []}


def test_from_one_store_to_the_other_and_back(bench: Bench, milvus: str) -> None:
    first, hits = record_of(bench), search(opened(bench), "老旧小区")
    embedded = bench.embedder.encoded
    bench.update(config=IndexConfig())
    assert own_record(bench.index().folder) is None
    plain = search(opened(bench), "老旧小区")
    assert [hit.passage for hit in plain] == [hit.passage for hit in hits]
    assert [hit.score for hit in plain] == pytest.approx([hit.score for hit in hits], rel=1e-5)
    bench.write(b="乙县通报\n新建公办幼儿园三所。\n")
    bench.update()
    assert ours(bench, first.alias, milvus) == {}
    assert bench.embedder.encoded - embedded <= 6
    bench.update(config=IndexConfig(store=milvus))
    assert record_of(bench).alias != first.alias
    assert verify_index(bench.directory) == []


def test_a_copy_of_the_folder_reads_the_collection_and_never_drops_it(bench: Bench, milvus: str) -> None:
    first, hits = record_of(bench), search(opened(bench), "老旧小区")
    copy = Bench(bench.home / "other")
    shutil.copytree(bench.directory, copy.directory)
    shutil.copytree(bench.notices, copy.notices, dirs_exist_ok=True)
    assert search(opened(copy), "老旧小区") == hits
    assert verify_index(copy.directory) == []
    for number in "三四五":
        copy.write(b=f"乙县通报\n新建公办幼儿园{number}所。\n")
        copy.update()
    assert record_of(copy).alias != first.alias
    assert ours(bench, first.alias, milvus) == {first.collection: [first.alias]}
    assert search(opened(bench), "老旧小区") == hits
    copy.update(config=IndexConfig())
    copy.write(b="乙县通报\n新建公办幼儿园六所。\n")
    copy.update()
    assert verify_index(bench.directory) == []
