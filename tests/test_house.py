"""The rules of the house: who may import whom, how long a file may be, what no file may hold."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGES = ("index", "assistant", "ui", "eval", "training")
MAY_IMPORT = {
    "index": set(),
    "assistant": {"index"},
    "ui": {"assistant", "index"},
    "eval": {"assistant", "index"},
    "training": {"assistant", "index", "eval"},
}
OF_TORCH = {"training/span_network.py", "training/span_trainer.py"}
"""Modules of torch classes: other modules may import them within functions only."""
TRAINING_OF_EVAL = {
    "eval.gold",
    "eval.grounding_sets",
    "eval.answers",
    "eval.text_metrics",
    "eval.calibration",
    "eval.official",
}
"""What training may take of the evaluation: the gold file's form and the judgement of an answer."""
HEAVY = (
    {"defusedxml", "httpx", "markdown_it", "pypdfium2", "selectolax"}
    | {"gradio", "jieba", "langchain", "langchain_text_splitters", "matplotlib", "pandas", "scipy"}
    | {
        "sentence_transformers",
        "torch",
        "transformers",
    }
    | {"grpc", "milvus_lite", "pyarrow", "pymilvus"}
)
UNSAFE = {"pickle", "cPickle", "dill", "joblib", "shelve", "marshal", "cloudpickle"}
SHUNNED = {"utils.py", "helpers.py", "common.py", "util.py", "misc.py"}
MOST_LINES = 300
MOST_LINES_OF_A_FUNCTION = 40

SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
TESTS = sorted((ROOT / "tests").glob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@functools.cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and full name of every module imported below `tree`; `from a import b` gives `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""
            yield node.lineno, "." * node.level + module
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def at_import(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield what is imported when the module is: not within functions, not for the type checker alone."""
    kept: list[ast.stmt] = []
    waiting: list[ast.stmt] = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            kept.append(node)
        waiting.extend(child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt))
    return imports(ast.Module(kept, []))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_point_one_way(path: Path) -> None:
    package = path.relative_to(ROOT).parts[0]
    for line, module in imports(parsed(path)):
        assert not module.startswith("."), f"{name_of(path)}:{line}: relative import"
        home = module.split(".")[0]
        if home in PACKAGES and home != package:
            assert home in MAY_IMPORT[package], f"{name_of(path)}:{line}: {package} must not import {module}"
            if (package, home) == ("training", "eval"):
                allowed = any(module == one or module.startswith(f"{one}.") for one in TRAINING_OF_EVAL)
                assert allowed, f"{name_of(path)}:{line}: training must not import {module}"


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=name_of)
def test_the_name_of_a_builtin_is_never_imported_bare(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            bare = [alias.name for alias in node.names if alias.name == "eval"]
            assert not bare, f"{name_of(path)}:{node.lineno}: write from eval.… import …"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_heavy_is_imported_with_a_module(path: Path) -> None:
    asleep = name_of(path) in OF_TORCH
    found = [
        (line, module)
        for line, module in at_import(parsed(path))
        if (module.split(".")[0] in HEAVY and not asleep)
        or (f"{'/'.join(module.split('.')[:2])}.py" in OF_TORCH and not asleep)
    ]
    assert not found, f"{name_of(path)}: {found}"


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=name_of)
def test_files_and_functions_are_short(path: Path) -> None:
    lines = len(path.read_text("utf-8").splitlines())
    assert lines <= MOST_LINES, f"{name_of(path)} has {lines} lines"
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= MOST_LINES_OF_A_FUNCTION, f"{name_of(path)}:{node.lineno}: {node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES + TESTS, ids=name_of)
def test_no_pickle_no_print_no_shunned_name(path: Path) -> None:
    assert path.name not in SHUNNED
    tree = parsed(path)
    unsafe = [(line, module) for line, module in imports(tree) if module.split(".")[0] in UNSAFE]
    assert not unsafe, f"{name_of(path)}: {unsafe}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            assert called != "print", f"{name_of(path)}:{node.lineno}: print"
            pickled = [k for k in node.keywords if k.arg == "allow_pickle" and ast.unparse(k.value) != "False"]
            assert not pickled, f"{name_of(path)}:{node.lineno}: allow_pickle"


def rank(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, as ruff sorts."""
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2), name


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_public_names_are_sorted(path: Path) -> None:
    tree = parsed(path)
    for node in tree.body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            names = ast.literal_eval(node.value)
            assert list(names) == sorted(set(names), key=rank), f"{name_of(path)}: __all__ is not sorted"


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_are_light_to_import(package: str) -> None:
    """A package's face imports nothing heavy and gives every name it promises."""
    code = (
        "import importlib, sys\n"
        f"face = importlib.import_module({package!r})\n"
        f"assert not {HEAVY | {'numpy', 'faiss'}!r} & set(sys.modules), 'heavy'\n"
        "for name in getattr(face, '__all__', ()): getattr(face, name)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_tests_stand_flat_and_are_no_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
    of_package = rf"test_(?:{'|'.join(PACKAGES)})(?:_\w+)?\.py"
    named = re.compile(rf"{of_package}|test_(?:house|wheel)\.py|conftest\.py|fakes?_\w+\.py")
    strays = [path.name for path in TESTS if not named.fullmatch(path.name)]
    assert not strays


def test_every_folder_of_code_is_a_package() -> None:
    for path in SOURCES:
        assert (path.parent / "__init__.py").is_file(), f"{name_of(path.parent)} has no __init__.py: the wheel omits it"
