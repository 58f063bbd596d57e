import shutil
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_index import Bench, FakeEmbedder, state
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index import preparing
from index.analysis import tokens
from index.config import IndexConfig
from index.embedding import ModelError
from index.errors import IndexDamagedError, IndexMissingError, NothingIndexedError, TongbaoError
from index.publish import IndexLockedError
from index.store import open_index
from index.update import UpdateReport
from index.vectors import embedded_text
from index.verify import verify_index

A = "甲市通报\n改造小区12个。\n"
B = "乙县通报\n新建学校两所。\n===\n丙区通报\n整治河道。\n"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_first_indexing(bench: Bench) -> None:
    bench.write(a=A, b=B)
    assert bench.update() == UpdateReport(added=("a.txt", "b.txt"), generation="000001")
    index = bench.index()
    assert (index.manifest.counts.files, index.manifest.counts.notices, index.manifest.counts.passages) == (2, 3, 6)
    assert verify_index(bench.directory) == []


def test_unchanged_files_cost_nothing_and_publish_nothing(bench: Bench) -> None:
    bench.write(a=A, b=B)
    bench.update()
    bench.embedder.encoded = 0
    before = (bench.directory / "CURRENT").stat().st_mtime_ns
    assert bench.update() == UpdateReport(unchanged=("a.txt", "b.txt"), generation="000001")
    assert bench.embedder.encoded == 0
    assert (bench.directory / "CURRENT").stat().st_mtime_ns == before


def test_an_update_that_changes_nothing_clears_up_behind_killed_writers(bench: Bench) -> None:
    for text in (A, B, A):
        bench.write(a=text)
        bench.update()
    home = bench.directory / "generations"
    shutil.copytree(home / "000003", home / "000001")  # killed before it took away the oldest
    shutil.copytree(home / "000003", home / "000004")  # killed before it pointed to the newest
    shutil.copytree(home / "000003", home / ".new")
    (bench.directory / "CURRENT.new").write_text("000004\n", "ascii")
    assert bench.update() == UpdateReport(unchanged=("a.txt",), generation="000003")
    assert sorted(path.name for path in home.iterdir()) == ["000002", "000003"]
    assert not (bench.directory / "CURRENT.new").exists()
    assert verify_index(bench.directory) == []


def test_only_new_and_changed_files_are_counted_and_embedded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.write(a=A, b=B, d="丁镇通报\n")
    bench.update()
    bench.embedder.encoded = 0
    tokenised: list[str] = []

    def recorded(text: str) -> list[str]:
        tokenised.append(text)
        return tokens(text)

    monkeypatch.setattr(preparing, "tokens", recorded)
    bench.write(a=A + "又改造3个。\n", c="戊乡通报\n")
    (bench.notices / "d.txt").unlink()
    report = bench.update()
    assert report == UpdateReport(
        added=("c.txt",), changed=("a.txt",), unchanged=("b.txt",), removed=("d.txt",), generation="000002"
    )
    assert bench.embedder.encoded == 4
    assert not any("学校" in text for text in tokenised)
    assert verify_index(bench.directory) == []


def test_incremental_equals_fresh(bench: Bench) -> None:
    bench.write(a=A, b=B)
    bench.update()
    bench.write(a="甲市通报\n改造小区20个。\n", c="丁镇通报\n")
    bench.update()
    grown = state(bench.index())
    shutil.rmtree(bench.directory)
    bench.update()
    assert state(bench.index()) == grown


edits = st.lists(
    st.dictionaries(st.sampled_from("abc"), st.sampled_from(["", A, B, "甲市通报\n甲市通报\n", "短\n"]), min_size=1),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits)
def test_any_history_equals_fresh(tmp_path_factory: pytest.TempPathFactory, history: list[dict[str, str]]) -> None:
    bench = Bench(tmp_path_factory.mktemp("bench"))
    bench.write(z="常在通报\n")
    for edit in history:
        for name, text in edit.items():
            bench.write(**{name: text})
            if not text:
                (bench.notices / f"{name}.txt").unlink()
        bench.update()
        assert verify_index(bench.directory) == []
    grown = state(bench.index())
    shutil.rmtree(bench.directory)
    bench.update()
    assert state(bench.index()) == grown


def test_nothing_to_index(bench: Bench) -> None:
    with pytest.raises(NothingIndexedError, match="没有找到"):
        bench.update()
    bench.write(a=" ", b="")
    with pytest.raises(NothingIndexedError, match=r"a\.txt：文件是空的（另有 1 个文件失败）"):
        bench.update()
    with pytest.raises(IndexMissingError):
        bench.index()


def test_the_last_file_of_a_folder_goes_too(bench: Bench) -> None:
    bench.write(a=A)
    bench.update()
    (bench.notices / "a.txt").unlink()
    assert bench.update() == UpdateReport(removed=("a.txt",), generation="000002")
    index = bench.index()
    assert (len(index.files), len(index.notices), len(index.passages)) == (0, 0, 0)
    assert verify_index(bench.directory) == []
    with pytest.raises(NothingIndexedError, match="没有找到"):
        bench.update()
    bench.write(b=B)
    assert bench.update().added == ("b.txt",)


