from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from fake_index import FakeEmbedder
from fake_versions import notice, write
from hypothesis import given
from hypothesis import strategies as st

from index.kinship import KinKind, superseded
from index.lexicon import Lexicon
from index.sketches import SIZE, _different, content, digest, likely_pairs, resemblances, sketch
from index.store import Index, open_index
from index.types import Section
from index.update import update_index

if TYPE_CHECKING:
    from numpy.typing import NDArray

REAL = Path(__file__).parents[2] / "shared" / "notices"
SAMPLES = Path(__file__).parents[1] / "examples" / "notices"


def indexed(folder: Path, directory: Path) -> Index:
    update_index([folder], directory=directory, embedder=FakeEmbedder())
    return open_index(directory, embedder=FakeEmbedder(), lexicon=Lexicon())


def kin_of(tmp_path: Path, **texts: str) -> list[tuple[str, str, str]]:
    index = indexed(write(tmp_path / "notices", **texts), tmp_path / "index")
    return [(str(kin.kind), index.notice(kin.notice).file, index.notice(kin.other).file) for kin in index.kin]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"a": notice()}, []),
        ({"a": notice(), "b": notice("云川市", seed=5)}, []),
        ({"a": notice(), "b": notice()}, [("copy", "b.txt", "a.txt")]),
        ({"east__a": notice(), "west__a": notice("云川市", seed=5)}, []),
        ({"east__a": notice(), "west__a": notice()}, [("copy", "west/a.txt", "east/a.txt")]),
        ({"a": notice(), "b": notice().replace("\n\n", "\n \n\n")}, [("copy", "b.txt", "a.txt")]),
        ({"a": notice(), "b": notice(lifts=20, published="2024年9月1日")}, [("older", "a.txt", "b.txt")]),
        ({"b": notice(), "a": notice(lifts=20, published="2024年9月1日")}, [("older", "b.txt", "a.txt")]),
        (
            {"a": notice(), "b": notice(published="2024年9月1日"), "c": notice(published="2025年2月3日")},
            [("older", "a.txt", "c.txt"), ("older", "b.txt", "c.txt")],
        ),
        # The same inspection told anew in other words.
        ({"a": notice(), "b": notice(seed=2, published="2024年9月1日")}, [("older", "a.txt", "b.txt")]),
        # The same title, but of another inspection.
        ({"a": notice(), "b": notice(seed=5, inspected="2019年3月6日至4月28日", published="2020年1月5日")}, []),
        # A day that tells nothing, and then a mark that does.
        ({"a": notice(), "b": notice(lifts=20)}, [("undated", "b.txt", "a.txt")]),
        ({"a": notice(), "a修订版": notice(lifts=20)}, [("older", "a.txt", "a修订版.txt")]),
        ({"b-v2": notice(), "b-v3": notice(lifts=20)}, [("older", "b-v2.txt", "b-v3.txt")]),
        (
            {"a": notice(), "b": notice(lifts=20, title="中共{unit}委关于巡视整改进展情况的通报(更新版)")},
            [("older", "a.txt", "b.txt")],
        ),
        # Another unit took over nearly every word.
        ({"a": notice(), "b": notice().replace("澄浦市", "云川市")}, [("similar", "b.txt", "a.txt")]),
        # The notice of the head of the committee, beside that of the committee.
        (
            {"a": notice(), "b": notice(seed=4, title="中共{unit}委主要负责人组织落实巡视整改情况的通报")},
            [],
        ),
    ],
)
def test_how_notices_are_related(tmp_path: Path, texts: dict[str, str], expected: list[tuple[str, str, str]]) -> None:
    assert kin_of(tmp_path, **texts) == expected


def current(index: Index) -> list[str]:
    """Return the files of the notices that are searched."""
    return sorted(index.notice(name).file for name in index.current_ids)


def test_only_copies_and_older_versions_are_left_out(tmp_path: Path) -> None:
    texts = {
        "a": notice(),
        "b": notice(published="2024年9月1日"),
        "c": notice(published="2024年9月1日"),
        "d": notice("云川市", seed=3),
        "e": notice("云川市", seed=3, lifts=9),
        "f": notice().replace("澄浦市", "岩前县"),
    }
    index = indexed(write(tmp_path / "notices", **texts), tmp_path / "index")
    assert current(index) == ["b.txt", "d.txt", "e.txt", "f.txt"]
    assert {index.notice(name).file for name in superseded(index.kin)} == {"a.txt", "c.txt"}
    kinds = [kin.kind for kin in index.kin]
    assert kinds == [KinKind.OLDER, KinKind.COPY, KinKind.UNDATED, KinKind.SIMILAR]


