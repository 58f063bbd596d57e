from __future__ import annotations

from typing import TYPE_CHECKING

from fake_index import FakeEmbedder

from eval.scale.increments import increments, made_up
from index.store import open_index

if TYPE_CHECKING:
    from pathlib import Path


def test_each_step_touches_one_file_and_is_timed(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    figures = increments(tmp_path, count=12, embedder=embedder)
    assert list(figures) == ["build", "nothing", "add", "change", "remove"]
    assert all(seconds >= 0 for seconds in figures.values())
    assert (tmp_path / "index" / "CURRENT").exists()


def test_only_what_is_new_is_embedded(tmp_path: Path) -> None:
    embedder = FakeEmbedder()
    increments(tmp_path, count=12, embedder=embedder)
    held = len(open_index(tmp_path / "index").passages)
    assert held < embedder.encoded <= held * 15 // 12  # the twelve, and one added and changed, not all of them again


def test_made_up_texts_are_all_different() -> None:
    assert len({made_up(number) for number in range(300)}) == 300
    assert made_up(7) == made_up(7)
