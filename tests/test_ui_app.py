from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from index.errors import TongbaoError
from ui.__main__ import main
from ui.app import check_host, check_port, launch

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_needs_no_login(host: str) -> None:
    check_host(host, guarded=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.4", "example.org", "", "127.0.0.1.evil.example"])
def test_other_hosts_need_a_login_or_an_explicit_word(host: str) -> None:
    with pytest.raises(TongbaoError, match="--auth"):
        check_host(host, guarded=False)
    check_host(host, guarded=True)


def test_a_port_in_use_is_refused_and_a_free_one_is_not() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(TongbaoError, match=f"127.0.0.1:{port}"):
            check_port("127.0.0.1", port)
    check_port("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("127.0.0.1", -1), ("203.0.113.9", 8000)])
def test_what_is_no_port_of_this_machine_is_refused(host: str, port: int) -> None:
    with pytest.raises(TongbaoError, match="--port"):
        check_port(host, port)


def test_launch_refuses_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    with pytest.raises(TongbaoError, match="--no-auth"):
        launch(tmp_path, host="0.0.0.0")
    with pytest.raises(TongbaoError, match="账号"):
        launch(tmp_path, auth=tmp_path / "none")


def test_the_command_tells_errors_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--index", str(tmp_path), "--host", "0.0.0.0"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_importing_the_package_is_light() -> None:
    code = "import sys, ui, ui.page, ui.handlers; sys.exit('gradio' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_port_is_refused_before_any_process_is_started(tmp_path: Path) -> None:
    with pytest.raises(TongbaoError, match="--port"):
        launch(tmp_path, port=70_000, workers=2)
