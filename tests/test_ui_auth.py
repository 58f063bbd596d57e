from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from fakes_faults import room_for

from ui.auth import Gatekeeper, add_account, hash_password, matches, read_accounts
from ui.errors import AuthFileError

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = "correct horse"


@pytest.fixture
def accounts(tmp_path: Path) -> Path:
    path = tmp_path / "accounts.json"
    add_account(path, "李科长", PASSWORD)
    return path


def test_the_file_holds_a_salted_hash_for_its_owner_only(accounts: Path) -> None:
    assert PASSWORD not in accounts.read_text("utf-8")
    assert stat.S_IMODE(accounts.stat().st_mode) == 0o600
    assert hash_password(PASSWORD) != hash_password(PASSWORD)
    assert matches(PASSWORD, read_accounts(accounts)["李科长"])


def test_without_room_the_accounts_stay_as_they_were(accounts: Path) -> None:
    before = accounts.read_bytes()
    with room_for(20), pytest.raises(AuthFileError, match=r"accounts\.json 无法写入"):
        add_account(accounts, "王处长", PASSWORD)
    assert accounts.read_bytes() == before
    assert [path.name for path in accounts.parent.iterdir()] == ["accounts.json"]


@pytest.mark.parametrize("stored", ["", "scrypt$1$1$1$x$y", PASSWORD, "scrypt$16384$8$1$???$x", "md5$16384$8$1$aa$bb"])
def test_what_is_no_hash_matches_nothing(stored: str) -> None:
    assert not matches(PASSWORD, stored)


@pytest.mark.parametrize("content", ["", "[]", "{}", "x", json.dumps({"a": "plain"}), json.dumps({"a": 1})])
def test_a_file_of_another_kind_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "accounts.json"
    path.write_text(content, "utf-8")
    with pytest.raises(AuthFileError):
        read_accounts(path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AuthFileError, match="无法读取"):
        read_accounts(tmp_path / "none")


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("  ", PASSWORD), ("a", "short")])
def test_weak_accounts_are_refused(tmp_path: Path, name: str, password: str) -> None:
    with pytest.raises(AuthFileError):
        add_account(tmp_path / "accounts.json", name, password)
    assert not (tmp_path / "accounts.json").exists()


def test_guessing_is_slowed_for_that_name_only(accounts: Path) -> None:
    add_account(accounts, "b", PASSWORD)
    now = [0.0]
    gate = Gatekeeper(read_accounts(accounts), clock=lambda: now[0])
    assert gate("李科长", PASSWORD)
    for _ in range(4):
        assert not gate("李科长", "wrong")
    assert not gate("李科长", PASSWORD)
    assert gate("b", PASSWORD)
    assert not gate("nobody", PASSWORD)
    now[0] = 2.0
    assert gate("李科长", PASSWORD)


def test_the_wait_grows_to_a_minute(accounts: Path) -> None:
    now = [0.0]
    gate = Gatekeeper(read_accounts(accounts), clock=lambda: now[0])
    for _ in range(14):
        gate("李科长", "wrong")
        now[0] += 60.0
    gate("李科长", "wrong")
    now[0] += 59.0
    assert not gate("李科长", PASSWORD)
    now[0] += 1.0
    assert gate("李科长", PASSWORD)
