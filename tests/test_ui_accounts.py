from __future__ import annotations

import importlib
import io
import tomllib
from pathlib import Path

import pytest

from ui.accounts import main
from ui.auth import Gatekeeper, matches, read_accounts

PASSWORD = "correct horse"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _piped(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def _typed(monkeypatch: pytest.MonkeyPatch, *passwords: str) -> None:
    waiting = list(passwords)
    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", lambda _prompt: waiting.pop(0))


@pytest.fixture
def accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "accounts.json"
    for name in ("李科长", "b"):
        _piped(monkeypatch, PASSWORD + "\r\n")
        assert main(["add", str(path), name]) == 0
    return path


def test_the_password_is_read_from_a_pipe_and_kept_as_a_hash(accounts: Path) -> None:
    assert PASSWORD not in accounts.read_text("utf-8")
    assert matches(PASSWORD, read_accounts(accounts)["李科长"])
    assert Gatekeeper(read_accounts(accounts))("李科长", PASSWORD)


def test_the_password_is_typed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "accounts.json"
    _typed(monkeypatch, PASSWORD, PASSWORD)
    assert main(["add", str(path), "a"]) == 0
    assert matches(PASSWORD, read_accounts(path)["a"])


@pytest.mark.parametrize("typed", [(PASSWORD, PASSWORD + "!"), ("short", "short")])
def test_what_was_mistyped_or_is_short_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: tuple[str, str]
) -> None:
    _typed(monkeypatch, *typed)
    assert main(["add", str(tmp_path / "accounts.json"), "a"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "accounts.json").exists()


def test_accounts_are_listed_and_removed(accounts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", str(accounts)]) == 0
    assert capsys.readouterr().out == "b\n李科长\n"
    assert main(["remove", str(accounts), "nobody"]) == 1
    assert "没有账号 nobody" in capsys.readouterr().err
    assert main(["remove", str(accounts), "b"]) == 0
    assert set(read_accounts(accounts)) == {"李科长"}


def test_the_last_account_can_be_replaced(
    accounts: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["remove", str(accounts), "b"]) == main(["remove", str(accounts), "李科长"]) == 0
    assert main(["list", str(accounts)]) == 1
    assert "里没有账号" in capsys.readouterr().err
    _piped(monkeypatch, PASSWORD + "\n")
    assert main(["add", str(accounts), "c"]) == 0
    assert set(read_accounts(accounts)) == {"c"}


@pytest.mark.parametrize("arguments", [[], ["add"], ["add", "f"], ["rename", "f", "a"]])
def test_wrong_usage_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    assert leaving.value.code == 2
    assert "tongbao auth" in capsys.readouterr().err


def test_the_commands_of_the_page_are_declared() -> None:
    declared = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    for target in declared["project"]["entry-points"]["tongbao.commands"].values():
        module, name = target.split(":")
        assert callable(getattr(importlib.import_module(module), name))
    assert declared["project"]["entry-points"]["tongbao.commands"]["auth"] == "ui.accounts:main"