def test_the_order_of_coming_makes_no_difference(tmp_path: Path) -> None:
    texts = {"a": notice(), "b": notice(lifts=20, published="2024年9月1日"), "c": notice(), "d": notice("云川市")}
    whole = kin_of(tmp_path / "whole", **texts)
    for number, order in enumerate(list(itertools.permutations(texts))[::7]):
        home = tmp_path / str(number)
        for name in order:
            index = indexed(write(home / "notices", **{name: texts[name]}), home / "index")
        grown = [(str(kin.kind), index.notice(kin.notice).file, index.notice(kin.other).file) for kin in index.kin]
        assert grown == whole


def test_removing_the_newer_brings_the_older_back(tmp_path: Path) -> None:
    folder = write(tmp_path / "notices", a=notice(), b=notice(lifts=20, published="2024年9月1日"))
    assert current(indexed(folder, tmp_path / "index")) == ["b.txt"]
    (folder / "b.txt").unlink()
    assert current(indexed(folder, tmp_path / "index")) == ["a.txt"]


def test_sketches_of_unchanged_notices_are_taken_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "notices", a=notice(), b=notice("云川市", seed=5))
    before = indexed(folder, tmp_path / "index").sketches()
    made: list[str] = []

    def recorded(said: str) -> NDArray[np.uint16]:
        made.append(said)
        return sketch(said)

    monkeypatch.setattr("index.preparing.sketch", recorded)
    index = indexed(write(folder, aa=notice("岩前县", seed=2)), tmp_path / "index")
    after = index.sketches()
    assert len(made) == 1
    assert "岩前县" in made[0]
    assert before is not None
    assert after is not None
    assert np.array_equal(before[0], after[0][[0, 2]])
    assert np.array_equal(before[1], after[1][[0, 2]])


@pytest.mark.parametrize("folder", [SAMPLES, REAL], ids=["samples", "real"])
def test_distinct_notices_are_not_taken_for_versions(folder: Path, tmp_path: Path) -> None:
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent")
    assert indexed(folder, tmp_path / "index").kin == ()


# --- sketches ---


@given(st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 3), max_size=30))
def test_each_value_once_in_order(values: list[int]) -> None:
    assert _different(np.array(values, dtype=np.uint64)).tolist() == sorted(set(values))


def jaccard(first: str, second: str) -> float:
    def shingles(text: str) -> set[str]:
        return {text[start : start + 5] for start in range(max(1, len(text) - 4))}

    return len(shingles(first) & shingles(second)) / len(shingles(first) | shingles(second))


@pytest.mark.parametrize("changed", [0, 1, 3, 8, 20, 60])
def test_the_estimate_is_near_the_true_resemblance(changed: int) -> None:
    first = content(notice(), [Section(0, 10**6, 1, "", 0, ())])
    second = first
    for place in range(0, changed * 17, 17):
        second = second[:place] + "龘" + second[place + 1 :]
    sketches = np.stack((sketch(first), sketch(second)))
    estimate = resemblances(sketches, np.array([[0, 1]]))[0]
    assert estimate == pytest.approx(jaccard(first, second), abs=0.1)


@given(st.text(max_size=40), st.text(max_size=40))
def test_sketches_of_any_text(first: str, second: str) -> None:
    sketches = np.stack((sketch(first), sketch(second)))
    value = resemblances(sketches, np.array([[0, 1]]))[0]
    assert 0 <= value <= 1
    assert (digest(first) == digest(second)).all() == (first == second)
    if first == second and first:
        assert value == 1
        assert likely_pairs(sketches).tolist() == [[0, 1]]
    if not first or not second:
        assert value == 0


def test_no_sketches_and_no_pairs() -> None:
    nothing = np.zeros((0, SIZE), np.uint16)
    assert likely_pairs(nothing).shape == (0, 2)
    assert resemblances(nothing, np.zeros((0, 2), np.int64)).shape == (0,)


def test_pairs_grow_with_the_rows() -> None:
    rows = np.repeat(sketch(notice())[None, :], 500, axis=0)
    assert len(likely_pairs(rows)) < 2 * 500


def test_a_long_text_is_sampled() -> None:
    text = "".join(chr(0x4E00 + (number * 7919) % 20_000) for number in range(300_000))
    sketches = np.stack((sketch(text), sketch(text[:290_000] + "改" * 10_000)))
    assert resemblances(sketches, np.array([[0, 1]]))[0] > 0.85
