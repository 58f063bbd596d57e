from __future__ import annotations

import json
import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from fake_terminal import QUESTION, invoke

from assistant.errors import LogError
from assistant.logs import Level, LogSettings, configure, configure_from, settings_in_force
from index.events import event

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Leave no log behind."""
    yield
    logger = logging.getLogger("tongbao")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()
    logger.propagate = True
    logger.setLevel(logging.NOTSET)


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_an_event_is_a_line_of_json(tmp_path: Path) -> None:
    path = tmp_path / "log"
    configure(LogSettings(Level.INFO, str(path)))
    event("ask", "asked", status="answered", units=["甲市"], question="秘密？", answer="秘密", odd={1}, half="\ud800")
    event("ask", "detail", level="debug", x=1)
    (line,) = lines(path)
    assert (line["level"], line["logger"], line["event"], line["units"]) == ("info", "tongbao.ask", "asked", ["甲市"])
    assert "秘密" not in path.read_text("utf-8")
    assert line["time"].endswith("Z")


def test_words_are_logged_when_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "log"
    configure(LogSettings(Level.DEBUG, str(path), questions=True))
    event("ask", "asked", level="debug", question="秘密？")
    assert lines(path)[0]["question"] == "秘密？"
    assert settings_in_force() == {"level": "debug", "file": str(path), "questions": True}


def test_a_failure_is_logged_with_its_place_and_without_its_message(tmp_path: Path) -> None:
    path = tmp_path / "log"
    configure(LogSettings(Level.INFO, str(path)))
    try:
        raise ZeroDivisionError("秘密")
    except ZeroDivisionError as error:
        event("batch", "failed", level="error", failure=error, id="q1")
    (line,) = lines(path)
    assert (line["error"], line["id"]) == ("ZeroDivisionError", "q1")
    assert line["trace"][0].endswith("test_a_failure_is_logged_with_its_place_and_without_its_message")
    assert "秘密" not in path.read_text("utf-8")


def test_another_process_logs_the_same(tmp_path: Path) -> None:
    assert settings_in_force() is None
    configure_from(None)
    assert settings_in_force() is None
    told = {"level": "warning", "file": str(tmp_path / "log"), "questions": False}
    configure_from(told)
    assert settings_in_force() == told
    event("x", "information")
    assert lines(tmp_path / "log") == []


def test_a_place_that_takes_no_log_is_told(tmp_path: Path, index: Path) -> None:
    with pytest.raises(LogError, match="无法写入"):
        configure(LogSettings(Level.INFO, str(tmp_path)))
    result = invoke("ask", QUESTION, "--log-file", str(tmp_path), index=index)
    assert result.exit_code == 1


@pytest.mark.parametrize("asked", [True, False])
def test_a_command_writes_its_log(index: Path, tmp_path: Path, asked: bool) -> None:
    path = tmp_path / "log"
    more = ["--log-questions"] if asked else []
    result = invoke("ask", QUESTION, "--log-level", "debug", "--log-file", str(path), *more, index=index)
    assert result.exit_code == 0
    (line,) = [one for one in lines(path) if one["event"] == "asked"]
    assert line["status"] == "answered"
    assert (QUESTION in path.read_text("utf-8")) is asked


def test_an_unknown_level_is_wrong_usage(index: Path) -> None:
    assert invoke("ask", QUESTION, "--log-level", "loud", index=index).exit_code == 2


def test_a_batch_logs_its_rows_also_those_of_workers(index: Path, tmp_path: Path) -> None:
    questions, path = tmp_path / "q.txt", tmp_path / "log"
    questions.write_text(f"{QUESTION}\n？\n", "utf-8")
    words = ["batch", questions, tmp_path / "out.jsonl", "--workers", "2", "--log-level", "debug", "--log-file", path]
    command = [sys.executable, "-m", "assistant", *map(str, words), "--index", str(index)]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1
    found = lines(path)
    events = [(one["event"], one.get("id")) for one in found if one["logger"] == "tongbao.batch"]
    assert events == [("begun", None), ("row", "q1"), ("row", "q2"), ("ended", None)]
    asked = [one for one in found if one["event"] == "asked"]
    assert len(asked) == 1
    assert asked[0]["process"] != found[-1]["process"]


def test_without_a_wish_nothing_is_set_up(index: Path) -> None:
    code = (
        "import sys\n"
        "from assistant.cli import main\n"
        f"sys.argv = ['tongbao', 'notices', 'list', '--index', {str(index)!r}]\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "assert 'assistant.logs' not in sys.modules\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
