"""The short form of `make torture`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pytest

from assistant.pipeline import load_assistant
from eval.torture import trials
from eval.torture.damage import alterations
from eval.torture.hostile import hostile
from eval.torture.large import SIZES, large
from eval.torture.world import STATES, contents, contents_of
from index.embedding import open_embedder
from index.errors import IndexDamagedError
from index.store import open_index
from index.tables import TextTable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and rights of POSIX systems")


def test_a_killed_indexer_leaves_a_committed_generation(tmp_path: Path) -> None:
    assert trials.kills(tmp_path / "kills", count=4, seed=7)["次数"] == 4


def test_a_full_disk_leaves_a_committed_generation(tmp_path: Path) -> None:
    figures = trials.full_disk(tmp_path / "disk", levels=3)
    assert figures["写入被拒"]
    assert figures["写成"]


def test_limits_of_file_size_stand_in_for_a_small_disk(tmp_path: Path) -> None:
    assert trials._with_small_files(tmp_path / "files", levels=3)["写入被拒"]


def test_what_cannot_be_read_is_told() -> None:
    # Not in tmp_path: the folders above it are closed to the user without rights that reads here.
    with tempfile.TemporaryDirectory() as place:
        Path(place).chmod(0o755)
        assert trials.unreadable(Path(place) / "unreadable")["来源"] == 2


def test_altered_files_give_the_right_words_or_one_line(tmp_path: Path) -> None:
    figures = alterations(tmp_path / "altered", count=4, seed=3)
    assert figures["一行说明"]


def test_an_altered_text_is_not_quoted(tmp_path: Path) -> None:
    """Found by fuzzing: size and characters were still valid, so that nothing was noticed on opening."""
    _, directory = trials.fresh(tmp_path, open_embedder(None))
    question = "青岩市老旧小区改造惠及多少户？"
    assert "1241户" in load_assistant(directory).ask(question).answer
    folder = open_index(directory).folder
    texts, size = list(TextTable.open(folder, "texts")), (folder / "texts.z").stat().st_size
    for number in range(1242, 1300):
        TextTable.write(
            folder, "texts", [one.replace("惠及1241户", f"惠及{number}户") for one in texts], packed=True, summed=True
        )
        if (folder / "texts.z").stat().st_size == size:
            break
    with pytest.raises(IndexDamagedError, match="与编入时不同"):
        load_assistant(directory).ask(question)


@pytest.mark.parametrize(
    ("name", "was", "now"),
    [
        ("notices", "青岩市委关于", "青岭市委关于"),
        ("sections", "老旧小区改造不到位", "老旧小区改造已到位"),
        ("files", "变.txt", "丁.txt"),
    ],
)
def test_altered_words_beside_a_quote_are_not_shown(name: str, was: str, now: str, tmp_path: Path) -> None:
    _, directory = trials.fresh(tmp_path, open_embedder(None))
    path = open_index(directory).folder / f"{name}.txt"
    held = path.read_bytes()
    path.write_bytes(held.replace(was.encode(), now.encode()))
    assert path.read_bytes() != held
    with pytest.raises(IndexDamagedError, match=rf"{name}\.txt 第 \d+ 行的内容已被改动"):
        load_assistant(directory).ask("青岩市老旧小区改造惠及多少户？")


def test_hostile_files_stay_within_the_limits(tmp_path: Path) -> None:
    figures = hostile(tmp_path / "hostile")
    assert figures["编入"]


def test_texts_made_to_take_long_stay_within_the_limits(tmp_path: Path) -> None:
    assert large(tmp_path / "large", scale=0.01)["文本"] == len(SIZES)


def test_readers_never_fail_beside_writers(tmp_path: Path) -> None:
    figures = trials.crowd(tmp_path / "crowd", seconds=2, readers=2)
    assert figures["读者失败"] == 0


def test_the_states_differ_and_an_index_tells_them_apart(tmp_path: Path) -> None:
    _, directory = trials.fresh(tmp_path / "world", open_embedder(None), state=STATES[1])
    assert contents_of(STATES[0]) != contents_of(STATES[1]) == contents(open_index(directory))
    (next(directory.glob("generations/*/texts.z"))).write_bytes(b"\0")
    with pytest.raises(Exception, match=r"texts\.z"):
        contents(open_index(directory))