def test_previous_generation_survives_when_nothing_can_be_read(bench: Bench) -> None:
    bench.write(a=A)
    bench.update()
    bench.write(a=" ")
    with pytest.raises(NothingIndexedError):
        bench.update()
    assert bench.index().text("a.txt") == A


def test_change_of_passage_size_cuts_everything_anew(bench: Bench) -> None:
    bench.write(a="甲市通报\n" + "改造小区。" * 30 + "\n")
    bench.update()
    before = len(bench.index().passages)
    shutil.rmtree(bench.notices)
    bench.notices.mkdir()
    bench.write(b=B)
    other = bench.home / "other"
    other.mkdir()
    (other / "c.txt").write_text(B, "utf-8")
    bench.update(other, config=IndexConfig(passage_size=50))
    index = bench.index()
    assert len(index.passages_of(index.notices[0].id)) > before
    assert verify_index(bench.directory) == []


def test_change_of_model_embeds_everything_anew(bench: Bench) -> None:
    bench.write(a=A, b=B)
    bench.update()
    report = bench.update(embedder=FakeEmbedder(seed=1))
    assert report == UpdateReport(unchanged=("a.txt", "b.txt"), generation="000002")
    index = open_index(bench.directory, embedder=FakeEmbedder(seed=1))
    expected = FakeEmbedder(seed=1).encode([embedded_text(index.passages[0])])
    np.testing.assert_allclose(index.vector_store.vectors(np.array([0])), expected)


def test_change_of_search_settings_is_recorded(bench: Bench) -> None:
    bench.write(a=A)
    bench.update()
    assert bench.update(config=IndexConfig(k1=1.1, model="static")).generation == "000002"
    assert bench.update().generation == "000002"
    assert bench.index().config.k1 == 1.1


def test_second_writer_is_told_to_wait(bench: Bench) -> None:
    bench.write(a=A)
    bench.directory.mkdir()
    with FileLock(bench.directory / ".lock"), pytest.raises(IndexLockedError, match=r"0\.1 秒"):
        bench.update(config=IndexConfig(lock_timeout=0.1))


def test_writers_in_turn_lose_nothing(bench: Bench) -> None:
    roots = []
    for number in range(4):
        root = bench.home / f"root{number}"
        root.mkdir()
        (root / f"{number}.txt").write_text(f"甲市通报\n第{number}件。\n", "utf-8")
        roots.append(root)
    threads = [threading.Thread(target=bench.update, args=(root,)) for root in roots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [record["path"] for record in bench.index().files] == ["0.txt", "1.txt", "2.txt", "3.txt"]


def test_interrupted_writer_leaves_the_index_as_it_was(bench: Bench) -> None:
    class Broken(FakeEmbedder):
        def encode(self, texts: Sequence[str]) -> Any:
            raise ModelError(f"断电，{len(texts)} 段未完成")

    bench.write(a=A)
    bench.update()
    bench.write(b=B)
    with pytest.raises(ModelError):
        bench.update(embedder=Broken())
    assert len(bench.index().files) == 1
    assert bench.update().added == ("b.txt",)
    assert sorted(path.name for path in (bench.directory / "generations").iterdir()) == ["000001", "000002"]


def test_spoilt_bytes_are_not_taken_over(bench: Bench) -> None:
    bench.write(a=A)
    bench.update()
    path = bench.index().folder / "texts.z"
    path.write_bytes(path.read_bytes().replace("小".encode(), "大".encode()))
    bench.write(b=B)
    with pytest.raises(IndexDamagedError, match=r"texts\.z"):
        bench.update()


def test_directory_that_is_a_file(bench: Bench) -> None:
    bench.write(a=A)
    bench.directory.write_text("", "utf-8")
    with pytest.raises(TongbaoError, match="不是文件夹"):
        bench.update()


def test_progress_counts_up_to_its_total(bench: Bench) -> None:
    seen: list[tuple[str, int, int]] = []
    bench.write(a=A, b=B)
    bench.update(progress=lambda stage, done, total: seen.append((stage, done, total)))
    assert {stage for stage, _, _ in seen} == {"读取", "分词", "向量"}
    assert [entry for entry in seen if entry[0] == "读取"] == [("读取", 1, 2), ("读取", 2, 2)]
    assert seen[-1] == ("向量", 6, 6)


def test_the_packages_own_pipeline(bench: Bench) -> None:
    text = "中共星河市委关于巡察整改进展情况的通报\n\n一、整改落实情况\n\n（一）民生方面\n\n改造老旧小区12个。\n"
    bench.write(a=text)
    assert bench.update(pipeline=None).added == ("a.txt",)
    index = bench.index()
    assert index.notices[0].unit == "星河市"
    assert any("老旧小区12个" in passage.text for passage in index.passages)
    assert verify_index(bench.directory) == []
