"""Files prepared elsewhere, with a client that does the work at once."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import pytest
from fake_cluster import NOTICE, Client, indexed, notices, stored
from fake_terminal import invoke

from index.cluster import connected, difference
from index.cluster_worker import Errand, Machine, Outcome, machine, prepare_files
from index.config import IndexConfig
from index.embedding import open_embedder
from index.errors import ClusterError
from index.manifest import current_generation
from index.update import update_index

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return notices(tmp_path / "notices", 9)


@pytest.fixture(autouse=True)
def needs_the_extra() -> None:
    pytest.importorskip("distributed", reason="the extra [dask] is not installed")


def test_the_index_is_the_same_byte_for_byte_and_so_is_the_report(folder: Path, tmp_path: Path) -> None:
    client = Client()
    here = update_index([folder], directory=tmp_path / "here")
    there = indexed(client, [folder], tmp_path / "there")
    assert there == here
    assert here.failed[0][0] == "broken.pdf"
    assert stored(tmp_path / "there") == stored(tmp_path / "here")
    assert [len(parcel) for parcel in client.parcels] == [4, 4, 3]


def test_only_new_and_changed_files_are_handed_out(folder: Path, tmp_path: Path) -> None:
    client, directory = Client(), tmp_path / "index"
    (folder / "broken.pdf").unlink()
    indexed(client, [folder], directory)
    (folder / "003.txt").write_text(NOTICE.format(place="新", money=1, people=2, schools=3), "utf-8")
    (folder / "new.txt").write_text(NOTICE.format(place="另", money=1, people=2, schools=3), "utf-8")
    (folder / "moved.txt").write_bytes((folder / "004.txt").read_bytes())
    (folder / "004.txt").unlink()
    client.parcels.clear()
    report = indexed(client, [folder], directory)
    assert client.parcels[0] == ["003.txt", "new.txt"]
    assert (report.changed, report.removed) == (("003.txt",), ("004.txt",))
    update_index([folder], directory=tmp_path / "here")
    assert stored(tmp_path / "here") == stored(directory)
    client.parcels.clear()
    assert indexed(client, [folder], directory).generation == report.generation
    assert client.parcels == []


def test_a_file_that_takes_another_name_is_prepared_under_that(tmp_path: Path) -> None:
    client = Client()
    folders = [notices(tmp_path / name, 2) for name in ("a", "b")]
    (folders[1] / "001.txt").write_text(NOTICE.format(place="乙", money=5, people=5, schools=5), "utf-8")
    there = indexed(client, folders, tmp_path / "there")
    assert there == update_index(folders, directory=tmp_path / "here")
    assert stored(tmp_path / "there") == stored(tmp_path / "here")


def test_a_file_over_which_workers_die_is_refused_and_the_others_are_not(folder: Path, tmp_path: Path) -> None:
    from distributed import KilledWorker

    def die(errands: list[Errand], outcomes: list[Outcome]) -> list[Outcome]:
        if any(errand.name == "002.txt" for errand in errands):
            raise KilledWorker("prepare_files", cast("Any", None), 4)
        return outcomes

    client = Client()
    client.alter = die
    report = indexed(client, [folder], tmp_path / "index")
    assert dict(report.failed)["002.txt"].startswith("读取时工作节点接连中断")
    assert len(report.added) == 9


@pytest.mark.parametrize(
    ("alter", "line"),
    [
        (lambda _, outcomes: [Outcome(unseen=True) for _ in outcomes], "看不到"),
        (
            lambda _, outcomes: [
                replace(one, document=one.document and replace(one.document, sha256="0")) for one in outcomes
            ],
            "内容不同",
        ),
    ],
)
def test_a_worker_that_sees_other_files_ends_the_run(alter: Any, line: str, folder: Path, tmp_path: Path) -> None:
    client = Client()
    client.alter = alter
    with pytest.raises(ClusterError, match=line) as caught:
        indexed(client, [folder], tmp_path / "index")
    assert "\n" not in str(caught.value)
    assert current_generation(tmp_path / "index") is None


def test_without_workers_nothing_is_begun(folder: Path, tmp_path: Path) -> None:
    client = Client()
    client.workers = {}
    with pytest.raises(ClusterError, match="没有工作节点"):
        indexed(client, [folder], tmp_path / "index")
    assert client.parcels == []


def test_machines_that_differ_are_told_in_one_line(folder: Path) -> None:
    here = machine(None, ())
    versions = tuple((name, "0.0" if name == "distributed" else one) for name, one in here.versions)
    assert difference(here, machine(None, [str(folder / "000.txt")]), "tcp://a") == ""
    lines = [
        difference(here, there, "tcp://a")
        for there in (
            ModuleNotFoundError("No module named 'index'"),
            replace(here, versions=versions),
            replace(here, rules="other"),
            replace(here, model="other"),
            machine(None, [str(folder / "none.txt")]),
        )
    ]
    words = ("没有安装 tongbao", "distributed 是 0.0", "切分规则", "向量模型", "看不到")
    for line, word in zip(lines, words, strict=True):
        assert word in line
        assert "tcp://a" in line
        assert "\n" not in line


def test_a_model_that_a_machine_lacks_is_a_difference() -> None:
    here = replace(machine(None, ()), model=open_embedder().fingerprint)
    assert difference(here, machine("/no/such/model", ()), "tcp://a").startswith("工作节点 tcp://a 的向量模型")


def test_the_settings_of_the_index_reach_the_workers(folder: Path, tmp_path: Path) -> None:
    config = IndexConfig(passage_size=60, heading_repeats=2)
    indexed(Client(), [folder], tmp_path / "there", config=config)
    update_index([folder], directory=tmp_path / "here", config=config)
    assert stored(tmp_path / "there") == stored(tmp_path / "here")


@pytest.mark.parametrize("address", ["", "8786", "127.0.0.1:8786", "http://x:1", "tcp://x", "tcp://x:port"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ClusterError, match="tcp://主机:8786"), connected(address):
        pytest.fail("connected")


def test_a_scheduler_that_is_not_there_is_told_in_one_line() -> None:
    with pytest.raises(ClusterError) as caught, connected("tcp://127.0.0.1:9", seconds=0.5):
        pytest.fail("connected")
    assert str(caught.value).startswith("连不上 Dask 调度器 tcp://127.0.0.1:9")
    assert "\n" not in str(caught.value)


def test_without_the_extra_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match=r"tongbao\[dask\]"), connected("tcp://127.0.0.1:8786"):
        pytest.fail("connected")


def test_the_command_takes_a_scheduler_and_not_two_ways_at_once(folder: Path, tmp_path: Path) -> None:
    both = invoke("index", str(folder), "--watch", "--dask", "tcp://127.0.0.1:8786", index=tmp_path / "index")
    assert both.exit_code == 2
    wrong = invoke("index", str(folder), "--dask", "8786", index=tmp_path / "index")
    assert wrong.exit_code == 1
    assert "tcp://主机:8786" in wrong.output


def test_digests_are_of_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("甲县通报\r\n整改完成3项。".encode("gb18030"))
    (outcome,) = prepare_files([Errand(str(path), str(tmp_path), "a.txt")], "{}")
    assert outcome.document is not None
    assert outcome.document.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert isinstance(machine(None, ()), Machine)
