"""Models by folder or by a hub's name: a mistyped folder is told at once, and any failure in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from index.embedding import ModelError, open_embedder
from index.model_loading import loading

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "models" / "reader").mkdir(parents=True)
    (tmp_path / "file").write_text("x", "utf-8")
    monkeypatch.chdir(tmp_path)


def reached(name: str) -> bool:
    """Whether the model called `name` is tried to be loaded."""
    with loading(name, failed="F"):
        return True


@pytest.mark.parametrize("name", ["owner/model", "bert-base-chinese", "models/reader", "models", "models/reader/"])
def test_folders_and_names_that_a_hub_may_have_are_tried(name: str) -> None:
    assert reached(name)


NO_FOLDERS = ["./reader", ".reader", "../x", "~/reader", "/none/x", "a/b/c", "models/raeder", "none/", "a\\b", "./file"]


@pytest.mark.parametrize("name", NO_FOLDERS)
def test_what_can_only_be_a_folder_and_is_none_is_told_at_once(name: str) -> None:
    with pytest.raises(ModelError, match=r"^F：没有这个文件夹$"):
        reached(name)
    with pytest.raises(ModelError, match="没有这个文件夹"):
        open_embedder(name)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("a\nb"), "F：a"),
        (KeyError("k"), "F：'k'"),
        (Exception("\n bare \n"), "F：bare"),
        (OSError(), "F：OSError"),
        (ModelError("own"), "own"),
    ],
)
def test_any_failure_is_one_line(error: Exception, told: str) -> None:
    with pytest.raises(ModelError) as caught, loading("owner/model", failed="F"):
        raise error
    assert str(caught.value) == told


def test_lack_of_memory_is_no_fault_of_the_model() -> None:
    with pytest.raises(MemoryError), loading("owner/model", failed="F"):
        raise MemoryError
