"""The wheel: it holds every file of every package, and answers a question installed elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "assistant", "ui", "eval", "training")
LEFT_OUT = {"__pycache__", "results"}
SAMPLES = ROOT / "examples" / "notices"
pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TONGBAO"))}
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, env=clean | variables, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def shipped(package: str) -> set[str]:
    """Return the files of a package that belong into the wheel."""
    files = (path.relative_to(ROOT) for path in (ROOT / package).rglob("*") if path.is_file())
    return {path.as_posix() for path in files if not LEFT_OUT & set(path.parts) and not path.name.startswith(".")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built from a copy so that nothing is left in the checkout."""
    source = tmp_path_factory.mktemp("source")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, source / package, ignore=shutil.ignore_patterns(*LEFT_OUT))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, source)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", source / "dist", cwd=source)
    (built,) = (source / "dist").glob("*.whl")
    return built


def test_the_wheel_holds_every_file(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = set().union(*(shipped(package) for package in PACKAGES))
    assert wanted - packed == set(), "missing from the wheel; see package-data in pyproject.toml"
    assert packed - wanted == set(), "in the wheel, but not in the checkout"


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    (home,) = {name.split("/")[0] for name in archive.namelist() if ".dist-info/" in name}
    metadata = archive.read(f"{home}/METADATA").decode()
    commands = archive.read(f"{home}/entry_points.txt").decode()
    assert "License-Expression: Apache-2.0" in metadata
    assert "tongbao = assistant.cli:main" in commands
    assert "[tongbao.commands]" in commands
    assert f"{home}/licenses/LICENSE" in archive.namelist()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of a second environment with the wheel, which borrows what it depends on from this one."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "env", with_pip=False)
    programs = home / "env" / ("Scripts" if os.name == "nt" else "bin")
    site = run(programs / "python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=home)
    run(
        *(sys.executable, "-m", "pip", "--python", programs / "python", "install", "--quiet", "--no-deps"),
        *("--no-index", wheel),
        cwd=home,
    )
    # A path in a .pth file comes behind the environment's own packages, and .pth files below it are not read: the
    # editable installation of this checkout stays out of sight.
    (Path(site.stdout.strip()) / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return programs


def test_the_installed_wheel_answers_from_another_folder(installed: Path, tmp_path: Path) -> None:
    where = (
        "import assistant, index, ui, eval.cli as e; print(assistant.__file__, index.__file__, ui.__file__, e.__file__)"
    )
    places = run(installed / "python", "-c", where, cwd=tmp_path).stdout
    assert str(ROOT) not in places
    indexed = run(installed / "tongbao", "index", SAMPLES, cwd=tmp_path)
    assert "失败 0" in indexed.stdout
    answered = run(installed / "tongbao", "ask", "云川市2023年规上工业增加值比上一年增长多少?", cwd=tmp_path)
    assert "[1]" in answered.stdout
    assert "云川市" in answered.stdout
    run(installed / "tongbao", "verify", cwd=tmp_path)
    assert "web" in run(installed / "tongbao", "--help", cwd=tmp_path).stdout
    assert "--port" in run(installed / "tongbao", "web", "--help", cwd=tmp_path).stdout
    assert "compare" in run(installed / "tongbao", "eval", "--help", cwd=tmp_path).stdout
