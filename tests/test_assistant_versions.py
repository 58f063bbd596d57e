from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from fake_terminal import invoke
from fake_versions import notice, write

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = "澄浦市加装电梯多少部？"


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an index of an old and a new version of one notice, a copy of the new one, and another notice."""
    home = tmp_path_factory.mktemp("versions")
    new = notice(lifts=26, published="2024年9月1日")
    other = notice("云川市", lifts=5, seed=5)
    folder = write(home / "notices", east__通报=notice(lifts=12), west__通报=new, west__副本=new, 云川=other)
    result = invoke("index", folder, index=home / "index")
    assert "重复：west/通报.txt 与 west/副本.txt 内容相同，作答只用后者" in result.stdout
    assert "旧版：east/通报.txt（2024-01-15） 有较新的版本 west/副本.txt（2024-09-01）" in result.stdout.replace(
        "\n  ", ""
    )
    return home / "index"


def ask(directory: Path, *options: str) -> dict[str, object]:
    result = invoke("ask", QUESTION, "--json", *options, index=directory)
    record: dict[str, object] = json.loads(result.stdout)
    return record


def test_the_newer_version_answers_and_says_so(directory: Path) -> None:
    record = ask(directory)
    assert record["short_answer"] == "26部"
    assert record["notes"] == [
        "[1] 出自较新的版本；旧版未用：east/通报.txt（2024-01-15）（加 --all-versions 可一并查询）"
    ]
    assert {place["file"] for place in record["retrieved"]} <= {"west/副本.txt", "云川.txt"}  # type: ignore[attr-defined]
    assert "注：[1] 出自较新的版本" in invoke("ask", QUESTION, index=directory).stdout


def test_the_older_version_is_kept_on_request(directory: Path) -> None:
    record = ask(directory, "--all-versions")
    assert {"east/通报.txt", "west/通报.txt"} <= {place["file"] for place in record["retrieved"]}  # type: ignore[attr-defined]
    found = invoke("search", QUESTION, "--json", "--all-versions", index=directory).stdout
    assert "加装电梯12部" in found
    assert "加装电梯12部" not in invoke("search", QUESTION, "--json", index=directory).stdout


@pytest.mark.parametrize("workers", ["1", "2"])
def test_a_batch_searches_older_versions_and_one_unit_on_request(directory: Path, tmp_path: Path, workers: str) -> None:
    questions, output = tmp_path / "q.txt", tmp_path / "out.jsonl"
    questions.write_text(f"{QUESTION}\n加装电梯多少部？\n", "utf-8")

    def files(*options: str) -> set[str]:
        done = invoke("batch", questions, output, "--restart", "--workers", workers, *options, index=directory)
        assert done.exit_code == 0, done.stderr
        lines = map(json.loads, output.read_text("utf-8").splitlines())
        return {place["file"] for line in lines for place in line["retrieved"]}

    assert files() <= {"west/副本.txt", "云川.txt"}
    assert {"east/通报.txt", "west/通报.txt"} <= files("--all-versions")
    assert files("--unit", "云川") == {"云川.txt"}


def test_a_notice_asked_about_itself_is_one_in_spite_of_its_versions(directory: Path) -> None:
    record = json.loads(invoke("ask", "澄浦市通报的联系电话是多少？", "--json", index=directory).stdout)
    assert record["short_answer"] == "0599-5550388"


def test_the_list_and_a_notice_tell_of_versions(directory: Path) -> None:
    listed = invoke("notices", "list", index=directory).stdout
    assert "共 4 份通报" in listed
    assert "重复：west/通报.txt" in listed
    shown = invoke("notices", "show", "east/通报.txt", index=directory).stdout
    assert "旧版：east/通报.txt" in shown
    assert "云川" not in shown
