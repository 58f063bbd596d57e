from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from fake_terminal import QUESTION, one_line, process

HEAVY = ("torch", "gradio", "langchain", "langchain_text_splitters", "sentence_transformers", "transformers", "jieba")
HEAVY_TOO = ("scipy", "pandas", "matplotlib", "rich", "pydantic")


@pytest.mark.skipif(os.name == "nt", reason="arguments are text on Windows")
def test_bytes_that_are_no_text(index: Path) -> None:
    command = [os.fsencode(sys.executable), b"-m", b"assistant", b"ask", b"\xff\xfe" + QUESTION.encode(), b"--json"]
    done = subprocess.run([*command, b"--index", os.fsencode(index)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["question"].endswith(QUESTION)


def test_nothing_heavy_is_imported_to_ask(index: Path) -> None:
    code = (
        "import sys\n"
        "from assistant.cli import main\n"
        f"sys.argv = ['tongbao', 'ask', {QUESTION!r}, '--index', {str(index)!r}]\n"
        "try:\n    main()\n"
        "except SystemExit as leaving:\n    assert not leaving.code\n"
        f"found = [name for name in {HEAVY + HEAVY_TOO!r} if name in sys.modules]\n"
        "assert not found, found\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, encoding="utf-8")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(("given", "expected"), [({}, "1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2")])
def test_products_keep_to_one_thread_unless_told_otherwise(given: dict[str, str], expected: str) -> None:
    """NumPy reads the number when it is imported, so that must not come first."""
    code = (
        "import os, sys\n"
        "from assistant.cli import main\n"
        "assert 'numpy' not in sys.modules\n"
        "sys.argv = ['tongbao', '--help']\n"
        "try:\n    main()\n"
        "except SystemExit as leaving:\n    assert not leaving.code\n"
        "sys.stderr.write(os.environ['OPENBLAS_NUM_THREADS'])\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"} | given
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stderr) == (0, expected)


def test_the_folder_comes_from_the_environment(index: Path, tmp_path: Path) -> None:
    done = process("notices", "list", env=os.environ | {"TONGBAO_INDEX": str(index)}, cwd=tmp_path)
    assert "共 5 份通报" in done.stdout
    lost = process("notices", "list", env={k: v for k, v in os.environ.items() if k != "TONGBAO_INDEX"}, cwd=tmp_path)
    assert lost.returncode == 1
    assert ".tongbao" in lost.stderr


@pytest.mark.skipif(os.name == "nt", reason="signals and pipes of POSIX")
def test_a_reader_that_leaves_is_told_nothing(index: Path) -> None:
    command = f"'{sys.executable}' -m assistant notices list --index '{index}' | true; exit ${{PIPESTATUS[0]}}"
    for _ in range(3):
        done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
        assert done.returncode in {0, 141}
        assert done.stderr == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_told(index: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = process("notices", "list", "--index", index, stdout=full)
    assert done.returncode == 1
    assert one_line(done.stderr)


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_an_interrupted_batch_goes_on(index: Path, tmp_path: Path) -> None:
    questions, output = tmp_path / "q.txt", tmp_path / "out.jsonl"
    questions.write_text(f"{QUESTION}\n" * 3000, "utf-8")
    words = ["batch", questions, output, "--index", index]
    with subprocess.Popen(
        [sys.executable, "-m", "assistant", *map(str, words)], stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as running:
        deadline = time.monotonic() + 60
        while not (output.exists() and output.read_bytes().count(b"\n") >= 2) and time.monotonic() < deadline:
            time.sleep(0.02)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
    assert running.returncode == 130
    assert one_line(told)
    assert "--resume" in told
