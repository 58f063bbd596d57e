"""The commands over an index in Milvus: the store is named once, and everything works as over FAISS."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from fake_terminal import QUESTION, SAMPLES, invoke, one_line
from fakes_milvus import collections, require_milvus_lite

from assistant.pipeline import load_assistant
from assistant.watching import Follower
from index.store import open_index

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def notices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notices") / "samples"
    shutil.copytree(SAMPLES, folder)
    return folder


@pytest.fixture(scope="module")
def stored(notices: Path) -> Path:
    """An index of the samples in Milvus Lite, made by the command."""
    require_milvus_lite()
    directory = notices.parent / "index"
    result = invoke("index", notices, "--store", f"milvus://{notices.parent}/passages.db", index=directory)
    assert result.exit_code == 0, result.output
    return directory


def test_the_same_answers_and_passages(index: Path, stored: Path) -> None:
    asked = "临渚区和云川市各改造了多少个老旧小区？"
    for command in (["ask", QUESTION, "--json"], ["ask", asked, "--json"], ["search", "管护", "--json"]):
        plain, remote = invoke(*command, index=index), invoke(*command, index=stored)
        assert plain.exit_code == remote.exit_code == 0, remote.output
        assert without_times(remote.stdout) == without_times(plain.stdout)
        assert remote.stderr == plain.stderr


def without_times(lines: str) -> list[object]:
    records = [json.loads(line) for line in lines.splitlines()]
    for record in records:
        record.pop("elapsed_ms", None)
    return [json.loads(json.dumps(record), parse_float=lambda number: round(float(number), 3)) for record in records]


def test_a_file_of_questions(index: Path, stored: Path, tmp_path: Path) -> None:
    asked = tmp_path / "questions.txt"
    asked.write_text(f"{QUESTION}\n云川市请了多少人来照看修好的良田？\n", "utf-8")
    for name, directory, workers in (("plain", index, 1), ("remote", stored, 2)):
        result = invoke("batch", asked, tmp_path / f"{name}.jsonl", "--workers", workers, index=directory)
        assert result.exit_code == 0, result.output
    plain, remote = ((tmp_path / f"{name}.jsonl").read_text("utf-8") for name in ("plain", "remote"))
    assert without_times(remote) == without_times(plain)


def test_notices_come_and_go(notices: Path, stored: Path) -> None:
    assert invoke("verify", index=stored).stdout.startswith("索引完好")
    assistant = load_assistant(stored)
    removed = invoke("notices", "remove", "临渚区.txt", index=stored)
    assert (removed.exit_code, "移除 1" in removed.stdout) == (0, True)
    assert "临渚区" not in invoke("notices", "list", index=stored).stdout
    refreshed = assistant.refreshed()
    assert refreshed is not assistant
    assert {hit.passage.file for hit in assistant.search("老旧小区改造", top_k=99)} > {
        hit.passage.file for hit in refreshed.search("老旧小区改造", top_k=99)
    }
    again = invoke("index", notices, index=stored)
    assert "新增 1，更新 0，未变 3" in again.stdout
    store = open_index(stored).config.store
    assert store.startswith("milvus://")
    assert sum(len(aliases) for aliases in collections(store).values()) == 1
    assert invoke("verify", index=stored).exit_code == 0


@pytest.mark.parametrize(
    ("store", "told"),
    [("postgres://x", "不认识的存储方式"), ("milvus://u:p@x", "TONGBAO_MILVUS_TOKEN"), ("milvus:///no/x.db", "不存在")],
)
def test_a_store_that_cannot_be_is_told_in_one_line(tmp_path: Path, store: str, told: str) -> None:
    result = invoke("index", SAMPLES, "--store", store, index=tmp_path / "index")
    assert result.exit_code == 1
    assert one_line(result.stderr)
    assert told in result.stderr
    assert not (tmp_path / "index" / "CURRENT").exists()


def test_a_server_that_is_not_there_is_told_in_one_line(tmp_path: Path) -> None:
    require_milvus_lite()
    result = invoke("index", SAMPLES, "--store", "milvus://127.0.0.1:9", index=tmp_path / "index")
    assert (result.exit_code, one_line(result.stderr)) == (1, True)
    assert "连接不上 Milvus http://127.0.0.1:9" in result.stderr


def test_several_web_processes_cannot_share_a_file(index: Path, stored: Path, tmp_path: Path) -> None:
    from ui.errors import WorkerError
    from ui.front import check_store

    with pytest.raises(WorkerError, match="--workers"):
        check_store(stored)
    check_store(index)
    check_store(tmp_path)


def test_a_folder_that_is_followed_keeps_to_its_store(tmp_path: Path, milvus: str) -> None:
    (tmp_path / "notices").mkdir()
    shutil.copy(SAMPLES / "云川市.txt", tmp_path / "notices")
    follower = Follower([tmp_path / "notices"], tmp_path / "index", store=milvus)
    follower.follow(changed=True)
    shutil.copy(SAMPLES / "临渚区.txt", tmp_path / "notices")
    follower.follow(changed=True)
    index = open_index(tmp_path / "index")
    assert (index.config.store, index.generation, len(index.notices)) == (milvus, "000002", 2)


def test_back_to_faiss(stored: Path, notices: Path, tmp_path: Path) -> None:
    shutil.copytree(stored, tmp_path / "copy")
    result = invoke("index", notices, "--store", "faiss", index=tmp_path / "copy")
    assert result.exit_code == 0, result.output
    assert open_index(tmp_path / "copy").config.store == ""
    assert invoke("export", tmp_path / "x.zip", index=tmp_path / "copy").exit_code == 0
    refused = invoke("export", tmp_path / "y.zip", index=stored)
    assert (refused.exit_code, one_line(refused.stderr)) == (1, True)
