from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from ui.logins import Logins
from ui.shared import Shared

if TYPE_CHECKING:
    from pathlib import Path


def test_who_logs_in_at_one_process_is_known_to_the_others(tmp_path: Path) -> None:
    here, there = Logins(tmp_path), Logins(tmp_path)
    here["t1"] = "李科长"
    here["t2"] = "李科长"
    there["t3"] = "chief"
    assert there.get("t1") == "李科长"
    assert sorted(there) == sorted(here) == ["t1", "t2", "t3"]
    assert len(here) == 3
    # As Gradio logs a person out of all places.
    for token in list(there):
        if there[token] == "李科长":
            del there[token]
    assert here.get("t1") is here.get("t2") is None
    assert here["t3"] == "chief"
    with pytest.raises(KeyError):
        del here["t1"]


@pytest.mark.parametrize("token", ["../../etc/passwd", "", "\udcff", "a" * 5000, None])
def test_whatever_a_browser_calls_its_token_is_known_to_nobody(tmp_path: Path, token: str) -> None:
    logins = Logins(tmp_path)
    logins["t"] = "chief"
    assert logins.get(token) is None


def test_a_token_is_for_the_owner_only_and_stands_in_no_name(tmp_path: Path) -> None:
    Logins(tmp_path)["secret-token"] = "chief"
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "secret" not in file.name


def test_what_is_shared_survives_the_way_to_a_process(tmp_path: Path) -> None:
    shared = Shared.within(tmp_path, workers=4)
    assert Shared.from_json(shared.to_json()) == shared
    assert shared.room.is_dir()
    assert stat.S_IMODE(shared.logins.stat().st_mode) == 0o700
    assert shared.part_of(600) == 150
    assert shared.part_of(6) == 2
    assert shared.part_of(1) == 1
